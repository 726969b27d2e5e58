/** My answer to an invitation: attend, stay away with a reason, or send a colleague. */
import { useState } from "preact/hooks";
import type { SittingView } from "../../../worker/api";
import { t, term } from "../../../text/catalogue";
import { useCommand } from "../../api";
import { Button } from "../../parts/button";
import { Card } from "../../parts/card";
import { RadioGroup } from "../../parts/choice";
import { Select } from "../../parts/field";
import { CodeReason } from "../../parts/notice";
import { toast } from "../../parts/toast";
import { session } from "../../state";
import { useScene } from "./context";

/** Reasons for declining a seat, a role or an action. */
export const REASONS = ["capacity", "scope", "conflict", "legal", "other"] as const;
export type Reason = (typeof REASONS)[number];

type Answer = "accept" | "decline" | "delegate";

/** Shown while my seat waits for an answer. */
export function SeatAnswer({ sitting }: { readonly sitting: SittingView }) {
  const { room, powers } = useScene();
  const command = useCommand("sitting.answer");
  const [answer, setAnswer] = useState<Answer>("accept");
  const [why, setWhy] = useState<Reason | "">("");
  const [to, setTo] = useState("");
  if (powers.seat?.state !== "invited") return null;
  const colleagues = room.members
    .map((member) => member.person)
    .filter((person) => !person.me && person.agency.aid === powers.seat?.person.agency.aid);
  const isReady = answer === "accept" || (answer === "decline" ? why !== "" : to !== "");
  const send = async () => {
    const done = await command.run({
      caseId: room.caseId,
      sit: sitting.sit,
      answer,
      why: answer === "decline" && why !== "" ? why : null,
      to: answer === "delegate" ? to : null,
    });
    if (done) toast(t("seat.sent"));
  };
  return (
    <Card title={t("seat.answer")} tone="accent">
      <p>{t("seat.answer.what")}</p>
      {session.value && !["live", "not-needed"].includes(session.value.pledge) && (
        <p class="small">{t("seat.pledge")}</p>
      )}
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
      {answer === "delegate" && colleagues.length === 0 && <p>{t("seat.delegate.none")}</p>}
      {answer === "delegate" && colleagues.length > 0 && (
        <Select
          label={t("seat.delegate.who")}
          value={to}
          options={colleagues.map((person) => ({ value: person.wid, label: person.name }))}
          onChange={setTo}
        />
      )}
      {command.trouble && <CodeReason trouble={command.trouble} />}
      <div class="row">
        <Button weight="main" busy={command.busy} disabled={!isReady} onClick={() => void send()}>
          {t("seat.send")}
        </Button>
      </div>
    </Card>
  );
}
