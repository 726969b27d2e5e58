/**
 * What an auditor should look at: rules over opened entries, each a pure function.
 *
 * They point at leaves and prove nothing; a person decides. Times are the server's claims, order
 * is that of the log. Rules that need what no log holds take it as an argument and are silent
 * without it: the end of a case, the hours of a council.
 */

import type { Aid, CaseId, Did, Sid, Wid } from "../protocol/ids";
import { DAY, HOUR, MINUTE, SECOND } from "../protocol/times";
import { Kind } from "./entry";
import { isDelivery, type Line } from "./lines";

/** Offset of Japan's clocks from UTC in ms; they are never put forward. */
export const JST = 9 * HOUR;

/** Names of the rules, stable: texts and tests refer to them. */
export const RULES = [
  "evicted", // given something after having been taken out of the room
  "scope", // given something under a basis that does not name her agency
  "withdrawn", // the same under a basis withdrawn from her agency before
  "volume", // far more reads than usual
  "walk", // several cases asked for that do not exist
  "new-device", // a device reads much right after it first appears
  "hours", // reads outside the council's hours
  "scatter", // many cases touched once
  "expired", // given something under a basis that had ended, or before it began
  "review", // given something without consent after its review was due
  "refusals", // many refusals in a short time
  "closed", // reads after a case was closed
  "clock", // the log's time goes back
] as const;
export type Rule = (typeof RULES)[number];

/** Something to look at: `indexes` are the leaves it rests on, ascending. */
export interface Finding {
  readonly rule: Rule;
  /** When it was noticed, by the last of its leaves, in ms. */
  readonly at: number;
  readonly indexes: readonly number[];
  readonly actor: Wid | null;
  readonly case: CaseId | null;
  readonly facts: Readonly<Record<string, number>>;
}

/** A basis as the identity log tells it; instants in ms. */
export interface BasisFacts {
  /** "consent" or "law": a decision without consent. */
  readonly kind: "consent" | "law";
  readonly from: number;
  readonly until: number;
  /** When it must be looked at again; null where nothing was set. */
  readonly review: number | null;
  readonly agencies: ReadonlySet<Aid>;
  /** What was withdrawn since: when, and from whom (null: from all). */
  readonly withdrawn: readonly { readonly at: number; readonly agencies: readonly Aid[] | null }[];
}

/** What the verified identity log, and people, say beside the entries. */
export interface Known {
  readonly agencies: ReadonlyMap<Wid, Aid>;
  readonly bases: ReadonlyMap<Sid, BasisFacts>;
  /** When a case was closed, in ms; entries do not tell, so somebody has to. */
  readonly closed?: ReadonlyMap<CaseId, number>;
  /** Hours of the day at which reads are expected, such as 7 to 20; none, none are missed. */
  readonly hours?: { readonly from: number; readonly to: number };
}

/** From where on something is worth a look. */
export interface Limits {
  readonly window: number;
  readonly refusals: number;
  readonly unknown: number;
  readonly newDevice: number;
  readonly scatter: number;
  readonly volume: number;
  readonly share: number;
  readonly times: number;
  readonly days: number;
  readonly back: number;
}

/** Limits of the design paper: windows of ten minutes, 5 s for clocks. */
export const LIMITS: Limits = {
  window: 10 * MINUTE,
  refusals: 5,
  unknown: 3,
  newDevice: 20,
  scatter: 5,
  volume: 20, // fewer reads an hour, or a day, are never "far more than usual"
  share: 0.995, // of all hours in which anybody read
  times: 3, // her median of the last 30 days on which she read
  days: 5, // days of reading before there is a "usual"
  back: 5 * SECOND,
};

/** Everything worth a look in some entries, in the order of the log. */
export function anomalies(lines: readonly Line[], known: Known, limits = LIMITS): Finding[] {
  const sorted = lines.toSorted((one, other) => one.index - other.index);
  const found = [
    ...afterEviction(sorted),
    ...withoutCover(sorted, known),
    ...volumes(sorted, limits),
    ...walks(sorted, limits),
    ...newDevices(sorted, limits),
    ...outsideHours(sorted, known),
    ...scattered(sorted, limits),
    ...refusals(sorted, limits),
    ...afterClosure(sorted, known),
    ...clockBack(sorted, limits),
  ];
  return found.toSorted((one, other) => (one.indexes[0] ?? 0) - (other.indexes[0] ?? 0));
}

// --- who was given what --------------------------------------------------------------------

/** Deliveries to a device after it was taken out of the room, until it is let in again. */
export function afterEviction(lines: readonly Line[]): Finding[] {
  const out = new Map<string, number>();
  const found: Finding[] = [];
  for (const line of lines) {
    if (line.case === null) continue;
    const key = (did: string): string => `${line.case ?? ""} ${did}`;
    if (line.kind === Kind.EVICT) {
      for (const did of line.objects) out.set(key(hexOf(did)), line.index);
    } else if (line.kind === Kind.JOIN && line.reason === "") {
      for (const did of line.to) out.delete(key(did)); // the gate let it in anew
    } else if (isDelivery(line)) {
      const since = line.to.flatMap((did) => out.get(key(did)) ?? []);
      if (since.length > 0) found.push(finding("evicted", [...since, line.index], line));
    }
  }
  return found;
}

