import { afterEach, expect, test } from "vitest";
import { CLIENT_CODES } from "../../src/client/troubles";
import { CODES } from "../../src/crypto/codes";
import {
  basisName,
  categoryName,
  codeWords,
  lang,
  sittingName,
  t,
  term,
} from "../../src/text/catalogue";
import { en } from "../../src/text/en";
import { ja } from "../../src/text/ja";

afterEach(() => {
  lang.value = "ja";
});

const names = (words: string) => [...words.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

test("both languages say every key, with the same facts in it", () => {
  expect(Object.keys(en).sort()).toEqual(Object.keys(ja).sort());
  for (const [key, words] of Object.entries<string>(ja)) {
    const other = en[key as keyof typeof ja];
    expect([key, words !== "" && other !== ""]).toEqual([key, true]);
    expect([key, names(other)]).toEqual([key, names(words)]);
  }
});

test("words that this field does not use are not used", () => {
  for (const [key, words] of Object.entries(ja))
    expect([key, /ユーザー|チケット|タスク|困難事例/.test(words)]).toEqual([key, false]);
});

test("every code has words of its own in both languages", () => {
  for (const language of ["ja", "en"] as const) {
    lang.value = language;
    const said = [...CODES, ...CLIENT_CODES].map((code) => codeWords(code));
    expect(new Set(said).size).toBe(said.length);
    expect(said.every((words) => words.length > 10)).toBe(true);
  }
});

test("facts are put in, a missing one stays visible", () => {
  expect(t("time.minutesAgo", { n: 5 })).toBe("5分前");
  expect(t("time.minutesAgo")).toBe("{n}分前");
});

test("codes of the registers have names, new ones show as they are", () => {
  expect(sittingName("shien")).toBe("支援会議");
  expect(categoryName("c2")).toBe("健康・障害・介護");
  expect(basisName("swa-106-6")).toBe("社会福祉法第106条の6");
  expect(basisName("consent")).toBe("本人同意");
  expect(term("duty", "recorder")).toBe("記録");
  expect(term("duty", "new-duty")).toBe("new-duty");
  expect(term("constructor", "name")).toBe("name");
  lang.value = "en";
  expect(basisName("swa-106-6")).toBe("Social Welfare Act, art. 106-6");
});
