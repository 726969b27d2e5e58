/** A new item on the agenda; its bases are fixed when it is opened. */
import { useState } from "preact/hooks";
import type { BasisView, ItemView } from "../../../worker/api";
import { t } from "../../../text/catalogue";
import { useCommand } from "../../api";
import { CheckboxGroup, RadioGroup } from "../../parts/choice";
import { Field } from "../../parts/field";
import { basisShort } from "./bases";
import { subjectName, useScene } from "./context";
import { useDraft, type Draft } from "./draft";
import { InlineForm, emptyError } from "./form";

interface NewItem {
  readonly title: string;
  readonly typ: ItemView["typ"];
  readonly minutes: string;
  readonly bases: readonly string[];
}

const EMPTY: NewItem = { title: "", typ: "talk", minutes: "10", bases: [] };

export interface AddItemProps {
  readonly sit: string;
  readonly onDone: () => void;
}

/** Title, kind, minutes and the subjects that it is about. */
export function AddItem({ sit, onDone }: AddItemProps) {
  const { room } = useScene();
  const command = useCommand("item.add");
  const draft = useDraft(`item/${room.caseId}`, EMPTY);
  const [isTried, setTried] = useState(false);
  const { value } = draft;
  const send = async () => {
    setTried(true);
    const title = value.title.trim();
    if (title === "" || lacksBasis(value)) return;
    const bases = chosen(room.bases, value.bases);
    const rest = { title, typ: value.typ, minutes: minutesOf(value.minutes), bases };
    if (!(await command.run({ caseId: room.caseId, sit, ...rest }))) return;
    draft.drop();
    onDone();
  };
  return (
    <InlineForm
      label={t("agenda.add")}
      send={t("agenda.add.do")}
      busy={command.busy}
      trouble={command.trouble}
      onSend={() => void send()}
      onCancel={onDone}
    >
      <ItemFields draft={draft} isTried={isTried} />
    </InlineForm>
  );
}

function lacksBasis(item: NewItem): boolean {
  return item.typ !== "form" && item.bases.length === 0;
}

function minutesOf(typed: string): number | null {
  const minutes = Number.parseInt(typed, 10);
  return Number.isFinite(minutes) && minutes > 0 ? minutes : null;
}

function chosen(all: readonly BasisView[], sids: readonly string[]) {
  const bases = all.filter((basis) => basis.current && sids.includes(basis.sid));
  return bases.map((basis) => ({ sub: basis.sub, basis: basis.sid }));
}

interface FieldsProps {
  readonly draft: Draft<NewItem>;
  readonly isTried: boolean;
}

function ItemFields({ draft, isTried }: FieldsProps) {
  const { room } = useScene();
  const { value, change } = draft;
  return (
    <>
      <Field
        label={t("agenda.add.title")}
        required
        value={value.title}
        error={emptyError(isTried, value.title)}
        onInput={(title) => {
          change({ title });
        }}
      />
      <RadioGroup
        label={t("agenda.add.typ")}
        flow="row"
        value={value.typ}
        options={(["talk", "decide", "form"] as const).map((typ) => ({
          value: typ,
          label: t(`agenda.typ.${typ}`),
        }))}
        onChange={(typ) => {
          change({ typ });
        }}
      />
      <Field
        label={t("agenda.add.minutes")}
        type="number"
        min={1}
        max={240}
        value={value.minutes}
        onInput={(minutes) => {
          change({ minutes });
        }}
      />
      <CheckboxGroup
        label={t("agenda.add.bases")}
        hint={t("agenda.add.basesHint")}
        value={value.bases}
        error={isTried && lacksBasis(value) ? t("form.chooseAny") : null}
        options={room.bases
          .filter((basis) => basis.current)
          .map((basis) => ({
            value: basis.sid,
            label: subjectName(room.bases, basis.sub),
            hint: basisShort(basis),
          }))}
        onChange={(bases) => {
          change({ bases });
        }}
      />
    </>
  );
}
