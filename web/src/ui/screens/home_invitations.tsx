/** 招集: answered from the home screen, in one press or with a reason. */
import { useState } from "preact/hooks";
import { lang, sittingName, t, term } from "../../text/catalogue";
import type { Commands, SittingLine } from "../../worker/api";
import { useApi, useCommand } from "../api";
import { shortDate, timeWords } from "../logic/dates";
import { Badge } from "../parts/badge";
import { Button, LinkButton } from "../parts/button";
import { Card } from "../parts/card";
import { RadioGroup } from "../parts/choice";
import { Confirm } from "../parts/dialog";
import { CodeReason } from "../parts/notice";
import { announce, toast } from "../parts/toast";
import { hrefCase } from "../router";
import { writable } from "../state";

type Why = NonNullable<Commands["sitting.answer"]["in"]["why"]>;
const WHYS = ["capacity", "scope", "conflict", "legal", "other"] as const satisfies readonly Why[];

interface InvitationProps {
  readonly line: SittingLine;
  readonly onAnswered: (sit: string) => void;
}

function Decline({
  line,
  onAnswered,
  onClose,
}: InvitationProps & { readonly onClose: () => void }) {
  const api = useApi();
  const [why, choose] = useState<Why>("capacity");
  const decline = async () => {
    const { caseId, sit, code } = line;
    await api.do("sitting.answer", { caseId, sit, answer: "decline", why, to: null });
    toast(t("home.declined", { code }));
    onAnswered(sit);
  };
  return (
    <Confirm
      open
      title={t("home.decline.title")}
      act={t("home.decline.act")}
      onAct={decline}
      onClose={onClose}
    >
      <p>
        <strong>{line.code}</strong> {sittingName(line.kind)} {shortDate(line.starts, lang.value)}{" "}
        {timeWords(line.starts)}
      </p>
      <RadioGroup
        label={t("home.decline.why")}
        hint={t("home.decline.note")}
        options={WHYS.map((value) => ({ value, label: term("why", value) }))}
        value={why}
        onChange={choose}
      />
    </Confirm>
  );
}

function About({ line }: { readonly line: SittingLine }) {
  return (
    <div>
      <span class="row">
        <strong class="case-code">{line.code}</strong>
        <span>{sittingName(line.kind)}</span>
        {line.duty !== "member" && <Badge>{term("duty", line.duty)}</Badge>}
      </span>
      <span class="number">
        {shortDate(line.starts, lang.value)} {timeWords(line.starts)}
      </span>
    </div>
  );
}

function Invitation({ line, onAnswered }: InvitationProps) {
  const accept = useCommand("sitting.answer");
  const [declining, decline] = useState(false);
  const { caseId, sit, code } = line;
  const go = async () => {
    if (!(await accept.run({ caseId, sit, answer: "accept", why: null, to: null }))) return;
    toast(t("home.accepted", { code }));
    announce(t("home.accepted", { code }));
    onAnswered(sit);
  };
  return (
    <li class="invitation">
      <About line={line} />
      <div class="row">
        <Button
          weight="main"
          small
          busy={accept.busy}
          disabled={!writable.value}
          aria-label={`${t("home.accept")}（${code}）`}
          onClick={() => {
            void go();
          }}
        >
          {t("home.accept")}
        </Button>
        <Button
          small
          disabled={!writable.value}
          aria-label={`${t("home.decline")}（${code}）`}
          onClick={() => {
            decline(true);
          }}
        >
          {t("home.decline")}
        </Button>
        <LinkButton small weight="quiet" href={hrefCase(caseId, "seat")}>
          {t("home.delegate")}
        </LinkButton>
      </div>
      {accept.trouble && <CodeReason trouble={accept.trouble} />}
      {declining && (
        <Decline
          line={line}
          onAnswered={onAnswered}
          onClose={() => {
            decline(false);
          }}
        />
      )}
    </li>
  );
}

/** Invitations that wait for an answer; nothing when there are none. */
export function Invitations(props: {
  readonly lines: readonly SittingLine[];
  readonly onAnswered: (sit: string) => void;
}) {
  if (props.lines.length === 0) return null;
  return (
    <Card title={t("home.invitations")} tone="warn">
      <p class="small soft">{t("home.invitations.lead")}</p>
      <ul class="bare lines">
        {props.lines.map((line) => (
          <Invitation key={line.sit} line={line} onAnswered={props.onAnswered} />
        ))}
      </ul>
    </Card>
  );
}
