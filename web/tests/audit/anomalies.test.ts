/** Each rule finds what was planted for it, and is silent beside it. */

import { describe, expect, it } from "vitest";

import {
  anomalies,
  RULES,
  type BasisFacts,
  type Finding,
  type Known,
} from "../../src/audit/anomalies";
import { Kind } from "../../src/audit/entry";
import type { Line } from "../../src/audit/lines";
import { utf8 } from "../../src/crypto/bytes";
import type { CaseId } from "../../src/protocol/ids";
import { DAY, HOUR, MINUTE, SECOND } from "../../src/protocol/times";
import {
  AKAGI,
  bytes,
  CITY,
  CLINIC,
  CONSENT,
  DECISION,
  HARUNA,
  id,
  K104,
  K105,
  line,
  many,
  PC,
  PHONE,
  TEN,
} from "./lines";

const consent: BasisFacts = {
  kind: "consent",
  from: TEN - DAY,
  until: TEN + 30 * DAY,
  review: null,
  agencies: new Set([CITY]),
  withdrawn: [],
};
const decision: BasisFacts = { ...consent, kind: "law", review: TEN + HOUR };

function known(facts: Partial<BasisFacts> = {}, more: Partial<Known> = {}): Known {
  return {
    agencies: new Map([
      [HARUNA, CITY],
      [AKAGI, CLINIC],
    ]),
    bases: new Map([
      [CONSENT, { ...consent, ...facts }],
      [DECISION, decision],
    ]),
    ...more,
  };
}

function found(lines: readonly Line[], about = known()): Finding[] {
  return anomalies(lines, about);
}

function rules(lines: readonly Line[], about = known()): string[] {
  return found(lines, about).map((each) => each.rule);
}

const tested = new Set<string>();

function rule(name: (typeof RULES)[number], work: () => void): void {
  tested.add(name);
  describe(name, work);
}

rule("evicted", () => {
  const evict = line({ kind: Kind.EVICT, actor: AKAGI, objects: [bytes(PC)], to: [] });

  it("sees what a device is given after it was taken out", () => {
    const before = line({});
    const out = { ...evict, index: before.index + 0.5 };
    const [late, ...rest] = [line({}), line({ to: [PHONE] }), line({ case: K105 })];

    const [only, ...others] = found([before, out, late, ...rest]);

    expect(only).toMatchObject({ rule: "evicted", actor: HARUNA, case: K104 });
    expect(only?.indexes).toEqual([out.index, late.index]);
    expect(others).toEqual([]);
  });

  it("ends when the gate lets the device in anew", () => {
    expect(rules([evict, line({ kind: Kind.JOIN }), line({})])).toEqual([]);
  });

  it("counts a push to many devices as well", () => {
    const out = { ...evict, index: 0 };
    const post = line({ kind: Kind.POST, actor: AKAGI, to: [PHONE, PC] });
    expect(rules([out, post])).toEqual(["evicted"]);
  });
});

rule("scope", () => {
  it("sees a read under a basis that does not name the reader's agency", () => {
    const strange = line({ actor: AKAGI, basis: CONSENT });

    expect(found([line({ basis: CONSENT }), strange])).toEqual([
      { rule: "scope", at: TEN, indexes: [strange.index], actor: AKAGI, case: K104, facts: {} },
    ]);
  });

  it("does not judge an author by the basis of what she wrote for others", () => {
    expect(rules([line({ kind: Kind.POST, actor: AKAGI, basis: CONSENT })])).toEqual([]);
  });
});

rule("withdrawn", () => {
  it("sees a read after consent was withdrawn, from all or from her agency", () => {
    for (const agencies of [null, [CITY]]) {
      const about = known({ withdrawn: [{ at: TEN, agencies }] });
      expect(rules([line({ basis: CONSENT })], about)).toEqual([]);
      expect(rules([line({ basis: CONSENT, at: TEN + 1 })], about)).toEqual(["withdrawn"]);
    }
  });

  it("leaves other agencies alone", () => {
    const about = known({ withdrawn: [{ at: TEN, agencies: [CLINIC] }] });
    expect(rules([line({ basis: CONSENT, at: TEN + 1 })], about)).toEqual([]);
  });
});

