/** Which papers go on to those who join late: none by themselves, a person chooses. */
import { useState } from "preact/hooks";
import { t } from "../../../text/catalogue";
import { useCommand } from "../../api";
import { Button } from "../../parts/button";
import { CheckboxGroup } from "../../parts/choice";
import { Dialog } from "../../parts/dialog";
import { CodeReason } from "../../parts/notice";
import { toast } from "../../parts/toast";
import { subjectName, useScene } from "./context";

/** Choose the papers and give them; those of the current item are chosen beforehand. */
export function CarryPapers({ onClose }: { readonly onClose: () => void }) {
  const { room, powers } = useScene();
  const command = useCommand("section.carry");
  const open = room.sections.filter((section) => section.text !== null && section.readers === null);
  const current = open.filter((section) => section.item === powers.current?.it);
  const [docs, setDocs] = useState<readonly string[]>(current.map((section) => section.doc));
  const give = async () => {
    const done = await command.run({ caseId: room.caseId, docs });
    if (!done) return;
    toast(t("people.carry.done", { n: docs.length }));
    onClose();
  };
  return (
    <Dialog
      open
      title={t("people.carry")}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button
            weight="main"
            busy={command.busy}
            disabled={docs.length === 0}
            onClick={() => void give()}
          >
            {t("people.carry.do")}
          </Button>
        </>
      }
    >
      <CheckboxGroup
        label={t("papers.title")}
        hint={t("people.carry.what")}
        value={docs}
        options={open.map((section) => ({
          value: section.doc,
          label: section.title,
          hint: t("papers.about", { subject: subjectName(room.bases, section.sub) }),
        }))}
        onChange={setDocs}
      />
      {command.trouble && <CodeReason trouble={command.trouble} />}
    </Dialog>
  );
}
