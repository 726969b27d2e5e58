import { describe, expect, test } from "vitest";
import { ALL, flagsOf, inOrder, sieved, tally } from "../../src/ui/logic/docket";
import { DOCKET } from "./fixtures/chair";
import { AGENCIES, at, NOW } from "./fixtures/people";

const codes = (lines: readonly { readonly code: string }[]) => lines.map(({ code }) => code);

describe("the docket", () => {
  test("puts overdue cases first and closed ones last", () => {
    const order = codes(inOrder(DOCKET, NOW));
    expect(order.slice(0, 2)).toEqual(["K-103", "K-104"]);
    expect(order.at(-1)).toBe("K-87");
  });

  test("names what a case calls for", () => {
    const flags = (code: string) => {
      const line = DOCKET.find((each) => each.code === code);
      return line && flagsOf(line, NOW);
    };
    expect(flags("K-103")).toEqual(["overdue", "locked", "review"]);
    expect(flags("K-104")).toEqual(["overdue", "no-main"]);
    expect(flags("K-102")).toEqual(["review"]);
    expect(flags("K-87")).toEqual([]);
  });

  test("speaks up fourteen days before a basis ends", () => {
    const line = DOCKET.find(({ code }) => code === "K-98");
    if (!line) throw new Error("K-98");
    expect(flagsOf({ ...line, basisUntil: NOW + 14 * 86_400_000 }, NOW)).toEqual([]);
    expect(flagsOf({ ...line, basisUntil: NOW + 14 * 86_400_000 - 1 }, NOW)).toEqual(["review"]);
    expect(flagsOf({ ...line, review: at("2025-10-20T00:00") }, NOW)).toEqual(["review"]);
  });

  test("does not call a room locked in which one has no seat", () => {
    const line = DOCKET.find(({ code }) => code === "K-95");
    expect(line && flagsOf(line, NOW)).toEqual([]);
  });

  test("filters by words of any width, flag, agency, and leaves closed ones out", () => {
    expect(codes(sieved(DOCKET, ALL, NOW))).not.toContain("K-87");
    expect(codes(sieved(DOCKET, { ...ALL, closed: true }, NOW))).toContain("K-87");
    expect(codes(sieved(DOCKET, { ...ALL, words: "ｋ－１０２" }, NOW))).toEqual(["K-102"]);
    expect(codes(sieved(DOCKET, { ...ALL, words: "こもれび" }, NOW))).toEqual(["K-101"]);
    expect(codes(sieved(DOCKET, { ...ALL, flag: "no-main" }, NOW))).toEqual(["K-104"]);
    expect(codes(sieved(DOCKET, { ...ALL, main: AGENCIES.jiritsu.aid }, NOW))).toEqual(["K-98"]);
  });

  test("counts each flag over open cases", () => {
    expect(tally(DOCKET, NOW)).toEqual({
      open: 7,
      flags: { overdue: 2, locked: 1, review: 2, "no-main": 1, "no-next": 1 },
    });
  });
});
