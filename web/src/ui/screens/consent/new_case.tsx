/** 新しいケース: a code, who keeps the record, and the first basis; without one no room opens. */
import { useState } from "preact/hooks";
import { t } from "../../../text/catalogue";
import { useCommand } from "../../api";
import { useDirectory, type Directory } from "../../directory";
import {
  blank,
  faultsOf,
  isUntouched,
  STEPS,
  termsOf,
  type Fault,
  type Step,
} from "../../logic/terms";
import { Button, LinkButton } from "../../parts/button";
import { Card } from "../../parts/card";
import { CheckboxGroup } from "../../parts/choice";
import { Field } from "../../parts/field";
import { CodeReason, Notice } from "../../parts/notice";
import { Page } from "../../parts/page";
import { Empty, Loading } from "../../parts/progress";
import { Wizard } from "../../parts/wizard";
import { go, href, hrefCase } from "../../router";
import { docket, now, session, writable } from "../../state";
import { toast } from "../../parts/toast";
import { useDraft } from "../room/draft";
import { TermsStep } from "./body";
import { Summary } from "./summary";
import { faultWords } from "./words";
import "./consent.css";

type CaseStep = "case" | Step;
const ALL: readonly CaseStep[] = ["case", ...STEPS];
const CODE = /^[A-Z]-\d{3,6}$/;

/** The screen; only a chair starts a case. */
export function NewCaseScreen() {
  const { directory, trouble, retry } = useDirectory();
  const may = session.value?.caps.includes("chair") === true;
  return (
    <Page
      title={t("newcase.title")}
      lead={t("newcase.lead")}
      aside={<LinkButton href={href("docket")}>{t("common.cancel")}</LinkButton>}
    >
      {!may && <Empty title={t("newcase.forbidden")}>{t("newcase.forbidden.what")}</Empty>}
      {may && trouble && (
        <CodeReason
          trouble={trouble}
          actions={<Button onClick={retry}>{t("common.retry")}</Button>}
        />
      )}
      {may && !directory && !trouble && <Loading />}
      {may && directory && <Form directory={directory} />}
    </Page>
  );
}

interface CaseForm {
  readonly code: string;
  readonly staff: readonly string[];
}

function normal(code: string): string {
  return code.normalize("NFKC").trim().toUpperCase();
}

function codeFault({ code }: CaseForm): string | null {
  if (!CODE.test(normal(code))) return t("newcase.code.fault");
  const isTaken = docket.value?.some((line) => line.code === normal(code)) === true;
  return isTaken ? t("newcase.code.taken") : null;
}

interface CaseFieldsProps {
  readonly form: CaseForm;
  readonly change: (part: Partial<CaseForm>) => void;
  readonly directory: Directory;
  readonly tried: boolean;
}

/** Colleagues of my own agency keep the record. */
function CaseFields({ form, change, directory, tried }: CaseFieldsProps) {
  const aid = session.value?.me.agency.aid;
  const colleagues = directory.people.filter(
    (person) => person.agency.aid === aid && !person.me && person.ended === null,
  );
  return (
    <Card>
      <Field
        label={t("newcase.code")}
        hint={t("newcase.code.hint")}
        required
        maxLength={8}
        error={tried ? codeFault(form) : null}
        value={form.code}
        onInput={(code) => {
          change({ code });
        }}
      />
      {colleagues.length > 0 && (
        <CheckboxGroup
          label={t("newcase.staff")}
          hint={t("newcase.staff.hint")}
          options={colleagues.map(({ wid, name, agency }) => ({
            value: wid,
            label: name || t("common.unknownName"),
            hint: agency.name,
          }))}
          value={form.staff}
          onChange={(staff) => {
            change({ staff });
          }}
        />
      )}
    </Card>
  );
}

/** Both drafts, and what is missing in them. */
function useForms() {
  const about = useDraft<CaseForm>("case.new", { code: "", staff: [] });
  const terms = useDraft("case.new.terms", blank(now.peek()));
  const faults = (of: CaseStep): readonly string[] =>
    of === "case"
      ? [codeFault(about.value)].flatMap((fault) => fault ?? [])
      : faultsOf(terms.value, of).map((fault) => faultWords(fault, terms.value));
  return { about, terms, faults };
}

type Forms = ReturnType<typeof useForms>;

function Form({ directory }: { readonly directory: Directory }) {
  const forms = useForms();
  const [step, setStep] = useState<CaseStep>("case");
  return (
    <Wizard
      steps={ALL.map((value) => ({
        value,
        label: value === "case" ? t("newcase.step") : t(`terms.step.${value}`),
        faults: forms.faults(value),
        untouched: value !== "case" && isUntouched(forms.terms.value, value),
      }))}
      step={step}
      onStep={setStep}
      last={<Create forms={forms} />}
    >
      {(tried) => <Body step={step} forms={forms} directory={directory} tried={tried} />}
    </Wizard>
  );
}

interface BodyProps {
  readonly step: CaseStep;
  readonly forms: Forms;
  readonly directory: Directory;
  readonly tried: boolean;
}

function Body({ step, forms, directory, tried }: BodyProps) {
  const { about, terms } = forms;
  const form = terms.value;
  if (step === "case")
    return (
      <CaseFields form={about.value} change={about.change} directory={directory} tried={tried} />
    );
  if (step === "check") return <Check form={form} directory={directory} />;
  const wrong = (fault: Fault) =>
    tried && faultsOf(form, step).includes(fault) ? faultWords(fault, form) : null;
  const props = { form, change: terms.change, directory, subjects: [], basis: null, wrong };
  return (
    <Card>
      <TermsStep step={step} {...props} />
    </Card>
  );
}

/** A consent opens the room at once; a decision only once it is approved. */
function Create({ forms: { about, terms } }: { readonly forms: Forms }) {
  const { run, busy, trouble } = useCommand("room.create");
  const isLaw = terms.value.kind === "law";
  const create = async (): Promise<void> => {
    const code = normal(about.value.code);
    const { staff } = about.value;
    const made = await run({ code, bases: [termsOf(terms.value)], staff });
    if (!made) return;
    about.drop();
    terms.drop();
    toast(t(isLaw ? "newcase.proposed" : "newcase.done"));
    go(isLaw ? href("docket") : hrefCase(made.out.caseId));
  };
  return (
    <div class="stack" data-gap="small">
      {trouble && <CodeReason trouble={trouble} />}
      <Button weight="main" busy={busy} disabled={!writable.value} onClick={() => void create()}>
        {t(isLaw ? "newcase.propose" : "newcase.act")}
      </Button>
    </div>
  );
}

function Check({
  form,
  directory,
}: {
  readonly form: ReturnType<typeof blank>;
  readonly directory: Directory;
}) {
  return (
    <>
      <Card>
        <Summary form={form} subject={form.name} directory={directory} basis={null} />
      </Card>
      <Notice title={t("newcase.open")}>{t("newcase.open.what")}</Notice>
    </>
  );
}
