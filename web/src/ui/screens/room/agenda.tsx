/** 次第: all items with their state, and what the chair and facilitator do with them. */
import { useState } from "preact/hooks";
import type { ItemView, SittingView } from "../../../worker/api";
import { t, term } from "../../../text/catalogue";
import { timeWords } from "../../logic/dates";
import { plannedStarts } from "../../logic/timer";
import { useCommand } from "../../api";
import { Badge } from "../../parts/badge";
import { Button } from "../../parts/button";
import { Card } from "../../parts/card";
import { CodeReason } from "../../parts/notice";
import { Empty } from "../../parts/progress";
import { CloseItem } from "./closing";
import { itemTitle, useScene } from "./context";
import { AddItem } from "./item_form";

/** The agenda; the open item is marked, others can be opened by who leads. */
export function Agenda() {
  const { room, powers } = useScene();
  const { sitting } = room;
  const [isAdding, setAdding] = useState(false);
  if (!sitting) return null;
  const mayAdd = powers.isChair && sitting.state !== "closed" && powers.blocked === null;
  return (
    <Card title={t("agenda.title")}>
      {sitting.items.length === 0 && <Empty title={t("agenda.none")} />}
      <Items sitting={sitting} />
      {mayAdd && !isAdding && (
        <Button
          small
          onClick={() => {
            setAdding(true);
          }}
        >
          {t("agenda.add")}
        </Button>
      )}
      {isAdding && (
        <AddItem
          sit={sitting.sit}
          onDone={() => {
            setAdding(false);
          }}
        />
      )}
    </Card>
  );
}

function Items({ sitting }: { readonly sitting: SittingView }) {
  const { powers } = useScene();
  const command = useCommand("item.open");
  const starts = plannedStarts(
    sitting.starts,
    sitting.items.map((item) => item.minutes),
  );
  const isIdle = sitting.state === "open" && powers.current === null && powers.blocked === null;
  return (
    <>
      <ol class="bare items">
        {sitting.items.map((item, index) => (
          <li
            key={item.it}
            data-state={item.state}
            aria-current={item.state === "open" ? "step" : undefined}
          >
            <ItemLine item={item} planned={starts[index] ?? null} />
            {isIdle && powers.leads && item.state === "prepared" && (
              <OpenItem item={item} command={command} />
            )}
          </li>
        ))}
      </ol>
      {command.trouble && <CodeReason trouble={command.trouble} />}
    </>
  );
}

interface OpenProps {
  readonly item: ItemView;
  readonly command: ReturnType<typeof useCommand<"item.open">>;
}

function OpenItem({ item, command }: OpenProps) {
  const { room } = useScene();
  return (
    <Button
      small
      busy={command.busy}
      aria-label={t("agenda.openNo", { no: item.no })}
      onClick={() => {
        void command.run({ caseId: room.caseId, it: item.it });
      }}
    >
      {t("agenda.open")}
    </Button>
  );
}

function ItemLine({ item, planned }: { readonly item: ItemView; readonly planned: number | null }) {
  return (
    <div class="item-line">
      <span class="item-no number">{item.no}</span>
      <div>
        <p class="item-title">{itemTitle(item)}</p>
        <p class="small soft row">
          <span>{t(`agenda.typ.${item.typ}`)}</span>
          {item.minutes !== null && <span>{t("agenda.minutes", { n: item.minutes })}</span>}
          {item.state === "prepared" && planned !== null && (
            <span>{t("agenda.planned", { time: timeWords(planned) })}</span>
          )}
          <ItemState item={item} />
        </p>
      </div>
    </div>
  );
}

function ItemState({ item }: { readonly item: ItemView }) {
  if (item.state === "open") return <Badge tone="accent">{t("agenda.state.open")}</Badge>;
  if (item.state === "prepared") return null;
  if (item.out === "basis-ended") return <Badge tone="bad">{t("agenda.out.basis-ended")}</Badge>;
  if (item.out === "decided") return <Badge tone="good">{t("out.decided")}</Badge>;
  if (item.typ !== "decide" || item.out === null) return <Badge>{t("agenda.state.closed")}</Badge>;
  return <Badge>{term("out", item.out)}</Badge>;
}

/** Close the open item; shown beside the current item to the chair. */
export function CloseButton({ item }: { readonly item: ItemView }) {
  const { powers } = useScene();
  const [isOpen, setOpen] = useState(false);
  if (!powers.isChair || powers.blocked !== null) return null;
  return (
    <>
      <Button
        small
        onClick={() => {
          setOpen(true);
        }}
      >
        {t("agenda.close")}
      </Button>
      {isOpen && (
        <CloseItem
          item={item}
          onClose={() => {
            setOpen(false);
          }}
        />
      )}
    </>
  );
}
