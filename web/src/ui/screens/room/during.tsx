/** The sitting itself: the current item and its basis always in view, boards beside it. */
import { useState } from "preact/hooks";
import type { ItemView } from "../../../worker/api";
import { t } from "../../../text/catalogue";
import { checklist } from "../../logic/boards";
import { nextItem } from "../../logic/powers";
import { useCommand } from "../../api";
import { Badge } from "../../parts/badge";
import { Button } from "../../parts/button";
import { CodeReason } from "../../parts/notice";
import { route } from "../../router";
import { Actions } from "./actions";
import { Agenda, CloseButton } from "./agenda";
import { ItemBases } from "./bases";
import { SittingButtons } from "./closing";
import { itemTitle, useScene } from "./context";
import { Decisions, NextSitting } from "./decisions";
import { Hands } from "./hands";
import { MeetingCode } from "./meeting_code";
import { People } from "./people";
import { Priorities } from "./priorities";
import { Roles } from "./roles";
import { SeatAnswer } from "./seat";
import { Papers } from "./sections";
import { Timer } from "./timer";

const TABS = ["papers", "roles", "actions", "agenda", "people"] as const;
type Tab = (typeof TABS)[number];

/** Three columns on a desk, tabs at the lower edge on a phone: the same parts in the same order. */
export function During() {
  const { room, powers } = useScene();
  const [tab, setTab] = useState<Tab>(route.value.part === "actions" ? "actions" : "papers");
  const { sitting } = room;
  if (!sitting) return null;
  return (
    <div class="during" data-tab={tab}>
      <CurrentItem item={powers.current} />
      <SeatAnswer sitting={sitting} />
      <div class="columns" data-guest={powers.isGuest}>
        <div class="column column-side stack" data-gap="small">
          <div class="panel" data-panel="agenda">
            <Agenda />
            <div class="row sitting-acts">
              <SittingButtons sitting={sitting} />
            </div>
          </div>
          <div class="panel" data-panel="people">
            <Hands />
            <People />
            <MeetingCode />
          </div>
        </div>
        <div class="column column-main stack" data-gap="small">
          <div class="panel" data-panel="papers">
            <Papers />
            {!powers.isGuest && <Decisions />}
          </div>
        </div>
        {!powers.isGuest && (
          <div class="column column-boards stack" data-gap="small">
            <div class="panel" data-panel="roles">
              <Roles />
              <Priorities />
            </div>
            <div class="panel" data-panel="actions">
              <Actions />
              <NextSitting sitting={sitting} />
            </div>
          </div>
        )}
      </div>
      <PhoneTabs tab={tab} setTab={setTab} />
    </div>
  );
}

interface PhoneTabsProps {
  readonly tab: Tab;
  readonly setTab: (tab: Tab) => void;
}

function PhoneTabs({ tab, setTab }: PhoneTabsProps) {
  const { room, powers } = useScene();
  const lacks = checklist(room.roles, room.members).filter((line) => !line.isMet).length;
  const marks: Readonly<Partial<Record<Tab, number>>> = {
    roles: powers.isGuest ? 0 : lacks,
    people: room.sitting?.hands.length ?? 0,
  };
  const tabs = powers.isGuest ? TABS.filter((one) => one !== "roles" && one !== "actions") : TABS;
  return (
    <nav class="phone-tabs" aria-label={t("room.tab")}>
      {tabs.map((one) => (
        <button
          key={one}
          type="button"
          aria-current={one === tab ? "true" : undefined}
          onClick={() => {
            setTab(one);
            document.querySelector(".columns")?.scrollIntoView({ block: "start" });
          }}
        >
          {t(`room.tab.${one}`)}
          {(marks[one] ?? 0) > 0 && <span class="tab-mark number">{marks[one]}</span>}
        </button>
      ))}
    </nav>
  );
}

/** The item on the table, its basis and its clock; stays at the upper edge. */
export function CurrentItem({ item }: { readonly item: ItemView | null }) {
  const { room } = useScene();
  if (!item) return <NoItem />;
  return (
    <section class="current" aria-labelledby="current-item">
      <div class="current-what">
        <p class="small soft">
          {t("agenda.current")} <Badge tone="accent">{t(`agenda.typ.${item.typ}`)}</Badge>
        </p>
        <h2 id="current-item">
          <span class="current-no number">{item.no}</span>
          {itemTitle(item)}
        </h2>
        <ItemBases item={item} room={room} />
      </div>
      <Timer item={item} />
      <div class="current-acts">
        <CloseButton item={item} />
      </div>
    </section>
  );
}

function NoItem() {
  const { room, powers } = useScene();
  const command = useCommand("item.open");
  const next = nextItem(room);
  const mayOpen = powers.leads && powers.blocked === null && next !== null;
  return (
    <section class="current" aria-labelledby="current-item" data-empty="true">
      <div class="current-what">
        <h2 id="current-item">{t("agenda.noCurrent")}</h2>
        <p class="soft">{t(mayOpen ? "agenda.noCurrentDo" : "agenda.noCurrentWhat")}</p>
        {command.trouble && <CodeReason trouble={command.trouble} />}
      </div>
      {mayOpen && (
        <Button
          weight="main"
          busy={command.busy}
          onClick={() => {
            void command.run({ caseId: room.caseId, it: next.it });
          }}
        >
          {t("agenda.openNo", { no: next.no })}
        </Button>
      )}
    </section>
  );
}

/** For the wall: the item, its clock, the roles and the order of issues, in large letters. */
export function Wall() {
  const { powers } = useScene();
  return (
    <div class="wall">
      <CurrentItem item={powers.current} />
      {!powers.isGuest && (
        <div class="wall-boards">
          <Roles />
          <Priorities />
          <Decisions />
        </div>
      )}
    </div>
  );
}
