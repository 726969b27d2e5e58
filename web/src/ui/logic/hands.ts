/** The speaking queue, in the order in which hands went up. */
import type { PersonView, SittingView } from "../../worker/api";

export interface Hand {
  readonly person: PersonView;
  readonly at: number;
}

/** Who asked to speak, first of all; hands of people without a seat are left out. */
export function queue(sitting: SittingView): readonly Hand[] {
  return [...sitting.hands]
    .sort((a, b) => a.at - b.at || a.wid.localeCompare(b.wid))
    .flatMap((hand) => {
      const seat = sitting.seats.find((one) => one.person.wid === hand.wid);
      return seat ? [{ person: seat.person, at: hand.at }] : [];
    });
}
