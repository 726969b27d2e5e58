/** Handing an action over to somebody else of the room. */
import { useState } from "preact/hooks";
import type { ActionView } from "../../../worker/api";
import { t } from "../../../text/catalogue";
import { useCommand } from "../../api";
import { Button } from "../../parts/button";
import { Dialog } from "../../parts/dialog";
import { CodeReason } from "../../parts/notice";
import { useScene } from "./context";
import { OwnerFields } from "./owner";

/** Ask who takes the action over; the new owner then accepts or declines. */
export function HandOver({
  action,
  onClose,
}: {
  readonly action: ActionView;
  readonly onClose: () => void;
}) {
  const { room } = useScene();
  const command = useCommand("action.hand");
  const [value, setValue] = useState({ aid: "", wid: "" });
  const draft = {
    value,
    change: (part: Partial<typeof value>) => {
      setValue({ ...value, ...part });
    },
    drop: () => undefined,
  };
  const hand = async () => {
    const wid = value.wid === "" ? null : value.wid;
    const done = await command.run({ caseId: room.caseId, act: action.act, aid: value.aid, wid });
    if (done) onClose();
  };
  return (
    <Dialog
      open
      title={t("acts.hand.ask", { what: action.what })}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button
            weight="main"
            busy={command.busy}
            disabled={value.aid === ""}
            onClick={() => void hand()}
          >
            {t("acts.hand.do")}
          </Button>
        </>
      }
    >
      <OwnerFields draft={draft} isWrong={false} />
      <p>{t("acts.hand.what")}</p>
      {command.trouble && <CodeReason trouble={command.trouble} />}
    </Dialog>
  );
}
