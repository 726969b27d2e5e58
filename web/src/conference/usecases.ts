/**
 * Who may be in a room: what the server asks before it lets a device listen, repeated here so
 * that a person is told why not before she tries (protocol, sections 5.24 and 6).
 */

import type { Code } from "../crypto/errors";
import type { SitId } from "../protocol/ids";
import { widOf, type Person } from "../protocol/room";
import type { Gate } from "./gate";
import { seatKey, type Conference } from "./records";

/**
 * Why a person may not be in the room now; null when she may.
 *
 * Members must be covered; a guest is there for cards, which need no coverage of her agency. An
 * auditor is in no roster and is told why.
 */
export function standingIn(held: Gate, person: Person): Code | null {
  const actor = held.actor(person);
  const cls = actor.membership === "guest" ? "card" : "agd";
  const target = {
    cls,
    sub: null,
    cats: new Set<string>(),
    bases: held.views,
    audience: null,
  } as const;
  const rest = {
    granted: true,
    sittingKind: null,
    itemOpen: null,
    needsSeat: false,
    roomClosed: false,
  };
  const answer = held.ask(actor, "read", { ...target, ...rest });
  if (answer.allow) return null;
  const caps = held.room.directory.workers.get(widOf(person))?.versions.at(-1)?.body.caps;
  return caps?.includes("audit") ? "AUDITOR_NO_CONTENT" : answer.code;
}

/**
 * Why a person may not be in a sitting; null when she may.
 *
 * The chair and acting chairs need no seat: they preside by the roster.
 */
export function seatMissing(
  conference: Conference,
  held: Gate,
  person: Person,
  sit: SitId,
): Code | null {
  if (!conference.sittings.has(sit)) return "UNKNOWN_ID";
  const wid = widOf(person);
  const seated = conference.seats.get(seatKey(sit, wid))?.state === "accepted";
  return seated || held.room.chairs(held.n).has(wid) ? null : "NOT_SEATED";
}
