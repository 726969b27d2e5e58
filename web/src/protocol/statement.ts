/**
 * Signed statements: DSSE envelopes around typed J1 payloads (protocol, section 5.2).
 *
 * A statement's id hashes the pre-authentication encoding of its payload bytes, never the
 * envelope. Bytes are kept as they came and are never serialised again.
 */

import { b64, compare, fromB64, hex } from "../crypto/bytes";
import { Refused } from "../crypto/errors";
import { pae, parts, sha256 } from "../crypto/hashing";
import { SIGNATURE_SIZE, verify, type SigningKey } from "../crypto/signing";
import { decode, encode, scan } from "./codec";
import {
  Dsse,
  MAX_PAYLOAD,
  MAX_SIGNATURES,
  PAYLOADS,
  type DsseSignature,
  type Payload,
} from "./generated";
import { bytesOf, hashOf, type Hash, type Key, type Sid } from "./ids";
import type { Shape } from "./kinds";

export { SIGNATURE_SIZE } from "../crypto/signing";
export { Dsse, MAX_PAYLOAD, MAX_SIGNATURES, type DsseSignature } from "./generated";

export const PREFIX = "application/vnd.shk1.";
export const SUFFIX = "+json";

const MAX_DSSE = 2 * MAX_PAYLOAD;
const MAX_HINT = 64;
const HINT_SIZE = 8;
const REMEMBERED = 4096;

/** A signature of 64 bytes as it came, with the unauthenticated hint at its key. */
export interface Hinted {
  readonly keyid: string;
  readonly sig: Uint8Array;
}

/** A signature together with the key under which it verified. */
export interface Signature {
  readonly pk: Key;
  readonly sig: Uint8Array;
}

interface Bytes {
  readonly payload: Uint8Array;
  readonly signatures: readonly Hinted[];
}

/** A parsed statement whose signatures nobody has checked yet. */
export class Statement {
  readonly typ: string;
  readonly body: Payload;
  readonly sid: Sid;
  readonly #bytes: () => Bytes;

  /** `bytes` is asked only when they are needed: those of a statement judged before seldom are. */
  constructor(body: Payload, sid: Sid, bytes: () => Bytes) {
    this.typ = body.typ;
    this.body = body;
    this.sid = sid;
    this.#bytes = bytes;
  }

  get payload(): Uint8Array {
    return this.#bytes().payload;
  }

  get signatures(): readonly Hinted[] {
    return this.#bytes().signatures;
  }

  /** What every signature covers. */
  get tbs(): Uint8Array {
    return toBeSigned(this.typ, this.payload);
  }
}

/** Write the media type of one statement type. */
export function payloadType(typ: string): string {
  return PREFIX + typ + SUFFIX;
}

/** Encode type and payload: the DSSE PAE. */
export function toBeSigned(typ: string, payload: Uint8Array): Uint8Array {
  return pae(payloadType(typ), payload);
}

/** Hash the PAE of type and payload. */
export function statementId(typ: string, payload: Uint8Array): Sid {
  return hashOf(sha256(toBeSigned(typ, payload)));
}

/** Write the hint for a public key of 32 bytes: the first 8 bytes of its hash, in hex. */
export function keyId(pk: Uint8Array): string {
  return hex(sha256(pk).subarray(0, HINT_SIZE));
}

const hints = new Map<Key, string>();

function hintOf(pk: Key): string {
  const known = hints.get(pk);
  if (known !== undefined) return known;
  if (hints.size >= REMEMBERED) hints.clear();
  const made = keyId(bytesOf(pk));
  hints.set(pk, made);
  return made;
}

/** Compute `sg`: keys ascending bytewise, each followed by its signature. */
export function signatureHash(signatures: Iterable<Signature>): Hash {
  return hashOf(sha256(parts(...ascending(signatures).flatMap((s) => [bytesOf(s.pk), s.sig]))));
}

/** Order by key, bytewise: the order of their texts is another one. */
function ascending(signatures: Iterable<Signature>): readonly Signature[] {
  return [...signatures].sort(
    (left, right) => compare(bytesOf(left.pk), bytesOf(right.pk)) || compare(left.sig, right.sig),
  );
}

// --- writing --------------------------------------------------------------------------------------

/** Serialise a payload once; the bytes are the statement from then on. Refuses what others would. */
export function compose(body: Payload): Statement {
  const shape = PAYLOADS[body.typ] as Shape<Payload>;
  const payload = encode(body, shape);
  const read = decode(payload, shape, { limit: MAX_PAYLOAD });
  return made(read, { payload, signatures: [] });
}

function made(body: Payload, bytes: Bytes): Statement {
  return new Statement(body, statementId(body.typ, bytes.payload), () => bytes);
}

/**
 * Take a statement as this device found it before and kept it under its own seal.
 *
 * Nothing is checked: `sid` is that of `raw`, its DSSE bytes, and `body` is what they say.
 */
