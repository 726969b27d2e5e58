/** Sums for the auditor's charts: pure functions over opened entries and leaves. */

import type { CaseId, Sid, Wid } from "../protocol/ids";
import { HOUR } from "../protocol/times";
import { JST, refusalsOf, type BasisFacts } from "./anomalies";
import { Kind } from "./entry";
import { isDelivery, type Line } from "./lines";

/** What each leaf tells without any opening. */
export interface Stamp {
  /** The server's claim of the time, in ms. */
  readonly at: number;
  readonly kind: Kind;
}

/** Longest span, in hours, of which empty hours are listed too: a year. */
const LONGEST = 366 * 24;

/** Entries by kind in one hour; `start` in ms. */
export interface HourOfLog {
  readonly start: number;
  readonly kinds: ReadonlyMap<Kind, number>;
}

/** Entries per hour by kind, ascending; hours without entries are listed, up to a year. */
export function perHour(stamps: readonly Stamp[]): HourOfLog[] {
  const hours = Map.groupBy(stamps, (stamp) => Math.floor(stamp.at / HOUR));
  const numbers = [...hours.keys()].toSorted((one, other) => one - other);
  const [first = 0] = numbers;
  const span = (numbers.at(-1) ?? -1) - first + 1;
  const listed =
    span > LONGEST ? numbers : Array.from({ length: Math.max(0, span) }, (_, n) => first + n);
  return listed.map((hour) => ({ start: hour * HOUR, kinds: countKinds(hours.get(hour) ?? []) }));
}

function countKinds(stamps: readonly Stamp[]): Map<Kind, number> {
  const kinds = new Map<Kind, number>();
  for (const { kind } of stamps) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  return kinds;
}

/** People by the hour of the day (0 to 23, Japan's clocks), those with most entries first. */
export interface HeatMap {
  readonly people: readonly Wid[];
  /** A row of 24 counts for each person. */
  readonly cells: readonly (readonly number[])[];
  readonly most: number;
}

/** Count what each person did, by the hour of the day; entries without an actor are left out. */
export function heatMap(lines: readonly Line[], zone = JST): HeatMap {
  const rows = new Map<Wid, number[]>();
  for (const { actor, at } of lines) {
    if (actor === null) continue;
    const row = rows.get(actor) ?? Array.from({ length: 24 }, () => 0);
    const hour = Math.floor((at + zone) / HOUR) % 24;
    row[hour] = (row[hour] ?? 0) + 1;
    rows.set(actor, row);
  }
  const sum = (row: readonly number[]): number => row.reduce((one, other) => one + other, 0);
  const sorted = [...rows].toSorted(([, one], [, other]) => sum(other) - sum(one));
  return {
    people: sorted.map(([wid]) => wid),
    cells: sorted.map(([, row]) => row),
    most: Math.max(0, ...sorted.flatMap(([, row]) => row)),
  };
}

/** On what deliveries rested. */
export interface Coverage {
  readonly consent: number;
  readonly law: number;
  /** Under a basis that this auditor could not find in the identity log. */
  readonly unknown: number;
  /** Without a basis: what is for the whole room, keys, agendas. */
  readonly none: number;
  /** Of those without consent: after the review of the decision was due. */
  readonly pastReview: number;
}

/** Count deliveries by the kind of their basis. */
export function coverage(lines: readonly Line[], bases: ReadonlyMap<Sid, BasisFacts>): Coverage {
  const counts = { consent: 0, law: 0, unknown: 0, none: 0, pastReview: 0 };
  for (const line of lines) {
    if (!isDelivery(line) || line.case === null) continue;
    const basis = line.basis === null ? null : bases.get(line.basis);
    counts[basis === null ? "none" : (basis?.kind ?? "unknown")] += 1;
    if (basis?.kind === "law" && basis.review !== null && line.at >= basis.review) {
      counts.pastReview += 1;
    }
  }
  return counts;
}

/** Refusals by reason code, most frequent first; sums without a token count in full. */
export function refusalsByReason(lines: readonly Line[]): [reason: string, times: number][] {
  const reasons = new Map<string, number>();
  for (const line of lines) {
    if (line.reason !== "") {
      reasons.set(line.reason, (reasons.get(line.reason) ?? 0) + refusalsOf(line));
    }
  }
  return [...reasons].toSorted(([, one], [, other]) => other - one);
}

/** Reads, changes and refusals of one case. */
export interface CaseFigures {
  readonly case: CaseId;
  readonly reads: number;
  readonly changes: number;
  readonly refusals: number;
  readonly people: number;
}

/** Sum up each case, that with most reads first. */
export function perCase(lines: readonly Line[]): CaseFigures[] {
  const cases = Map.groupBy(
    lines.filter((line) => line.case !== null),
    (line) => line.case,
  );
  const found = [...cases].flatMap(([id, mine]) => (id === null ? [] : [caseFigures(id, mine)]));
  return found.toSorted((one, other) => other.reads - one.reads);
}

function caseFigures(id: CaseId, lines: readonly Line[]): CaseFigures {
  const count = (kind: Kind): number => lines.filter((line) => line.kind === kind).length;
  return {
    case: id,
    reads: count(Kind.READ),
    changes: count(Kind.POST),
    refusals: count(Kind.DENIED),
    people: new Set(lines.flatMap((line) => line.actor ?? [])).size,
  };
}

/** How much of a log was seen and how fresh it is; ages in ms, null where there is nothing. */
export interface State {
  readonly entries: number;
  readonly opened: number;
  /** Since the newest leaf under the checkpoint: checkpoints themselves carry no time. */
  readonly checkpointAge: number | null;
  /** Version 1 has no witnesses (証人なし). */
  readonly witnessAge: null;
}

/** Tell the state of a log of `stamps`, of which `lines` were opened, at a moment in ms. */
export function stateOf(stamps: readonly Stamp[], lines: readonly Line[], now: number): State {
  const newest = stamps.reduce((latest, { at }) => Math.max(latest, at), -1);
  return {
    entries: stamps.length,
    opened: lines.filter((line) => line.openings.length > 0).length,
    checkpointAge: newest < 0 ? null : Math.max(0, now - newest),
    witnessAge: null,
  };
}
