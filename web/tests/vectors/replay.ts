/** Replaying a whole file of vectors. */

import { expect, test } from "vitest";

import { load, run, type Operation } from "./cases";

/** Replay a whole file: each case a test of its own, and none left out. */
export function replay(
  name: string,
  count: number,
  operations: Readonly<Record<string, Operation>>,
): void {
  const cases = load(name);
  let replayed = 0;
  test.each(cases.map((one) => [one.id, one] as const))(`${name}: %s`, (_, one) => {
    const said = one.expect === "accept" ? { out: one.out } : { code: one.code };
    expect(run(one, operations)).toEqual(said);
    replayed += 1;
  });
  test(`${name}: all ${count} cases were replayed`, () => {
    expect([cases.length, replayed]).toEqual([count, count]);
  });
}
