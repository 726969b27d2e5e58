/** 招集・出席者の選定: call a sitting, or add people to the one that stands. */
import { useEffect, useState } from "preact/hooks";
import { t } from "../../../text/catalogue";
import type { CandidateView, RoomView, SittingView, Trouble } from "../../../worker/api";
import { useCommand } from "../../api";
import {
  blankCall,
  callFaults,
  callOf,
  isAlone,
  seatsOf,
  STEPS,
  type ConveneForm,
  type Fault,
  type Step,
} from "../../logic/convene";
import { useRoom } from "../../open_room";
import { Button, LinkButton } from "../../parts/button";
import { CodeReason, Notice } from "../../parts/notice";
import { Page } from "../../parts/page";
import { Empty, Loading } from "../../parts/progress";
import { Wizard } from "../../parts/wizard";
import { hrefCase, route } from "../../router";
import { minute, now, writable } from "../../state";
import { useDraft, type Draft } from "../room/draft";
import type { CallProps } from "./call";
import { Check } from "./check";
import { Items } from "./items";
import { People } from "./people";
import { When } from "./when";
import "../consent/consent.css";
import "./convene.css";

/** The sitting to which people are added; null when a new one is called. */
function standing(room: RoomView): SittingView | null {
  return room.sitting && room.sitting.state !== "closed" ? room.sitting : null;
}

/** The screen. */
export function ConveneScreen() {
  const caseId = route.value.caseId ?? "";
  const { view, busy, trouble, retry } = useRoom(caseId);
  const isInvite = view !== null && standing(view) !== null;
  return (
    <Page
      title={t(isInvite ? "convene.invite" : "convene.title")}
      lead={view?.code}
      aside={<LinkButton href={hrefCase(caseId)}>{t("common.cancel")}</LinkButton>}
    >
      {view && <Allowed room={view} />}
      {!view && !trouble && <Loading />}
      {!view && trouble && (
        <CodeReason
          trouble={trouble}
          actions={
            <Button busy={busy} onClick={retry}>
              {t("common.retry")}
            </Button>
          }
        />
      )}
    </Page>
  );
}

function Allowed({ room }: { readonly room: RoomView }) {
  const [done, setDone] = useState(false);
  const [inviting] = useState(() => standing(room));
  if (done) return <Done room={room} inviting={inviting !== null} />;
  if (room.closed) return <Empty title={t("convene.noCases")} />;
  if (!room.chair)
    return <Empty title={t("convene.forbidden")}>{t("convene.forbidden.what")}</Empty>;
  return (
    <>
      {room.newcomers.length > 0 && (
        <Notice
          kind="warn"
          actions={<LinkButton href={hrefCase(room.caseId)}>{t("convene.toRoom")}</LinkButton>}
        >
          {t("convene.newcomers")}
        </Notice>
      )}
      <Form
        room={room}
        sitting={inviting}
        onDone={() => {
          setDone(true);
        }}
      />
    </>
  );
}

function Done({ room, inviting }: { readonly room: RoomView; readonly inviting: boolean }) {
  return (
    <Notice
      kind="good"
      live
      title={t(inviting ? "convene.doneInvite" : "convene.done")}
      actions={
        <LinkButton weight="main" href={hrefCase(room.caseId)}>
          {t("convene.toRoom")}
        </LinkButton>
      }
    >
      {t("convene.done.what")}
    </Notice>
  );
}

/** What the gate says of everybody, asked again when the question or the bases change. */
function useCandidates(room: RoomView, form: Pick<ConveneForm, "kind" | "cats">) {
  const { run, trouble } = useCommand("people.candidates");
  const [candidates, setCandidates] = useState<readonly CandidateView[] | null>(null);
  const bases = room.bases.map(({ sid, state }) => `${sid} ${state}`).join();
  const { kind, cats } = form;
  const ask = () => {
    void run({ caseId: room.caseId, kind, cats }).then((answer) => {
      if (answer) setCandidates(answer.out);
    });
  };
  useEffect(ask, [room.caseId, kind, cats.join(), bases, room.members.length]);
  return { candidates, trouble };
}

