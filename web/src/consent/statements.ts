/**
 * Rules of new bases and withdrawals beyond their shape, and what a change takes from whom.
 *
 * The facts about the signers (their capabilities, their place in the case) come from the caller,
 * who verified the signatures (protocol, sections 5.5 and 5.14).
 */

import { Refused } from "../crypto/errors";
import type { Basis, Cap, Withdraw } from "../protocol/generated";
import type { Aid, SubId, Wid } from "../protocol/ids";
import { DAY } from "../protocol/times";
import { covers, inForce, minus, type BasisView, type Categories } from "./model";
import type { Register } from "./register";

/** Who signed: `member` is a non-guest member of the case, `host` of its host agency. */
export interface Signer {
  readonly wid: Wid;
  readonly aid: Aid;
  readonly caps: ReadonlySet<Cap>;
  readonly member: boolean;
  readonly host: boolean;
}

/** Categories of one subject that one person can no longer read; `leaves` ends her seat. */
export interface Loss {
  readonly wid: Wid;
  readonly aid: Aid;
  readonly sub: SubId;
  readonly cats: Categories;
  readonly leaves: boolean;
}

/**
 * Refuse with RULE_DENIED, and the name of the rule, a basis that the register, its predecessor or
 * the calendar does not allow; `newest` is the version that `prev` names, null for a first one.
 */
export function requireBasis(
  made: Basis,
  against: { readonly newest: Basis | null; readonly register: Register },
): void {
  const entry = against.register.bases.get(made.law);
  if (entry?.kind !== made.kind) throw new Refused("RULE_DENIED", { rule: "law" });
  require("kinds", made.kinds.every((kind) => entry.kinds.includes(kind)));
  require("approver", made.apr !== made.prop);
  require("review", isReviewedInTime(made, entry.reviewDays));
  require("version", continues(made, against.newest));
}

/**
 * Refuse with RULE_DENIED other signers than the proposer, for a decision also the approver, a chair.
 *
 * Each must belong to the case, its host agency, or an agency in the scope of `newest` (of the
 * statement itself, when it is the first version).
 */
export function requireBasisSigners(
  made: Basis,
  signers: readonly Signer[],
  against: { readonly newest: Basis | null },
): void {
  const named = new Set(made.apr === null ? [made.prop] : [made.prop, made.apr]);
  const signed = new Set(signers.map((signer) => signer.wid));
  require("signers", signed.size === named.size && minus(named, signed).size === 0);
  const approves = (signer: Signer) => signer.wid === made.apr && signer.caps.has("chair");
  require("chair", made.apr === null || signers.some(approves));
  for (const signer of signers) require("standing", hasStanding(signer, against.newest ?? made));
}

/** Refuse a withdrawal from another case or by a stranger; it can only take away. */
export function requireWithdrawal(
  made: Withdraw,
  signer: Signer,
  about: { readonly basis: Basis },
): void {
  if (made.case !== about.basis.case) throw new Refused("WRONG_PLACE");
  require("standing", hasStanding(signer, about.basis));
}

/**
 * List who loses which categories of whom between two sets of bases, by wid and subject.
 *
 * `people` are the room's non-guest members with their agencies; shown for confirmation before a
 * withdrawal or a narrower version is signed.
 */
export function losses(
  now: number,
  asked: {
    readonly people: ReadonlyMap<Wid, Aid>;
    readonly before: readonly BasisView[];
    readonly after: readonly BasisView[];
  },
): readonly Loss[] {
  const { before, after } = asked;
  const subjects = [...new Set(before.map((basis) => basis.sub))].sort();
  const people = [...asked.people].sort(([one], [other]) => (one < other ? -1 : 1));
  const all = people.flatMap(([wid, aid]) =>
    subjects.map((sub) => {
      const cats = minus(readable(now, aid, sub, before), readable(now, aid, sub, after));
      return { wid, aid, sub, cats, leaves: !isCovered(now, aid, after) };
    }),
  );
  return all.filter((loss) => loss.cats.size > 0);
}

function readable(now: number, aid: Aid, sub: SubId, bases: readonly BasisView[]): Categories {
  const running = bases.filter((basis) => basis.sub === sub && inForce(basis, now));
  return new Set(running.flatMap((basis) => [...covers(basis, aid)]));
}

function isCovered(now: number, aid: Aid, bases: readonly BasisView[]): boolean {
  return bases.some((basis) => inForce(basis, now) && covers(basis, aid).size > 0);
}

function isReviewedInTime(made: Basis, reviewDays: number | null): boolean {
  if (made.rev === null) return true; // consent alone: the shape asks a decision for its review
  const latest = reviewDays === null ? made.rev : made.from + reviewDays * DAY;
  return made.from < made.rev && made.rev <= latest;
}

/** Tell whether a version keeps case, subject and kind, and counts on by one. */
function continues(made: Basis, newest: Basis | null): boolean {
  if (newest === null) return made.prev === null;
  const same = made.case === newest.case && made.sub === newest.sub && made.kind === newest.kind;
  return made.prev !== null && same && made.ver === newest.ver + 1;
}

function hasStanding(signer: Signer, basis: Basis): boolean {
  return signer.member || signer.host || basis.scope.some((pair) => pair.ag.includes(signer.aid));
}

function require(rule: string, holds: boolean): void {
  if (!holds) throw new Refused("RULE_DENIED", { rule });
}
