/**
 * Keys in the vault are kept before the rows they are for are sent: some rows never stand.
 *
 * Somebody else's roster or generation may have taken the place. What is committed to tells.
 */

import { Refused } from "../crypto/errors";
import type { Generation, RoomState } from "../protocol/room";
import { requireDocKey, requireEpochKey } from "./opening";

/** Keys of one room, 32 bytes each. */
export interface Held {
  readonly state: RoomState;
  readonly epochs: Map<number, Uint8Array>;
  readonly docs: Map<Generation, Uint8Array>;
}

/** Keys that fit what was committed to; they are never changed. */
const fitting = new WeakSet<Uint8Array>();

/** Drops keys that are in the way of the right ones; those for rows still to come are left. */
export function dropWrong({ state, epochs, docs }: Held): void {
  for (const [n, key] of epochs) {
    const entry = state.rosters[n];
    if (entry !== undefined && !fits(key, requireEpochKey, entry)) epochs.delete(n);
  }
  for (const [generation, key] of docs) {
    const announced = state.documents.get(generation);
    if (announced !== undefined && !fits(key, requireDocKey, announced.body)) {
      docs.delete(generation);
    }
  }
}

/** Drops also the keys for rows that will never stand. */
export function dropStray(held: Held): void {
  dropWrong(held);
  for (const n of held.epochs.keys()) if (n > held.state.epoch) held.epochs.delete(n);
  for (const generation of held.docs.keys()) {
    if (!held.state.documents.has(generation)) held.docs.delete(generation);
  }
}

function fits<T>(key: Uint8Array, check: (key: Uint8Array, of: T) => void, of: T): boolean {
  if (fitting.has(key)) return true;
  try {
    check(key, of);
    fitting.add(key);
    return true;
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
}