interface FormProps {
  readonly room: RoomView;
  readonly sitting: SittingView | null;
  readonly onDone: () => void;
}

const INVITING: readonly Step[] = ["people", "check"];

function useForm(room: RoomView, sitting: SittingView | null): Draft<ConveneForm> {
  const blank = blankCall(room, now.peek());
  const initial = sitting ? { ...blank, kind: sitting.kind, duties: {} } : blank;
  return useDraft(`convene.${room.caseId}.${sitting?.sit ?? "new"}`, initial);
}

function Form({ room, sitting, onDone }: FormProps) {
  const draft = useForm(room, sitting);
  const names = sitting ? INVITING : STEPS;
  const [step, setStep] = useState<Step>(sitting ? "people" : "when");
  const form = draft.value;
  const asked = useCandidates(room, form);
  const candidates = withoutSeated(asked.candidates, sitting);
  const facts = { now: minute.value, candidates };
  const faults = (of: Step) => callFaults(form, of, facts);
  const props: Omit<CallProps, "wrong"> = { room, form, change: draft.change, candidates };
  return (
    <>
      {asked.trouble && <CodeReason trouble={asked.trouble} />}
      <Wizard
        steps={names.map((value) => ({
          value,
          label: t(`convene.step.${value}`),
          faults: faults(value).map((fault) => t(`convene.fault.${fault}`)),
          untouched: value === "people" && isAlone(form, room),
        }))}
        step={step}
        onStep={setStep}
        last={
          <Send
            {...props}
            sitting={sitting}
            onDone={() => {
              draft.drop();
              onDone();
            }}
          />
        }
      >
        {(tried) => (
          <Body
            {...props}
            step={step}
            inviting={sitting !== null}
            wrong={(fault: Fault) =>
              tried && faults(step).includes(fault) ? t(`convene.fault.${fault}`) : null
            }
          />
        )}
      </Wizard>
    </>
  );
}

/** Who has a seat already is not offered again. */
function withoutSeated(
  candidates: readonly CandidateView[] | null,
  sitting: SittingView | null,
): readonly CandidateView[] | null {
  const seats = sitting?.seats ?? [];
  const seated = new Set(
    seats.filter(({ state }) => state !== "ended").map(({ person }) => person.wid),
  );
  return candidates?.filter(({ person }) => !seated.has(person.wid)) ?? null;
}

function Body({
  step,
  inviting,
  ...props
}: CallProps & { readonly step: Step; readonly inviting: boolean }) {
  switch (step) {
    case "when":
      return <When {...props} />;
    case "items":
      return <Items {...props} />;
    case "people":
      return <People {...props} />;
    case "check":
      return <Check {...props} inviting={inviting} />;
  }
}

interface SendProps extends Omit<CallProps, "wrong"> {
  readonly sitting: SittingView | null;
  readonly onDone: () => void;
}

/** People who are new to the room come in by themselves, as soon as they accept. */
function useSend({ room, form, sitting, onDone }: SendProps) {
  const convene = useCommand("sitting.convene");
  const invite = useCommand("sitting.invite");
  const send = async (): Promise<void> => {
    const { caseId } = room;
    const seats = seatsOf(form, sitting?.state === "open");
    const answer = sitting
      ? await invite.run({ caseId, sit: sitting.sit, seats })
      : await convene.run(callOf(form, caseId));
    if (answer) onDone();
  };
  const trouble: Trouble | null = convene.trouble ?? invite.trouble;
  return { send, trouble, busy: convene.busy || invite.busy };
}

function Send(props: SendProps) {
  const { send, trouble, busy } = useSend(props);
  const may = writable.value && props.room.newcomers.length === 0;
  return (
    <div class="stack" data-gap="small">
      {trouble && <CodeReason trouble={trouble} />}
      {!writable.value && <p class="small soft">{t("consent.readonly")}</p>}
      <Button weight="main" busy={busy} disabled={!may} onClick={() => void send()}>
        {t(props.sitting ? "convene.sendInvite" : "convene.send")}
      </Button>
    </div>
  );
}
