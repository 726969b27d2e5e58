/** Replays `vectors/20-ops.json`: a scene, further rows, then the outcome or the code. */

import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as model from "../../src/conference/model";
import type { Conference, Members, Room } from "../../src/conference/model";
import type { Named, OpName } from "../../src/conference/records";
import { Refused } from "../../src/crypto/errors";
import { OPS, type DocClass, type Seat } from "../../src/protocol/generated";
import type { Aid, ItemId, SitId, Wid } from "../../src/protocol/ids";
import { readJ1 } from "../../src/protocol/j1";
import { typed } from "../../src/protocol/codec";
import { instantText, parseInstant } from "../../src/protocol/times";

interface Facts {
  readonly chairs: readonly Wid[];
  readonly members: Readonly<Record<string, Aid>>;
  readonly workers: Readonly<Record<string, Aid>>;
  readonly covered: readonly Aid[];
  readonly minutes: readonly Wid[];
  readonly bases: readonly { basis: string; sub: string; kinds: readonly string[] }[];
  readonly present: readonly Wid[] | null;
}

interface Row {
  readonly seq: number;
  readonly at: string;
  readonly op?: OpName;
  readonly m?: unknown;
  readonly base?: number;
  readonly wid?: Wid;
  readonly aid?: Aid;
  readonly cls?: DocClass;
  readonly item?: ItemId | null;
  readonly seat?: Pick<Seat, "sit" | "wid" | "ans" | "to" | "why">;
}

interface Case {
  readonly id: string;
  readonly in: {
    readonly scene: string;
    readonly rows: readonly Row[];
    readonly room: Partial<Facts>;
  };
  readonly expect: "accept" | "reject";
  readonly code?: string;
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly out?: Readonly<Record<string, unknown>>;
}

const FILE = JSON.parse(
  readFileSync(new URL("../../../vectors/20-ops.json", import.meta.url), "utf8"),
) as {
  readonly room: Facts;
  readonly scenes: Readonly<Record<string, readonly Row[]>>;
  readonly cases: readonly Case[];
};

/** A room as plain tables. */
function tableRoom(changes: Partial<Facts>): Room {
  const facts: Facts = { ...FILE.room, ...changes };
  const members: Members = new Map(Object.entries(facts.members) as [Wid, Aid][]);
  return {
    chairs: () => new Set(facts.chairs),
    members: () => members,
    workerAgency: (wid) => facts.workers[wid] ?? null,
    covered: (aid) => facts.covered.includes(aid),
    hasCap: (wid, cap) => cap === "minutes" && facts.minutes.includes(wid),
    present: () => facts.present && new Set(facts.present),
    basisKinds: (basis, sub) => {
      const row = facts.bases.find((one) => one.basis === basis && one.sub === sub);
      return row === undefined ? null : new Set(row.kinds);
    },
  };
}

/** Facts as a header carries them, read by the schema of their operation. */
function namedOf(op: OpName, m: unknown): Named {
  const json = readJ1(new TextEncoder().encode(JSON.stringify(m)), 32768);
  return { op, m: typed<unknown>(json, OPS[op]) } as Named;
}

function fold(conference: Conference, row: Row, room: Room): Conference {
  const { seq, op } = row;
  const at = parseInstant(row.at);
  if (op === undefined)
    return model.answerSeat(conference, { seq, at, seat: row.seat as Seat, room });
  const { base, wid, aid, cls, item } = row as Required<Row>;
  return model.apply(
    conference,
    { seq, base, facts: namedOf(op, row.m), wid, aid, at, cls, item },
    room,
  );
}

/** Play all but the last row; hand that row on with the room it meets. */
function play({ scene, rows, room }: Case["in"]): [Conference, readonly Row[], Room] {
  const all = [...(FILE.scenes[scene] ?? []), ...rows];
  const own = rows.length === 0 ? [] : all.slice(-1);
  const usual = tableRoom({});
  const earlier = all.slice(0, all.length - own.length);
  const before = earlier.reduce((was, row) => fold(was, row, usual), model.NOTHING);
  return [before, own, tableRoom(room)];
}

function each<K extends string, V, T>(
  records: ReadonlyMap<K, V>,
  show: (record: V) => T,
): Record<string, T> {
  return Object.fromEntries([...records].map(([key, record]) => [key, show(record)]));
}

function bySitting<T>(conference: Conference, show: (sit: SitId) => T): Record<string, T> {
  return Object.fromEntries([...conference.sittings.keys()].map((sit) => [sit, show(sit)]));
}

function summary(conference: Conference, room: Room): Record<string, unknown> {
  const members = room.members();
  const state = <T>(record: { readonly state: T }) => record.state;
  const current = bySitting(conference, (sit) => model.currentItem(conference, sit)?.it);
  return {
    sittings: each(conference.sittings, state),
    items: each(conference.items, (item) => item.out ?? item.state),
    seats: each(conference.seats, state),
    duties: each(conference.seats, (seat) => seat.duty),
    prio: each(conference.prio, (row) => (row.deleted ? null : row.it)),
    roles: each(conference.roles, state),
    actions: each(conference.actions, state),
    owners: each(conference.actions, ({ owner }) => [owner.ag, owner.w]),
    decisions: each(conference.decisions, (decision) => decision.typ),
    next: each(conference.next, ({ when }) => (when === null ? null : instantText(when))),
    current: Object.fromEntries(Object.entries(current).filter(([, it]) => it !== undefined)),
    invariant: model.invariant(conference, members),
    interim: model.interimInCharge(conference, members)?.row ?? null,
    handovers: [...model.handovers(conference, members)].sort(),
    interim_actions: [...model.interimActions(conference)].sort(),
    suspended: [...model.suspendedItems(conference, room)].sort(),
    eligible: bySitting(conference, (sit) =>
      [...model.eligibleSeats(conference, sit, room)].sort(),
    ),
    present: bySitting(conference, (sit) => [...model.presentSeats(conference, sit, room)].sort()),
  };
}

const accepted = FILE.cases.filter((given) => given.expect === "accept");
const rejected = FILE.cases.filter((given) => given.expect === "reject");

describe("a legal row has the outcome of the file", () => {
  test.each(accepted)("$id", (given) => {
    const [before, last, room] = play(given.in);
    const after = last.reduce((was, row) => fold(was, row, room), before);

    const found = summary(after, room);
    for (const [name, expected] of Object.entries(given.out ?? {})) {
      const whole = Array.isArray(expected) || typeof expected !== "object" || expected === null;
      if (whole) expect(found[name], name).toEqual(expected);
      else expect(found[name], name).toMatchObject(expected);
    }
  });
});

describe("an illegal row is refused with the code of the file, and changes nothing", () => {
  test.each(rejected)("$id", (given) => {
    const [before, [last], room] = play(given.in);
    if (last === undefined) throw new Error("a refused case has a last row");
    const shown = structuredClone(before);

    let refusal: unknown;
    try {
      fold(before, last, room);
    } catch (error) {
      refusal = error;
    }

    expect(refusal).toBeInstanceOf(Refused);
    expect(refusal).toMatchObject({ code: given.code, facts: given.facts });
    expect(before).toEqual(shown);
  });
});

test("the file has the cases that it had when this was written", () => {
  expect([accepted.length, rejected.length]).toEqual([94, 158]);
  expect(accepted.length + rejected.length).toBe(FILE.cases.length);
});

test.each(Object.keys(OPS))("%s is both accepted and refused", (name) => {
  const ends = FILE.cases.filter((given) => given.in.rows.at(-1)?.op === name);

  expect(new Set(ends.map((given) => given.expect))).toEqual(new Set(["accept", "reject"]));
});
