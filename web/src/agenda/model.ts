/**
 * Agenda items: their states, the order they stand in, the bases they are opened on.
 *
 * Source: protocol, section 5.23 (rows item.* and sit.conv) and 5.14 (suspended item).
 */

import { Refused } from "../crypto/errors";
import type { ItemBasis, ItemType, Outcome } from "../protocol/generated";
import type { ItemId, Sid, SitId, SubId } from "../protocol/ids";

/** The legal bases of a room at one point of its feed. */
export interface Bases {
  /** Kinds of sitting that a listed basis in force serves for a subject, or null. */
  basisKinds(basis: Sid, sub: SubId): ReadonlySet<string> | null;
}

/** Where an item stands. */
export type ItemState = "prepared" | "open" | "closed";

/** An item; its bases never change, `out` is set when it is closed. */
export interface Item {
  readonly it: ItemId;
  readonly sit: SitId;
  readonly no: number;
  readonly typ: ItemType;
  readonly bases: readonly ItemBasis[];
  readonly state: ItemState;
  readonly out: Outcome | null;
  /** Seq of the last row that changed it, and the time of that row in ms. */
  readonly touched: number;
  readonly at: number;
}

export type Agenda = ReadonlyMap<ItemId, Item>;

interface Step {
  readonly seq: number;
  readonly at: number;
}

/** Tell whether the item is under discussion. */
export function isOpen(item: Item): boolean {
  return item.state === "open";
}

/** Find an item, or refuse with UNKNOWN_ID. */
export function requireItem(agenda: Agenda, it: ItemId): Item {
  const item = agenda.get(it);
  if (item === undefined) throw new Refused("UNKNOWN_ID");
  return item;
}

/** Refuse with ITEM_NOT_OPEN what belongs to a running discussion. */
export function requireOpen(item: Item): void {
  if (!isOpen(item)) throw new Refused("ITEM_NOT_OPEN", { state: item.state });
}

/** Refuse a basis not in force (NO_BASIS) or not for such sittings (MEETING_NOT_COVERED). */
export function requireBases(
  item: Item,
  within: { readonly kind: string; readonly bases: Bases },
): void {
  for (const { basis, sub } of item.bases) {
    const kinds = within.bases.basisKinds(basis, sub);
    if (kinds === null) throw new Refused("NO_BASIS", { sub });
    if (!kinds.has(within.kind))
      throw new Refused("MEETING_NOT_COVERED", { sub, kind: within.kind });
  }
}

/** Put a new item on the agenda; CONFLICT if its id, or its number in the sitting, is taken. */
export function add(
  agenda: Agenda,
  item: Item,
  within: { readonly kind: string; readonly bases: Bases },
): Agenda {
  const numbered = [...agenda.values()].some((one) => one.sit === item.sit && one.no === item.no);
  if (agenda.has(item.it) || numbered) throw new Refused("CONFLICT");
  requireBases(item, within);
  return new Map(agenda).set(item.it, item);
}

/** Open a prepared item: the only open one of its sitting, its bases in force again. */
export function start(
  agenda: Agenda,
  item: Item,
  within: Step & { readonly kind: string; readonly bases: Bases },
): Agenda {
  if (item.state !== "prepared" || current(agenda, item.sit) !== null) {
    throw new Refused("CONFLICT", { state: item.state });
  }
  requireBases(item, within);
  const { seq, at } = within;
  return new Map(agenda).set(item.it, { ...item, state: "open", touched: seq, at });
}

/** Close an open item with its outcome. */
export function finish(agenda: Agenda, item: Item, by: Step & { readonly out: Outcome }): Agenda {
  requireOpen(item);
  const { out, seq, at } = by;
  return new Map(agenda).set(item.it, { ...item, state: "closed", out, touched: seq, at });
}

/** Give the open item of a sitting, or null. */
export function current(agenda: Agenda, sit: SitId): Item | null {
  return [...agenda.values()].find((item) => item.sit === sit && isOpen(item)) ?? null;
}

/** List the open items whose basis for some subject has ended (protocol, section 5.14). */
export function suspended(agenda: Agenda, bases: Bases): readonly ItemId[] {
  const ended = (pair: ItemBasis) => bases.basisKinds(pair.basis, pair.sub) === null;
  const found = [...agenda.values()].filter((item) => isOpen(item) && item.bases.some(ended));
  return found.map((item) => item.it);
}
