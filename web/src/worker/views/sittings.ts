/** 第n回: sittings with their seats, items and next dates. */

import type { Item } from "../../agenda/model";
import { liveRoles } from "../../conference/board";
import { PointRoom } from "../../conference/point";
import type { HeldSeat, Role, Sitting } from "../../conference/records";
import type { ItemId } from "../../protocol/ids";
import type { Said } from "../../client/words";
import type { ItemView, Part, SeatView, SittingView } from "../api";
import { gateOf, textIn, timeOf, titlesOf, type Seen, type Titled } from "./seen";

/** Every sitting, the newest last. */
export function sittingsOf(seen: Seen, words: Said): readonly SittingView[] {
  const all = [...seen.room.conference.sittings.values()];
  const context = { words, titles: titlesOf(words), opened: openedAt(seen) };
  return all.toSorted(byStart).map((one) => sittingOf(seen, one, context));
}

interface Context {
  readonly words: Said;
  readonly titles: ReadonlyMap<ItemId, Titled>;
  readonly opened: ReadonlyMap<ItemId, number>;
}

function byStart(one: Sitting, other: Sitting): number {
  return one.starts - other.starts || one.no - other.no;
}

/** The sitting that a room is about now: mine, the running one, the next one, else the last. */
export function currentOf(seen: Seen, sittings: readonly SittingView[]): SittingView | null {
  const mine = sittings.find(({ sit, state }) => sit === seen.sit && state !== "closed");
  const open = sittings.find(({ state }) => state === "open");
  const next = sittings.find(({ state }) => state === "convened");
  return mine ?? open ?? next ?? sittings.at(-1) ?? null;
}

function sittingOf(seen: Seen, one: Sitting, context: Context): SittingView {
  const { conference } = seen.room;
  const { sit } = one;
  const about = `sit.conv:${sit}`;
  const seats = [...conference.seats.values()].filter((seat) => seat.sit === sit);
  const items = [...conference.items.values()].filter((item) => item.sit === sit);
  return {
    sit,
    kind: one.kind,
    no: one.no,
    starts: one.starts,
    state: one.state,
    purpose: textIn(context.words, about, "purpose"),
    place: textIn(context.words, about, "place"),
    seats: seats.map((seat) => seatOf(seen, seat)),
    items: items.toSorted((a, b) => a.no - b.no).map((item) => itemOf(seen, item, context)),
    next: nextOf(seen, one, context.words),
    hands: one.state === "open" ? seen.hands : [],
  };
}

function nextOf(seen: Seen, { sit }: Sitting, words: Said): SittingView["next"] {
  const next = seen.room.conference.next.get(sit);
  if (next === undefined) return null;
  const said = ["place", "note"].map((key) => textIn(words, `next.set:${sit}`, key));
  return { when: next.when, note: said.filter((text) => text !== "").join(" ") };
}

/** A seat; present is who listens now, by the server's word. */
export function seatOf(seen: Seen, seat: HeldSeat): SeatView {
  const { duty, state, why, late, wid } = seat;
  const person = seen.people.person(wid);
  return { person, duty, state, why, late, present: seen.live.has(wid) };
}

function itemOf(seen: Seen, item: Item, { titles, opened }: Context): ItemView {
  const { it, no, typ, state, out, bases } = item;
  const { title, minutes } = titles.get(it) ?? { title: "", minutes: null };
  const missing = typ === "decide" && state === "open" ? missingOf(seen) : [];
  return {
    it,
    no,
    title,
    typ,
    minutes,
    state,
    opened: opened.get(it) ?? null,
    out,
    bases,
    missing,
  };
}

/** When each item was opened, ms. */
function openedAt(seen: Seen): ReadonlyMap<ItemId, number> {
  const found = new Map<ItemId, number>();
  for (const [record, { header }] of seen.rows) {
    if (header.k !== "op" || header.op !== "item.open") continue;
    found.set((header.m as { readonly it: ItemId }).it, timeOf(seen, record));
  }
  return found;
}

/** What still stands in the way of closing an item as decided (INV, protocol 5.23). */
export function missingOf(seen: Seen): readonly Part[] {
  const members = new PointRoom(gateOf(seen), null).members();
  const live = liveRoles(seen.room.conference, members);
  const met: Readonly<Record<Part, boolean>> = {
    main: only(live, "main") !== null,
    key: isLed(only(live, "main"), only(live, "key")),
    deputy: live.some((role) => role.part === "deputy"),
    interim: isAnswered(live),
  };
  return PARTS.filter((part) => !met[part]);
}

const PARTS = ["main", "key", "deputy", "interim"] as const;

function only(live: readonly Role[], part: Part): Role | null {
  const [found, ...more] = live.filter((role) => role.part === part);
  return found !== undefined && more.length === 0 ? found : null;
}

/** One key person, of the main agency where there is one. */
function isLed(main: Role | null, key: Role | null): boolean {
  if (typeof key?.owner.w !== "string") return false;
  return main === null || key.owner.ag === main.owner.ag;
}

/** Both who lead have accepted; until then somebody is in charge for the interim. */
function isAnswered(live: readonly Role[]): boolean {
  const lead = [only(live, "main"), only(live, "key")];
  const settled = lead.every((role) => role?.state === "accepted");
  return settled || only(live, "interim")?.state === "accepted";
}
