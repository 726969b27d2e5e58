/**
 * What a vault holds, and how it is changed: always as a whole (protocol, sections 5.19 and 7).
 *
 * The shapes are generated from the command line's, so that one file serves both.
 */

import type { CaseId } from "../protocol/ids";
import type { Contents, RoomKeys } from "./generated";

export type {
  ChainHead,
  Contents,
  CouncilPin,
  DocKey,
  EpochKey,
  Evidence,
  Identity,
  Joining,
  LogPin,
  NamedSeed,
  Reservation,
  RoomKeys,
  SealingSeed,
  SecretOf,
  Unredeemed,
  Unsent,
} from "./generated";

/** The contents of a new vault. */
export const EMPTY: Contents = {
  v: 1,
  council: null,
  identity: null,
  joining: null,
  id: null,
  ops: null,
  ek: [],
  rooms: [],
  reserved: [],
  unsent: [],
  receipts: [],
  evidence: [],
  keys: [],
  invites: [],
};

/** Keys and pins of a room; empty ones for a new room. */
export function roomOf(contents: Contents, room: CaseId): RoomKeys {
  return contents.rooms.find((kept) => kept.case === room) ?? emptyRoom(room);
}

/** Replaces what is kept of one room. */
export function withRoom(contents: Contents, room: RoomKeys): Contents {
  const others = contents.rooms.filter((kept) => kept.case !== room.case);
  return { ...contents, rooms: [...others, room] };
}

function emptyRoom(room: CaseId): RoomKeys {
  return {
    case: room,
    n: -1,
    sid: null,
    seq: 0,
    fh: null,
    chain: null,
    epochs: [],
    docs: [],
    known: [],
    void: [],
  };
}
