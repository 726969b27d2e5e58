/** What the auditor asks: by case, person, agency, object, period, or what was refused. */
import { useState } from "preact/hooks";
import { t } from "../../../text/catalogue";
import type { AuditQuestion, Progress as Far, Trouble } from "../../../worker/api";
import type { Directory } from "../../directory";
import {
  blankQuestion,
  BYS,
  questionFault,
  questionOf,
  type QuestionFault,
  type QuestionForm,
} from "../../logic/audit";
import { Button } from "../../parts/button";
import { Card } from "../../parts/card";
import { RadioGroup } from "../../parts/choice";
import { DateField, Field, Select } from "../../parts/field";
import { CodeReason } from "../../parts/notice";
import { Progress } from "../../parts/progress";
import { now } from "../../state";

interface SubjectProps {
  readonly form: QuestionForm;
  readonly change: (part: Partial<QuestionForm>) => void;
  readonly directory: Directory | null;
  readonly wrong: (fault: QuestionFault) => string | null;
}

function Person({ form, change, directory, wrong }: SubjectProps) {
  return (
    <Select
      label={t("ask.person")}
      error={wrong("person")}
      value={form.wid}
      options={(directory?.people ?? []).map(({ wid, name, agency }) => ({
        value: wid,
        label: `${name || wid.slice(0, 8)}（${agency.name}）`,
      }))}
      onChange={(wid) => {
        change({ wid });
      }}
    />
  );
}

function Agency({ form, change, directory, wrong }: SubjectProps) {
  return (
    <Select
      label={t("ask.agency")}
      hint={t("ask.local")}
      error={wrong("agency")}
      value={form.aid}
      options={(directory?.agencies ?? []).map(({ aid, name }) => ({ value: aid, label: name }))}
      onChange={(aid) => {
        change({ aid });
      }}
    />
  );
}

/** What the question is about; periods and refusals need none. */
function Subject(props: SubjectProps) {
  const { form, change, wrong } = props;
  switch (form.by) {
    case "person":
      return <Person {...props} />;
    case "agency":
      return <Agency {...props} />;
    case "case":
      return (
        <Field
          label={t("ask.code")}
          hint={t("ask.code.hint")}
          maxLength={8}
          error={wrong("code")}
          value={form.code}
          onInput={(code) => {
            change({ code });
          }}
        />
      );
    case "object":
      return (
        <Field
          label={t("ask.object")}
          hint={`${t("ask.object.hint")}。${t("ask.local")}`}
          maxLength={43}
          code
          error={wrong("object")}
          value={form.object}
          onInput={(object) => {
            change({ object });
          }}
        />
      );
    case "period":
    case "denied":
      return null;
  }
}

function Span({ form, change, wrong }: SubjectProps) {
  return (
    <>
      <DateField
        label={t("ask.since")}
        error={wrong("wide")}
        max={form.until === "" ? undefined : form.until}
        value={form.since}
        onChange={(since) => {
          change({ since });
        }}
      />
      <DateField
        label={t("ask.until")}
        error={wrong("span")}
        value={form.until}
        onChange={(until) => {
          change({ until });
        }}
      />
    </>
  );
}

export interface QuestionProps {
  readonly directory: Directory | null;
  readonly busy: boolean;
  readonly far: Far | null;
  readonly trouble: Trouble | null;
  readonly onAsk: (question: AuditQuestion) => void;
  readonly onStop: () => void;
}

/** The question, with its progress; a long one can be given up. */
export function Question({ directory, busy, far, trouble, onAsk, onStop }: QuestionProps) {
  const [form, setForm] = useState(() => blankQuestion(now.peek()));
  const [tried, setTried] = useState(false);
  const fault = questionFault(form);
  const change = (part: Partial<QuestionForm>) => {
    setTried(false);
    setForm({ ...form, ...part });
  };
  const wrong = (which: QuestionFault) =>
    tried && fault === which ? t(`ask.fault.${which}`) : null;
  const props = { form, change, directory, wrong };
  return (
    <Card title={t("ask.title")}>
      <form
        class="ask"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (fault === null && !busy) onAsk(questionOf(form));
        }}
      >
        <RadioGroup
          label={t("ask.by")}
          flow="row"
          options={BYS.map((value) => ({ value, label: t(`ask.by.${value}`) }))}
          value={form.by}
          onChange={(by) => {
            change({ by });
          }}
        />
        <div class="ask-line">
          <Subject {...props} />
          <Span {...props} />
          <div class="row ask-acts">
            <Button weight="main" type="submit" busy={busy}>
              {t("ask.act")}
            </Button>
            {busy && <Button onClick={onStop}>{t("ask.stop")}</Button>}
          </div>
        </div>
      </form>
      {busy && <Progress label={t("ask.busy")} far={far} />}
      {trouble && <CodeReason trouble={trouble} />}
      <p class="small soft">{t("ask.logged")}</p>
    </Card>
  );
}
