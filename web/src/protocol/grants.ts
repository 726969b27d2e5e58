/**
 * Sealed keys of a grant: documents to those who may read them, epochs to one's own devices.
 *
 * Source: protocol, section 5.12. The keys stand in the order of the ids and carry no names: the
 * receiver checks each against `dc` of its `sect` or `kc` of its roster.
 */

import { concat, utf8 } from "../crypto/bytes";
import { Refused } from "../crypto/errors";
import type { Entropy } from "../crypto/entropy";
import { pae, parts, sha256, u32 } from "../crypto/hashing";
import { seal, type SealingKey } from "../crypto/sealing";
import { KEY_SIZE } from "./bundle";
import { bytesOf, hashOf, type CaseId, type Digest, type DocId, type NetId, type Sid } from "./ids";
import type { GrantWhat } from "./vocabulary";

/** Who hands what to whom: `by` and `to` are device certificates, `n` is the roster now. */
export interface Passing {
  readonly net: NetId;
  readonly caseId: CaseId;
  readonly n: number;
  readonly by: Sid;
  readonly to: Sid;
  readonly eg: number;
  readonly what: GrantWhat;
  readonly ids: Digest;
}

/** H(ids) of document generations (doc, g). */
export function docsHash(ids: readonly (readonly [DocId, number])[]): Digest {
  return hashed(ids.flatMap(([doc, g]) => [bytesOf(doc), u32(g)]));
}

/** H(ids) of epoch numbers. */
export function epochsHash(ids: readonly number[]): Digest {
  return hashed(ids.map(u32));
}

/** Return the HPKE info of a grant. */
export function info({ net, caseId, n, by, to, eg, what, ids }: Passing): Uint8Array {
  const place = [bytesOf(net), bytesOf(caseId), u32(n)];
  const devices = [bytesOf(by), bytesOf(to), u32(eg)];
  return pae("shk1/seal/grant", parts(...place, ...devices, utf8(what), bytesOf(ids)));
}

/** Where keys go: the receiver's sealing key of 1216 bytes. */
export interface Target {
  readonly passing: Passing;
  readonly ek: Uint8Array;
  readonly entropy?: Entropy;
}

/** Seal keys of 32 bytes, in the order of the ids, to one device. */
export function sealKeys(
  keys: readonly Uint8Array[],
  { passing, ek, entropy }: Target,
): Uint8Array {
  const sealing = { info: info(passing), plaintext: concat(...keys) };
  return seal(ek, entropy === undefined ? sealing : { ...sealing, entropy });
}

/** What opening a grant of `count` keys needs. */
export interface Receiving {
  readonly passing: Passing;
  readonly key: SealingKey;
  readonly count: number;
}

/** Open a grant of `count` keys; `BAD_TAG`, or `BAD_LENGTH` when it holds more or fewer. */
export function openKeys(ct: Uint8Array, { passing, key, count }: Receiving): Uint8Array[] {
  const keys = key.open(ct, { info: info(passing) });
  if (keys.length !== count * KEY_SIZE) throw new Refused("BAD_LENGTH");
  return Array.from({ length: count }, (_, at) => keys.slice(at * KEY_SIZE, (at + 1) * KEY_SIZE));
}

function hashed(fields: readonly Uint8Array[]): Digest {
  return hashOf(sha256(parts(...fields)));
}
