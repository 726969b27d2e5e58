import { describe, expect, test } from "vitest";
import { RULES } from "../../src/audit/anomalies";
import { KindValues } from "../../src/audit/entry";
import { ja } from "../../src/text/ja";
import {
  barsOf,
  blankQuestion,
  byReason,
  familiesIn,
  familyOf,
  fullest,
  inView,
  isGrave,
  marked,
  placeOf,
  questionFault,
  questionOf,
  shade,
  stacked,
  summed,
} from "../../src/ui/logic/audit";
import type { AuditLine } from "../../src/worker/api";
import { at, NOW } from "./fixtures/people";

const HOUR = 3_600_000;

function line(index: number, other: Partial<AuditLine> = {}): AuditLine {
  return {
    ...{ index, at: NOW + index, kind: "read", reason: "", actor: { wid: "a", agency: null } },
    ...{ caseId: null, code: null, to: [], purpose: null, basis: null, objects: 0, anomalies: [] },
    ...other,
  };
}

describe("the question", () => {
  test("is asked of the last thirty days, both ends included", () => {
    const form = { ...blankQuestion(NOW), code: "ｋ-101 " };
    expect(questionFault(form)).toBeNull();
    expect(questionOf(form)).toEqual({
      by: "case",
      subject: "K-101",
      since: at("2025-09-14T00:00"),
      until: at("2025-10-15T00:00"),
    });
  });

  test("names what it lacks", () => {
    const form = blankQuestion(NOW);
    expect(questionFault(form)).toBe("code");
    expect(questionFault({ ...form, by: "person" })).toBe("person");
    expect(questionFault({ ...form, by: "agency" })).toBe("agency");
    expect(questionFault({ ...form, by: "object", object: "x" })).toBe("object");
    expect(questionFault({ ...form, by: "object", object: "A".repeat(43) })).toBeNull();
    expect(questionFault({ ...form, by: "denied", until: "2025-01-01" })).toBe("span");
    expect(questionFault({ ...form, by: "period", since: "" })).toBe("wide");
    expect(questionFault({ ...form, by: "denied", since: "", until: "" })).toBeNull();
  });
});

describe("words", () => {
  test("are there for every kind of entry and every rule", () => {
    expect(KindValues.filter((kind) => !(`entry.${kind}` in ja))).toEqual([]);
    expect(RULES.filter((rule) => !(`mark.${rule}` in ja && `mark.${rule}.what` in ja))).toEqual(
      [],
    );
  });

  test("are there for places in a log", () => {
    expect(placeOf("tile/entries/x001/067")).toBe("entries");
    expect(placeOf("tile/0/067")).toBe("tile");
    expect(placeOf("checkpoint.early")).toBe("checkpoint");
    expect(placeOf("old")).toBe("old");
    expect(placeOf("openings.jsonl")).toBe("openings");
    expect(placeOf("stranger")).toBe("other");
  });
});

describe("what to look at", () => {
  const lines = [
    line(1, { anomalies: ["hours"] }),
    line(2, { anomalies: ["hours", "withdrawn"] }),
    line(3, { kind: "denied", reason: "PLEDGE_EXPIRED", actor: null }),
    line(4, { kind: "denied", reason: "PLEDGE_EXPIRED" }),
    line(5, { kind: "denied", reason: "NOT_MEMBER" }),
  ];

  test("puts grave rules first", () => {
    expect(marked(lines).map(({ rule, lines: mine }) => [rule, mine.length])).toEqual([
      ["withdrawn", 1],
      ["hours", 2],
    ]);
    expect(isGrave("review")).toBe(true);
    expect(isGrave("volume")).toBe(false);
  });

  test("counts refusals by reason", () => {
    expect(byReason(lines).map(({ reason, lines: mine }) => [reason, mine.length])).toEqual([
      ["PLEDGE_EXPIRED", 2],
      ["NOT_MEMBER", 1],
    ]);
  });

  test("is summed up", () => {
    expect(summed(lines)).toEqual({ entries: 5, people: 1, denied: 3, marked: 2 });
  });
});

describe("the charts", () => {
  const start = at("2025-10-14T13:00");
  const hours = [
    { at: start, kinds: { read: 3, "change.post": 1, "auth.fail": 1 } },
    { at: start + HOUR, kinds: { "denied.count": 2 } },
  ];

  test("sum kinds into families, hour by hour", () => {
    const bars = barsOf(hours);
    expect(bars.unit).toBe("hour");
    expect(familiesIn(bars)).toEqual(["read", "change", "presence", "denied"]);
    expect(bars.totals).toEqual([5, 2]);
    expect(stacked(bars, familiesIn(bars))).toEqual([
      [3, 0],
      [4, 0],
      [5, 0],
      [5, 2],
    ]);
    expect(fullest(bars)).toEqual({ start, count: 5 });
  });

  test("go day by day, in Japan, over more than a week", () => {
    const many = Array.from({ length: 8 * 24 }, (_, n) => ({
      at: at("2025-10-01T00:00") + n * HOUR,
      kinds: { read: 1 },
    }));
    const bars = barsOf(many);
    expect(bars.unit).toBe("day");
    expect(bars.starts[0]).toBe(at("2025-10-01T00:00"));
    expect(bars.totals).toEqual(Array.from({ length: 8 }, () => 24));
  });

  test("have no fullest bar without entries", () => {
    expect(fullest(barsOf([]))).toBeNull();
  });

  test("shade cells from one to five, and leave nothing blank", () => {
    expect([0, 1, 5, 9, 10].map((count) => shade(count, 10))).toEqual([0, 1, 3, 5, 5]);
    expect(shade(0, 0)).toBe(0);
  });

  test("know every family", () => {
    expect(familyOf("sub.join")).toBe("presence");
    expect(familyOf("key.grant")).toBe("key");
    expect(familyOf("something.new")).toBe("other");
  });
});

describe("a long list", () => {
  test("draws what is in view with some around it", () => {
    expect(inView({ top: 0, height: 480, row: 48, count: 5000 })).toEqual({ from: 0, to: 22 });
    expect(inView({ top: 48_000, height: 480, row: 48, count: 5000 })).toEqual({
      from: 988,
      to: 1022,
    });
    expect(inView({ top: 1e9, height: 480, row: 48, count: 10 })).toEqual({ from: 10, to: 10 });
  });
});
