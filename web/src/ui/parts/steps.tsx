/** Where one is in a form of several steps. */
import { t } from "../../text/catalogue";
import "./steps.css";

export interface StepsProps<T extends string> {
  readonly label: string;
  readonly steps: readonly { readonly value: T; readonly label: string; readonly done: boolean }[];
  readonly value: T;
  /** Go back to a step, or on to one whose predecessors are done. */
  readonly onChange: (value: T) => void;
}

/** The steps in their order; those that are done, and the first open one, can be gone to. */
export function Steps<T extends string>({ label, steps, value, onChange }: StepsProps<T>) {
  const firstOpen = steps.findIndex(({ done }) => !done);
  const reach = firstOpen < 0 ? steps.length - 1 : firstOpen;
  return (
    <nav class="way" aria-label={label}>
      <ol class="bare">
        {steps.map((step, at) => (
          <li key={step.value} data-state={stateOf(step.value === value, step.done)}>
            <button
              type="button"
              aria-current={step.value === value ? "step" : undefined}
              disabled={at > reach}
              onClick={() => {
                onChange(step.value);
              }}
            >
              <span class="way-no number" aria-hidden="true">
                {step.done && step.value !== value ? "✓" : at + 1}
              </span>
              <span>
                {step.label}
                {step.done && <span class="unseen">（{t("steps.done")}）</span>}
              </span>
            </button>
          </li>
        ))}
      </ol>
    </nav>
  );
}

function stateOf(isHere: boolean, isDone: boolean): string {
  if (isHere) return "here";
  return isDone ? "done" : "open";
}
