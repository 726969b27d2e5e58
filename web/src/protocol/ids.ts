/**
 * Identifiers: inside the program they are the text of the wire, so that they compare with `===`.
 *
 * `Id` is 16 bytes, written as 32 lower-case hex digits; `Hash` is 32 bytes, written as 43
 * characters of base64url; `Blob` is bytes of any length in base64url (protocol, section 5.1).
 * The brands keep kinds apart; only strict readers and the functions here make them.
 */

import { b64u, fromB64u, fromHex, hex } from "../crypto/bytes";
import { Refused } from "../crypto/errors";

declare const brand: unique symbol;
/** A type apart from others of the same form; brands add up: a `Wid` is an `Id`. */
export type Brand<T, B extends string> = T & { readonly [brand]: Readonly<Record<B, true>> };

export type Id = Brand<string, "Id">;
export type Hash = Brand<string, "Hash">;
export type Blob = Brand<string, "Blob">;
/** Standard, padded base64, as DSSE and notes hold it. */
export type Base64 = Brand<string, "Base64">;

export type Aid = Brand<Id, "Aid">; // agency
export type Wid = Brand<Id, "Wid">; // worker
export type Did = Brand<Id, "Did">; // device
export type InvId = Brand<Id, "InvId">; // invitation
export type LinkId = Brand<Id, "LinkId">; // link of a further device
export type CaseId = Brand<Id, "CaseId">;
export type DocId = Brand<Id, "DocId">;
export type SitId = Brand<Id, "SitId">; // sitting
export type ItemId = Brand<Id, "ItemId">; // agenda item
export type SubId = Brand<Id, "SubId">; // subject within one case
export type RowId = Brand<Id, "RowId">; // row of a board
export type ActId = Brand<Id, "ActId">; // action
export type DecId = Brand<Id, "DecId">; // decision
export type SumId = Brand<Id, "SumId">; // summary
export type Nonce = Brand<Id, "Nonce">;

export type NetId = Brand<Hash, "NetId">; // sid of root n=0
export type Sid = Brand<Hash, "Sid">; // statement
export type Eid = Brand<Hash, "Eid">; // envelope
export type RowHash = Brand<Hash, "RowHash">; // fh of a feed row
export type Key = Brand<Hash, "Key">; // Ed25519 public key
export type Digest = Brand<Hash, "Digest">; // any other SHA-256 or BLAKE2b-256 value

export const ID_SIZE = 16;
export const HASH_SIZE = 32;
const ID_TEXT = 2 * ID_SIZE;

/* eslint-disable @typescript-eslint/no-unnecessary-type-parameters --
   the caller names the kind of id: the bytes do not know it */

/** Write 16 bytes as an id of the asked kind; `BAD_LENGTH` for another number of bytes. */
export function idOf<T extends Id = Id>(data: Uint8Array): T {
  if (data.length !== ID_SIZE) throw new Refused("BAD_LENGTH");
  return hex(data) as T;
}

/** Write 32 bytes as a hash of the asked kind; `BAD_LENGTH` for another number of bytes. */
export function hashOf<T extends Hash = Hash>(data: Uint8Array): T {
  if (data.length !== HASH_SIZE) throw new Refused("BAD_LENGTH");
  return b64u(data) as T;
}

/* eslint-enable @typescript-eslint/no-unnecessary-type-parameters */

/** Write bytes as base64url. */
export function blobOf(data: Uint8Array): Blob {
  return b64u(data) as Blob;
}

/** Give the 16 bytes of an id or the 32 bytes of a hash. */
export function bytesOf(text: Id | Hash): Uint8Array {
  return text.length === ID_TEXT ? fromHex(text) : fromB64u(text);
}

/** Give the bytes of a blob: its text alone does not tell it from an id. */
export function bytesOfBlob(text: Blob): Uint8Array {
  return fromB64u(text);
}

export const ZERO_ID: Id = idOf(new Uint8Array(ID_SIZE));
export const ZERO_HASH: Hash = hashOf(new Uint8Array(HASH_SIZE));
