/**
 * The conference reducer: the same rows give the same state on the server and in every client.
 *
 * Source: protocol, section 5.23. Derived facts (who is in charge for the interim, what is to be
 * handed over, which item is suspended, who is eligible) are computed here and never stored.
 */

import * as agenda from "../agenda/model";
import { Refused } from "../crypto/errors";
import type { DocClass } from "../protocol/generated";
import type { ItemId } from "../protocol/ids";
import { ACTION_CHANGES } from "./actions";
import { BOARD_CHANGES } from "./board";
import type { Conference, Op, OpName, Room } from "./records";
import { change, Scene, type Changes } from "./scene";
import { SEAT_CHANGES } from "./seats";
import { ITEM_CHANGES, SITTING_CHANGES } from "./sittings";

export { handovers, interimActions } from "./actions";
export { interimInCharge, invariant, liveRoles, type Counts } from "./board";
export { NOTHING, type Conference, type Members, type Op, type Owner, type Room } from "./records";
export { answerSeat, eligibleSeats, presentSeats } from "./seats";
export { currentItem, openSitting } from "./sittings";

const CHANGES: Changes<OpName> = {
  ...SITTING_CHANGES,
  ...ITEM_CHANGES,
  ...SEAT_CHANGES,
  ...BOARD_CHANGES,
  ...ACTION_CHANGES,
  snap: (scene) => scene.was, // a snapshot carries text; the facts are in the rows
};

/**
 * Fold one operation into the state; a `Refused` leaves everything as it was.
 *
 * Checks run in this order: document class (WRONG_PLACE), author in the roster (NOT_MEMBER),
 * named things exist (UNKNOWN_ID), who (FORBIDDEN, NOT_SEATED), unseen changes and taken ids
 * (CONFLICT), state (CONFLICT, ITEM_NOT_OPEN), then what the row demands of its facts.
 */
export function apply(conference: Conference, op: Op, room: Room): Conference {
  if (!belongs(op.facts.op, op.cls)) throw new Refused("WRONG_PLACE");
  if (room.members().get(op.wid) !== op.aid) throw new Refused("NOT_MEMBER");
  return { ...change(CHANGES, new Scene(conference, op, room), op.facts), lastOp: op.seq };
}

const PLACES: Readonly<Record<string, DocClass>> = {
  prio: "brd",
  role: "brd",
  act: "brd",
  dec: "itm",
};

function belongs(name: OpName, cls: DocClass): boolean {
  if (name === "snap") return cls === "agd" || cls === "brd" || cls === "itm";
  return cls === (PLACES[name.split(".", 1)[0] ?? ""] ?? "agd");
}

/** List the open items whose basis for some subject has ended (protocol, section 5.14). */
export function suspendedItems(conference: Conference, room: Room): readonly ItemId[] {
  return agenda.suspended(conference.items, room);
}
