/** The register of bases: the data that ships, and no law on a screen that nobody checked. */

import { expect, test } from "vitest";
import { BASES } from "../../src/consent/bases.generated";
import { load, Register } from "../../src/consent/register";
import { AgencyKindValues } from "../../src/protocol/generated";

test("text that is not verified is never shown as law", () => {
  const { neutral } = BASES;
  for (const [law, entry] of load().bases) {
    for (const part of ["secrecy", "penalty"] as const) {
      if (entry[part]?.verified === true) continue;
      expect(load().lawText(law, part, "ja")).toBe(neutral.ja);
      expect(load().lawText(law, part, "en")).toBe(neutral.en);
    }
  }
});

test("verified text is shown, in the language and for the part that was asked for", () => {
  const entry = BASES.bases["swa-106-6"];
  if (!entry?.penalty) throw new Error("the register has lost a penalty");
  const verified = { ...entry, penalty: { ...entry.penalty, verified: true } };
  const register = new Register({ ...BASES, bases: { ...BASES.bases, "swa-106-6": verified } });

  expect(register.lawText("swa-106-6", "penalty", "ja")).toContain("100万円");
  expect(register.lawText("swa-106-6", "penalty", "en")).toContain("1,000,000 yen");
  expect(register.lawText("swa-106-6", "secrecy", "ja")).toBe(BASES.neutral.ja);
});

test.each(["unknown", "constructor", "__proto__"])("an unknown basis admits nobody: %s", (law) => {
  expect(load().access(law, "city", { guest: false })).toBe("none");
  expect(load().lawText(law, "penalty", "ja")).toBe(BASES.neutral.ja);
  expect(load().citation(law, "ja")).toBe(law);
});

test("a citation names meeting, statute and article", () => {
  expect(load().citation("swa-106-6", "ja")).toBe("支援会議(社会福祉法第106条の6)");
  const english = "Support conference, Social Welfare Act, art. 106-6";
  expect(load().citation("swa-106-6", "en")).toBe(english);
  expect(load().citation("consent", "ja")).toBe("本人同意");
});

test("the matrix has a row for every kind of agency and a cell for every column", () => {
  expect(Object.keys(BASES.matrix).sort()).toEqual([...AgencyKindValues].sort());
  for (const row of Object.values(BASES.matrix)) expect(row).toHaveLength(BASES.columns.length);
});

test("a cell of two words says one thing to a guest and another to a member", () => {
  expect(load().access("child-25-2", "npo", { guest: true })).toBe("anon");
  expect(load().access("child-25-2", "npo", { guest: false })).toBe("full");
  expect(load().access("consent", "expert", { guest: true })).toBe("anon");
  expect(load().access("consent", "expert", { guest: false })).toBe("named");
});
