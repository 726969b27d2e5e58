/** Fourth step: what must be recorded before it is signed, in the words of the register. */
import { lang, needName, t, tIn, type Key } from "../../../text/catalogue";
import { readAnswer, writeAnswer } from "../../logic/record";
import { recordsOf } from "../../logic/register";
import { Button } from "../../parts/button";
import { RadioGroup } from "../../parts/choice";
import { TextArea } from "../../parts/field";
import { Notice } from "../../parts/notice";
import type { StepProps } from "./steps";

interface Asked {
  readonly options: readonly Key[];
  readonly how: Key;
  readonly hint?: Key;
}

/** Records that begin with a choice. Relatives as such are not among those who may consent. */
const CHOICES: Readonly<Record<string, Asked>> = {
  "given-by": {
    options: [
      "terms.given.self",
      "terms.given.parent",
      "terms.given.minor",
      "terms.given.adult",
      "terms.given.agent",
    ],
    how: "terms.given.how",
    hint: "terms.given.family",
  },
  form: {
    options: ["terms.form.paper", "terms.form.electronic", "terms.form.oral"],
    how: "terms.form.how",
  },
  conflict: {
    options: ["terms.conflict.no", "terms.conflict.yes"],
    how: "terms.conflict.how",
  },
  absence: {
    options: [
      "terms.absence.refused",
      "terms.absence.unmet",
      "terms.absence.capacity",
      "terms.absence.danger",
      "terms.absence.asking",
    ],
    how: "terms.absence.how",
  },
};

interface NeedProps {
  readonly need: string;
  readonly props: StepProps;
}

function valueOf({ need, props }: NeedProps): string {
  return props.form.evidence[need] ?? "";
}

function set({ need, props }: NeedProps, words: string): void {
  const { form, change } = props;
  change({ ...form, evidence: { ...form.evidence, [need]: words } });
}

function Chosen({ asked, ...rest }: NeedProps & { readonly asked: Asked }) {
  const { need, props } = rest;
  // What was written in the other language must be found again after the language was switched.
  const choices = asked.options.map((key) => ({
    value: key,
    says: [t(key), tIn("ja", key), tIn("en", key)],
  }));
  const answer = readAnswer(valueOf(rest), choices);
  const write = (choice: Key | "", words: string) => {
    set(rest, writeAnswer(choice === "" ? "" : tIn(lang.value, choice), words));
  };
  return (
    <div class="need stack" data-gap="small">
      <RadioGroup
        label={needName(need)}
        hint={asked.hint && t(asked.hint)}
        required
        flow="row"
        error={props.wrong(`need.${need}`) && t("terms.fault.need")}
        options={asked.options.map((key) => ({ value: key, label: t(key) }))}
        value={answer.choice}
        onChange={(choice) => {
          write(choice, answer.words);
        }}
      />
      {answer.choice === "terms.conflict.yes" && (
        <Notice kind="warn" live>
          {t("terms.conflict.warn")}
        </Notice>
      )}
      {answer.choice !== "" && (
        <TextArea
          label={t(asked.how)}
          rows={2}
          maxLength={1000}
          value={answer.words}
          onInput={(words) => {
            write(answer.choice, words);
          }}
        />
      )}
    </div>
  );
}

function Written(rest: NeedProps) {
  const { need, props } = rest;
  const isUndo = need === "undo" && valueOf(rest) === "";
  return (
    <div class="need stack" data-gap="small">
      <TextArea
        label={needName(need)}
        required
        rows={3}
        maxLength={1000}
        error={props.wrong(`need.${need}`) && t("terms.fault.need")}
        value={valueOf(rest)}
        onInput={(words) => {
          set(rest, words);
        }}
      />
      {isUndo && (
        <div>
          <Button
            small
            onClick={() => {
              set(rest, t("terms.undo.usual"));
            }}
          >
            {t("terms.undo.fill")}
          </Button>
        </div>
      )}
    </div>
  );
}

/** One field, or a choice with words, for everything the register asks for. */
export function Record(props: StepProps) {
  return (
    <>
      <p class="soft">{t("terms.record.lead")}</p>
      {recordsOf(props.form.law).map((need) => {
        const asked = CHOICES[need];
        return asked ? (
          <Chosen key={need} need={need} props={props} asked={asked} />
        ) : (
          <Written key={need} need={need} props={props} />
        );
      })}
    </>
  );
}
