/** Where one is on the way in. */
import { t } from "../../../text/catalogue";
import "./join.css";

const STEPS = ["code", "look", "passphrase", "spoken", "pledge", "done"] as const;
export type Step = (typeof STEPS)[number];

/** The six steps with the present one marked; on a phone only "3/6" and its name. */
export function Steps({ at }: { readonly at: Step }) {
  const here = STEPS.indexOf(at);
  return (
    <nav aria-label={t("join.steps")}>
      <ol class="bare steps">
        {STEPS.map((step, index) => (
          <li
            key={step}
            data-state={index < here ? "done" : index === here ? "here" : "later"}
            aria-current={index === here ? "step" : undefined}
          >
            <span class="steps-no number" aria-hidden="true">
              {index < here ? "✓" : index + 1}
            </span>
            <span class="steps-name">{t(`join.step.${step}`)}</span>
          </li>
        ))}
      </ol>
      <p class="unseen">{t("join.stepOf", { n: here + 1, count: STEPS.length })}</p>
    </nav>
  );
}
