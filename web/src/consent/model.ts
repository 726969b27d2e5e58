/**
 * The gate: who may do what with which object, and under which legal basis.
 *
 * `decide` is pure and total, and the only place that answers "may they". The server enforces
 * its answer; here it is asked before anything is sealed or shown. The order of refusals is that
 * of the protocol, section 5.24.
 */

import type { Code } from "../crypto/errors";
import type { AgencyKind, Audience, DocClass } from "../protocol/generated";
import type { Aid, Sid, SubId, Wid } from "../protocol/ids";
import type { Register } from "./register";

export type Categories = ReadonlySet<string>;
export type Scope = ReadonlyMap<Aid, Categories>;

export const NO_CATEGORY: Categories = new Set();

/** What somebody wants: to read, to write, or to open an item that treats a subject. */
export type Action = "read" | "write" | "open";

/** Where a 誓約書 stands now. */
export type Pledge = "live" | "missing" | "expired";

/** Where a person stands in the room's roster. */
export type Membership = "member" | "guest" | "ended" | "none";

/** The person who asks; `ended` is REVOKED or EXPIRED of her device, worker or agency. */
export interface Actor {
  readonly wid: Wid;
  readonly aid: Aid;
  readonly kind: AgencyKind;
  readonly membership: Membership;
  readonly pledgePerson: Pledge;
  readonly pledgeAgency: Pledge;
  readonly ended: Code | null;
  readonly seated: boolean;
}

/**
 * A listed basis as it stands now (protocol, section 5.5: eff, before withdrawals).
 *
 * `scope` is what the listed and the newest version both name, `withdrawn` what any withdrawal
 * took from either. `start` is the later of both beginnings, `until` and `review` the earlier of
 * both ends, in ms; `kinds` are the sitting kinds of both.
 */
export interface BasisView {
  readonly sid: Sid;
  readonly ver: number;
  readonly law: string;
  readonly kinds: ReadonlySet<string>;
  readonly sub: SubId;
  readonly scope: Scope;
  readonly withdrawn: Scope;
  readonly start: number;
  readonly until: number;
  readonly review: number | null;
}

/** What is asked for: a document, or a subject that a sitting wants to treat. */
export interface Target {
  /** Class of the document; null where no document is concerned. */
  readonly cls: DocClass | null;
  /** Subject it is about; null for whole-room documents and cards. */
  readonly sub: SubId | null;
  /** Categories it holds; all of them must be covered. */
  readonly cats: Categories;
  /** Bases listed by the roster, or those pinned by the open item. */
  readonly bases: readonly BasisView[];
  /** Who it is for; null is everyone of the roster. */
  readonly audience: Audience | null;
  /** It was, or is about to be, granted to this guest. */
  readonly granted: boolean;
  /** Kind of the sitting it happens in; null outside sittings. */
  readonly sittingKind: string | null;
  /** Whether the item takes what is written; null where no item is concerned. */
  readonly itemOpen: boolean | null;
  /** Only people with a live seat may do this. */
  readonly needsSeat: boolean;
  /** The room takes no more content. */
  readonly roomClosed: boolean;
}

/** Yes, and under which version of which basis. */
export interface Allow {
  readonly allow: true;
  readonly basis: Sid;
  readonly ver: number;
}

/** No, and why. */
export interface Deny {
  readonly allow: false;
  readonly code: Code;
}

/** Answer whether this person may do this now (ms); never throws, the first refusal stands. */
export function decide(
  now: number,
  actor: Actor,
  action: Action,
  target: Target,
  register: Register,
): Allow | Deny {
  const barred = barredBy(actor, action, target);
  if (barred !== null) return { allow: false, code: barred };
  const basis = choose(now, actor, action, target, register);
  if (typeof basis === "string") return { allow: false, code: basis };
  const unfit = unfitFor(actor, action, target);
  if (unfit !== null) return { allow: false, code: unfit };
  return { allow: true, basis: basis.sid, ver: basis.ver };
}

// --- bases ----------------------------------------------------------------------------------

/** Give the categories an agency may still read under a basis. */
export function covers(basis: BasisView, aid: Aid): Categories {
  return minus(basis.scope.get(aid) ?? NO_CATEGORY, basis.withdrawn.get(aid) ?? NO_CATEGORY);
}

/** Tell whether any pair of agency and category is left. */
export function namesAnyone(basis: BasisView): boolean {
  return [...basis.scope.keys()].some((aid) => covers(basis, aid).size > 0);
}

/** Tell whether the basis runs at this moment (ms). */
export function inForce(basis: BasisView, now: number): boolean {
  return basis.start <= now && now < Math.min(basis.until, basis.review ?? basis.until);
}

/** Show a basis after a withdrawal; null means all (protocol, section 5.14). */
export function without(
  basis: BasisView,
  taken: { readonly agencies: Iterable<Aid> | null; readonly cats: Iterable<string> | null },
): BasisView {
  const gone = taken.cats === null ? null : new Set(taken.cats);
  const withdrawn = new Map(basis.withdrawn);
  for (const aid of taken.agencies ?? basis.scope.keys()) {
    const before = basis.withdrawn.get(aid) ?? NO_CATEGORY;
    withdrawn.set(aid, new Set([...before, ...(gone ?? covers(basis, aid))]));
  }
  return { ...basis, withdrawn };
}

