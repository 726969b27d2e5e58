/** The first failing line decides whether this client may write now. */

import { describe, expect, test } from "vitest";

import { Refused } from "../../src/crypto/errors";
import { mayWrite } from "../../src/protocol/may_write";
import type { Footing, Writing } from "../../src/protocol/may_write";
import { HOUR, MINUTE } from "../../src/protocol/times";

const SOUND: Footing = {
  ...{ halted: null, clockOff: 0, logAge: 0, stale: false, hasKey: true, unconfirmed: false },
  ...{ required: 1, version: 1 },
};
const ALL: readonly Writing[] = ["content", "sect", "share", "widen", "mend", "basis", "free"];
const KEYED: readonly Writing[] = ["content", "sect", "share"];
const GIVING: readonly Writing[] = ["share", "widen", "basis"];

/** Which kinds of writing are refused, with which code, on such footing. */
function refused(change: Partial<Footing>): Partial<Record<Writing, string>> {
  const found: Partial<Record<Writing, string>> = {};
  for (const writing of ALL) {
    try {
      mayWrite({ ...SOUND, ...change }, writing, () => undefined);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      found[writing] = error.code;
    }
  }
  return found;
}

function each(kinds: readonly Writing[], code: string): Partial<Record<Writing, string>> {
  return Object.fromEntries(kinds.map((kind) => [kind, code]));
}

test.each<readonly [string, Partial<Footing>, Partial<Record<Writing, string>>]>([
  ["sound footing", {}, {}],
  ["a halted room", { halted: "EQUIVOCATION" }, each(ALL, "EQUIVOCATION")],
  ["a clock ten minutes off", { clockOff: -10 * MINUTE }, {}],
  ["a clock further off", { clockOff: -10 * MINUTE - 1 }, each(ALL, "CLOCK")],
  ["a log of yesterday", { logAge: 24 * HOUR }, {}],
  ["an older log", { logAge: 24 * HOUR + 1 }, each(GIVING, "NO_FRESH_LOG")],
  ["a log of three days ago", { logAge: 72 * HOUR }, each(GIVING, "NO_FRESH_LOG")],
  ["a log older still", { logAge: 72 * HOUR + 1 }, each(ALL, "NO_FRESH_LOG")],
  ["a stale room", { stale: true }, each(KEYED, "STALE")],
  ["no key", { hasKey: false }, each(KEYED, "BAD_BUNDLE")],
  ["new people", { unconfirmed: true }, each([...KEYED, "widen"], "UNSEEN_CHANGE")],
  ["an old client", { required: 2 }, each(ALL, "OLD_CLIENT")],
])("%s", (_what, change, expected) => {
  expect(refused(change)).toEqual(expected);
});

describe("order", () => {
  const breaks: readonly (readonly [string, Partial<Footing>])[] = [
    ["MISSING_STATEMENT", { halted: "MISSING_STATEMENT" }],
    ["CLOCK", { clockOff: HOUR }],
    ["NO_FRESH_LOG", { logAge: 99 * HOUR }],
    ["STALE", { stale: true }],
    ["BAD_BUNDLE", { hasKey: false }],
    ["UNSEEN_CHANGE", { unconfirmed: true }],
    ["OLD_CLIENT", { required: 2 }],
  ];

  test.each(breaks.map(([code], at) => [code, at] as const))("%s decides", (code, at) => {
    const later: Partial<Footing>[] = breaks.slice(at).map(([, change]) => change);

    expect(refused(Object.assign({}, ...later) as Partial<Footing>)).toMatchObject({
      content: code,
    });
  });

  test("rights are asked last", () => {
    const denied = () => {
      throw new Refused("FORBIDDEN");
    };

    expect(() => {
      mayWrite({ ...SOUND, stale: true }, "content", denied);
    }).toThrow("STALE");
    expect(() => {
      mayWrite(SOUND, "content", denied);
    }).toThrow("FORBIDDEN");
  });
});
