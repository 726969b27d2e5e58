/**
 * Letting in whom the chair called. A room takes nobody who has not accepted a seat, so people come in
 * one by one as they answer; this does it for the chair, who named them when she called the sitting.
 */

import * as seating from "../client/seating";
import type { CaseId, Wid } from "../protocol/ids";
import { DAY } from "../protocol/times";
import type { Office } from "./office";
import { candidatesOf } from "./views/gate";
import { isChair } from "./views/members";
import type { Seen } from "./views/seen";

/** How long, in ms, a guest is in a room. */
export const GUEST = DAY;

/** Brings everybody into a room who accepted a seat there and may see something of it. */
export async function admit(office: Office, caseId: CaseId): Promise<void> {
  const seen = office.seen(caseId);
  if (seen === null || !isChair(seen) || seen.room.state.closed) return;
  const rows = accepted(seen).flatMap((seat) => rowFor(seen, seat));
  if (rows.length === 0) return;
  const { room } = office.client.member(caseId);
  const knewAll = room.newcomers().length === 0;
  await seating.add(office.client.member(caseId), rows);
  const named = new Set(rows.map(({ wid }) => wid));
  // Whoever called them by name knows them; anybody else is confirmed by hand.
  if (knewAll && room.newcomers().every(({ wid }) => named.has(wid))) await room.confirmChanges();
}

interface Taken {
  readonly wid: Wid;
  readonly kind: string;
}

/** Seats that were accepted in sittings that are not over, by people who are not in the room. */
function accepted({ room }: Seen): readonly Taken[] {
  const { conference, state } = room;
  const inside = new Set(state.roster.mem.map(({ wid }) => wid));
  const taken = [...conference.seats.values()].flatMap(({ sit, wid, state: answer }) => {
    const sitting = conference.sittings.get(sit);
    if (answer !== "accepted" || inside.has(wid)) return [];
    return sitting === undefined || sitting.state === "closed" ? [] : [{ wid, kind: sitting.kind }];
  });
  return [...new Map(taken.map((one) => [one.wid, one])).values()];
}

/** As a member, as a guest who sees cards only, or not at all: as the gate answers now. */
function rowFor(seen: Seen, { wid, kind }: Taken): readonly seating.Row[] {
  const found = candidatesOf(seen, { kind, cats: [] }).find(({ person }) => person.wid === wid);
  if (found?.answer === null) return [{ wid }];
  return found?.answer === "ANON_ONLY" ? [{ wid, role: "guest", until: seen.now + GUEST }] : [];
}