rule("expired", () => {
  it("sees what was given before a basis began or after it ended", () => {
    const times = [consent.from - 1, consent.from, consent.until - 1, consent.until];
    const lines = times.map((at) => line({ at, basis: CONSENT }));

    expect(found(lines).map((each) => each.indexes)).toEqual([
      [lines[0]?.index],
      [lines[3]?.index],
    ]);
  });
});

rule("review", () => {
  it("sees what was given without consent after the review was due", () => {
    const first = line({ basis: DECISION });
    const late = line({ at: TEN + HOUR, basis: DECISION, kind: Kind.POST });

    expect(found([first, late])).toMatchObject([{ rule: "review", indexes: [late.index] }]);
  });

  it("does not ask consent for a review", () => {
    const about = known({ review: TEN });
    expect(rules([line({ at: TEN + HOUR, basis: CONSENT })], about)).toEqual([]);
  });
});

rule("volume", () => {
  it("sees an hour with more reads than nearly all others", () => {
    const usual = Array.from({ length: 300 }, (_, n) => many(2, MINUTE, { at: TEN + n * HOUR }));
    const much = many(25, SECOND, { actor: AKAGI, at: TEN + 300 * HOUR });

    expect(found([...usual.flat(), ...much])).toMatchObject([
      { rule: "volume", actor: AKAGI, facts: { lines: 25, usual: 2 } },
    ]);
  });

  it("sees a day with far more than her own median", () => {
    const days = Array.from({ length: 6 }, (_, n) => many(4, HOUR, { at: TEN + n * DAY }));
    const much = [0, 1, 2].flatMap((hour) => many(8, MINUTE, { at: TEN + 7 * DAY + hour * HOUR }));

    expect(found([...days.flat(), ...much])).toMatchObject([
      { rule: "volume", actor: HARUNA, facts: { lines: 24, usual: 4 } },
    ]);
  });

  it("knows no usual before five days", () => {
    const days = Array.from({ length: 4 }, (_, n) => many(4, HOUR, { at: TEN + n * DAY }));
    const much = [0, 1, 2].flatMap((hour) => many(8, MINUTE, { at: TEN + 7 * DAY + hour * HOUR }));
    expect(rules([...days.flat(), ...much])).toEqual([]);
  });
});

rule("walk", () => {
  const miss = { kind: Kind.DENIED, reason: "UNKNOWN_ID", case: null };

  it("sees codes tried one after another", () => {
    expect(found(many(3, MINUTE, miss))).toMatchObject([
      { rule: "walk", actor: HARUNA, case: null, facts: { times: 3 } },
    ]);
  });

  it("forgives a slip, and three that are far apart", () => {
    expect(rules(many(2, MINUTE, miss))).toEqual([]);
    expect(rules(many(3, 6 * MINUTE, miss))).toEqual([]);
  });
});

rule("new-device", () => {
  const login = { kind: Kind.LOGIN, case: null, to: [PHONE] };

  it("sees much reading right after a device first appears", () => {
    const first = line(login);
    const reads = many(20, 20 * SECOND, { to: [PHONE] });

    const [only] = found([first, ...reads]);

    expect(only).toMatchObject({ rule: "new-device", facts: { reads: 20 } });
    expect(only?.indexes[0]).toBe(first.index);
  });

  it("is silent for a device that was seen before", () => {
    const lines = [line(login), line({ ...login, at: TEN + DAY })];
    const reads = many(20, 20 * SECOND, { to: [PHONE], at: TEN + DAY });
    expect(rules([...lines, ...reads])).not.toContain("new-device");
  });
});

