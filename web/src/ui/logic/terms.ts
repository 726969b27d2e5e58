/** 根拠: a form of a consent or a statutory decision, what is missing in it, what it changes. */
import type { AgencyView, BasisTerms, BasisView } from "../../worker/api";
import { dayOf, daysBetween, instantOf } from "./dates";
import { entryOf, recordsOf, sittingsOf } from "./register";

const DAY = 86_400_000;

/** Days for which a consent is offered at first. */
const USUAL_DAYS = 180;

export interface TermsForm {
  /** Somebody the case knows already, or null for a new person. */
  readonly sub: string | null;
  readonly name: string;
  readonly birth: string;
  readonly kind: "consent" | "law" | "";
  readonly law: string;
  readonly sittings: readonly string[];
  /** Categories by agency; none while they are still to be chosen. */
  readonly scope: Readonly<Record<string, readonly string[]>>;
  readonly purposes: readonly string[];
  /** Days in Japan; the last one is still covered. */
  readonly start: string;
  readonly until: string;
  /** From the start of this day nothing may be read without a new decision. */
  readonly review: string;
  readonly approver: string;
  readonly evidence: Readonly<Record<string, string>>;
  readonly prev: string | null;
}

/** A form that nobody has filled in; `now` in ms. */
export function blank(now: number): TermsForm {
  return {
    ...{ sub: null, name: "", birth: "", kind: "", law: "", sittings: [], scope: {} },
    purposes: [],
    start: dayOf(now),
    until: dayOf(now + USUAL_DAYS * DAY),
    review: "",
    approver: "",
    evidence: {},
    prev: null,
  };
}

/** The next version of a basis: as it stands, from today; withdrawn parts are left out. */
export function nextOf(basis: BasisView, now: number): TermsForm {
  const left = basis.scope.flatMap(({ agency, cats, withdrawn }) => {
    const open = cats.filter((cat) => !withdrawn.includes(cat));
    return open.length > 0 ? [[agency.aid, open] as const] : [];
  });
  const isOver = basis.until <= now;
  const form: TermsForm = {
    ...blank(now),
    sub: basis.sub,
    kind: basis.kind,
    law: basis.law,
    sittings: basis.sittings,
    scope: Object.fromEntries(left),
    purposes: basis.purposes,
    until: isOver ? dayOf(now + USUAL_DAYS * DAY) : dayOf(basis.until),
    prev: basis.sid,
  };
  return basis.kind === "law" ? { ...form, review: latestReview(form) ?? "" } : form;
}

/** The last day to which the review of a decision may be put; null where nothing limits it. */
export function latestReview(form: TermsForm): string | null {
  const days = entryOf(form.law)?.reviewDays ?? null;
  const start = instantOf(form.start);
  return days === null || Number.isNaN(start) ? null : dayOf(start + days * DAY);
}

/** Take over a kind of basis: with what it allows, and without what it does not. */
export function withLaw(form: TermsForm, kind: "consent" | "law", law: string): TermsForm {
  const kinds = sittingsOf(law);
  const kept = form.sittings.filter((sitting) => kinds.includes(sitting));
  const next = { ...form, kind, law, sittings: kept.length > 0 ? kept : kinds.slice(0, 1) };
  if (kind === "consent") return { ...next, review: "", approver: "" };
  return { ...next, review: form.review === "" ? (latestReview(next) ?? "") : form.review };
}

/** Put a tick of the scope on or off. */
export function withCat(form: TermsForm, aid: string, cat: string, on: boolean): TermsForm {
  const cats = (form.scope[aid] ?? []).filter((each) => each !== cat);
  return withCats(form, aid, on ? [...cats, cat].toSorted() : cats);
}

/** Set the categories of an agency, which comes into the form if it is not there. */
export function withCats(form: TermsForm, aid: string, cats: readonly string[]): TermsForm {
  return { ...form, scope: { ...form.scope, [aid]: cats } };
}

/** Take an agency out of the form. */
export function withoutAgency(form: TermsForm, aid: string): TermsForm {
  const others = Object.entries(form.scope).filter(([each]) => each !== aid);
  return { ...form, scope: Object.fromEntries(others) };
}

export const STEPS = ["who", "scope", "time", "record", "check"] as const;
export type Step = (typeof STEPS)[number];

/** What is wrong with a form; each name is a key of the catalogue behind `terms.fault.`. */
export type Fault =
  | "subject"
  | "kind"
  | "law"
  | "sittings"
  | "scope"
  | "scope-empty"
  | "purposes"
  | "start"
  | "until"
  | "review"
  | "review-late"
  | "approver"
  | `need.${string}`;

function whoFaults(form: TermsForm): readonly Fault[] {
  const found: Fault[] = [];
  if (form.sub === null && form.name.trim() === "") found.push("subject");
  if (form.kind === "") found.push("kind");
  else if (form.law === "") found.push("law");
  return found;
}

function scopeFaults(form: TermsForm): readonly Fault[] {
  const found: Fault[] = [];
  if (form.sittings.length === 0) found.push("sittings");
  const cats = Object.values(form.scope);
  if (cats.length === 0) found.push("scope");
  if (cats.some((each) => each.length === 0)) found.push("scope-empty");
  return found;
}

function timeFaults(form: TermsForm): readonly Fault[] {
  const found: Fault[] = [];
  if (form.purposes.length === 0) found.push("purposes");
  if (Number.isNaN(instantOf(form.start))) found.push("start");
  if (Number.isNaN(instantOf(form.until)) || form.until < form.start) found.push("until");
  if (form.kind === "law") found.push(...reviewFaults(form));
  return found;
}

