/** Where a code is typed or pasted: an invitation, or the other device's. */
import type { ComponentChildren } from "preact";
import { t } from "../../../text/catalogue";
import type { Trouble } from "../../../worker/api";
import { Button, LinkButton } from "../../parts/button";
import { Field } from "../../parts/field";
import { CodeReason } from "../../parts/notice";

interface CodeFormProps {
  readonly side: "code" | "link";
  readonly back: string;
  readonly text: string;
  readonly onInput: (text: string) => void;
  readonly look: { readonly busy: boolean; readonly trouble: Trouble | null };
  readonly onLook: () => void;
  readonly children?: ComponentChildren;
}

/** One field and its button; what went wrong stands between them. */
export function CodeForm({ side, back, text, onInput, look, onLook, children }: CodeFormProps) {
  return (
    <form
      class="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onLook();
      }}
    >
      <p>{t(`join.${side}.lead`)}</p>
      <Field
        label={t(`join.${side}.label`)}
        hint={t("join.code.hint")}
        code
        required
        value={text}
        onInput={onInput}
      />
      {look.trouble && <CodeReason trouble={look.trouble} />}
      <div class="row">
        <LinkButton href={back}>{t("common.back")}</LinkButton>
        <Button type="submit" weight="main" busy={look.busy} disabled={text.trim() === ""}>
          {t(`join.${side}.look`)}
        </Button>
      </div>
      {children}
    </form>
  );
}
