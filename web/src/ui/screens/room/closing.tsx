/** Closing an item and closing the sitting: what is still missing stands before the button. */
import { useState } from "preact/hooks";
import type { ItemView, SittingView } from "../../../worker/api";
import { t } from "../../../text/catalogue";
import { useApi, useCommand } from "../../api";
import { Button } from "../../parts/button";
import { RadioGroup } from "../../parts/choice";
import { Confirm, Dialog } from "../../parts/dialog";
import { CodeReason, Notice } from "../../parts/notice";
import { itemTitle, useScene } from "./context";
import { RuleList } from "./roles";

type Out = "decided" | "none" | "carried";

/** Ask how the item ends; "decided" waits until the roles are complete. */
export function CloseItem({
  item,
  onClose,
}: {
  readonly item: ItemView;
  readonly onClose: () => void;
}) {
  const { room } = useScene();
  const command = useCommand("item.close");
  const isDecision = item.typ === "decide";
  const [out, setOut] = useState<Out>(isDecision && item.missing.length === 0 ? "decided" : "none");
  const isLacking = out === "decided" && isDecision && item.missing.length > 0;
  const close = async () => {
    const done = await command.run({ caseId: room.caseId, it: item.it, out });
    if (done) onClose();
  };
  return (
    <Dialog
      open
      title={t("agenda.close.ask", { no: item.no, title: itemTitle(item) })}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button
            weight="main"
            busy={command.busy}
            disabled={isLacking}
            onClick={() => void close()}
          >
            {t("agenda.close.do")}
          </Button>
        </>
      }
    >
      <RadioGroup
        label={t("agenda.state.closed")}
        bare
        value={out}
        options={(["decided", "none", "carried"] as const).map((value) => ({
          value,
          label: t(`agenda.close.${value}`),
        }))}
        onChange={setOut}
      />
      {isLacking && (
        <Notice kind="warn" title={t("agenda.close.missing")}>
          <RuleList onlyMissing />
        </Notice>
      )}
      <p>{t("agenda.close.what")}</p>
      {command.trouble && <CodeReason trouble={command.trouble} />}
    </Dialog>
  );
}

/** Open or close the sitting, after a question. */
export function SittingButtons({ sitting }: { readonly sitting: SittingView }) {
  const { room, powers } = useScene();
  const api = useApi();
  const [isAsking, setAsking] = useState(false);
  if (!powers.isChair || powers.blocked !== null || sitting.state === "closed") return null;
  const isOpening = sitting.state === "convened";
  const act = isOpening ? t("room.open") : t("room.close");
  const why = isOpening ? null : hindrance(sitting, powers.current !== null);
  const place = { caseId: room.caseId, sit: sitting.sit };
  const handovers = room.actions.filter((action) => action.state === "needs-owner").length;
  return (
    <>
      <Button
        weight={isOpening ? "main" : "plain"}
        onClick={() => {
          setAsking(true);
        }}
      >
        {act}
      </Button>
      <Confirm
        open={isAsking}
        title={isOpening ? t("room.open.ask", { no: sitting.no }) : t("room.close.ask")}
        act={act}
        onAct={() => api.do(isOpening ? "sitting.open" : "sitting.close", place)}
        onClose={() => {
          setAsking(false);
        }}
      >
        <p>{t(isOpening ? "room.open.what" : "room.close.what")}</p>
        {why && <Notice kind="warn">{t(why)}</Notice>}
        {!isOpening && handovers > 0 && (
          <Notice kind="warn">{t("room.close.handovers", { n: handovers })}</Notice>
        )}
      </Confirm>
    </>
  );
}

function hindrance(sitting: SittingView, hasOpenItem: boolean) {
  if (hasOpenItem) return "room.close.open" as const;
  const hasDecided = sitting.items.some((item) => item.out === "decided" && item.typ === "decide");
  return hasDecided && sitting.next === null ? ("room.close.noNext" as const) : null;
}
