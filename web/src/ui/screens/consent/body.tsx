/** The fields of one step. */
import type { Step } from "../../logic/terms";
import { Period } from "./time";
import { Record } from "./record";
import { Scope } from "./scope";
import type { StepProps } from "./steps";
import { Who } from "./who";

/** Everything but the last step, which each form makes itself. */
export function TermsStep({
  step,
  ...props
}: StepProps & { readonly step: Exclude<Step, "check"> }) {
  switch (step) {
    case "who":
      return <Who {...props} />;
    case "scope":
      return <Scope {...props} />;
    case "time":
      return <Period {...props} />;
    case "record":
      return <Record {...props} />;
  }
}