function reviewFaults(form: TermsForm): readonly Fault[] {
  const latest = latestReview(form);
  const found: Fault[] = [];
  if (form.review === "" || form.review <= form.start) found.push("review");
  else if (latest !== null && form.review > latest) found.push("review-late");
  if (form.approver === "") found.push("approver");
  return found;
}

function recordFaults(form: TermsForm): readonly Fault[] {
  const missing = recordsOf(form.law).filter((need) => !form.evidence[need]?.trim());
  return missing.map((need) => `need.${need}` as const);
}

const FAULTS: Readonly<Record<Step, (form: TermsForm) => readonly Fault[]>> = {
  who: whoFaults,
  scope: scopeFaults,
  time: timeFaults,
  record: recordFaults,
  check: () => [],
};

/** What keeps a step from being done. */
export function faultsOf(form: TermsForm, step: Step): readonly Fault[] {
  return FAULTS[step](form);
}

/** Which records are needed is not known before the law is: until then nothing is done about them. */
export function isUntouched(form: TermsForm, step: Step): boolean {
  return step === "record" && form.law === "";
}

/** The first step that is not done yet, the last one when all are. */
export function firstOpen(form: TermsForm): Step {
  return STEPS.find((step) => faultsOf(form, step).length > 0) ?? "check";
}

/** The form as the worker takes it; only for one without faults. */
export function termsOf(form: TermsForm): BasisTerms {
  const isLaw = form.kind === "law";
  const scope = Object.entries(form.scope).map(([aid, cats]) => ({ aid, cats }));
  const needs = recordsOf(form.law);
  const said = needs.map((need) => [need, form.evidence[need]?.trim() ?? ""] as const);
  return {
    sub: form.sub,
    subject: form.sub === null ? { name: form.name.trim(), birth: form.birth } : null,
    kind: isLaw ? "law" : "consent",
    law: form.law,
    sittings: form.sittings,
    scope,
    purposes: form.purposes,
    start: instantOf(form.start),
    until: instantOf(`${form.until}T23:59`),
    review: isLaw ? instantOf(form.review) : null,
    approver: isLaw ? form.approver : null,
    evidence: Object.fromEntries(said),
    prev: form.prev,
  };
}

/** What a form changes against the version before it. */
export interface ScopeChange {
  readonly aid: string;
  readonly added: readonly string[];
  readonly gone: readonly string[];
}

/** Categories that each agency gains or loses; agencies without a change are left out. */
export function changesOf(basis: BasisView, form: TermsForm): readonly ScopeChange[] {
  const before = new Map(
    basis.scope.map(({ agency, cats, withdrawn }) => [
      agency.aid,
      cats.filter((cat) => !withdrawn.includes(cat)),
    ]),
  );
  const aids = new Set([...before.keys(), ...Object.keys(form.scope)]);
  return [...aids].flatMap((aid) => {
    const [was, is] = [before.get(aid) ?? [], form.scope[aid] ?? []];
    const added = is.filter((cat) => !was.includes(cat));
    const gone = was.filter((cat) => !is.includes(cat));
    return added.length + gone.length > 0 ? [{ aid, added, gone }] : [];
  });
}

/** Days by which the end of a basis moves; negative when it comes earlier. */
export function movedBy(basis: BasisView, form: TermsForm): number {
  return daysBetween(dayOf(basis.until), form.until);
}

/** Bases of one person of the case: what is in force now, and what came before. */
export interface SubjectBases {
  readonly sub: string;
  readonly name: string;
  readonly current: readonly BasisView[];
  readonly past: readonly BasisView[];
}

/** Bases by person, newest version first, in the order in which people first appear. */
export function bySubject(bases: readonly BasisView[]): readonly SubjectBases[] {
  const groups = Map.groupBy(bases, (basis) => basis.sub);
  return [...groups].map(([sub, mine]) => {
    const sorted = mine.toSorted((a, b) => b.start - a.start || b.ver - a.ver);
    return {
      sub,
      name: mine.find((basis) => basis.subject !== "")?.subject ?? "",
      current: sorted.filter((basis) => basis.current),
      past: sorted.filter((basis) => !basis.current),
    };
  });
}

/** Agencies by their kinds, in the order of the kinds given, by name inside. */
export function byKind(
  agencies: readonly AgencyView[],
  kinds: readonly string[],
): readonly { readonly kind: string; readonly agencies: readonly AgencyView[] }[] {
  const groups = Map.groupBy(agencies, (agency) => agency.kind);
  const rank = (kind: string) => (kinds.includes(kind) ? kinds.indexOf(kind) : kinds.length);
  return [...groups]
    .toSorted(([a], [b]) => rank(a) - rank(b))
    .map(([kind, mine]) => ({
      kind,
      agencies: mine.toSorted((a, b) => a.name.localeCompare(b.name, "ja")),
    }));
}

/** Part of a basis that is to be withdrawn: null means all of it. */
export interface Withdrawal {
  readonly aids: readonly string[] | null;
  readonly cats: readonly string[] | null;
}

/** Whether anything would be taken at all. */
export function takesAnything(basis: BasisView, { aids, cats }: Withdrawal): boolean {
  return basis.scope.some(
    (part) =>
      (aids === null || aids.includes(part.agency.aid)) &&
      part.cats.some(
        (cat) => !part.withdrawn.includes(cat) && (cats === null || cats.includes(cat)),
      ),
  );
}
