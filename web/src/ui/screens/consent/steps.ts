/** What every step of the form gets. */
import type { BasisView } from "../../../worker/api";
import type { Directory } from "../../directory";
import type { Fault, SubjectBases, TermsForm } from "../../logic/terms";

export interface StepProps {
  readonly form: TermsForm;
  readonly change: (form: TermsForm) => void;
  readonly directory: Directory;
  readonly subjects: readonly SubjectBases[];
  /** The version that the form continues. */
  readonly basis: BasisView | null;
  /** Words of a fault, once somebody wanted to go on; null where there is none. */
  readonly wrong: (fault: Fault) => string | null;
}
