/** My answer to an invitation: attend, stay away with a reason, or send a colleague. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import type { PersonView, SittingView } from "../../../worker/api";
import { t, term } from "../../../text/catalogue";
import { useApi, useCommand } from "../../api";
import { Button } from "../../parts/button";
import { Card } from "../../parts/card";
import { RadioGroup } from "../../parts/choice";
import { Select } from "../../parts/field";
import { CodeReason } from "../../parts/notice";
import { toast } from "../../parts/toast";
import { route } from "../../router";
import { session } from "../../state";
import { useScene } from "./context";

/** Reasons for declining a seat, a role or an action. */
export const REASONS = ["capacity", "scope", "conflict", "legal", "other"] as const;
export type Reason = (typeof REASONS)[number];

type Answer = "accept" | "decline" | "delegate";

/** Shown while my seat waits for an answer. */
export function SeatAnswer({ sitting }: { readonly sitting: SittingView }) {
  const { powers } = useScene();
  if (powers.seat?.state !== "invited") return null;
  return (
    <Reached part="seat">
      <AnswerCard sitting={sitting} me={powers.seat.person} />
    </Reached>
  );
}

interface ReachedProps {
  readonly part: string;
  readonly children: ComponentChildren;
}

/** Whoever came by a link to this part begins here. */
function Reached({ part, children }: ReachedProps) {
  const place = useRef<HTMLDivElement>(null);
  const isAsked = route.value.part === part;
  useEffect(() => {
    if (!isAsked) return undefined;
    const frame = requestAnimationFrame(() => {
      place.current?.scrollIntoView({ block: "center" }); // after the frame went to the top
      place.current?.focus({ preventScroll: true });
    });
    return () => {
      cancelAnimationFrame(frame);
    };
  }, [isAsked]);
  return (
    <div ref={place} tabIndex={-1}>
      {children}
    </div>
  );
}

interface AnswerProps {
  readonly sitting: SittingView;
  readonly me: PersonView;
}

function AnswerCard({ sitting, me }: AnswerProps) {
  const { room } = useScene();
  const command = useCommand("sitting.answer");
  const [answer, setAnswer] = useState<Answer>("accept");
  const [why, setWhy] = useState<Reason | "">("");
  const [to, setTo] = useState("");
  const isReady = { accept: true, decline: why !== "", delegate: to !== "" }[answer];
  const send = async () => {
    const reason = answer === "decline" && why !== "" ? why : null;
    const delegate = answer === "delegate" ? to : null;
    const place = { caseId: room.caseId, sit: sitting.sit };
    if (await command.run({ ...place, answer, why: reason, to: delegate })) toast(t("seat.sent"));
  };
  return (
    <Card title={t("seat.answer")} tone="accent">
      <p>{t("seat.answer.what")}</p>
      <Pledge />
      <RadioGroup
        label={t("seat.answer")}
        bare
        value={answer}
        options={(["accept", "decline", "delegate"] as const).map((value) => ({
          value,
          label: t(`seat.${value}`),
        }))}
        onChange={setAnswer}
      />
      {answer === "decline" && (
        <RadioGroup
          label={t("seat.why")}
          value={why}
          options={REASONS.map((value) => ({ value, label: term("why", value) }))}
          onChange={setWhy}
        />
      )}
      {answer === "delegate" && <Delegate me={me} to={to} choose={setTo} />}
      {command.trouble && <CodeReason trouble={command.trouble} />}
      <div class="row">
        <Button weight="main" busy={command.busy} disabled={!isReady} onClick={() => void send()}>
          {t("seat.send")}
        </Button>
      </div>
    </Card>
  );
}

function Pledge() {
  const pledge = session.value?.pledge;
  if (pledge === undefined || pledge === "live" || pledge === "not-needed") return null;
  return <p class="small">{t("seat.pledge")}</p>;
}

interface DelegateProps {
  readonly me: PersonView;
  readonly to: string;
  readonly choose: (wid: string) => void;
}

/** Colleagues come from the directory: whoever stands in need not be in the room yet. */
function Delegate({ me, to, choose }: DelegateProps) {
  const api = useApi();
  const [people, setPeople] = useState<readonly PersonView[]>([]);
  useEffect(() => {
    api.do("people.directory", {}).then(
      (directory) => {
        setPeople(directory.people);
      },
      () => undefined, // the list stays empty, and the words below say whom to ask
    );
  }, []);
  const colleagues = people.filter(
    (one) => one.wid !== me.wid && one.agency.aid === me.agency.aid && one.ended === null,
  );
  if (colleagues.length === 0) return <p>{t("seat.delegate.none")}</p>;
  return (
    <Select
      label={t("seat.delegate.who")}
      value={to}
      options={colleagues.map((one) => ({
        value: one.wid,
        label: one.name || t("common.unknownName"),
      }))}
      onChange={choose}
    />
  );
}
