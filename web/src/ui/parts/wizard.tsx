/** A form in several steps: one question at a time, back without loss, faults named when one wants to go on. */
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { t } from "../../text/catalogue";
import { Button } from "./button";
import { Notice } from "./notice";
import { Steps } from "./steps";

export interface WizardStep<T extends string> {
  readonly value: T;
  readonly label: string;
  /** What is missing, in words; none when the step is done. */
  readonly faults: readonly string[];
  /** Nothing was entered here yet: not done, although nothing is missing. */
  readonly untouched?: boolean | undefined;
}

export interface WizardProps<T extends string> {
  readonly steps: readonly WizardStep<T>[];
  readonly step: T;
  readonly onStep: (step: T) => void;
  /** The fields of the step; `tried` once somebody wanted to go on with something missing. */
  readonly children: (tried: boolean) => ComponentChildren;
  /** Stands in place of "next" on the last step. */
  readonly last: ComponentChildren;
}

/** The frame of such a form. */
export function Wizard<T extends string>({ steps, step, onStep, children, last }: WizardProps<T>) {
  const [tried, setTried] = useState<T | null>(null);
  const top = useTop(step);
  const at = steps.findIndex(({ value }) => value === step);
  const here = steps[at];
  const [before, after] = [steps[at - 1], steps[at + 1]];
  if (!here) return null;
  const faults = tried === step ? here.faults : [];
  const on = () => {
    if (here.faults.length > 0) setTried(step);
    else if (after) onStep(after.value);
  };
  const move = (to: T) => {
    const isAhead = steps.findIndex(({ value }) => value === to) > at;
    if (isAhead && here.faults.length > 0) setTried(step);
    else onStep(to);
  };
  return (
    <form
      class="wizard stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (after) on();
      }}
    >
      <Steps label={t("steps.label")} steps={steps.map(asLine)} value={step} onChange={move} />
      <div class="wizard-body stack" ref={top} tabIndex={-1} role="group" aria-label={here.label}>
        {children(tried === step)}
      </div>
      {faults.length > 0 && <Faults faults={faults} />}
      <div class="wizard-ends row" data-between="true">
        {before ? (
          <Button
            onClick={() => {
              onStep(before.value);
            }}
          >
            {t("steps.back")}
          </Button>
        ) : (
          <span />
        )}
        {after ? (
          <Button weight="main" type="submit">
            {t("steps.on")}
          </Button>
        ) : (
          last
        )}
      </div>
    </form>
  );
}

function Faults({ faults }: { readonly faults: readonly string[] }) {
  return (
    <Notice kind="bad" live title={t("steps.faults")}>
      <ul>
        {faults.map((fault) => (
          <li key={fault}>{fault}</li>
        ))}
      </ul>
    </Notice>
  );
}

/** The last step is a look at all others; it is never done. */
function asLine<T extends string>(
  { value, label, faults, untouched }: WizardStep<T>,
  at: number,
  all: readonly WizardStep<T>[],
) {
  return { value, label, done: faults.length === 0 && !untouched && at < all.length - 1 };
}

/** After a change of step the focus goes to its beginning, so that readers hear where they are. */
function useTop(step: string) {
  const top = useRef<HTMLDivElement>(null);
  const last = useRef(step);
  useLayoutEffect(() => {
    if (last.current === step) return;
    last.current = step;
    top.current?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [step]);
  return top;
}
