/** A new version of a paper of mine; its readers stay those of its subject and categories. */
import { useRef, useState } from "preact/hooks";
import type { SectionView } from "../../../worker/api";
import { t, term } from "../../../text/catalogue";
import { PROVENANCES } from "../../logic/sections";
import { useCommand } from "../../api";
import { RadioGroup } from "../../parts/choice";
import { Field, TextArea } from "../../parts/field";
import { toast } from "../../parts/toast";
import { useScene } from "./context";
import { useDraft } from "./draft";
import { Clash, InlineForm } from "./form";

/** Edit the words of a paper; when another version came meanwhile, mine stays a draft beside it. */
export function RevisePaper({
  section,
  onDone,
}: {
  readonly section: SectionView;
  readonly onDone: () => void;
}) {
  const { room } = useScene();
  const command = useCommand("section.revise");
  const base = useRef(section.ver);
  const [isWrong, setWrong] = useState(false);
  const draft = useDraft(`revise/${section.doc}`, {
    title: section.title,
    text: section.text ?? "",
    prov: section.prov ?? "agency",
  });
  const { title, text, prov } = draft.value;
  const [isClash, setClash] = useState(false);
  const hasChanged = section.ver !== base.current || isClash;
  const finish = () => {
    draft.drop();
    onDone();
  };
  const send = async () => {
    const lacks = title.trim() === "" || text.trim() === "";
    setWrong(lacks);
    if (lacks || section.sm === null) return;
    const { sm, hidden } = section;
    const revised = { caseId: room.caseId, sm, prov, hidden, title: title.trim(), text };
    if (!(await command.run(revised))) return;
    toast(t("share.done", { title: title.trim() }));
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
      {hasChanged && (
        <Clash
          theirs={section.text}
          onTake={finish}
          onKeep={() => {
            base.current = section.ver;
            setClash(false);
          }}
        />
      )}
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
        error={isWrong && title.trim() === "" ? t("form.required") : null}
        onInput={(value) => {
          draft.change({ title: value });
        }}
      />
      <TextArea
        label={t("share.text")}
        required
        rows={6}
        value={text}
        error={isWrong && text.trim() === "" ? t("form.required") : null}
        onInput={(value) => {
          draft.change({ text: value });
        }}
      />
      <p class="small soft">{t("share.final")}</p>
    </InlineForm>
  );
}
