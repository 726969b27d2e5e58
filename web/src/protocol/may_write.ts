/**
 * `mayWrite`: whether this client may write now, judged by what it knows (section 5.22).
 *
 * Validity is the same for everybody and judged when a row is folded; this is the other
 * judgement, mine and now. The first failing line decides.
 */
import { Refused } from "../crypto/errors";
import type { Code } from "../crypto/errors";
import { HOUR, MINUTE } from "./times";

/** Most that this machine's clock may be off the server's, in ms. */
export const CLOCK_TOLERANCE = 10 * MINUTE;
/** Ages of the newest fresh proof of the log, in ms, after which less and less is done. */
export const WARN_AFTER = 5 * MINUTE;
export const NO_NEW_RIGHTS_AFTER = 24 * HOUR;
export const NO_WRITING_AFTER = 72 * HOUR;

/**
 * What is to be written, as far as the order of checks tells it apart.
 *
 * - `content`: op, sum, note, ev, dk of a document that is already announced
 * - `sect`: a new generation of a document
 * - `share`: whatever gives somebody new a key: grant, first sect for a few
 * - `widen`: create, add, handover
 * - `mend`: rotate, narrow, remove, close: a roster that only takes away
 * - `basis`: basis, and certificates of devices
 * - `free`: withdraw, seat, meet, ack: needs no key and can only take away or tell
 */
export type Writing = "content" | "sect" | "share" | "widen" | "mend" | "basis" | "free";

/** Where this client stands in a room. */
export interface Footing {
  /** EQUIVOCATION, FORK_OR_GAP, MISSING_STATEMENT or NOT_LOGGED, once one was found. */
  readonly halted: Code | null;
  /** How far this machine's clock is from the server's, in ms. */
  readonly clockOff: number;
  /** Age of the newest fresh proof of the identity log, in ms (section 5.13). */
  readonly logAge: number;
  /** A roster must come first. */
  readonly stale: boolean;
  /** This device holds the current epoch's key. */
  readonly hasKey: boolean;
  /** There are new members or devices that the person has not yet seen by name. */
  readonly unconfirmed: boolean;
  /** Lowest client version that may write, of the newest root. */
  readonly required: number;
  /** This client's version. */
  readonly version: number;
}

/**
 * Come back when this may be written; lines 8 to 11 are `rights`, called last.
 *
 * Refused: line 1 the halting code, 2 CLOCK, 3 NO_FRESH_LOG, 4 STALE, 5 BAD_BUNDLE,
 * 6 UNSEEN_CHANGE, 7 OLD_CLIENT, then whatever `rights` throws.
 */
export function mayWrite(footing: Footing, writing: Writing, rights: () => void): void {
  const code = refusal(footing, writing);
  if (code !== null) throw new Refused(code);
  rights();
}

function refusal(footing: Footing, writing: Writing): Code | null {
  const needsEpoch = writing === "content" || writing === "sect" || writing === "share";
  const waits = needsEpoch || writing === "widen";
  const lines: readonly (readonly [boolean, Code | null])[] = [
    [footing.halted !== null, footing.halted],
    [Math.abs(footing.clockOff) > CLOCK_TOLERANCE, "CLOCK"],
    [footing.logAge > patience(writing), "NO_FRESH_LOG"],
    [needsEpoch && footing.stale, "STALE"],
    [needsEpoch && !footing.hasKey, "BAD_BUNDLE"],
    [waits && footing.unconfirmed, "UNSEEN_CHANGE"],
    [footing.required > footing.version, "OLD_CLIENT"],
  ];
  return lines.find(([fails]) => fails)?.[1] ?? null;
}

/** What gives rights needs a log of today; the rest goes on for three days. */
function patience(writing: Writing): number {
  const gives = writing === "share" || writing === "widen" || writing === "basis";
  return gives ? NO_NEW_RIGHTS_AFTER : NO_WRITING_AFTER;
}
