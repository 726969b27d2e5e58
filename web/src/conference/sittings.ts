/** Sittings and their items: convened, opened, closed; the next date. */

import * as agenda from "../agenda/model";
import type { Item } from "../agenda/model";
import { Refused } from "../crypto/errors";
import type {
  ItemAdd,
  ItemClose,
  ItemOpen,
  NextSet,
  PlannedItem,
  SitClose,
  SitConv,
  SitOpen,
} from "../protocol/generated";
import type { SitId, Wid } from "../protocol/ids";
import { instantText } from "../protocol/times";
import { requireInvariant } from "./board";
import type { Conference, NextDate, Room, Sitting, SittingState } from "./records";
import { requireNew, requireState, type Changes, type Scene } from "./scene";

export type SittingOp = "sit.conv" | "sit.open" | "sit.close" | "next.set";
export type ItemOp = "item.add" | "item.open" | "item.close";

/** Give the sitting that is being held, or null; a room holds one at a time. */
export function openSitting(conference: Conference): Sitting | null {
  return [...conference.sittings.values()].find((one) => one.state === "open") ?? null;
}

/** Give the item under discussion in a sitting, or null. */
export function currentItem(conference: Conference, sit: SitId): Item | null {
  return agenda.current(conference.items, sit);
}

// --- sittings -------------------------------------------------------------------------------

function convene(scene: Scene, m: SitConv): Conference {
  scene.require(scene.isChair);
  requireNew(scene.was.sittings, m.sit);
  const { sit, kind, no, starts } = m;
  const sitting: Sitting = { sit, kind, no, starts, state: "convened", ...scene.stamp };
  let conference = withSitting(scene.was, sitting);
  for (const planned of m.items) conference = withItem(conference, planned, sitting, scene);
  return conference;
}

function withSitting(was: Conference, sitting: Sitting): Conference {
  return { ...was, sittings: new Map(was.sittings).set(sitting.sit, sitting) };
}

function withItem(
  was: Conference,
  planned: PlannedItem | ItemAdd,
  sitting: Sitting,
  scene: Scene,
): Conference {
  const { it, no, typ, bases } = planned;
  const { sit, kind } = sitting;
  const item: Item = { it, sit, no, typ, bases, state: "prepared", out: null, ...scene.stamp };
  return { ...was, items: agenda.add(was.items, item, { kind, bases: scene.room }) };
}

function open(scene: Scene, m: SitOpen): Conference {
  const sitting = scene.sitting(m.sit);
  scene.require(scene.isChair);
  scene.requireUntouched(sitting);
  const startable = sitting.state === "convened" && openSitting(scene.was) === null;
  requireState(startable, sitting.state);
  requireQuorum(scene.was, sitting.sit, scene.room);
  return moved(scene, sitting, "open");
}

function moved(scene: Scene, sitting: Sitting, state: SittingState): Conference {
  return withSitting(scene.was, { ...sitting, state, ...scene.stamp });
}

function requireQuorum(conference: Conference, sit: SitId, room: Room): void {
  const present = room.present();
  const isHere = (wid: Wid) => present?.has(wid) ?? true;
  if (![...room.chairs()].some(isHere)) throw new Refused("NOT_SEATED", { duty: "chair" });
  if (!recorders(conference, sit, room).some(isHere)) {
    throw new Refused("NOT_SEATED", { duty: "recorder" });
  }
}

function recorders(conference: Conference, sit: SitId, room: Room): readonly Wid[] {
  const seats = [...conference.seats.values()].filter(
    (seat) =>
      seat.sit === sit &&
      seat.duty === "recorder" &&
      seat.state === "accepted" &&
      room.hasCap(seat.wid, "minutes"),
  );
  return seats.map((seat) => seat.wid);
}

function close(scene: Scene, m: SitClose): Conference {
  const sitting = scene.sitting(m.sit);
  scene.require(scene.isChair);
  scene.requireQuiet();
  const item = currentItem(scene.was, sitting.sit);
  requireState(sitting.state === "open" && item === null, sitting.state);
  if (decidedSomething(scene.was, sitting.sit)) {
    requireInvariant(scene.was, scene.members);
    if (!scene.was.next.has(sitting.sit)) throw new Refused("INVARIANT", { next: 0 });
  }
  return moved(scene, sitting, "closed");
}

function decidedSomething(conference: Conference, sit: SitId): boolean {
  return [...conference.items.values()].some((item) => item.sit === sit && item.out === "decided");
}

function setNext(scene: Scene, m: NextSet): Conference {
  const { sit } = scene.sitting(m.sit);
  scene.require(scene.isChair || scene.serves(sit, "recorder"));
  scene.requireUntouched(scene.was.next.get(sit));
  if (m.at !== null && m.at <= scene.op.at) throw new Refused("CLOCK", { at: instantText(m.at) });
  const date: NextDate = { sit, when: m.at, ...scene.stamp };
  return { ...scene.was, next: new Map(scene.was.next).set(sit, date) };
}

// --- items ----------------------------------------------------------------------------------

function addItem(scene: Scene, m: ItemAdd): Conference {
  const sitting = scene.sitting(m.sit);
  scene.require(scene.isChair);
  requireState(sitting.state !== "closed", sitting.state);
  return withItem(scene.was, m, sitting, scene);
}

function openItem(scene: Scene, m: ItemOpen): Conference {
  const item = scene.item(m.it);
  const sitting = scene.sitting(item.sit);
  scene.require(scene.isChair || scene.serves(item.sit, "facilitator"));
  scene.requireUntouched(item);
  requireState(sitting.state === "open", sitting.state);
  const { seq, at } = scene.op;
  const step = { kind: sitting.kind, seq, at, bases: scene.room };
  return { ...scene.was, items: agenda.start(scene.was.items, item, step) };
}

function closeItem(scene: Scene, m: ItemClose): Conference {
  const item = scene.item(m.it);
  scene.require(scene.isChair);
  scene.requireQuiet();
  const { seq, at } = scene.op;
  const items = agenda.finish(scene.was.items, item, { out: m.out, seq, at });
  if (m.out === "decided" && item.typ === "decide") requireInvariant(scene.was, scene.members);
  return { ...scene.was, items };
}

/** What operations on a sitting change. */
export const SITTING_CHANGES: Changes<SittingOp> = {
  "sit.conv": convene,
  "sit.open": open,
  "sit.close": close,
  "next.set": setNext,
};

/** What operations on an item change. */
export const ITEM_CHANGES: Changes<ItemOp> = {
  "item.add": addItem,
  "item.open": openItem,
  "item.close": closeItem,
};
