/** 監査: the question, families of entries, what to look at, and sums for the charts. */
import type { AuditLine, AuditQuestion, ChartsView } from "../../worker/api";
import { dayOf, instantOf } from "./dates";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

// --- the question ----------------------------------------------------------------------------------

export const BYS = ["case", "person", "agency", "object", "period", "denied"] as const;
export type By = AuditQuestion["by"];

export interface QuestionForm {
  readonly by: By;
  readonly code: string;
  readonly wid: string;
  readonly aid: string;
  readonly object: string;
  /** Days in Japan, both included; "" for no bound. */
  readonly since: string;
  readonly until: string;
}

/** Days that are asked for at first. */
const USUAL_DAYS = 30;

/** A question about the last thirty days; `now` in ms. */
export function blankQuestion(now: number): QuestionForm {
  return {
    ...{ by: "case", code: "", wid: "", aid: "", object: "" },
    since: dayOf(now - USUAL_DAYS * DAY),
    until: dayOf(now),
  };
}

export type QuestionFault = "code" | "person" | "agency" | "object" | "span" | "wide";

const CODE = /^[A-Z]-\d{3,6}$/;
const OBJECT = /^(?:[0-9a-f]{32}|[A-Za-z0-9_-]{43})$/;

function normal(code: string): string {
  return code.normalize("NFKC").trim().toUpperCase();
}

/** Only some questions are bounded by their subject; the others need a day from which on to look. */
function needsSince(by: By): boolean {
  return by === "period" || by === "agency" || by === "object";
}

function subjectFault(form: QuestionForm): QuestionFault | null {
  switch (form.by) {
    case "case":
      return CODE.test(normal(form.code)) ? null : "code";
    case "person":
      return form.wid === "" ? "person" : null;
    case "agency":
      return form.aid === "" ? "agency" : null;
    case "object":
      return OBJECT.test(form.object.trim()) ? null : "object";
    case "period":
    case "denied":
      return null;
  }
}

/** What keeps the question from being asked, or null. */
export function questionFault(form: QuestionForm): QuestionFault | null {
  const fault = subjectFault(form);
  if (fault !== null) return fault;
  if (form.since !== "" && form.until !== "" && form.until < form.since) return "span";
  return needsSince(form.by) && form.since === "" ? "wide" : null;
}

/** The question as the worker takes it; the last day counts to its end. */
export function questionOf(form: QuestionForm): AuditQuestion {
  const subjects: Readonly<Record<By, string>> = {
    case: normal(form.code),
    person: form.wid,
    agency: form.aid,
    object: form.object.trim(),
    period: "",
    denied: "",
  };
  return {
    by: form.by,
    subject: subjects[form.by],
    since: form.since === "" ? null : instantOf(form.since),
    until: form.until === "" ? null : instantOf(form.until) + DAY,
  };
}

// --- kinds of entries ------------------------------------------------------------------------------

export const FAMILIES = ["read", "change", "push", "key", "presence", "denied", "other"] as const;
export type Family = (typeof FAMILIES)[number];

/** Families of kinds by the first part of their names. */
const HEADS: Readonly<Record<string, Family>> = {
  read: "read",
  change: "change",
  push: "push",
  key: "key",
  auth: "presence",
  sub: "presence",
  evict: "presence",
  denied: "denied",
};

/** The family of a kind; kinds that are new here count as other. */
export function familyOf(kind: string): Family {
  return HEADS[kind.split(".")[0] ?? ""] ?? "other";
}

/** Whether a line tells of something that was refused. */
export function isDenied(line: AuditLine): boolean {
  return line.reason !== "" || familyOf(line.kind) === "denied";
}

// --- what to look at -------------------------------------------------------------------------------

/** Rules whose findings mean that somebody got what she should not have had. */
const GRAVE: readonly string[] = ["evicted", "scope", "withdrawn", "expired", "review", "closed"];

export function isGrave(rule: string): boolean {
  return GRAVE.includes(rule);
}

export interface Marked {
  readonly rule: string;
  readonly lines: readonly AuditLine[];
}

/** Lines by the rule that marks them: grave ones first, then those with most lines. */
export function marked(lines: readonly AuditLine[]): readonly Marked[] {
  const groups = new Map<string, AuditLine[]>();
  for (const line of lines)
    for (const rule of line.anomalies) groups.set(rule, [...(groups.get(rule) ?? []), line]);
  return [...groups]
    .map(([rule, mine]) => ({ rule, lines: mine }))
    .toSorted(
      (a, b) =>
        Number(isGrave(b.rule)) - Number(isGrave(a.rule)) || b.lines.length - a.lines.length,
    );
}

