/** What every step of the call gets. */
import type { CandidateView, RoomView } from "../../../worker/api";
import type { ConveneForm, Fault } from "../../logic/convene";

export interface CallProps {
  readonly room: RoomView;
  readonly form: ConveneForm;
  readonly change: (part: Partial<ConveneForm>) => void;
  /** Null while they are being asked for. */
  readonly candidates: readonly CandidateView[] | null;
  /** Words of a fault, once somebody wanted to go on; null where there is none. */
  readonly wrong: (fault: Fault) => string | null;
}
