/** The clock of an agenda item: how long it runs, what is left, and which phase that suggests. */

/** Phases of the talk on one item, in their order: 事実 → 見立て → 優先順位 → 方針. */
export const PHASES = ["facts", "view", "rank", "plan"] as const;
export type Phase = (typeof PHASES)[number];

// Where each phase ends, as a part of the item's time: facts need the most, since they come first.
const ENDS: Readonly<Record<Phase, number>> = { facts: 0.35, view: 0.6, rank: 0.8, plan: 1 };

const MINUTE = 60_000;

export interface ItemClock {
  /** Whole seconds since the item was opened; 0 before. */
  readonly elapsed: number;
  /** Whole seconds planned, or null when the item has no time of its own. */
  readonly planned: number | null;
  /** Whole seconds left, negative when over; null without a plan. */
  readonly left: number | null;
  readonly isOver: boolean;
  /** Part of the time that is used, 0 … 1. */
  readonly used: number;
  readonly phase: Phase;
}

/** Read an item's clock; `opened` and `now` are ms of the server's time, `minutes` the plan. */
export function itemClock(opened: number | null, minutes: number | null, now: number): ItemClock {
  const elapsed = opened === null ? 0 : Math.max(0, Math.floor((now - opened) / 1000));
  const planned = minutes === null ? null : minutes * 60;
  const left = planned === null ? null : planned - elapsed;
  const used = planned === null || planned === 0 ? 0 : Math.min(1, elapsed / planned);
  return { elapsed, planned, left, isOver: left !== null && left < 0, used, phase: phaseAt(used) };
}

/** Say which phase fits the used part of the time; a suggestion, nobody is held to it. */
export function phaseAt(used: number): Phase {
  return PHASES.find((phase) => used < ENDS[phase]) ?? "plan";
}

/** Write seconds as minutes and seconds, "12:05"; the sign is the caller's. */
export function clockText(seconds: number): string {
  const whole = Math.abs(seconds);
  const rest = whole % 60;
  return `${Math.floor(whole / 60)}:${String(rest).padStart(2, "0")}`;
}

/** Add the plan of the items from `starts`: when each should begin, ms; null after one without a plan. */
export function plannedStarts(
  starts: number,
  minutes: readonly (number | null)[],
): readonly (number | null)[] {
  let at: number | null = starts;
  return minutes.map((length) => {
    const begins = at;
    at = at === null || length === null ? null : at + length * MINUTE;
    return begins;
  });
}
