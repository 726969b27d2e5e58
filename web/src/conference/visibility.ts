/**
 * Who is given how much of a row: everything, its public part, or its place alone.
 *
 * Source: protocol, table of section 5.24. The server decides what it hands out; here the same
 * rule tells a person who can see what she writes.
 */

import { deviceOf } from "../protocol/basis";
import { personOf as ownerOf } from "../protocol/documents";
import { KindValues } from "../protocol/generated";
import type { Did } from "../protocol/ids";
import { epochsOf } from "../protocol/room";
import type { Gate } from "./gate";
import type { Room, RowRecord } from "./room";

export type View = "full" | "bare" | "skel";

const SEALED: ReadonlySet<string> = new Set(KindValues);

/** Choose the view of one row for one device of a member or guest. */
export function viewOf(room: Room, held: Gate, record: RowRecord, did: Did): View {
  if (mayHave(room, held, record, did)) return "full";
  if (record.kind === "op" && record.code === null) return "bare";
  const row = room.state.member(ownerOf(room.state, did));
  if (row === undefined || row.role === "guest" || record.kind === "grant") return "skel";
  const entered = room.state.rosters[row.from]?.seq ?? Infinity;
  return SEALED.has(record.kind) && record.seq > entered ? "bare" : "skel";
}

/** Tell whether a device may be given all bytes of a row now. */
export function mayHave(room: Room, held: Gate, record: RowRecord, did: Did): boolean {
  const { state } = room;
  const person = ownerOf(state, did);
  if (state.member(person) === undefined || record.kind === "skel") return false;
  if (record.kind === "grant") return did === record.to || did === record.author;
  if (!SEALED.has(record.kind)) return true;
  if (record.generation === null) return false; // refused: nobody knows what it is under
  const section = state.announced(record.generation).body;
  if (held.mayRead(person, section) !== null) return false;
  if (record.kind === "dk") return holdsEpoch(room, did, record.epoch);
  return held.holders(record.generation).has(did);
}

/** Tell whether an epoch key was sealed to this device, in a bundle or by a grant. */
export function holdsEpoch(room: Room, did: Did, epoch: number): boolean {
  const { directory, grants, rosters } = room.state;
  const sealed = [...(rosters[epoch]?.recipients ?? [])].some(
    (sid) => deviceOf(directory, sid) === did,
  );
  return sealed || grants.some((one) => one.to === did && epochsOf(one.body).includes(epoch));
}