/** Refusals by reason, most frequent first. */
export function byReason(lines: readonly AuditLine[]) {
  const groups = Map.groupBy(
    lines.filter((line) => line.reason !== ""),
    (line) => line.reason,
  );
  return [...groups]
    .flatMap(([reason, mine]) => (reason === "" ? [] : [{ reason, lines: mine }]))
    .toSorted((a, b) => b.lines.length - a.lines.length);
}

/** The answer in four numbers. */
export function summed(lines: readonly AuditLine[]) {
  return {
    entries: lines.length,
    people: new Set(lines.flatMap(({ actor }) => actor?.wid ?? [])).size,
    denied: lines.filter(isDenied).length,
    marked: lines.filter(({ anomalies }) => anomalies.length > 0).length,
  };
}

// --- charts ----------------------------------------------------------------------------------------

/** Longest span that is drawn hour by hour; longer ones are drawn day by day. */
const HOURLY = 7 * 24;

export interface Bars {
  readonly unit: "hour" | "day";
  /** Start of each bar, ms. */
  readonly starts: readonly number[];
  /** Counts of each family, bar by bar. */
  readonly counts: Readonly<Record<Family, readonly number[]>>;
  readonly totals: readonly number[];
}

function startOfDay(at: number): number {
  return instantOf(dayOf(at));
}

/** Entries by family, hour by hour, or day by day over longer spans. */
export function barsOf(hours: ChartsView["hours"]): Bars {
  const unit = hours.length > HOURLY ? "day" : "hour";
  const bars = new Map<number, Map<Family, number>>();
  for (const { at, kinds } of hours) {
    const start = unit === "day" ? startOfDay(at) : at;
    const bar = bars.get(start) ?? new Map<Family, number>();
    for (const [kind, count] of Object.entries(kinds)) {
      const family = familyOf(kind);
      bar.set(family, (bar.get(family) ?? 0) + count);
    }
    bars.set(start, bar);
  }
  const sorted = [...bars].toSorted(([a], [b]) => a - b);
  const ofFamily = (family: Family) => sorted.map(([, bar]) => bar.get(family) ?? 0);
  const counts = Object.fromEntries(FAMILIES.map((each) => [each, ofFamily(each)]));
  return {
    unit,
    starts: sorted.map(([start]) => start),
    counts: counts as Record<Family, number[]>,
    totals: sorted.map(([, bar]) => [...bar.values()].reduce((sum, each) => sum + each, 0)),
  };
}

/** Families that occur at all, in their order. */
export function familiesIn(bars: Bars): readonly Family[] {
  return FAMILIES.filter((family) => bars.counts[family].some((count) => count > 0));
}

/** Upper edges of stacked bars: of each family the sum of itself and all before it. */
export function stacked(bars: Bars, families: readonly Family[]): readonly (readonly number[])[] {
  const sums = bars.starts.map(() => 0);
  return families.map((family) => {
    for (const [at, count] of bars.counts[family].entries()) sums[at] = (sums[at] ?? 0) + count;
    return [...sums];
  });
}

/** The fullest bar; null when nothing was counted. */
export function fullest(bars: Bars): { readonly start: number; readonly count: number } | null {
  const most = Math.max(0, ...bars.totals);
  const start = bars.starts[bars.totals.indexOf(most)];
  return most === 0 || start === undefined ? null : { start, count: most };
}

/** How dark a cell of the heat map is: 0 for nothing, else 1 to 5 by its share of the most. */
export function shade(count: number, most: number): number {
  return count === 0 || most === 0 ? 0 : Math.max(1, Math.ceil((count / most) * 5));
}

// --- a list of many lines --------------------------------------------------------------------------

/** From how many lines on only those in view are drawn. */
export const MANY = 500;

/** The lines that are drawn: those in view and some above and below; heights in px. */
export function inView(view: {
  readonly top: number;
  readonly height: number;
  readonly row: number;
  readonly count: number;
}): { readonly from: number; readonly to: number } {
  const spare = 12;
  const from = Math.max(0, Math.floor(view.top / view.row) - spare);
  const to = Math.ceil((view.top + view.height) / view.row) + spare;
  return { from: Math.min(from, view.count), to: Math.min(view.count, to) };
}

// --- places in a log -------------------------------------------------------------------------------

export type Place = "checkpoint" | "old" | "key" | "entries" | "tile" | "openings" | "other";

/** What kind of file of a log a name is. */
export function placeOf(name: string): Place {
  if (name.startsWith("tile/entries/")) return "entries";
  if (name.startsWith("tile/")) return "tile";
  if (name.startsWith("checkpoint")) return "checkpoint";
  if (name.endsWith(".jsonl")) return "openings";
  if (name === "old") return "old";
  return name === "vkey" ? "key" : "other";
}
