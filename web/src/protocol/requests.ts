/**
 * What a device signs to ask for something: sign-in, reading, joining a feed (section 5.20).
 *
 * `origin` is the one of the pinned root, never one that a challenge or a page names; times are in
 * whole seconds.
 */

import { utf8 } from "../crypto/bytes";
import { Refused } from "../crypto/errors";
import { pae, parts, u64 } from "../crypto/hashing";
import {
  bytesOf,
  type CaseId,
  type Hash,
  type Id,
  type NetId,
  type Nonce,
  type Sid,
  type SitId,
} from "./ids";
import { SECOND, type Instant } from "./times";

/** Seconds that a signed request's time may be off the server's. */
export const SLACK = 120;

const NONE = new Uint8Array();

interface Asking {
  readonly net: NetId;
  readonly origin: string;
  readonly time: number;
  readonly device: Sid;
}

/** A sign-in: `nonce` is the server's, 32 bytes. */
export interface Auth extends Asking {
  readonly nonce: Hash;
}

/** A read request; for `audit.*` there is no case and `ids` are UTF-8 parameters. */
export interface ReadRequest extends Asking {
  readonly caseId: CaseId | null;
  readonly nonce: Nonce;
  readonly purpose: string;
  readonly ids: readonly Uint8Array[];
}

/** A subscription from row `start` on. */
export interface SubRequest extends Asking {
  readonly caseId: CaseId;
  readonly sit: SitId | null;
  readonly start: number;
  readonly nonce: Nonce;
}

/** Encode a sign-in. */
export function authMessage({ net, origin, nonce, time, device }: Auth): Uint8Array {
  const body = [bytesOf(net), utf8(origin), bytesOf(nonce), u64(time), bytesOf(device)];
  return pae("shk1/auth", parts(...body));
}

/** Encode a read request. */
export function readMessage(asked: ReadRequest): Uint8Array {
  const { net, origin, caseId, nonce, time, device, purpose, ids } = asked;
  const place = [bytesOf(net), utf8(origin), caseId === null ? NONE : bytesOf(caseId)];
  const who = [bytesOf(nonce), u64(time), bytesOf(device)];
  return pae("shk1/read", parts(...place, ...who, utf8(purpose), ...ids));
}

/** Encode a subscription: the read request for all pushes until the token ends. */
export function subMessage(asked: SubRequest): Uint8Array {
  const { net, origin, caseId, sit, start, nonce, time, device } = asked;
  const place = [bytesOf(net), utf8(origin), bytesOf(caseId), sit === null ? NONE : bytesOf(sit)];
  const who = [u64(start), bytesOf(nonce), u64(time), bytesOf(device)];
  return pae("shk1/sub", parts(...place, ...who));
}

/** Encode what a newcomer's ik signs for her name; `key` is under what her certificate waits. */
export function nameMessage(net: NetId, key: Id | Hash): Uint8Array {
  return pae("shk1/pend", parts(bytesOf(net), bytesOf(key)));
}

/** Join a request and its signature: what is kept, and what an entry's `s` hashes. */
export function signedRequest(message: Uint8Array, sig: Uint8Array): Uint8Array {
  return parts(message, sig);
}

/** Refuse (`CLOCK`) a request whose seconds are more than two minutes off. */
export function requireRecent(time: number, { now }: { readonly now: Instant }): void {
  if (Math.abs(time - Math.floor(now / SECOND)) > SLACK) throw new Refused("CLOCK");
}
