/**
 * Leaves of the `ops` log: who did what, in commitments that can be opened or forgotten.
 *
 * A leaf holds no personal data. Each value in it that could be one is a commitment; whoever gets
 * an opening can check it (protocol, section 8). A client reads leaves and never makes one.
 */

import { equal, utf8 } from "../crypto/bytes";
import { Refused } from "../crypto/errors";
import { pae, parts } from "../crypto/hashing";
import { sha256 } from "../crypto/sha256";
import { decode, encode } from "../protocol/codec";
import { hashOf, idOf, type Did, type Hash } from "../protocol/ids";
import { Leaf } from "./generated";

export { Kind, KindValues, type Leaf } from "./generated";

/** Longest leaf in bytes, as long as an entry bundle can hold. */
export const LEAF_LIMIT = 0xffff;

const VERSION = 1;
const ID_SIZE = 16;

/** What makes one commitment readable: the HMAC of its name (32 bytes), and its value. */
export interface Opening {
  readonly field: string;
  readonly mac: Uint8Array;
  readonly value: Uint8Array;
}

/** `H(pae("shk1/audit", parts(field, mac, value)))`. */
export function commitment({ field, mac, value }: Opening): Hash {
  return hashOf(sha256(pae("shk1/audit", parts(utf8(field), mac, value))));
}

/** The commitments by the full names of their fields, such as `actor` or `object/1`. */
export function commitments(leaf: Leaf): ReadonlyMap<string, Hash> {
  const found = new Map(leaf.o.map((item, place) => [`object/${place}`, item]));
  const single = { actor: leaf.a, case: leaf.c, to: leaf.r, purpose: leaf.p, basis: leaf.b };
  for (const [field, item] of Object.entries(single)) {
    if (item !== null) found.set(field, item);
  }
  return found;
}

/** Read a leaf; writing it again must give the same bytes. Throws BAD_J1, BAD_B64, OVERSIZE. */
export function parse(raw: Uint8Array): Leaf {
  const found = decode(raw, Leaf, { limit: LEAF_LIMIT });
  if (found.v !== VERSION || !equal(encode(found, Leaf), raw)) throw new Refused("BAD_J1");
  return found;
}

/** Check that an opening belongs to a leaf. Throws BAD_PROOF naming the field. */
export function checkOpening(found: Leaf, opening: Opening): void {
  if (commitments(found).get(opening.field) !== commitment(opening)) {
    throw new Refused("BAD_PROOF", { why: "opening", field: opening.field.slice(0, 40) });
  }
}

/** Cut the opened value of `to` into device ids. Throws BAD_PROOF for another length. */
export function splitRecipients(value: Uint8Array): Did[] {
  if (value.length % ID_SIZE) throw new Refused("BAD_PROOF", { why: "recipients" });
  return Array.from({ length: value.length / ID_SIZE }, (_, n) =>
    idOf<Did>(value.slice(n * ID_SIZE, (n + 1) * ID_SIZE)),
  );
}