/** Deliveries under a basis that did not cover them: by agency, by time, by review. */
export function withoutCover(lines: readonly Line[], known: Known): Finding[] {
  return lines.flatMap((line) => {
    const basis = line.basis === null ? undefined : known.bases.get(line.basis);
    if (basis === undefined || line.reason !== "" || !GIVES.has(line.kind)) return [];
    return uncovered(line, basis, known).map((rule) => finding(rule, [line.index], line));
  });
}

const GIVES: ReadonlySet<Kind> = new Set<Kind>([Kind.READ, Kind.POST, Kind.PUSH, Kind.GRANT]);

function uncovered(line: Line, basis: BasisFacts, known: Known): Rule[] {
  const rules: Rule[] = [];
  const agency = line.actor === null ? undefined : known.agencies.get(line.actor);
  // Of a change, the author's agency says nothing: whom it went to was judged one by one.
  if (agency !== undefined && line.kind === Kind.READ) {
    if (!basis.agencies.has(agency)) rules.push("scope");
    if (isWithdrawn(basis, agency, line.at)) rules.push("withdrawn");
  }
  if (line.at < basis.from || line.at >= basis.until) rules.push("expired");
  if (basis.kind === "law" && basis.review !== null && line.at >= basis.review) {
    rules.push("review");
  }
  return rules;
}

function isWithdrawn(basis: BasisFacts, agency: Aid, at: number): boolean {
  return basis.withdrawn.some(
    (each) => each.at < at && (each.agencies === null || each.agencies.includes(agency)),
  );
}

/** Reads of a case after it was closed; the end of a case is told by `known`. */
export function afterClosure(lines: readonly Line[], known: Known): Finding[] {
  return lines.filter(isRead).flatMap((line) => {
    const end = line.case === null ? undefined : known.closed?.get(line.case);
    return end === undefined || line.at <= end ? [] : [finding("closed", [line.index], line)];
  });
}

// --- how much ------------------------------------------------------------------------------

/** Hours with more reads than nearly all others, days with far more than her own usual. */
export function volumes(lines: readonly Line[], limits = LIMITS): Finding[] {
  const reads = lines.filter(isRead);
  const hours = [...grouped(reads, (line) => `${line.actor ?? ""} ${Math.floor(line.at / HOUR)}`)];
  const counts = hours.map(([, group]) => group.length).toSorted((one, other) => one - other);
  const most = counts[Math.ceil(counts.length * limits.share) - 1] ?? 0;
  const busy = hours.flatMap(([, group]) =>
    group.length > most && group.length >= limits.volume
      ? [ofGroup("volume", group, { usual: most })]
      : [],
  );
  return [...busy, ...busyDays(reads, limits)];
}

function busyDays(reads: readonly Line[], limits: Limits): Finding[] {
  return [...grouped(reads, (line) => line.actor ?? "")].flatMap(([, mine]) => {
    const days = [...grouped(mine, (line) => String(Math.floor((line.at + JST) / DAY))).values()];
    return days.flatMap((day, n) => {
      const before = days.slice(Math.max(0, n - 30), n).map((each) => each.length);
      const usual = median(before);
      const isMore = day.length >= limits.volume && day.length > limits.times * usual;
      return before.length >= limits.days && isMore ? [ofGroup("volume", day, { usual })] : [];
    });
  });
}

/** Days on which somebody touched many cases once each. */
export function scattered(lines: readonly Line[], limits = LIMITS): Finding[] {
  const days = grouped(
    lines.filter((line) => isRead(line) && line.case !== null),
    (line) => `${line.actor ?? ""} ${Math.floor((line.at + JST) / DAY)}`,
  );
  return [...days.values()].flatMap((day) => {
    const cases = [...grouped(day, (line) => line.case ?? "").values()];
    const once = cases.filter((group) => group.length === 1).flat();
    return once.length >= limits.scatter ? [ofGroup("scatter", once, { cases: once.length })] : [];
  });
}

/** Devices that read much within ten minutes of the first entry they appear in. */
export function newDevices(lines: readonly Line[], limits = LIMITS): Finding[] {
  const seen = new Set<Did>();
  return lines.flatMap((line) => {
    const fresh = line.kind === Kind.LOGIN ? line.to.filter((did) => !seen.has(did)) : [];
    for (const did of line.to) seen.add(did);
    return fresh.flatMap((did) => {
      const reads = lines.filter(
        (each) =>
          isRead(each) && each.to.includes(did) && isWithin(line.at, each.at, limits.window),
      );
      const isMuch = reads.length >= limits.newDevice;
      return isMuch ? [ofGroup("new-device", [line, ...reads], { reads: reads.length })] : [];
    });
  });
}

