/** A new action, and taking over one that has lost its owner. */
import { useState } from "preact/hooks";
import type { ActionView } from "../../../worker/api";
import { t } from "../../../text/catalogue";
import { dayOf } from "../../logic/dates";
import { useCommand } from "../../api";
import { Checkbox } from "../../parts/choice";
import { DateField, Field, TextArea } from "../../parts/field";
import { minute } from "../../state";
import { useScene } from "./context";
import { useDraft, type Draft } from "./draft";
import { InlineForm, emptyError } from "./form";
import { OwnerFields, type OwnerDraft } from "./owner";

interface ActionDraft extends OwnerDraft {
  readonly what: string;
  readonly how: string;
  readonly due: string;
  readonly isOutside: boolean;
}

const EMPTY: ActionDraft = { aid: "", wid: "", what: "", how: "", due: "", isOutside: false };

/** Propose an action to an agency of the room, or ask one outside of it. */
export function NewAction({ onDone }: { readonly onDone: () => void }) {
  const { room } = useScene();
  const draft = useDraft(`act/${room.caseId}`, EMPTY);
  return <ActionForm draft={draft} origin={null} label={t("acts.add")} onDone={onDone} />;
}

/** Continue an action without an owner as one of my agency. */
export function TakeOver({
  action,
  onDone,
}: {
  readonly action: ActionView;
  readonly onDone: () => void;
}) {
  const { powers } = useScene();
  const me = powers.me?.person;
  const draft = useDraft(`take/${action.act}`, {
    ...EMPTY,
    aid: me?.agency.aid ?? "",
    wid: me?.wid ?? "",
    what: action.what,
    how: action.how,
    due: action.due ?? "",
  });
  return <ActionForm draft={draft} origin={action.act} label={t("acts.take")} onDone={onDone} />;
}

interface FormProps {
  readonly draft: Draft<ActionDraft>;
  readonly origin: string | null;
  readonly label: string;
  readonly onDone: () => void;
}

function ActionForm({ draft, origin, label, onDone }: FormProps) {
  const { room, powers, sent } = useScene();
  const command = useCommand("action.new");
  const [isTried, setTried] = useState(false);
  const { value } = draft;
  const send = async () => {
    setTried(true);
    const { aid, due, isOutside } = value;
    const [what, how] = [value.what.trim(), value.how.trim()];
    if (what === "" || aid === "") return;
    const wid = isOutside ? "" : value.wid;
    sent.add(`act:${what}/${aid}/${wid}/${isOutside ? "asked" : "proposed"}`);
    const place = { caseId: room.caseId, it: powers.current?.it ?? null, origin };
    const owner = { aid, wid: wid === "" ? null : wid, external: isOutside };
    const words = { what, how, due: due === "" ? null : due };
    if (!(await command.run({ ...place, ...owner, ...words }))) return;
    draft.drop();
    onDone();
  };
  return (
    <InlineForm
      label={label}
      send={t("acts.save")}
      busy={command.busy}
      trouble={command.trouble}
      onSend={() => void send()}
      onCancel={onDone}
    >
      <ActionFields draft={draft} isTried={isTried} mayAsk={origin === null} />
    </InlineForm>
  );
}

interface FieldsProps {
  readonly draft: Draft<ActionDraft>;
  readonly isTried: boolean;
  /** An agency outside of the room may be asked. */
  readonly mayAsk: boolean;
}

function ActionFields({ draft, isTried, mayAsk }: FieldsProps) {
  const { value, change } = draft;
  return (
    <>
      <TextArea
        label={t("acts.what")}
        required
        rows={2}
        value={value.what}
        error={emptyError(isTried, value.what)}
        onInput={(what) => {
          change({ what });
        }}
      />
      <OwnerFields draft={draft} isWrong={isTried} isOutside={value.isOutside} />
      {mayAsk && (
        <Checkbox
          label={t("acts.external")}
          hint={t("acts.external.hint")}
          checked={value.isOutside}
          onChange={(isOutside) => {
            change({ isOutside, aid: "", wid: "" });
          }}
        />
      )}
      <DateField
        label={t("acts.due")}
        hint={value.due === "" ? t("acts.due.none") : undefined}
        min={dayOf(minute.value)}
        value={value.due}
        onChange={(due) => {
          change({ due });
        }}
      />
      <Field
        label={t("acts.how")}
        value={value.how}
        onInput={(how) => {
          change({ how });
        }}
      />
    </>
  );
}
