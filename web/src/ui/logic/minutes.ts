/** What the printed minutes take from the room: attendance with times, papers, readers. */
import type { HappeningView, PersonView, RoomView, SeatView, SittingView } from "../../worker/api";

export interface Attendance {
  readonly seat: SeatView;
  /** First entry and last leaving, ms; null where none was recorded. */
  readonly came: number | null;
  readonly left: number | null;
}

/** Who attended, with the times of the first entry and the last leaving. */
export function attendance(
  sitting: SittingView,
  happenings: readonly HappeningView[],
): readonly Attendance[] {
  return sitting.seats.filter(hasAttended).map((seat) => ({
    seat,
    came: firstOf(happenings, seat.person, "entered"),
    left: lastOf(happenings, seat.person),
  }));
}

/** Who was invited and did not attend. */
export function absentees(sitting: SittingView): readonly SeatView[] {
  return sitting.seats.filter((seat) => !hasAttended(seat));
}

function hasAttended(seat: SeatView): boolean {
  return seat.state === "accepted" || seat.state === "ended";
}

function timesOf(
  happenings: readonly HappeningView[],
  person: PersonView,
  what: readonly HappeningView["what"][],
): readonly number[] {
  return happenings
    .filter((one) => one.who?.wid === person.wid && what.includes(one.what))
    .map((one) => one.at)
    .sort((a, b) => a - b);
}

function firstOf(all: readonly HappeningView[], person: PersonView, what: HappeningView["what"]) {
  return timesOf(all, person, [what])[0] ?? null;
}

// Somebody who left and came back is there until she leaves again.
function lastOf(all: readonly HappeningView[], person: PersonView): number | null {
  const left = timesOf(all, person, ["left", "evicted"]).at(-1) ?? null;
  const came = timesOf(all, person, ["entered"]).at(-1) ?? null;
  return left !== null && (came === null || left >= came) ? left : null;
}

/** The bases that an item of the sitting rests on, each once. */
export function basesOf(room: RoomView, sitting: SittingView) {
  const used = new Set(sitting.items.flatMap((item) => item.bases.map((one) => one.basis)));
  return room.bases.filter((basis) => used.has(basis.sid));
}
