/** Sums for charts. */

import { describe, expect, it } from "vitest";

import {
  coverage,
  heatMap,
  perCase,
  perHour,
  refusalsByReason,
  stateOf,
} from "../../src/audit/figures";
import type { BasisFacts } from "../../src/audit/anomalies";
import { Kind } from "../../src/audit/entry";
import { utf8 } from "../../src/crypto/bytes";
import type { Sid } from "../../src/protocol/ids";
import { DAY, HOUR, MINUTE } from "../../src/protocol/times";
import { AKAGI, CITY, CONSENT, DECISION, HARUNA, K104, K105, line, many, TEN } from "./lines";

const basis: BasisFacts = {
  kind: "consent",
  from: 0,
  until: TEN + DAY,
  review: null,
  agencies: new Set([CITY]),
  withdrawn: [],
};
const bases = new Map<Sid, BasisFacts>([
  [CONSENT, basis],
  [DECISION, { ...basis, kind: "law", review: TEN + HOUR }],
]);

describe("entries per hour", () => {
  it("are counted by kind, with the empty hours between", () => {
    const lines = [...many(3, MINUTE), line({ kind: Kind.LOGIN }), line({ at: TEN + 2 * HOUR })];

    const hours = perHour(lines);

    expect(hours.map(({ start }) => start)).toEqual([TEN, TEN + HOUR, TEN + 2 * HOUR]);
    expect(hours.map(({ kinds }) => Object.fromEntries(kinds))).toEqual([
      { read: 3, "auth.login": 1 },
      {},
      { read: 1 },
    ]);
  });

  it("list no empty hours of more than a year, and nothing for nothing", () => {
    expect(perHour([line({}), line({ at: TEN + 400 * DAY })])).toHaveLength(2);
    expect(perHour([])).toEqual([]);
  });
});

describe("the heat map", () => {
  it("has a row of 24 hours for each person, by Japan's clocks", () => {
    const { people, cells, most } = heatMap([
      line({ actor: AKAGI, at: TEN + 14 * HOUR }),
      ...many(2, MINUTE),
      line({ actor: null }),
    ]);

    expect(people).toEqual([HARUNA, AKAGI]);
    expect(cells.map((row) => row.length)).toEqual([24, 24]);
    expect([cells[0]?.[10], cells[1]?.[0], most]).toEqual([2, 1, 2]);
  });

  it("is empty for nothing", () => {
    expect(heatMap([])).toEqual({ people: [], cells: [], most: 0 });
  });
});

describe("coverage", () => {
  it("counts deliveries by what they rested on", () => {
    const lines = [
      line({ basis: CONSENT }),
      line({ basis: DECISION }),
      line({ basis: DECISION, at: TEN + HOUR }),
      line({ basis: "strange" as Sid }),
      line({}),
      line({ kind: Kind.DENIED, reason: "NO_BASIS" }),
      line({ kind: Kind.LOGIN, case: null }),
    ];

    expect(coverage(lines, bases)).toEqual({
      consent: 1,
      law: 2,
      unknown: 1,
      none: 1,
      pastReview: 1,
    });
  });
});

describe("refusals", () => {
  it("are summed by reason, with those that were added up", () => {
    const count = { kind: Kind.DENIED_COUNT, reason: "BAD_TOKEN", objects: [utf8("7")] };
    const lines = [line({ kind: Kind.DENIED, reason: "NO_BASIS" }), line(count), line({})];

    expect(refusalsByReason(lines)).toEqual([
      ["BAD_TOKEN", 7],
      ["NO_BASIS", 1],
    ]);
  });
});

describe("cases", () => {
  it("are summed up, that with most reads first", () => {
    const lines = [
      line({ case: K105 }),
      ...many(2, 1),
      line({ kind: Kind.POST, actor: AKAGI }),
      line({ case: null }),
    ];

    expect(perCase(lines)).toEqual([
      { case: K104, reads: 2, changes: 1, refusals: 0, people: 2 },
      { case: K105, reads: 1, changes: 0, refusals: 0, people: 1 },
    ]);
  });
});

describe("the state of a log", () => {
  it("tells ages, and that there is no witness", () => {
    const opening = { field: "actor", mac: new Uint8Array(32), value: new Uint8Array(16) };
    const lines = [line({ openings: [opening] }), line({ at: TEN + HOUR })];

    expect(stateOf(lines, lines, TEN + 2 * HOUR)).toEqual({
      entries: 2,
      opened: 1,
      checkpointAge: HOUR,
      witnessAge: null,
    });
    expect(stateOf([], [], TEN).checkpointAge).toBeNull();
  });
});
