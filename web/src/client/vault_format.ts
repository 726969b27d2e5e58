/**
 * Bytes of a vault: unsigned envelopes, each behind its length (protocol, sections 5.9 and 5.19).
 *
 *     file = L(lock), L(dk)?, L(ik)?, L(body 1), ...        L(x) = u32 length, x
 *
 * `lock` holds the vault key V under PW(pass); `dk` and `body` are sealed under keys of V, `ik`
 * under a key of a second PW with a salt of its own. Headers are inside the key derivation; so the
 * cost of PW can be neither lowered nor raised without the file failing to open. The command line
 * reads and writes the same files.
 */

import { NONCE_SIZE } from "../crypto/aead";
import type { Entropy } from "../crypto/entropy";
import { Refused } from "../crypto/errors";
import { concat, kdf, parts } from "../crypto/hashing";
import { stretch, type Stretching } from "../crypto/password";
import type { Argon2Profile } from "../crypto/profiles";
import { SIGNATURE_SIZE } from "../crypto/signing";
import { decode, encode } from "../protocol/codec";
import * as envelope from "../protocol/envelope";
import type { Did } from "../protocol/ids";
import { bytesOf, idOf } from "../protocol/ids";
import { readJ1 } from "../protocol/j1";
import type { Shape } from "../protocol/kinds";
import { Trouble } from "./troubles";
import { BodyHeader, DeviceHeader, LockHeader, PersonHeader } from "./generated";

/** Longest piece of the contents, in bytes. */
export const CHUNK = 512 * 1024;
/** Longest file, in bytes. */
export const LIMIT = 32 * 1024 * 1024;
/** Longest contents, in bytes. */
export const PLAIN_LIMIT = 16 * 1024 * 1024;

const HEADER_LIMIT = 1024;
const KEY_SIZE = 32;
const SALT_SIZE = 16;
const LENGTH = 4;
// Envelopes are signed outside; a vault has no reader but its owner, so the mark is dropped.
const NO_MARK = new Uint8Array(SIGNATURE_SIZE);

/** The items of one file as they stand on disk. */
export interface Sealed {
  readonly lock: Uint8Array;
  readonly dk: Uint8Array | null;
  readonly ik: Uint8Array | null;
  readonly body: readonly Uint8Array[];
}

/** What a passphrase costs; only tests name a cheaper floor. */
export interface Costs {
  readonly profile: Argon2Profile;
  readonly floor: Argon2Profile;
}

/** Writes the file. */
export function encodeSealed(sealed: Sealed): Uint8Array {
  const keys = [sealed.dk, sealed.ik].filter((item) => item !== null);
  return parts(sealed.lock, ...keys, ...sealed.body);
}

// --- one item ------------------------------------------------------------------------------------

/** Seals one item under a parent key of 32 bytes; `header` is J1. */
export function sealItem(
  key: Uint8Array,
  item: { readonly header: Uint8Array; readonly plaintext: Uint8Array; readonly entropy: Entropy },
): Uint8Array {
  const { header, plaintext, entropy } = item;
  const made = envelope.sealUnsigned({ key, header, plaintext, nonce: entropy(NONCE_SIZE) });
  return made.signed(NO_MARK).slice(0, -SIGNATURE_SIZE);
}

/** Opens one item: BAD_COMMITMENT for another key, BAD_TAG, BAD_PADDING, BAD_LENGTH. */
export function openItem(key: Uint8Array, item: Uint8Array): Uint8Array {
  return envelope.open(parsed(item), { key });
}

/** Reads the header of an item; BAD_J1 for another kind. */
export function headerOf<T>(item: Uint8Array, kind: Shape<T>): T {
  return decode(parsed(item).header, kind, { limit: HEADER_LIMIT });
}

function parsed(item: Uint8Array): envelope.Envelope {
  return envelope.parse(concat(item, NO_MARK));
}

// --- the file ------------------------------------------------------------------------------------

/** Takes a file apart; OVERSIZE, BAD_LENGTH, or BAD_J1 for items that do not belong there. */
export function parseSealed(data: Uint8Array): Sealed {
  if (data.length > LIMIT) throw new Refused("OVERSIZE");
  const found: Record<Kind, Uint8Array[]> = { vault: [], dk: [], ik: [], body: [] };
  for (const item of items(data)) found[kindOf(item)].push(item);
  const [lock, ...locks] = found.vault;
  if (lock === undefined || locks.length > 0 || found.dk.length > 1 || found.ik.length > 1) {
    throw new Refused("BAD_LENGTH");
  }
  return { lock, dk: found.dk[0] ?? null, ik: found.ik[0] ?? null, body: found.body };
}

type Kind = "vault" | "dk" | "ik" | "body";
const KINDS: ReadonlySet<string> = new Set(["vault", "dk", "ik", "body"]);

function kindOf(item: Uint8Array): Kind {
  const kind = readJ1(parsed(item).header, HEADER_LIMIT).get("k");
  if (typeof kind !== "string") throw new Refused("BAD_J1");
  if (!KINDS.has(kind)) throw new Refused("UNKNOWN_TYPE");
  return kind as Kind;
}

function* items(data: Uint8Array): Generator<Uint8Array> {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (let at = 0; at < data.length;) {
    if (at + LENGTH > data.length) throw new Refused("BAD_LENGTH");
    const end = at + LENGTH + view.getUint32(at);
    if (end > data.length) throw new Refused("BAD_LENGTH");
    yield data.subarray(at + LENGTH, end);
    at = end;
  }
}

