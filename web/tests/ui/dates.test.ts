import { describe, expect, test } from "vitest";
import { lang } from "../../src/text/catalogue";
import {
  dateWords,
  dayOf,
  daysBetween,
  dueWords,
  instantOf,
  isoOf,
  relativeWords,
  timeWords,
  wareki,
} from "../../src/ui/logic/dates";
import { fiscalEnd } from "../../src/ui/logic/fiscal";

const NOON = Date.parse("2025-10-14T12:00:00+09:00");

describe("dates are Japan's, wherever the machine stands", () => {
  test("the day changes at midnight in Tokyo", () => {
    expect(dayOf(Date.parse("2025-10-13T14:59:59Z"))).toBe("2025-10-13");
    expect(dayOf(Date.parse("2025-10-13T15:00:00Z"))).toBe("2025-10-14");
    expect(isoOf(NOON)).toBe("2025-10-14T12:00:00+09:00");
    expect(timeWords(Date.parse("2025-10-13T15:05:00Z"))).toBe("00:05");
  });

  test("what is typed is meant in Japan", () => {
    expect(instantOf("2025-10-14T13:30")).toBe(Date.parse("2025-10-14T04:30:00Z"));
    expect(instantOf("2025-10-14")).toBe(Date.parse("2025-10-13T15:00:00Z"));
    expect(instantOf("")).toBeNaN();
  });

  test("a day has its weekday in both languages", () => {
    expect(dateWords(NOON, "ja")).toBe("2025年10月14日(火)");
    expect(dateWords(NOON, "en")).toBe("Tue, 14 Oct 2025");
  });

  test("printed records count in eras, and the first year is 元年", () => {
    expect(wareki(NOON)).toBe("令和7年10月14日(火)");
    expect(wareki(instantOf("2019-05-01"))).toBe("令和元年5月1日(水)");
    expect(wareki(instantOf("2019-04-30"))).toBe("平成31年4月30日(火)");
  });

  test("the fiscal year ends on 31 March", () => {
    expect(fiscalEnd("2025-10-14")).toBe("2026-03-31");
    expect(fiscalEnd("2026-03-31")).toBe("2026-03-31");
    expect(fiscalEnd("2026-04-01")).toBe("2027-03-31");
  });
});

describe("how long until", () => {
  test.each([
    ["2025-10-10", "4日超過", "bad"],
    ["2025-10-14", "今日", "warn"],
    ["2025-10-15", "明日", "warn"],
    ["2025-10-17", "あと3日", "warn"],
    ["2025-10-18", "あと4日", "plain"],
    [null, "期限なし", "plain"],
  ])("%s is %s", (day, words, tone) => {
    lang.value = "ja";
    expect(dueWords(day, "2025-10-14")).toEqual({ words, tone });
  });

  test.each([
    [0, "たった今"],
    [-300_000, "5分前"],
    [300_000, "5分後"],
    [-7_200_000, "2時間前"],
    [-86_400_000, "1日前"],
  ])("%d ms away is %s", (away, words) => {
    expect(relativeWords(NOON + away, NOON)).toBe(words);
  });

  test("days are whole over a change of month", () => {
    expect(daysBetween("2025-09-30", "2025-10-02")).toBe(2);
    expect(daysBetween("2025-10-02", "2025-09-30")).toBe(-2);
  });
});
