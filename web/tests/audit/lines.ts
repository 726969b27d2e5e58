/** Made-up entries for the tests of rules and figures. */

import { Kind } from "../../src/audit/entry";
import type { Line } from "../../src/audit/lines";
import { fromHex } from "../../src/crypto/bytes";
import type { Aid, CaseId, Did, Id, Sid, Wid } from "../../src/protocol/ids";

/** Ten in the morning of a Monday in Japan, in ms. */
export const TEN = Date.UTC(2026, 10, 16, 1);

export function id(n: number): Id {
  return n.toString(16).padStart(32, "0") as Id;
}

export const HARUNA = id(1) as Wid;
export const AKAGI = id(2) as Wid;
export const CITY = id(11) as Aid;
export const CLINIC = id(12) as Aid;
export const K104 = id(21) as CaseId;
export const K105 = id(22) as CaseId;
export const PC = id(31) as Did;
export const PHONE = id(32) as Did;
export const CONSENT = "consent" as Sid;
export const DECISION = "decision" as Sid;

let next = 0;

/** An entry with the next index, at ten o'clock, unless something else is asked for. */
export function line(facts: Partial<Line>): Line {
  next += 1;
  return {
    index: next,
    at: TEN,
    kind: Kind.READ,
    reason: "",
    actor: HARUNA,
    case: K104,
    to: facts.kind === Kind.DENIED ? [] : [PC],
    purpose: null,
    basis: null,
    objects: [],
    bound: [],
    openings: [],
    ...facts,
  };
}

/** Some entries, a given time in ms apart. */
export function many(count: number, apart: number, facts: Partial<Line> = {}): Line[] {
  const from = facts.at ?? TEN;
  return Array.from({ length: count }, (_, n) => line({ ...facts, at: from + n * apart }));
}

/** What an eviction names: the bytes of a device's id. */
export function bytes(did: Did): Uint8Array {
  return fromHex(did);
}