export function judgedBefore(body: Payload, sid: Sid, raw: Uint8Array): Statement {
  let read: Statement | null = null;
  return new Statement(body, sid, () => (read ??= parse(raw)));
}

/** Sign with one key; who may sign what is judged elsewhere. */
export function sign(statement: Statement, key: SigningKey): Signature {
  return { pk: hashOf(key.public), sig: key.sign(statement.tbs) };
}

/** Write the DSSE envelope, signatures ascending by key. */
export function toDsse(statement: Statement, signatures: Iterable<Signature>): Uint8Array {
  const dsse: Dsse = {
    payloadType: payloadType(statement.typ),
    payload: b64(statement.payload),
    signatures: ascending(signatures).map(({ pk, sig }) => ({ keyid: hintOf(pk), sig: b64(sig) })),
  };
  return encode(dsse, Dsse);
}

// --- reading --------------------------------------------------------------------------------------

/**
 * Read a DSSE envelope strictly.
 *
 * Throws OVERSIZE, BAD_J1, BAD_B64, BAD_LENGTH; UNKNOWN_TYPE for a type not built in v1.
 */
export function parse(data: Uint8Array): Statement {
  const dsse = decode(data, Dsse, { limit: MAX_DSSE });
  const typ = typeName(dsse.payloadType);
  const payload = fromB64(dsse.payload);
  const shape = shapeOf(typ);
  if (shape === undefined) {
    scan(payload, { limit: MAX_PAYLOAD });
    throw new Refused("UNKNOWN_TYPE", { typ });
  }
  const body = decode(payload, shape, { limit: MAX_PAYLOAD });
  if (dsse.signatures.length > MAX_SIGNATURES) throw new Refused("OVERSIZE");
  return made(body, { payload, signatures: dsse.signatures.map(hinted) });
}

function typeName(media: string): string {
  if (!media.startsWith(PREFIX) || !media.endsWith(SUFFIX)) throw new Refused("UNKNOWN_TYPE");
  return media.slice(PREFIX.length, -SUFFIX.length);
}

function shapeOf(typ: string): Shape<Payload> | undefined {
  return Object.hasOwn(PAYLOADS, typ) ? PAYLOADS[typ as keyof typeof PAYLOADS] : undefined;
}

function hinted({ keyid, sig }: DsseSignature): Hinted {
  const raw = fromB64(sig);
  const isLong = keyid.length > MAX_HINT && Array.from(keyid).length > MAX_HINT;
  if (raw.length !== SIGNATURE_SIZE || isLong) throw new Refused("BAD_LENGTH");
  return { keyid, sig: raw };
}

/** The key under which each signature of a statement verified, as far as anybody asked. */
const signers = new WeakMap<Statement, (Key | null)[]>();

/** Tell under which key each signature verified so far; null for one that did not. */
export function signersOf(statement: Statement): readonly (Key | null)[] {
  return statement.signatures.map((_, at) => signers.get(statement)?.[at] ?? null);
}

/**
 * Take it that the signatures of these very bytes verify under these keys, in their order.
 *
 * Only for what this device itself found before and kept under its own seal: it is not checked.
 */
export function vouch(statement: Statement, found: readonly (Key | null)[]): void {
  signers.set(statement, [...found]);
}

/**
 * Find the distinct allowed keys under which a signature verifies, ascending by key.
 *
 * The hint only orders the attempts, so that no reader's verdict hangs on it. A signature that
 * verifies under no candidate is left out: a submission may carry it, a committed statement must
 * not.
 */
export function match(statement: Statement, candidates: Iterable<Key>): readonly Signature[] {
  const found = new Map<Key, Uint8Array>();
  const allowed = [...new Set(candidates)].sort((left, right) =>
    compare(bytesOf(left), bytesOf(right)),
  );
  for (const [at, { keyid, sig }] of statement.signatures.entries()) {
    const first = allowed.filter((pk) => hintOf(pk) === keyid);
    const order = [...first, ...allowed.filter((pk) => !first.includes(pk))];
    const signer = order.find((pk) => !found.has(pk) && isSigner(statement, at, pk));
    if (signer !== undefined) found.set(signer, sig);
  }
  return ascending(Array.from(found, ([pk, sig]) => ({ pk, sig })));
}

/** A signature that verified once is not checked again: the directory is made anew now and then. */
function isSigner(statement: Statement, at: number, pk: Key): boolean {
  const known = signers.get(statement) ?? [];
  if (known[at] === pk) return true;
  const sig = statement.signatures[at]?.sig;
  if (sig === undefined || !verifies(pk, statement.tbs, sig)) return false;
  known[at] = pk;
  signers.set(statement, known);
  return true;
}

function verifies(pk: Key, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    verify({ public: bytesOf(pk), message, signature });
    return true;
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
}
