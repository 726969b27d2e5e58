/** Forms that open inside a card: the rest of the meeting stays in view while one writes. */
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { t } from "../../../text/catalogue";
import type { Trouble } from "../../../worker/api";
import { Button } from "../../parts/button";
import { CodeReason, Notice } from "../../parts/notice";

export interface InlineFormProps {
  readonly label: string;
  readonly send: string;
  readonly busy: boolean;
  readonly trouble: Trouble | null;
  readonly onSend: () => void;
  readonly onCancel: () => void;
  readonly children: ComponentChildren;
  /** Not to be sent now, in words. */
  readonly blocked?: string | null | undefined;
}

/** A form whose first field gets the focus; Escape gives up, and the focus returns. */
export function InlineForm(props: InlineFormProps) {
  const form = useRef<HTMLFormElement>(null);
  useFocusInside(form);
  return (
    // Escape bubbles up from the fields inside; the form itself takes no part.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <form
      ref={form}
      class="inline-form"
      aria-label={props.label}
      noValidate
      onKeyDown={(event) => {
        if (event.key !== "Escape" || event.isComposing) return;
        event.stopPropagation();
        props.onCancel();
      }}
      onSubmit={(event) => {
        event.preventDefault();
        if (!props.busy && !props.blocked) props.onSend();
      }}
    >
      {props.children}
      {props.trouble && <CodeReason trouble={props.trouble} />}
      {props.blocked && <p class="small soft">{props.blocked}</p>}
      <div class="row" data-end="true">
        <Button onClick={props.onCancel}>{t("common.cancel")}</Button>
        <Button type="submit" weight="main" busy={props.busy} disabled={Boolean(props.blocked)}>
          {props.send}
        </Button>
      </div>
    </form>
  );
}

/** Put the focus on the first field, and back where it was when the form goes. */
function useFocusInside(form: { readonly current: HTMLElement | null }): void {
  useLayoutEffect(() => {
    const around = ancestors(form.current);
    form.current?.querySelector<HTMLElement>("input, textarea, select")?.focus();
    return () => {
      // The button that opened the form is drawn anew in the same step.
      requestAnimationFrame(() => {
        if (document.activeElement === document.body) openerIn(around)?.focus();
      });
    };
  }, []);
}

function ancestors(from: HTMLElement | null): readonly HTMLElement[] {
  const parent = from?.parentElement ?? null;
  return parent ? [parent, ...ancestors(parent)] : [];
}

// Buttons that open a form stand last in their row or card.
function openerIn(around: readonly HTMLElement[]): HTMLElement | undefined {
  const all = around
    .filter((one) => one.isConnected)
    .map((one) => [...one.querySelectorAll("button")]);
  return all.find((buttons) => buttons.length > 0)?.at(-1);
}

/** Whether somebody else has changed the row since I began; `accept` goes on from theirs. */
export function useClash(seq: number | null): {
  readonly isClash: boolean;
  readonly accept: () => void;
} {
  const [base, setBase] = useState(seq);
  return {
    isClash: base !== seq,
    accept: () => {
      setBase(seq);
    },
  };
}

/** The error of a required field that was left empty, once sending was tried. */
export function emptyError(isTried: boolean, value: string): string | null {
  return isTried && value.trim() === "" ? t("form.required") : null;
}

export interface ClashProps {
  readonly theirs: ComponentChildren;
  readonly onTake: () => void;
  readonly onKeep: () => void;
}

/** Somebody else changed the row first: theirs beside my draft, and I choose. */
export function Clash({ theirs, onTake, onKeep }: ClashProps) {
  return (
    <Notice
      kind="warn"
      live
      title={t("clash.title")}
      actions={
        <>
          <Button onClick={onTake}>{t("clash.take")}</Button>
          <Button onClick={onKeep}>{t("clash.keep")}</Button>
        </>
      }
    >
      <p>{t("clash.what")}</p>
      <p class="clash-theirs">
        <span class="small soft">{t("clash.theirs")}</span>
        <span>{theirs}</span>
      </p>
    </Notice>
  );
}

/** Marks what somebody else wrote since I looked. */
export function FreshMark({ show }: { readonly show: boolean }) {
  return show ? <span class="fresh-mark">{t("new.mark")}</span> : null;
}
