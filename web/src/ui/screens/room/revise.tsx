/** A new version of a paper of mine; its readers stay those of its subject and categories. */
import { useState } from "preact/hooks";
import type { SectionView } from "../../../worker/api";
import { t, term } from "../../../text/catalogue";
import { PROVENANCES } from "../../logic/sections";
import { useCommand } from "../../api";
import { RadioGroup } from "../../parts/choice";
import { Field, TextArea } from "../../parts/field";
import { toast } from "../../parts/toast";
import { useScene } from "./context";
import { useDraft, type Draft } from "./draft";
import { Clash, InlineForm, emptyError, useClash } from "./form";

interface Words {
  readonly title: string;
  readonly text: string;
  readonly prov: NonNullable<SectionView["prov"]>;
}

export interface ReviseProps {
  readonly section: SectionView;
  readonly onDone: () => void;
}

/** Edit the words of a paper; when another version came meanwhile, mine stays a draft beside it. */
export function RevisePaper({ section, onDone }: ReviseProps) {
  const { room } = useScene();
  const command = useCommand("section.revise");
  const clash = useClash(section.ver);
  const [isTried, setTried] = useState(false);
  const draft = useDraft<Words>(`revise/${section.doc}`, wordsOf(section));
  const finish = () => {
    draft.drop();
    onDone();
  };
  const send = async () => {
    setTried(true);
    const { sm, hidden } = section;
    const words = { ...draft.value, title: draft.value.title.trim() };
    if (words.title === "" || words.text.trim() === "" || sm === null) return;
    if (!(await command.run({ caseId: room.caseId, sm, hidden, ...words }))) return;
    toast(t("share.done", { title: words.title }));
    finish();
  };
  return (
    <InlineForm
      label={t("share.reviseTitle")}
      send={t("share.revise.do")}
      busy={command.busy}
      trouble={command.trouble}
      onSend={() => void send()}
      onCancel={finish}
    >
      {clash.isClash && <Clash theirs={section.text} onTake={finish} onKeep={clash.accept} />}
      <WordFields draft={draft} isTried={isTried} />
      <p class="small soft">{t("share.final")}</p>
    </InlineForm>
  );
}

function wordsOf(section: SectionView): Words {
  return { title: section.title, text: section.text ?? "", prov: section.prov ?? "agency" };
}

interface FieldsProps {
  readonly draft: Draft<Words>;
  readonly isTried: boolean;
}

function WordFields({ draft, isTried }: FieldsProps) {
  const { title, text, prov } = draft.value;
  return (
    <>
      <RadioGroup
        label={t("share.prov")}
        flow="row"
        value={prov}
        options={PROVENANCES.map((value) => ({ value, label: term("prov", value) }))}
        onChange={(value) => {
          draft.change({ prov: value });
        }}
      />
      <Field
        label={t("share.name")}
        required
        value={title}
        error={emptyError(isTried, title)}
        onInput={(value) => {
          draft.change({ title: value });
        }}
      />
      <TextArea
        label={t("share.text")}
        required
        rows={6}
        value={text}
        error={emptyError(isTried, text)}
        onInput={(value) => {
          draft.change({ text: value });
        }}
      />
    </>
  );
}
