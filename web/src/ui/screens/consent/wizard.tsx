/** Register a basis, or its next version, in five steps; the effect stands before the signature. */
import { useState } from "preact/hooks";
import { t } from "../../../text/catalogue";
import type { BasisView, RoomView } from "../../../worker/api";
import { useCommand } from "../../api";
import { personOf, useDirectory, type Directory } from "../../directory";
import {
  blank,
  bySubject,
  faultsOf,
  isUntouched,
  nextOf,
  STEPS,
  termsOf,
  type Fault,
  type Step,
  type TermsForm,
} from "../../logic/terms";
import { Button, LinkButton } from "../../parts/button";
import { Card } from "../../parts/card";
import { CodeReason, Notice } from "../../parts/notice";
import { Page } from "../../parts/page";
import { Loading } from "../../parts/progress";
import { Wizard } from "../../parts/wizard";
import { hrefCase } from "../../router";
import { now, writable } from "../../state";
import { useDraft } from "../room/draft";
import { TermsStep } from "./body";
import { Effect, useEffectOf } from "./effect";
import { Summary } from "./summary";
import { faultWords } from "./words";

interface TermsProps {
  readonly room: RoomView;
  /** The version that is continued; null for a first one. */
  readonly basis: BasisView | null;
}

function titleOf(basis: BasisView | null): string {
  if (!basis) return t("terms.new");
  return t(basis.kind === "law" ? "terms.next.law" : "terms.next.consent");
}

/** The screen of the form. */
export function Terms({ room, basis }: TermsProps) {
  const { directory, trouble, retry } = useDirectory();
  const [done, setDone] = useState<TermsForm | null>(null);
  return (
    <Page
      title={titleOf(basis)}
      lead={room.code}
      aside={<LinkButton href={hrefCase(room.caseId, "consent")}>{t("common.cancel")}</LinkButton>}
    >
      {trouble && (
        <CodeReason
          trouble={trouble}
          actions={<Button onClick={retry}>{t("common.retry")}</Button>}
        />
      )}
      {!directory && !trouble && <Loading />}
      {directory && done && <Done room={room} form={done} directory={directory} />}
      {directory && !done && (
        <Form room={room} basis={basis} directory={directory} onDone={setDone} />
      )}
    </Page>
  );
}

function Done({
  room,
  form,
  directory,
}: {
  readonly room: RoomView;
  readonly form: TermsForm;
  readonly directory: Directory;
}) {
  const isLaw = form.kind === "law";
  const name = personOf(directory, form.approver)?.name ?? "";
  return (
    <Notice
      kind="good"
      live
      title={t(isLaw ? "terms.done.law" : "terms.done.consent")}
      actions={
        <>
          <LinkButton weight="main" href={hrefCase(room.caseId)}>
            {t("consent.back")}
          </LinkButton>
          <LinkButton href={hrefCase(room.caseId, "consent")}>{t("consent.title")}</LinkButton>
        </>
      }
    >
      {isLaw && t("terms.done.law.what", { name })}
      {!isLaw && t(room.chair ? "terms.done.consent.what" : "terms.done.consent.wait")}
    </Notice>
  );
}

interface FormProps extends TermsProps {
  readonly directory: Directory;
  readonly onDone: (form: TermsForm) => void;
}

function Form({ room, basis, directory, onDone }: FormProps) {
  const at = now.peek();
  const initial = basis ? nextOf(basis, at) : blank(at);
  const draft = useDraft(`basis.${room.caseId}.${basis?.sid ?? "new"}`, initial);
  const [step, setStep] = useState<Step>(basis ? "scope" : "who");
  const form = draft.value;
  const subjects = bySubject(room.bases);
  const known = subjects.find(({ sub }) => sub === form.sub);
  const subject = known ? known.name || t("consent.subjectClosed") : form.name;
  const steps = STEPS.map((value) => ({
    value,
    label: t(`terms.step.${value}`),
    faults: faultsOf(form, value).map((fault) => faultWords(fault, form)),
    untouched: isUntouched(form, value),
  }));
  const props = { form, change: draft.change, directory, subjects, basis };
  const wrongIn = (tried: boolean) => (fault: Fault) =>
    tried && step !== "check" && faultsOf(form, step).includes(fault)
      ? faultWords(fault, form)
      : null;
  return (
    <Wizard
      steps={steps}
      step={step}
      onStep={setStep}
      last={
        <Send
          room={room}
          form={form}
          onDone={() => {
            draft.drop();
            onDone(form);
          }}
        />
      }
    >
      {(tried) =>
        step === "check" ? (
          <Check room={room} form={form} subject={subject} directory={directory} basis={basis} />
        ) : (
          <Card>
            <TermsStep step={step} {...props} wrong={wrongIn(tried)} />
          </Card>
        )
      }
    </Wizard>
  );
}

interface CheckProps extends TermsProps {
  readonly form: TermsForm;
  readonly subject: string;
  readonly directory: Directory;
}

function Check({ room, form, subject, directory, basis }: CheckProps) {
  const asked = useEffectOf({ caseId: room.caseId, terms: termsOf(form), withdraw: null });
  const title = t(form.kind === "law" ? "effect.titleApprove" : "effect.title");
  return (
    <div class="check">
      <Card>
        <Summary form={form} subject={subject} directory={directory} basis={basis} />
      </Card>
      <Card tone="accent">
        <Effect title={title} asked={asked} room={room} />
      </Card>
    </div>
  );
}

interface SendProps {
  readonly room: RoomView;
  readonly form: TermsForm;
  readonly onDone: () => void;
}

function Send({ room, form, onDone }: SendProps) {
  const { run, busy, trouble } = useCommand("basis.record");
  const send = () => {
    void run({ caseId: room.caseId, terms: termsOf(form) }).then((answer) => {
      if (answer) onDone();
    });
  };
  return (
    <div class="stack" data-gap="small">
      {trouble && <CodeReason trouble={trouble} />}
      {!writable.value && <p class="small soft">{t("consent.readonly")}</p>}
      <Button weight="main" busy={busy} disabled={!writable.value} onClick={send}>
        {t(form.kind === "law" ? "terms.save.law" : "terms.save.consent")}
      </Button>
    </div>
  );
}
