/** 進行管理: which cases need a look, and in which order. */
import type { DocketLine } from "../../worker/api";

/** What a case calls for; each is a filter too. */
export const FLAGS = ["overdue", "locked", "review", "no-main", "no-next"] as const;
export type Flag = (typeof FLAGS)[number];

const DAY = 86_400_000;
/** Days before a review or an end at which the docket speaks up. */
export const SOON = 14;

/** The day by which a basis must be looked at again or ends, whichever is first; ms. */
export function basisDay(line: DocketLine): number | null {
  const days = [line.review, line.basisUntil].flatMap((day) => day ?? []);
  return days.length === 0 ? null : Math.min(...days);
}

function isClose(at: number | null, now: number): boolean {
  return at !== null && at - now < SOON * DAY;
}

/** What a case calls for at a moment (ms); nothing for a closed one. */
export function flagsOf(line: DocketLine, now: number): readonly Flag[] {
  if (line.closed) return [];
  const asked: Readonly<Record<Flag, boolean>> = {
    overdue: line.overdue > 0,
    locked: line.member && line.locked !== null,
    review: isClose(basisDay(line), now),
    "no-main": line.main === null,
    "no-next": line.next === null,
  };
  return FLAGS.filter((flag) => asked[flag]);
}

/** Overdue ones first, then locked, then those whose basis ends soon; closed ones last. */
export function inOrder(lines: readonly DocketLine[], now: number): readonly DocketLine[] {
  const rank = (line: DocketLine) => {
    const first = flagsOf(line, now)[0];
    if (line.closed) return FLAGS.length + 1;
    return first === undefined ? FLAGS.length : FLAGS.indexOf(first);
  };
  return lines.toSorted(
    (a, b) =>
      rank(a) - rank(b) ||
      b.overdue - a.overdue ||
      (a.next ?? Infinity) - (b.next ?? Infinity) ||
      a.code.localeCompare(b.code),
  );
}

export interface Sieve {
  /** Part of a case code or of the main agency's name. */
  readonly words: string;
  readonly flag: Flag | null;
  readonly closed: boolean;
  /** Only cases whose main agency this is. */
  readonly main: string | null;
}

/** No filter but that closed cases stay out. */
export const ALL: Sieve = { words: "", flag: null, closed: false, main: null };

/** The lines that pass a filter. */
export function sieved(
  lines: readonly DocketLine[],
  sieve: Sieve,
  now: number,
): readonly DocketLine[] {
  const words = sieve.words.normalize("NFKC").trim().toLowerCase();
  return lines.filter((line) => {
    const said = `${line.code} ${line.main?.name ?? ""}`.toLowerCase();
    return (
      (sieve.closed || !line.closed) &&
      (sieve.main === null || line.main?.aid === sieve.main) &&
      (sieve.flag === null || flagsOf(line, now).includes(sieve.flag)) &&
      said.includes(words)
    );
  });
}

/** How many open cases there are, and how many with each flag. */
export function tally(
  lines: readonly DocketLine[],
  now: number,
): { readonly open: number; readonly flags: Readonly<Record<Flag, number>> } {
  const all = lines.flatMap((line) => flagsOf(line, now));
  const count = (flag: Flag) => all.filter((each) => each === flag).length;
  return {
    open: lines.filter((line) => !line.closed).length,
    flags: Object.fromEntries(FLAGS.map((flag) => [flag, count(flag)])) as Record<Flag, number>,
  };
}
