/** Leaves of the identity log: 93 bytes, replicated whole by every client (section 8). */

import { concat, startsWith } from "../crypto/bytes";
import { Refused } from "../crypto/errors";
import { u64, u8 } from "../crypto/hashing";
import { scopeId } from "./derived";
import { LEAF_KINDS, type Payload } from "./generated";
import {
  bytesOf,
  hashOf,
  idOf,
  ZERO_HASH,
  ZERO_ID,
  type CaseId,
  type Hash,
  type Id,
  type Sid,
} from "./ids";

export const MAGIC = Uint8Array.of(0x53, 0x48, 0x4c, 0x31);
export const SIZE = 93;
export const BEAT = 0;

interface Fields {
  readonly kind: number;
  readonly t: number;
  readonly sid: Sid;
  readonly sg: Hash;
  readonly scope: Id;
}

/** One leaf; `t` is the server's commit time in milliseconds, `scope` blinds a case. */
export class Leaf implements Fields {
  readonly kind: number;
  readonly t: number;
  readonly sid: Sid;
  readonly sg: Hash;
  readonly scope: Id;

  constructor({ kind, t, sid, sg, scope }: Fields) {
    this.kind = kind;
    this.t = t;
    this.sid = sid;
    this.sg = sg;
    this.scope = scope;
  }

  /** Write the 93 bytes. */
  encode(): Uint8Array {
    const hashes = [bytesOf(this.sid), bytesOf(this.sg), bytesOf(this.scope)];
    return concat(MAGIC, u8(this.kind), u64(this.t), ...hashes);
  }

  /** Read exactly 93 bytes; BAD_LENGTH, BAD_MAGIC, or OVERSIZE for a time over 2^53 - 1 ms. */
  static parse(data: Uint8Array): Leaf {
    if (data.length !== SIZE) throw new Refused("BAD_LENGTH");
    if (!startsWith(data, MAGIC)) throw new Refused("BAD_MAGIC");
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    const t = Number(view.getBigUint64(5));
    if (!Number.isSafeInteger(t)) throw new Refused("OVERSIZE");
    return new Leaf({
      kind: view.getUint8(4),
      t,
      sid: hashOf(data.subarray(13, 45)),
      sg: hashOf(data.subarray(45, 77)),
      scope: idOf(data.subarray(77)),
    });
  }
}

/** Make a leaf that only moves the log's clock. */
export function beat(t: number): Leaf {
  return new Leaf({ kind: BEAT, t, sid: ZERO_HASH as Sid, sg: ZERO_HASH, scope: ZERO_ID });
}

/** Under which id a statement is committed, with which signatures, and when. */
export interface Commit {
  readonly sid: Sid;
  readonly sg: Hash;
  readonly t: number;
}

/** Make the leaf of one committed identity statement. */
export function leafFor(body: Payload, { sid, sg, t }: Commit): Leaf {
  const kind = LEAF_KINDS[body.typ];
  if (kind === undefined) throw new Refused("UNKNOWN_TYPE", { typ: body.typ });
  return new Leaf({ kind, t, sid, sg, scope: scopeFor(body, sid) });
}

/** Compute the scope of a statement: blinded for one of a case, else zero. */
export function scopeFor(body: Payload, sid: Sid): Id {
  const caseId = caseOf(body);
  return caseId === null ? ZERO_ID : scopeId({ caseId, sid });
}

/** Name the case an identity statement belongs to, if any. */
export function caseOf(body: Payload): CaseId | null {
  const isOfCase = body.typ === "basis" || body.typ === "withdraw" || body.typ === "handover";
  return isOfCase ? body.case : null;
}