// --- when and what was refused -------------------------------------------------------------

/** Reads outside the council's hours, together for each person and day. */
export function outsideHours(lines: readonly Line[], known: Known): Finding[] {
  const { hours } = known;
  if (hours === undefined) return [];
  const late = lines.filter((line) => {
    const hour = Math.floor((line.at + JST) / HOUR) % 24;
    return isRead(line) && (hour < hours.from || hour >= hours.to);
  });
  const days = grouped(late, (line) => `${line.actor ?? ""} ${Math.floor((line.at + JST) / DAY)}`);
  return [...days.values()].map((day) => ofGroup("hours", day, {}));
}

/** Somebody is refused often within ten minutes; sums without a token count as nobody's. */
export function refusals(lines: readonly Line[], limits = LIMITS): Finding[] {
  return runs("refusals", lines.filter(isRefusal), limits.refusals, limits);
}

/** Somebody asks for several cases that do not exist: codes are tried one after another. */
export function walks(lines: readonly Line[], limits = LIMITS): Finding[] {
  const misses = lines.filter((line) => isRefusal(line) && line.reason === "UNKNOWN_ID");
  return runs("walk", misses, limits.unknown, limits);
}

/** Stretches of leaves whose time lies far before one that stands earlier in the log. */
export function clockBack(lines: readonly Line[], limits = LIMITS): Finding[] {
  const behind: [peak: Line, line: Line][] = [];
  let peak: Line | undefined;
  for (const line of lines) {
    if (peak !== undefined && line.at < peak.at - limits.back) behind.push([peak, line]);
    if (peak === undefined || line.at > peak.at) peak = line;
  }
  return [...Map.groupBy(behind, ([each]) => each)].map(([ahead, pairs]) => {
    const late = pairs.map(([, line]) => line);
    const back = ahead.at - late.reduce((least, line) => Math.min(least, line.at), ahead.at);
    return ofGroup("clock", [ahead, ...late], { back });
  });
}

// --- common --------------------------------------------------------------------------------

function isRead(line: Line): boolean {
  return line.kind === Kind.READ && line.reason === "";
}

function isRefusal(line: Line): boolean {
  return line.kind === Kind.DENIED || line.kind === Kind.DENIED_COUNT;
}

/** How many refusals a line stands for: those without a token are added up. */
export function refusalsOf(line: Line): number {
  const sum = Number(new TextDecoder().decode(line.objects[0] ?? new Uint8Array()));
  return line.kind === Kind.DENIED_COUNT && Number.isSafeInteger(sum) && sum > 0 ? sum : 1;
}

/** Find, for each person, the stretches in which windows hold at least so many refusals. */
function runs(rule: Rule, lines: readonly Line[], least: number, limits: Limits): Finding[] {
  return [...grouped(lines, (line) => line.actor ?? "").values()].flatMap((mine) => {
    const sorted = mine.toSorted((one, other) => one.at - other.at);
    return stretches(sorted, least, limits.window).map(([start, end]) => {
      const group = sorted.slice(start, end + 1);
      return ofGroup(rule, group, {
        times: group.reduce((sum, each) => sum + refusalsOf(each), 0),
      });
    });
  });
}

/** Places (first and last) of stretches by a window that slides over lines sorted by time. */
function stretches(lines: readonly Line[], least: number, window: number): [number, number][] {
  const found: [number, number][] = [];
  let start = 0;
  let sum = 0;
  for (const [end, line] of lines.entries()) {
    sum += refusalsOf(line);
    for (let first = lines[start]; first && first.at <= line.at - window; first = lines[start]) {
      sum -= refusalsOf(first);
      start += 1;
    }
    if (sum < least) continue;
    const last = found.at(-1);
    if (last !== undefined && last[1] >= start) last[1] = end;
    else found.push([start, end]);
  }
  return found;
}

function isWithin(start: number, at: number, window: number): boolean {
  return start <= at && at < start + window;
}

function grouped<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  return Map.groupBy(items, key);
}

function median(counts: readonly number[]): number {
  const sorted = counts.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function finding(rule: Rule, indexes: readonly number[], line: Line): Finding {
  const { at, actor } = line;
  return { rule, at, indexes: [...new Set(indexes)], actor, case: line.case, facts: {} };
}

/** Sum up lines of one person; the case is named when it is the same in all. */
function ofGroup(rule: Rule, group: readonly Line[], facts: Finding["facts"]): Finding {
  const [first] = group;
  const isOneCase = group.every((line) => line.case === first?.case);
  return {
    rule,
    at: group.reduce((latest, line) => Math.max(latest, line.at), 0),
    indexes: group.map((line) => line.index),
    actor: first?.actor ?? null,
    case: isOneCase ? (first?.case ?? null) : null,
    facts: { lines: group.length, ...facts },
  };
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
