/**
 * Letting in whom the chair called. A room takes nobody who has not accepted a seat, so people come in
 * one by one as they answer; this does it for the chair, who named them when she called the sitting.
 */

import * as seating from "../client/seating";
import { Turns } from "../client/turns";
import { asPerson } from "../protocol/directory";
import type { Aid, CaseId, Wid } from "../protocol/ids";
import type { Generation, RosterEntry, RoomState } from "../protocol/room";
import { inAudience } from "../protocol/documents";
import type { Office } from "./office";
import { candidatesOf } from "./views/gate";
import { guestUntil } from "./views/guests";
import { isChair } from "./views/members";
import { gateOf, type Seen } from "./views/seen";

/** The chair's hand at the door of her rooms; one roster at a time. */
export class Admitting {
  readonly #office: Office;
  readonly #turns = new Turns();
  /** Who came in and was not yet told whom the room is about. */
  readonly #owed = new Map<CaseId, Set<Wid>>();

  constructor(office: Office) {
    this.#office = office;
  }

  /** Brings everybody into a room who accepted a seat there and may see something of it. */
  async admit(caseId: CaseId): Promise<void> {
    await this.#turns.run(async () => {
      await this.#add(caseId);
      await this.#tell(caseId);
    });
  }

  async #add(caseId: CaseId): Promise<void> {
    const seen = this.#office.seen(caseId);
    if (seen === null || !isChair(seen) || seen.room.state.closed) return;
    const rows = accepted(seen).flatMap((seat) => rowFor(seen, seat));
    if (rows.length === 0) return;
    const member = this.#office.client.member(caseId);
    const knewAll = member.room.newcomers().length === 0;
    await seating.add(member, rows);
    const named = new Set(rows.map(({ wid }) => wid));
    this.#owed.set(caseId, new Set([...(this.#owed.get(caseId) ?? []), ...named]));
    // Whoever called them by name knows them; anybody else is confirmed by hand.
    const areKnown = member.room.newcomers().every(({ wid }) => named.has(wid));
    if (knewAll && areKnown) await member.room.confirmChanges();
  }

  /** Passes on the records behind the bases, which name the people: to each what she may read. */
  async #tell(caseId: CaseId): Promise<void> {
    const owed = this.#owed.get(caseId);
    const member = this.#office.client.member(caseId);
    if (owed === undefined || member.room.newcomers().length > 0) return;
    for (const wid of owed) {
      const records = recordsFor(this.#office.requireSeen(caseId), wid);
      if (records.length > 0) await member.grant(wid, ...records);
      owed.delete(wid);
    }
  }
}

/** Records that I hold and that somebody of the room may read, too. */
function recordsFor(seen: Seen, wid: Wid): readonly Generation[] {
  const { state } = seen.room;
  const row = state.roster.mem.find((each) => each.wid === wid);
  if (row === undefined) return [];
  const [person, gate] = [asPerson(row), gateOf(seen)];
  const who = { wid, aid: seen.people.person(wid).agency.aid as Aid };
  return [...seen.held].filter((generation) => {
    const { body } = state.announced(generation);
    return body.cls === "ev" && inAudience(body.aud, who) && gate.mayRead(person, body) === null;
  });
}

interface Taken {
  readonly wid: Wid;
  readonly kind: string;
}

/** Seats that were accepted in sittings that are not over, by people who are not in the room. */
function accepted({ room }: Seen): readonly Taken[] {
  const { conference, state } = room;
  const inside = new Set(state.roster.mem.map(({ wid }) => wid));
  const taken = [...conference.seats.values()].flatMap(({ sit, wid, state: answer, touched }) => {
    const sitting = conference.sittings.get(sit);
    if (answer !== "accepted" || inside.has(wid) || touched < leftAt(state, wid)) return [];
    return sitting === undefined || sitting.state === "closed" ? [] : [{ wid, kind: sitting.kind }];
  });
  return [...new Map(taken.map((one) => [one.wid, one])).values()];
}

/** The row that took somebody out last, 0 if none did: an answer from before it lets nobody in again. */
function leftAt({ rosters }: RoomState, wid: Wid): number {
  const has = (entry: RosterEntry | undefined) => entry?.body.mem.some((row) => row.wid === wid);
  const out = rosters.findLast((entry, n) => has(rosters[n - 1]) === true && has(entry) === false);
  return out?.seq ?? 0;
}

/** As a member, as a guest who sees cards only, or not at all: as the gate answers now. */
function rowFor(seen: Seen, { wid, kind }: Taken): readonly seating.Row[] {
  const found = candidatesOf(seen, { kind, cats: [] }).find(({ person }) => person.wid === wid);
  if (found?.answer === null) return [{ wid }];
  if (found?.answer !== "ANON_ONLY") return [];
  const until = guestUntil(seen.room.conference.sittings.values(), seen.now);
  return [{ wid, role: "guest", until }];
}
