import { describe, expect, it } from "vitest";

import { holdsMyNumber, isMyNumber, requireAllowed } from "../../src/client/guard";
import { Refused } from "../../src/crypto/errors";

const VALID = "123456789018";

describe("twelve digits with the check digit of a マイナンバー", () => {
  it.each([
    VALID,
    "1234-5678-9018",
    "1234 5678 9018",
    "１２３４５６７８９０１８",
    "番号は1234ー5678ー9018です",
    "123456789018。",
    "1 2 3 4 5 6 7 8 9 0 1 8",
    "١٢٣٤٥٦٧٨٩٠١٨",
  ])("are found however they are typed: %s", (text) => {
    expect(holdsMyNumber(text)).toBe(true);
  });

  it.each([
    "123456789017",
    "12345678901",
    "1234567890180",
    "電話 03-1234-5678",
    "",
    "2026-11-21 10:00",
    `act.new:123456789a${VALID}bbbbbbbbbb`,
  ])("leave other digits alone: %s", (text) => {
    expect(holdsMyNumber(text)).toBe(false);
  });

  it("has exactly one last digit for any first eleven", () => {
    for (const first of ["00000000000", "12345678901", "99999999999", "31415926535"]) {
      const fitting = Array.from("0123456789").filter((last) => isMyNumber(first + last));
      expect(fitting).toHaveLength(1);
    }
  });

  it.each([
    { text: `番号 ${VALID}` },
    { title: VALID },
    { items: [{ it: "x", title: VALID }] },
    { [VALID]: "a key" },
  ])("are refused wherever they stand", (words) => {
    expect(() => {
      requireAllowed(words);
    }).toThrow(new Refused("FORBIDDEN", { why: "my-number" }));
  });

  it("lets ordinary words pass", () => {
    requireAllowed({ text: "夜眠れない", rows: [1, null, true], until: "2027-03-31" });
  });
});
