/** Small checks that schemas share; a breach becomes `BAD_J1`. Ids stand as text: so they sort. */

import { Refused } from "../crypto/errors";

export const MAX_INT = Number.MAX_SAFE_INTEGER;
export const MAX_U32 = 2 ** 32 - 1;

/** Refuse a shape that the schema's types cannot say. */
export function require(holds: boolean): void {
  if (!holds) throw new Refused("BAD_J1");
}

/** Refuse a list that is not strictly ascending by text. */
export function requireSet(items: readonly string[]): void {
  require(items.every((item, at) => at === 0 || (items[at - 1] ?? "") < item));
}

/** Refuse a list that names something twice; its order is the author's. */
export function requireDistinct(items: readonly string[]): void {
  require(new Set(items).size === items.length);
}

/** Sort by text and drop duplicates, as payloads hold sets. */
export function asSet<T extends string>(items: Iterable<T>): readonly T[] {
  return [...new Set(items)].sort((left, right) => (left < right ? -1 : 1));
}
