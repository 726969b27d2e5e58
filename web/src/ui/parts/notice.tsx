/** Notices in the page, and the words of a refusal. */
import type { ComponentChildren } from "preact";
import { codeWords, t } from "../../text/catalogue";
import type { Trouble } from "../../worker/api";
import "./notice.css";

export type NoticeKind = "info" | "good" | "warn" | "bad";

const MARKS: Readonly<Record<NoticeKind, string>> = { info: "i", good: "✓", warn: "!", bad: "!" };

export interface NoticeProps {
  readonly kind?: NoticeKind | undefined;
  readonly title?: string | undefined;
  readonly children?: ComponentChildren;
  /** Buttons or links to what can be done. */
  readonly actions?: ComponentChildren;
  /** Read it out at once when it appears. */
  readonly live?: boolean | undefined;
}

/** A framed message; its kind shows by mark and frame, not by colour alone. */
export function Notice({ kind = "info", title, children, actions, live }: NoticeProps) {
  const role = live ? (kind === "bad" ? "alert" : "status") : undefined;
  return (
    <div class="notice" data-kind={kind} role={role}>
      <span class="notice-mark" aria-hidden="true">
        {MARKS[kind]}
      </span>
      <div class="notice-body">
        {title && <p class="notice-title">{title}</p>}
        {children && <div>{children}</div>}
        {actions && <div class="row">{actions}</div>}
      </div>
    </div>
  );
}

export interface CodeReasonProps {
  readonly trouble: Trouble;
  readonly actions?: ComponentChildren;
}

/** A refusal or trouble in words with what can be done; the code stands small beside it for a call to the helpdesk. */
export function CodeReason({ trouble, actions }: CodeReasonProps) {
  return (
    <Notice kind="bad" live actions={actions}>
      <p>{codeWords(trouble.code, trouble.facts)}</p>
      <p class="small soft">
        {t("common.code")}: <code>{trouble.code}</code>
      </p>
    </Notice>
  );
}
