/** 対応事項: offered, answered, reported on, handed over, cancelled. */
import { useState } from "preact/hooks";
import type { ActionState, ActionView } from "../../../worker/api";
import { t, term } from "../../../text/catalogue";
import { isFresh, markOf } from "../../logic/changes";
import { ordered } from "../../logic/deeds";
import type { Powers } from "../../logic/powers";
import { useApi, useCommand } from "../../api";
import { Badge, type Tone } from "../../parts/badge";
import { Button } from "../../parts/button";
import { Card } from "../../parts/card";
import { Confirm } from "../../parts/dialog";
import { Menu, type MenuItem } from "../../parts/menu";
import { Empty } from "../../parts/progress";
import { Due } from "../../parts/time";
import { NewAction, TakeOver } from "./action_forms";
import { AnswerOffer } from "./answer";
import { useScene } from "./context";
import { FreshMark } from "./form";
import { HandOver } from "./handover";
import { Report } from "./report";

/** All actions of the case; what needs an owner first, then by due day. */
export function Actions() {
  const { room, powers } = useScene();
  const [isAdding, setAdding] = useState(false);
  const isOpen = powers.blocked === null && room.sitting?.state !== "closed";
  return (
    <Card title={t("acts.title")}>
      {room.actions.length === 0 && !isAdding && <Empty title={t("acts.none")} />}
      <ul class="bare acts">
        {ordered(room.actions).map((action) => (
          <Action key={action.act} action={action} />
        ))}
      </ul>
      {isOpen && !isAdding && (
        <div>
          <Button
            small
            onClick={() => {
              setAdding(true);
            }}
          >
            {t("acts.add")}
          </Button>
        </div>
      )}
      {isAdding && (
        <NewAction
          onDone={() => {
            setAdding(false);
          }}
        />
      )}
    </Card>
  );
}

const TONES: Readonly<Record<ActionState, Tone>> = {
  proposed: "warn",
  asked: "plain",
  accepted: "good",
  declined: "bad",
  progress: "accent",
  done: "good",
  "not-done": "bad",
  handed: "plain",
  cancelled: "plain",
  "needs-owner": "bad",
};

type Form = "report" | "hand" | "take" | null;

/** One action with what may be done about it. */
export function Action({ action }: { readonly action: ActionView }) {
  const { seen, sent } = useScene();
  const [form, setForm] = useState<Form>(null);
  const close = () => {
    setForm(null);
  };
  const { owner, state } = action;
  return (
    <li class="act" data-state={state}>
      <div class="act-head">
        <p class="act-what">{action.what === "" ? t("acts.untitled") : action.what}</p>
        <ActionTools action={action} open={setForm} />
      </div>
      <p class="act-owner">
        <span>{owner.agency.name}</span>
        {owner.person && <strong>{owner.person.name}</strong>}
      </p>
      <p class="row">
        <Badge tone={TONES[state]}>{term("act", state)}</Badge>
        {isLive(state) && <Due day={action.due} />}
        {action.origin !== null && <Badge>{t("acts.origin")}</Badge>}
        <FreshMark show={isFresh(action.seq, seen) && !sent.has(markOf(action))} />
      </p>
      {action.why && <p class="small">{t("people.why", { why: term("why", action.why) })}</p>}
      {action.how !== "" && (
        <p class="small soft">
          {t("acts.how")} {action.how}
        </p>
      )}
      {action.report !== "" && (
        <p class="act-report">{t("acts.report.mine", { words: action.report })}</p>
      )}
      <ActionAnswer action={action} />
      {form === "report" && <Report action={action} onDone={close} />}
      {form === "take" && <TakeOver action={action} onDone={close} />}
      {form === "hand" && <HandOver action={action} onClose={close} />}
    </li>
  );
}

function isLive(state: ActionState): boolean {
  return !["done", "not-done", "handed", "cancelled"].includes(state);
}

function isMine(action: ActionView): boolean {
  return action.owner.mine && action.owner.person?.me !== false;
}

function ActionAnswer({ action }: { readonly action: ActionView }) {
  const { room, powers, sent } = useScene();
  const command = useCommand("action.answer");
  if (action.state !== "proposed" || !isMine(action) || powers.blocked !== null) return null;
  return (
    <AnswerOffer
      what={action.what}
      busy={command.busy}
      trouble={command.trouble}
      answer={async (accept, why) => {
        sent.add(markOf({ ...action, state: accept ? "accepted" : "declined" }));
        return (await command.run({ caseId: room.caseId, act: action.act, accept, why })) !== null;
      }}
    />
  );
}

/** What may be done about an action by me: report, take it up, hand it over. */
function formsFor(action: ActionView, powers: Powers): readonly NonNullable<Form>[] {
  const { state } = action;
  const isRunning = state === "accepted" || state === "progress";
  const mayHand = isLive(state) && (powers.isChair || isMine(action));
  return [
    ...(isRunning && isMine(action) ? (["report"] as const) : []),
    ...(state === "needs-owner" && !action.owner.mine ? (["take"] as const) : []),
    ...(mayHand ? (["hand"] as const) : []),
  ];
}

interface ToolsProps {
  readonly action: ActionView;
  readonly open: (form: Form) => void;
}

function ActionTools({ action, open }: ToolsProps) {
  const { room, powers } = useScene();
  const api = useApi();
  const [isAsking, setAsking] = useState(false);
  const items: MenuItem[] = formsFor(action, powers).map((form) => ({
    label: t(`acts.${form}`),
    act: () => {
      open(form);
    },
  }));
  if (isLive(action.state) && powers.isChair)
    items.push({
      label: t("acts.cancel"),
      danger: true,
      act: () => {
        setAsking(true);
      },
    });
  if (items.length === 0 || powers.blocked !== null) return null;
  return (
    <>
      <Menu label={t("room.act", { what: action.what, act: t("common.menu") })} items={items}>
        <span aria-hidden="true">⋯</span>
      </Menu>
      <Confirm
        open={isAsking}
        danger
        title={t("acts.cancel.ask", { what: action.what })}
        act={t("acts.cancel")}
        onAct={() => api.do("action.cancel", { caseId: room.caseId, act: action.act })}
        onClose={() => {
          setAsking(false);
        }}
      >
        <p>{t("acts.cancel.what", { agency: action.owner.agency.name })}</p>
      </Confirm>
    </>
  );
}
