/** From a room of the client to what views are made of. */

import type { Member } from "../client/member";
import type { Room } from "../client/room";
import { seatMissing } from "../conference/usecases";
import type { SitId, Wid } from "../protocol/ids";
import type { People } from "./views/people";
import type { Seen } from "./views/seen";

/** What the room itself does not know. */
export interface Around {
  readonly code: string;
  readonly people: People;
  readonly sit: SitId | null;
  readonly now: number;
  /** Since when hands are up, ms. */
  readonly hands: ReadonlyMap<Wid, number>;
}

/** A room as it stands on this device. */
export function seenOf(member: Member, around: Around): Seen {
  const { room } = member;
  return {
    caseId: room.caseId,
    code: around.code,
    room: room.feed.room,
    rows: room.rows(),
    content: (id) => room.feed.contents.get(id),
    texts: room.texts,
    held: new Set(room.docs.keys()),
    flaws: room.flaws,
    live: room.live,
    hands: room.hands.map((wid) => ({ wid, at: around.hands.get(wid) ?? around.now })),
    newcomers: new Set(room.newcomers().map(({ wid }) => wid)),
    spoken: member.spoken(),
    stale: room.isStale(),
    halted: room.footing().halted,
    gone: room.gone,
    sit: around.sit,
    me: room.person,
    people: around.people,
    now: around.now,
  };
}

/** Everybody whom a room's screens name. */
export function standsFor(room: Room): readonly Wid[] {
  const { state, conference } = room;
  const rosters = state.rosters.flatMap(({ body }) => body.mem.map(({ wid }) => wid));
  const seats = [...conference.seats.values()].map(({ wid }) => wid);
  const bases = [...state.listed.keys()].flatMap((sid) => {
    const { prop, apr } = state.basisOf(sid);
    return apr === null ? [prop] : [prop, apr];
  });
  return [...new Set([...rosters, ...seats, ...bases, ...room.hands])];
}

/** The sitting that I belong in now: the running one first, then the next; null outside of any. */
export function sitFor(room: Room): SitId | null {
  const { conference, session, state } = room;
  if (state.current === undefined) return null;
  const gate = room.feed.room.willing(session.council.clock.now());
  const mine = [...conference.sittings.values()].filter(({ sit, state: now }) => {
    return now !== "closed" && seatMissing(conference, gate, room.person, sit) === null;
  });
  const rank = ({ state: now }: (typeof mine)[number]) => Number(now !== "open");
  const [first] = mine.toSorted(
    (one, other) => rank(one) - rank(other) || one.starts - other.starts,
  );
  return first?.sit ?? null;
}
