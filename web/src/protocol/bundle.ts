/**
 * Key bundles: one epoch key sealed to every device of a roster, binary, stored by hash (5.7).
 *
 *     bundle = "SHB1", case, u32 n, u16 count, count entries    entry = sid, u32 eg, u16 length, ct
 */

import { compare, concat, equal, startsWith } from "../crypto/bytes";
import { Refused } from "../crypto/errors";
import type { Entropy } from "../crypto/entropy";
import { pae, parts, sha256, u16, u32 } from "../crypto/hashing";
import { OVERHEAD, seal, type SealingKey } from "../crypto/sealing";
import {
  bytesOf,
  HASH_SIZE,
  hashOf,
  idOf,
  ID_SIZE,
  type CaseId,
  type Digest,
  type NetId,
  type Sid,
} from "./ids";
import { epochCommitment } from "./keys";

export const MAGIC = Uint8Array.of(0x53, 0x48, 0x42, 0x31);
export const LIMIT = 1024 * 1024;
export const KEY_SIZE = 32;
export const SEALED_SIZE = OVERHEAD + KEY_SIZE;

const HEAD_SIZE = MAGIC.length + ID_SIZE + 4 + 2;
const ENTRY_SIZE = HASH_SIZE + 4 + 2 + SEALED_SIZE;

/** The epoch key for one device: its newest certificate, sealing-key counter and 1168 bytes. */
export interface Entry {
  readonly sid: Sid;
  readonly eg: number;
  readonly ct: Uint8Array;
}

/** All entries of one epoch, ascending by certificate id; `entries` names all recipients. */
export interface Bundle {
  readonly caseId: CaseId;
  readonly n: number;
  readonly entries: readonly Entry[];
}

/** The roster an epoch key belongs to: part of every seal, so that none fits elsewhere. */
export interface Epoch {
  readonly net: NetId;
  readonly caseId: CaseId;
  readonly n: number;
  readonly prev: Sid | null;
}

// --- bytes ----------------------------------------------------------------------------------------

/** Write a bundle, entries in the order of their ids; the refusals are those of `parse`. */
export function encode({ caseId, n, entries }: Bundle): Uint8Array {
  const rows = entries.map(({ sid, eg, ct }) => concat(bytesOf(sid), u32(eg), u16(ct.length), ct));
  rows.sort((left, right) => compare(sidBytes(left), sidBytes(right)));
  const data = concat(MAGIC, bytesOf(caseId), u32(n), u16(rows.length), ...rows);
  parse(data);
  return data;
}

/**
 * Read a bundle strictly.
 *
 * Throws `OVERSIZE` above 1 MiB, `BAD_MAGIC`, or `BAD_LENGTH` for a wrong length, count, order,
 * duplicate or trailing byte.
 */
export function parse(data: Uint8Array): Bundle {
  const { caseId, n, count } = head(data);
  if (data.length !== HEAD_SIZE + count * ENTRY_SIZE) throw new Refused("BAD_LENGTH");
  const rows = Array.from({ length: count }, (_, place) => {
    const at = HEAD_SIZE + place * ENTRY_SIZE;
    return data.subarray(at, at + ENTRY_SIZE);
  });
  const entries = rows.map(entry);
  if (
    rows.some((row, at) => at > 0 && compare(sidBytes(rows[at - 1] ?? row), sidBytes(row)) >= 0)
  ) {
    throw new Refused("BAD_LENGTH");
  }
  return { caseId, n, entries };
}

function sidBytes(row: Uint8Array): Uint8Array {
  return row.subarray(0, HASH_SIZE);
}

function head(data: Uint8Array): { caseId: CaseId; n: number; count: number } {
  if (data.length > LIMIT) throw new Refused("OVERSIZE");
  if (!startsWith(data, MAGIC)) throw new Refused("BAD_MAGIC");
  if (data.length < HEAD_SIZE) throw new Refused("BAD_LENGTH");
  const view = viewOf(data);
  const after = MAGIC.length + ID_SIZE;
  return {
    caseId: idOf(data.slice(MAGIC.length, after)),
    n: view.getUint32(after),
    count: view.getUint16(after + 4),
  };
}

function entry(row: Uint8Array): Entry {
  const view = viewOf(row);
  if (view.getUint16(HASH_SIZE + 4) !== SEALED_SIZE) throw new Refused("BAD_LENGTH");
  return {
    sid: hashOf(sidBytes(row)),
    eg: view.getUint32(HASH_SIZE),
    ct: row.slice(HASH_SIZE + 6),
  };
}

function viewOf(data: Uint8Array): DataView {
  return new DataView(data.buffer, data.byteOffset, data.byteLength);
}

// --- seals ----------------------------------------------------------------------------------------

/** The certificate an entry is for, and the counter of its sealing key. */
export interface Recipient {
  readonly sid: Sid;
  readonly eg: number;
}

/** Return the HPKE info of one entry. */
export function info(epoch: Epoch, { sid, eg }: Recipient): Uint8Array {
  const { net, caseId, n, prev } = epoch;
  const place = [bytesOf(net), bytesOf(caseId), u32(n), prev ? bytesOf(prev) : new Uint8Array()];
  return pae("shk1/seal/epoch", parts(...place, bytesOf(sid), u32(eg)));
}

/** For whom an epoch key is sealed, with the device's sealing key `ek` of 1216 bytes. */
export interface SealingPlace extends Recipient {
  readonly epoch: Epoch;
  readonly ek: Uint8Array;
  readonly entropy?: Entropy;
}

/** Seal an epoch key of 32 bytes to one device; `BAD_TAG` for a malformed `ek`. */
export function sealEpochKey(epochKey: Uint8Array, place: SealingPlace): Entry {
  const { epoch, sid, eg, ek, entropy } = place;
  const sealing = { info: info(epoch, { sid, eg }), plaintext: epochKey };
  return { sid, eg, ct: seal(ek, entropy === undefined ? sealing : { ...sealing, entropy }) };
}

/** What opening one's own entry needs. */
export interface OpeningPlace {
  /** The roster whose bundle it is. */
  readonly epoch: Epoch;
  /** This device's sealing key. */
  readonly key: SealingKey;
  /** The commitment in that roster; the server cannot know it, the other members check it. */
  readonly kc: Digest;
  /** Every epoch key this device already holds: a new roster must bring a new one. */
  readonly held: Iterable<Uint8Array>;
}

/** Open one's own entry; every failure is `BAD_BUNDLE`. */
export function openEntry(own: Entry, { epoch, key, kc, held }: OpeningPlace): Uint8Array {
  const epochKey = opened(own, epoch, key);
  const isOld = [...held].some((old) => equal(old, epochKey));
  if (epochCommitment(epochKey, epoch) !== kc || isOld) throw new Refused("BAD_BUNDLE");
  return epochKey;
}

function opened(own: Entry, epoch: Epoch, key: SealingKey): Uint8Array {
  try {
    return key.open(own.ct, { info: info(epoch, own) });
  } catch (error) {
    throw new Refused("BAD_BUNDLE", {}, { cause: error });
  }
}

/** `bun` of the roster: SHA-256 of the bundle's bytes. */
export function bundleHash(data: Uint8Array): Digest {
  return hashOf(sha256(data));
}
