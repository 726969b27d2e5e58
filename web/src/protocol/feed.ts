/** Rows of a room's feed and the hash that chains them (protocol, section 5.2a). */

import { pae, parts, sha256, u32, u64 } from "../crypto/hashing";
import { bytesOf, hashOf, type Hash, type RowHash } from "./ids";

/** A point of order: size `n` of the identity log, and the last feed row `s` before it. */
export interface Point {
  readonly n: number;
  readonly s: number;
}

/** What the next hash is made of; `idn` is the size of the identity log at commit. */
export interface RowParts {
  readonly before: RowHash;
  readonly seq: number;
  readonly rowId: Hash;
  readonly sg: Hash;
  readonly idn: number;
}

/** Compute fh_i from fh_{i-1}; the body under the type string is always 128 bytes. */
export function feedHash({ before, seq, rowId, sg, idn }: RowParts): RowHash {
  const body = parts(bytesOf(before), u32(seq), bytesOf(rowId), bytesOf(sg), u64(idn));
  return hashOf(sha256(pae("shk1/feed", body)));
}

/** One committed row as every reader gets it; its bytes travel beside, by view. */
export interface Row {
  readonly seq: number;
  readonly id: Hash;
  readonly sg: Hash;
  readonly idn: number;
  readonly fh: RowHash;
}

/** Where a row's signer is judged. */
export function pointOf(row: Row): Point {
  return { n: row.idn, s: row.seq - 1 };
}
