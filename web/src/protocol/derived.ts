/** Ids that are computed and never chosen (protocol, sections 5.3 and 5.6). */

import { pae, parts, sha256 } from "../crypto/hashing";
import {
  bytesOf,
  hashOf,
  ID_SIZE,
  idOf,
  type Aid,
  type CaseId,
  type Did,
  type Digest,
  type Hash,
  type Id,
  type InvId,
  type Key,
  type NetId,
  type RowHash,
  type Sid,
  type Wid,
} from "./ids";

function short(kind: string, ...items: readonly (Id | Hash)[]): Uint8Array {
  return sha256(pae(kind, parts(...items.map(bytesOf)))).slice(0, ID_SIZE);
}

/** Derive the id of a person from the invitation that brought her in. */
export function workerId(of: { readonly net: NetId; readonly aid: Aid; readonly inv: InvId }): Wid {
  return idOf(short("shk1/wid", of.net, of.aid, of.inv));
}

/** Derive the id of a device from its owner and signing key. */
export function deviceId(of: { readonly net: NetId; readonly wid: Wid; readonly dk: Key }): Did {
  return idOf(short("shk1/did", of.net, of.wid, of.dk));
}

/** Derive the id of a room from its creator's device key and a nonce of 32 bytes. */
export function caseId(of: {
  readonly net: NetId;
  readonly dk: Key;
  readonly nonce: Digest;
}): CaseId {
  return idOf(short("shk1/case", of.net, of.dk, of.nonce));
}

/** Blind the case of a statement in the identity log: only who knows the case finds it. */
export function scopeId(of: { readonly caseId: CaseId; readonly sid: Sid }): Id {
  return idOf(short("shk1/scope", of.caseId, of.sid));
}

/** Compute fh_0, the feed hash before the first row. */
export function feedStart(of: { readonly net: NetId; readonly caseId: CaseId }): RowHash {
  return hashOf(sha256(pae("shk1/feed0", parts(bytesOf(of.net), bytesOf(of.caseId)))));
}

/** Hash a sealing key of 1216 bytes as certificates name it. */
export function ekHash(ek: Uint8Array): Digest {
  return hashOf(sha256(ek));
}
