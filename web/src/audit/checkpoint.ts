/**
 * Checkpoints of C2SP tlog-checkpoint: origin, size and root in three lines, never more.
 *
 * Extension lines are refused: signatures of other algorithms do not cover them.
 */

import { equal, fromB64 } from "../crypto/bytes";
import { Refused } from "../crypto/errors";
import { EMPTY_ROOT } from "./merkle";
import { openNote, utf8, type Verifier } from "./note";

/** Largest size, so that a browser counts exactly. */
export const MAX_SIZE = Number.MAX_SAFE_INTEGER;

const TEXT = /^([^\n]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n$/;

/** A state of one log: `root` is 32 bytes over `size` leaves. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

/**
 * Read the text of a checkpoint.
 *
 * Throws BAD_PROOF unless writing it again would give the same bytes; BAD_B64.
 */
export function parse(text: Uint8Array): Checkpoint {
  const [, origin, digits, hash] = TEXT.exec(utf8(text) ?? "") ?? [];
  const size = Number(digits);
  if (origin === undefined || hash === undefined || !(size <= MAX_SIZE)) throw malformed();
  const root = fromB64(hash);
  if (size === 0 && !equal(root, EMPTY_ROOT)) throw malformed();
  return { origin, size, root };
}

/**
 * Check a signed checkpoint; the keys that signed it must carry its origin as their name.
 *
 * Throws what `openNote` and `parse` throw; WRONG_NET for another origin.
 */
export function openSigned(raw: Uint8Array, verifiers: readonly Verifier[]): Checkpoint {
  const opened = openNote(raw, verifiers);
  const found = parse(opened.text);
  if (opened.signedBy.some((signer) => signer.name !== found.origin)) {
    throw new Refused("WRONG_NET");
  }
  return found;
}

function malformed(): Refused {
  return new Refused("BAD_PROOF", { why: "checkpoint" });
}