// --- the judgement --------------------------------------------------------------------------

type Check = readonly [fails: boolean, code: Code];

function first(...checks: readonly Check[]): Code | null {
  return checks.find(([fails]) => fails)?.[1] ?? null;
}

/** Judge the person, whatever the object is about. */
function barredBy(actor: Actor, action: Action, target: Target): Code | null {
  if (actor.ended !== null) return actor.ended;
  return first(
    [target.roomClosed && action !== "read", "FORBIDDEN"],
    [actor.membership === "none", "NOT_MEMBER"],
    [actor.membership === "ended", "MEMBER_ENDED"],
    [actor.pledgePerson === "missing", "PLEDGE_MISSING"],
    [actor.pledgePerson === "expired", "PLEDGE_EXPIRED"],
    [actor.pledgeAgency === "missing", "PLEDGE_MISSING"],
    [actor.pledgeAgency === "expired", "PLEDGE_EXPIRED"],
  );
}

// How far a basis got before it refused: where several bases treat one subject, the refusal that
// got furthest tells the person most.
const REACHED: readonly Code[] = [
  "KIND_EXCLUDED",
  "ANON_ONLY",
  "NO_BASIS",
  "BASIS_NOT_YET",
  "BASIS_EXPIRED",
  "REVIEW_OVERDUE",
  "BASIS_WITHDRAWN",
  "RECIPIENT_NOT_COVERED",
  "CATEGORY_NOT_COVERED",
  "MEETING_NOT_COVERED",
];

/** Find the first basis that allows, newest version first; else the furthest refusal. */
function choose(
  now: number,
  actor: Actor,
  action: Action,
  target: Target,
  register: Register,
): BasisView | Code {
  let furthest = -1;
  for (const basis of [...target.bases].sort(byVersion)) {
    const refusal =
      excludes(actor, target, basis, register) ??
      lapsed(now, target, basis) ??
      uncovered(actor, action, target, basis);
    if (refusal === null) return basis;
    furthest = Math.max(furthest, REACHED.indexOf(refusal));
  }
  return REACHED[furthest] ?? "NO_BASIS";
}

function byVersion(one: BasisView, other: BasisView): number {
  return other.ver - one.ver || (one.sid < other.sid ? -1 : 1);
}

/** Judge the kind of agency by the matrix (domain, section 1.4). */
function excludes(actor: Actor, target: Target, basis: BasisView, register: Register): Code | null {
  const guest = actor.membership === "guest";
  const access = register.access(basis.law, actor.kind, { guest });
  return first(
    [access === "none", "KIND_EXCLUDED"],
    [access === "anon" && target.cls !== "card", "ANON_ONLY"],
  );
}

/** Judge subject and time. */
function lapsed(now: number, target: Target, basis: BasisView): Code | null {
  return first(
    [target.sub !== null && basis.sub !== target.sub, "NO_BASIS"],
    [now < basis.start, "BASIS_NOT_YET"],
    [now >= basis.until, "BASIS_EXPIRED"],
    [basis.review !== null && now >= basis.review, "REVIEW_OVERDUE"],
  );
}

/**
 * Judge recipient, categories and sitting; a guest needs none of them for a card.
 *
 * A withdrawal is named as the reason when it took what this person would have needed, or when it
 * left nobody.
 */
function uncovered(actor: Actor, action: Action, target: Target, basis: BasisView): Code | null {
  const mine = covers(basis, actor.aid);
  const taken = basis.withdrawn.get(actor.aid) ?? NO_CATEGORY;
  const anyone = namesAnyone(basis);
  const ended = (!anyone && basis.withdrawn.size > 0) || (mine.size === 0 && taken.size > 0);
  const reached = isCardOfGuest(actor, target) ? anyone : mine.size > 0;
  const elsewhere = target.sittingKind !== null && !basis.kinds.has(target.sittingKind);
  return first(
    [ended || [...target.cats].some((cat) => taken.has(cat)), "BASIS_WITHDRAWN"],
    [!reached, "RECIPIENT_NOT_COVERED"],
    [minus(target.cats, mine).size > 0, "CATEGORY_NOT_COVERED"],
    [target.sub !== null && action !== "read" && elsewhere, "MEETING_NOT_COVERED"],
  );
}

/** Judge the item, the seat and the audience. */
function unfitFor(actor: Actor, action: Action, target: Target): Code | null {
  const guest = actor.membership === "guest";
  const shown = action === "read" && target.cls === "card";
  return first(
    [action === "write" && target.itemOpen === false, "ITEM_NOT_OPEN"],
    [target.needsSeat && !actor.seated, "NOT_SEATED"],
    [!isHeard(actor, target.audience), "FORBIDDEN"],
    [guest && action === "open", "FORBIDDEN"],
    [guest && !shown && !target.granted, "FORBIDDEN"],
  );
}

function isHeard(actor: Actor, audience: Audience | null): boolean {
  return audience === null || audience.w.includes(actor.wid) || audience.ag.includes(actor.aid);
}

function isCardOfGuest(actor: Actor, target: Target): boolean {
  return target.cls === "card" && actor.membership === "guest";
}

/** Give what the first set holds and the second does not. */
export function minus<T>(from: ReadonlySet<T>, taken: ReadonlySet<T>): ReadonlySet<T> {
  return taken.size === 0 ? from : new Set([...from].filter((item) => !taken.has(item)));
}
