/** 出席者: invited by the chair, answered by the worker herself, ended. */

import { Refused } from "../crypto/errors";
import type { Duty, Seat, SeatAnswer, SeatEnded, SeatInv } from "../protocol/generated";
import type { SitId, Wid } from "../protocol/ids";
import {
  LIVE_SEATS,
  seatKey,
  type Conference,
  type HeldSeat,
  type Room,
  type SeatState,
} from "./records";
import { known, requireState, type Changes, type Scene } from "./scene";

export type SeatOp = "seat.inv" | "seat.end";

const STATE_AFTER: Readonly<Record<SeatAnswer, SeatState>> = {
  accept: "accepted",
  decline: "declined",
  delegate: "delegated",
};

/**
 * Apply the statement `seat`, whose signer is already known to be `seat.wid`.
 *
 * NOT_SEATED without an invitation, CONFLICT if it is answered or the sitting is over. A delegate
 * must be in force (UNKNOWN_ID) and of the same agency (OUT_OF_SCOPE); she is invited in turn,
 * with the same duty.
 */
export function answerSeat(
  conference: Conference,
  given: {
    readonly seq: number;
    readonly at: number;
    readonly seat: Seat;
    readonly room: Room;
  },
): Conference {
  const { seat, room } = given;
  const stamp = { touched: given.seq, at: given.at };
  const held = requireInvited(conference, seat);
  const { ans, to, why } = seat;
  const answered: HeldSeat = { ...held, state: STATE_AFTER[ans], to, why, ...stamp };
  if (to === null) return withSeat(conference, answered);
  requireColleague(conference, seat, to, room);
  const deputed: HeldSeat = { ...held, wid: to, state: "invited", to: null, why: null, ...stamp };
  return withSeat(withSeat(conference, answered), deputed);
}

/** Name who holds an accepted seat and is live; nobody where presence is not known. */
export function presentSeats(conference: Conference, sit: SitId, room: Room): ReadonlySet<Wid> {
  const present = room.present();
  return new Set(
    acceptedSeats(conference, sit).flatMap(({ wid }) => (present?.has(wid) ? wid : [])),
  );
}

/** Name who accepted and may sit there now: in force and, but for advisers, covered. */
export function eligibleSeats(conference: Conference, sit: SitId, room: Room): ReadonlySet<Wid> {
  const may = acceptedSeats(conference, sit).filter((one) => isAdmissible(one.wid, one.duty, room));
  return new Set(may.map((seat) => seat.wid));
}

function acceptedSeats(conference: Conference, sit: SitId): readonly HeldSeat[] {
  return [...conference.seats.values()].filter((s) => s.sit === sit && s.state === "accepted");
}

function isAdmissible(wid: Wid, duty: Duty, room: Room): boolean {
  const agency = room.workerAgency(wid);
  return agency !== null && (duty === "adviser" || room.covered(agency));
}

function withSeat(was: Conference, seat: HeldSeat): Conference {
  return { ...was, seats: new Map(was.seats).set(seatKey(seat.sit, seat.wid), seat) };
}

function requireInvited(conference: Conference, seat: Seat): HeldSeat {
  const sitting = known(conference.sittings, seat.sit);
  const held = conference.seats.get(seatKey(seat.sit, seat.wid));
  if (held === undefined) throw new Refused("NOT_SEATED");
  requireState(sitting.state !== "closed", sitting.state);
  requireState(held.state === "invited", held.state);
  return held;
}

function requireColleague(conference: Conference, seat: Seat, to: Wid, room: Room): void {
  const agency = room.workerAgency(to);
  if (agency === null) throw new Refused("UNKNOWN_ID");
  if (agency !== room.workerAgency(seat.wid)) throw new Refused("OUT_OF_SCOPE");
  const other = conference.seats.get(seatKey(seat.sit, to));
  if (other !== undefined) requireState(!LIVE_SEATS.has(other.state), other.state);
}

function invite(scene: Scene, m: SeatInv): Conference {
  const sitting = scene.sitting(m.sit);
  scene.require(scene.isChair);
  scene.requireUntouched(scene.was.seats.get(seatKey(m.sit, m.wid)));
  requireState(sitting.state !== "closed", sitting.state);
  // Who is invited into a running sitting is late; a chair who did not know looks again.
  requireState(m.late === 1 || sitting.state === "convened", sitting.state);
  requireAdmissible(scene.room, m);
  const { sit, wid, duty } = m;
  const late = m.late === 1;
  return withSeat(scene.was, {
    ...{ sit, wid, duty, late },
    ...{ state: "invited", to: null, why: null },
    ...scene.stamp,
  });
}

function requireAdmissible(room: Room, m: SeatInv): void {
  if (room.workerAgency(m.wid) === null) throw new Refused("UNKNOWN_ID");
  if (!isAdmissible(m.wid, m.duty, room)) throw new Refused("OUT_OF_SCOPE");
}

function end(scene: Scene, m: SeatEnded): Conference {
  const seat = known(scene.was.seats, seatKey(m.sit, m.wid));
  const leaves = m.why === "left" && m.wid === scene.op.wid;
  scene.require(scene.isChair || leaves);
  scene.requireUntouched(seat);
  requireState(LIVE_SEATS.has(seat.state), seat.state);
  return withSeat(scene.was, { ...seat, state: "ended", why: m.why, ...scene.stamp });
}

/** What operations on a seat change. */
export const SEAT_CHANGES: Changes<SeatOp> = { "seat.inv": invite, "seat.end": end };
