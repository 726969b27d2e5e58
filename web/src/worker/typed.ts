/**
 * The words that go with each operation, under the keys that the command line uses too, so that
 * both read each other (protocol, section 5.23).
 */

import type { ItemId } from "../protocol/ids";
import type { Words } from "../client/opening";
import type { PriorityView } from "./api";

type Level = PriorityView["urgency"];

const LEVELS: Readonly<Record<Exclude<Level, "">, string>> = {
  high: "高",
  middle: "中",
  low: "低",
};

/** The level of a priority as it is sealed: 高, 中, 低 or nothing. */
export function levelWord(level: Level): string {
  return level === "" ? "" : LEVELS[level];
}

/** The level behind a sealed word; "" for any other. */
export function levelOf(word: string): Level {
  const found = (["high", "middle", "low"] as const).find((each) => LEVELS[each] === word);
  return found ?? "";
}

/** Nothing was typed. */
export const NO_WORDS: Words = {};

/** An item as `sit.conv` tells its title and minutes. */
export interface TypedItem {
  readonly it: ItemId;
  readonly title: string;
  readonly minutes: number | null;
}

/** Words of `sit.conv`. */
export function convened(typed: {
  readonly purpose: string;
  readonly place: string;
  readonly items: readonly TypedItem[];
}): Words {
  const items = typed.items.map(({ it, ...rest }) => ({ it, ...itemWords(rest) }));
  return { purpose: typed.purpose, place: typed.place, items };
}

/** Words of `item.add`, and of each item of `sit.conv`. */
export function itemWords({ title, minutes }: Omit<TypedItem, "it">): Words {
  return minutes === null ? { title } : { title, min: minutes };
}

/** Words of `prio.set`. */
export function priorityWords(
  row: Pick<PriorityView, "issue" | "reason" | "urgency" | "order">,
): Words {
  const { issue, reason, urgency, order } = row;
  return { rank: order, level: levelWord(urgency), issue, reason };
}

/** Words of `role.set`, `act.rep` and `dec.rec`. */
export function textWords(text: string): Words {
  return { text };
}

/** Words of `act.new`: what is to be done, and how it is reported. */
export function actionWords({ what, how }: { readonly what: string; readonly how: string }): Words {
  return { text: what, cat: "", rep: how };
}

/** Words of answers, handing over and cancelling. */
export function reasonWords(reason = ""): Words {
  return { reason };
}

/** Words of `next.set`. */
export function nextWords(note: string): Words {
  return { place: "", note };
}

/** Twelve digits as a screen gets them: it groups them itself. */
export function bareDigits(digits: string): string {
  return digits.replaceAll("-", "");
}
