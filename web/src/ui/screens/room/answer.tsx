/** Accepting or declining what was offered to my agency: one press, or a reason. */
import { useState } from "preact/hooks";
import type { Trouble } from "../../../worker/api";
import { t, term } from "../../../text/catalogue";
import { Button } from "../../parts/button";
import { RadioGroup } from "../../parts/choice";
import { CodeReason } from "../../parts/notice";
import { toast } from "../../parts/toast";
import { InlineForm } from "./form";
import { REASONS, type Reason } from "./seat";

export interface AnswerProps {
  /** What is offered, for the names of the buttons. */
  readonly what: string;
  readonly busy: boolean;
  readonly trouble: Trouble | null;
  /** Send the answer; true when it was taken. */
  readonly answer: (accept: boolean, why: Reason | null) => Promise<boolean>;
}

/** Two buttons; declining asks for the reason first. */
export function AnswerOffer(props: AnswerProps) {
  const [isDeclining, setDeclining] = useState(false);
  const show = (on: boolean) => () => {
    setDeclining(on);
  };
  if (isDeclining) return <Declining {...props} onDone={show(false)} />;
  const { what, busy, trouble, answer } = props;
  const accept = async () => {
    if (await answer(true, null)) toast(t("answer.accepted"));
  };
  return (
    <div class="answer">
      <p class="small">{t("answer.title")}</p>
      <div class="row">
        <Button
          small
          weight="main"
          busy={busy}
          aria-label={t("room.act", { what, act: t("answer.accept") })}
          onClick={() => void accept()}
        >
          {t("answer.accept")}
        </Button>
        <Button
          small
          aria-label={t("room.act", { what, act: t("answer.decline") })}
          onClick={show(true)}
        >
          {t("answer.decline")}
        </Button>
      </div>
      {trouble && <CodeReason trouble={trouble} />}
    </div>
  );
}

function Declining({ what, busy, trouble, answer, onDone }: AnswerProps & { onDone: () => void }) {
  const [why, setWhy] = useState<Reason | "">("");
  const [isTried, setTried] = useState(false);
  const send = async () => {
    setTried(true);
    if (why === "" || !(await answer(false, why))) return;
    toast(t("answer.declined"));
    onDone();
  };
  return (
    <InlineForm
      label={t("room.act", { what, act: t("answer.decline") })}
      send={t("answer.send")}
      busy={busy}
      trouble={trouble}
      onSend={() => void send()}
      onCancel={onDone}
    >
      <RadioGroup
        label={t("answer.why")}
        required
        value={why}
        error={isTried && why === "" ? t("form.chooseOne") : null}
        options={REASONS.map((value) => ({ value, label: term("why", value) }))}
        onChange={setWhy}
      />
      <p class="small soft">{t("answer.declined.what")}</p>
    </InlineForm>
  );
}