// --- V and the contents --------------------------------------------------------------------------

/** Wraps V under a passphrase; KDF_FLOOR below the floor. Slow. */
export function lock(
  key: Uint8Array,
  passphrase: string,
  { profile, floor, entropy }: Costs & { readonly entropy: Entropy },
): Uint8Array {
  const salt = entropy(SALT_SIZE);
  const header: LockHeader = {
    v: 1,
    k: "vault",
    m: profile.memoryBytes,
    t: profile.passes,
    salt: idOf(salt),
  };
  const wrapping = stretched(passphrase, { salt, profile, floor });
  return sealItem(wrapping, { header: encode(header, LockHeader), plaintext: key, entropy });
}

/** Gives V: KDF_FLOOR, or BAD_COMMITMENT for a wrong passphrase. Slow. */
export function unlock(
  item: Uint8Array,
  passphrase: string,
  { floor }: Pick<Costs, "floor">,
): Uint8Array {
  return openItem(wrappingOf(headerOf(item, LockHeader), passphrase, floor), item);
}

/** Seals the contents in pieces of at most 512 KiB. */
export function sealBody(
  key: Uint8Array,
  plaintext: Uint8Array,
  { rev, entropy }: { readonly rev: number; readonly entropy: Entropy },
): readonly Uint8Array[] {
  const count = Math.ceil(plaintext.length / CHUNK);
  return Array.from({ length: count }, (_, i) =>
    sealItem(key, {
      header: encode({ v: 1, k: "body", rev, i, of: count }, BodyHeader),
      plaintext: plaintext.subarray(i * CHUNK, (i + 1) * CHUNK),
      entropy,
    }),
  );
}

/** Gives the save counter and the contents; BAD_LENGTH unless all pieces are of one save. */
export function openBody(
  key: Uint8Array,
  pieces: readonly Uint8Array[],
): readonly [rev: number, plaintext: Uint8Array] {
  const headers = pieces.map((piece) => headerOf(piece, BodyHeader));
  const rev = headers[0]?.rev ?? -1;
  const whole = headers.every(
    (each, i) => each.rev === rev && each.i === i && each.of === pieces.length,
  );
  if (headers.length === 0 || !whole) throw new Refused("BAD_LENGTH");
  return [rev, concat(...pieces.map((piece) => openItem(key, piece)))];
}

// --- signing keys --------------------------------------------------------------------------------

/** Wraps the 32-byte seed of dk under V. */
export function sealDeviceKey(
  key: Uint8Array,
  seed: Uint8Array,
  { did, entropy }: { readonly did: Did; readonly entropy: Entropy },
): Uint8Array {
  const header = encode({ v: 1, k: "dk", did }, DeviceHeader);
  return sealItem(kdf(key, "dk", bytesOf(did)), { header, plaintext: seed, entropy });
}

/** Gives the 32-byte seed of dk; whoever asks wipes it. */
export function openDeviceKey(key: Uint8Array, item: Uint8Array): Uint8Array {
  const { did } = headerOf(item, DeviceHeader);
  return seedIn(openItem(kdf(key, "dk", bytesOf(did)), item));
}

/** Wraps the 32-byte seed of ik under a passphrase step of its own. Slow. */
export function sealPersonKey(
  seed: Uint8Array,
  passphrase: string,
  { did, profile, floor, entropy }: Costs & { readonly did: Did; readonly entropy: Entropy },
): Uint8Array {
  const salt = entropy(SALT_SIZE);
  const header: PersonHeader = {
    v: 1,
    k: "ik",
    did,
    m: profile.memoryBytes,
    t: profile.passes,
    salt: idOf(salt),
  };
  const wrapping = kdf(stretched(passphrase, { salt, profile, floor }), "ik", bytesOf(did));
  return sealItem(wrapping, { header: encode(header, PersonHeader), plaintext: seed, entropy });
}

/** Gives the 32-byte seed of ik, to be wiped: KDF_FLOOR, or BAD_COMMITMENT for a wrong passphrase. Slow. */
export function openPersonKey(
  item: Uint8Array,
  passphrase: string,
  { floor }: Pick<Costs, "floor">,
): Uint8Array {
  const header = headerOf(item, PersonHeader);
  const wrapping = wrappingOf(header, passphrase, floor);
  return seedIn(openItem(kdf(wrapping, "ik", bytesOf(header.did)), item));
}

/** Draws a key or seed of 32 bytes. */
export function newKey(entropy: Entropy): Uint8Array {
  return entropy(KEY_SIZE);
}

function wrappingOf(
  header: LockHeader | PersonHeader,
  passphrase: string,
  floor: Argon2Profile,
): Uint8Array {
  const profile = { memoryBytes: header.m, passes: header.t };
  return stretched(passphrase, { salt: bytesOf(header.salt), profile, floor });
}

/** Stretches a passphrase; MEMORY_SHORT where the machine cannot spare what it takes. */
function stretched(passphrase: string, cost: Stretching): Uint8Array {
  try {
    return stretch(passphrase, cost);
  } catch (error) {
    throw error instanceof Refused ? error : new Trouble("MEMORY_SHORT", { cause: error });
  }
}

function seedIn(plaintext: Uint8Array): Uint8Array {
  if (plaintext.length !== KEY_SIZE) throw new Refused("BAD_LENGTH");
  return plaintext;
}

/** The device that the item of ik names. */
export function ownerOf(item: Uint8Array): Did {
  return headerOf(item, PersonHeader).did;
}