rule("hours", () => {
  const about = known({}, { hours: { from: 7, to: 20 } });

  it("sees reads at night, together for a person and day", () => {
    const day = line({});
    const night = [line({ at: TEN + 10 * HOUR }), line({ at: TEN + 13 * HOUR })];

    expect(found([day, ...night], about)).toMatchObject([
      { rule: "hours", indexes: night.map((each) => each.index), facts: { lines: 2 } },
    ]);
  });

  it("is silent where nobody told the hours", () => {
    expect(rules([line({ at: TEN + 13 * HOUR })])).toEqual([]);
  });
});

rule("scatter", () => {
  const cases = (count: number): Line[] =>
    Array.from({ length: count }, (_, n) => line({ case: id(100 + n) as CaseId, at: TEN + n }));

  it("sees many cases touched once on one day", () => {
    expect(found(cases(5))).toMatchObject([{ rule: "scatter", case: null, facts: { cases: 5 } }]);
  });

  it("is silent for few cases, or for cases that were worked on", () => {
    expect(rules(cases(4))).toEqual([]);
    expect(rules([...cases(5), line({ case: id(100) as CaseId })])).toEqual([]);
  });
});

rule("refusals", () => {
  const denied = { kind: Kind.DENIED, reason: "CATEGORY_NOT_COVERED" };

  it("sees five refusals in ten minutes as one finding", () => {
    const lines = many(7, 2 * MINUTE, denied);

    expect(found(lines)).toMatchObject([
      { rule: "refusals", indexes: lines.map((each) => each.index), facts: { times: 7 } },
    ]);
  });

  it("is silent for four, for slow ones, and for those of several people", () => {
    expect(rules(many(4, MINUTE, denied))).toEqual([]);
    expect(rules(many(9, 150 * SECOND, denied))).toEqual([]);
    expect(rules([...many(4, 1, denied), ...many(4, 1, { ...denied, actor: AKAGI })])).toEqual([]);
  });

  it("adds up those without a token", () => {
    const sum = { kind: Kind.DENIED_COUNT, reason: "BAD_TOKEN", actor: null, case: null, to: [] };
    expect(found([line({ ...sum, objects: [utf8("5")] })])).toMatchObject([
      { rule: "refusals", actor: null, facts: { times: 5 } },
    ]);
    expect(rules([line({ ...sum, objects: [utf8("4")] })])).toEqual([]);
  });
});

rule("closed", () => {
  it("sees reads after the end of a case", () => {
    const about = known({}, { closed: new Map([[K104, TEN]]) });
    const late = line({ at: TEN + 1 });

    expect(found([line({}), late, line({ at: TEN + 1, case: K105 })], about)).toMatchObject([
      { rule: "closed", indexes: [late.index] },
    ]);
  });
});

rule("clock", () => {
  it("sees the time go back by more than five seconds", () => {
    const [first, second] = [line({ at: TEN }), line({ at: TEN - 5001 })];

    expect(found([first, second, line({ at: TEN + 1 })])).toMatchObject([
      { rule: "clock", indexes: [first.index, second.index], facts: { back: 5001 } },
    ]);
  });

  it("is told once for all leaves behind the same one", () => {
    const lines = [TEN + HOUR, TEN, TEN + 1, TEN + 2].map((at) => line({ at }));

    expect(found(lines)).toMatchObject([
      { rule: "clock", indexes: lines.map((each) => each.index), facts: { back: HOUR } },
    ]);
  });

  it("allows what entries of two servers may differ", () => {
    expect(rules([line({ at: TEN }), line({ at: TEN - 5000 })])).toEqual([]);
  });
});

describe("all rules", () => {
  it("are each planted above", () => {
    expect([...tested].toSorted()).toEqual(RULES.toSorted());
  });

  it("find nothing in an ordinary day, and nothing in nothing", () => {
    const day = [
      line({ kind: Kind.LOGIN, case: null }),
      line({ kind: Kind.JOIN }),
      ...many(12, 5 * MINUTE, { basis: CONSENT }),
      line({ kind: Kind.DENIED, reason: "CATEGORY_NOT_COVERED", at: TEN + HOUR }),
      line({ kind: Kind.LEAVE, at: TEN + HOUR }),
    ];

    expect(found(day)).toEqual([]);
    expect(found([])).toEqual([]);
  });
});
