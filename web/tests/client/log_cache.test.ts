/** Leaves that were verified before are read again: nothing is believed for it but signatures. */

import { beforeAll, beforeEach, describe, expect, test, vi } from "vitest";

import { IdLog } from "../../src/client/idlog";
import { LogCache, SEGMENT, type Known } from "../../src/client/log_cache";
import { MemoryMarks } from "../../src/client/stores";
import { pause } from "../../src/client/transport";
import { system } from "../../src/crypto/entropy";
import { ready, sodium } from "../../src/crypto/sodium";
import type { Aid, CaseId } from "../../src/protocol/ids";
import { judgedBefore, parse, toDsse } from "../../src/protocol/statement";
import { MINUTE } from "../../src/protocol/times";
import { LogWorld, idFor } from "./log_world";

const CASE = idFor("case") as CaseId;
const nothing = {
  read: () => Promise.resolve([]),
  write: () => Promise.resolve(),
  drop: () => Promise.resolve(),
};
const KEY = Uint8Array.from({ length: 32 }, (_, at) => at);

let world: LogWorld;
let marks: MemoryMarks;
let kept: LogCache;

beforeAll(ready);

beforeEach(async () => {
  world = new LogWorld();
  world.agency("A01");
  world.withdrawal(CASE);
  world.beats(2 * SEGMENT);
  world.agency("A02");
  marks = new MemoryMarks();
  kept = cacheOf(KEY);
  await visit();
  await untilKept(world.leaves.length);
  world.asked.length = 0;
});

function cacheOf(key: Uint8Array, rules = "rules"): LogCache {
  return new LogCache(key, { tag: "vault", marks, entropy: system, rules });
}

/** A page that opens, with what the last one kept. */
async function visit(cache: LogCache = kept): Promise<IdLog> {
  const log = new IdLog({ http: world, net: world.net, kept: cache });
  await log.sync(world.t + MINUTE);
  return log;
}

/** What is kept is written behind the log's back. */
async function untilKept(size: number): Promise<readonly Known[]> {
  for (;;) {
    const known = await kept.read();
    if (known.length >= size) return known;
    await pause(5);
  }
}

describe("the next visit", () => {
  test("fetches only what is new, and says the same", async () => {
    const size = world.leaves.length;
    world.agency("A03");
    const log = await visit();

    expect(world.asked).toEqual([`log/id ${size}`]);
    expect(log.size).toBe(size + 1);
    expect(log.directory.agency(idFor("A03") as Aid, log.size).name).toBe("A03");
    expect(await untilKept(size + 1)).toHaveLength(size + 1);
  });

  test("checks no signature again but the checkpoint's, and keeps the flaws", async () => {
    const verify = vi.spyOn(sodium, "crypto_sign_verify_detached");
    const log = await visit();

    // A withdrawal that no known device signed is tried once more, under no key at all.
    expect(verify).toHaveBeenCalledTimes(1);
    expect([...log.directory.flaws]).toEqual([[2, "BAD_SIG"]]);
    verify.mockRestore();
  });

  test("holds the statements of its rooms that were withheld at first", async () => {
    world.withheld.add(2);
    marks = new MemoryMarks();
    kept = cacheOf(KEY);
    const first = await visit();
    world.withheld.clear();
    await first.complete(CASE);
    world.withheld.add(2);
    while ((await kept.read())[2]?.statement === null) await pause(5);
    world.asked.length = 0;
    const log = await visit();

    expect(await log.complete(CASE)).toBe(false);
    expect(world.asked).toEqual([`log/id ${world.leaves.length}`]);
  });
});

describe("what does not fit is fetched anew", () => {
  const altered: [string, (known: Known) => Known][] = [
    [
      "another leaf",
      ({ leaf, ...rest }) => ({ ...rest, leaf: leaf.map((b, at) => b ^ +(at > 91)) }),
    ],
    [
      "another statement",
      (known) => ({ ...known, accepted: null, statement: world.statements[2] ?? null }),
    ],
  ];

  test.each(altered)("%s", async (_what, alter) => {
    const known = (await kept.read()).slice(0, SEGMENT);
    await kept.write(
      0,
      known.map((one, at) => (at === 1 ? alter(one) : one)),
    );
    const log = await visit();

    expect(world.asked[0]).toBe(`log/id ${world.leaves.length}`);
    expect(world.asked[1]).toBe("log/id 0");
    expect(log.leaves).toEqual(world.leaves);
    expect([...log.directory.flaws.keys()]).toEqual([2]);
  });

  test("what was sealed under another key, or is cut short", async () => {
    expect(await cacheOf(KEY.map((byte) => byte ^ 1)).read()).toEqual([]);
    await marks.drop("log", "vault/1");

    expect(await kept.read()).toHaveLength(SEGMENT);
    expect((await visit()).size).toBe(world.leaves.length);
  });

  test("a log that went back is refused all the same", async () => {
    const log = new IdLog({
      http: world,
      net: world.net,
      kept,
      pin: { ...(await visit()).pin(world.t), n: world.leaves.length + 1 },
    });

    await expect(log.sync(world.t)).rejects.toThrow("ROLLBACK");
  });
});

test("a browser that keeps nothing fetches all, each time", async () => {
  const blocked = () => Promise.reject(new DOMException("no", "QuotaExceededError"));
  const log = await visit({ read: blocked, write: blocked, drop: blocked } as unknown as LogCache);

  expect(world.asked[0]).toBe("log/id 0");
  expect(log.size).toBe(world.leaves.length);
});

test("a locked vault keeps nothing and gives nothing", async () => {
  kept.close();
  await kept.write(0, []);

  expect(await kept.read()).toEqual([]);
  expect(await cacheOf(KEY).read()).toHaveLength(world.leaves.length);
});

test("leaves, statements and signers come back as they were kept", async () => {
  const known = await kept.read();

  expect(known.map(({ leaf }) => leaf)).toEqual(world.leaves);
  expect(known.map(({ statement }) => statement)).toEqual(world.statements);
  expect(known[2]?.signers).toEqual([null]);
  expect(known[2]?.accepted).toBeNull();
});

test("what was accepted comes back as it was found, whatever its type", async () => {
  const cold = await visit({ ...nothing } as unknown as LogCache);
  const warm = await visit();
  const bodies = ({ directory }: IdLog) => [
    directory.roots,
    [...directory.agencies.values()].map(({ versions }) => versions),
  ];

  expect(bodies(warm)).toEqual(bodies(cold));
  expect([...warm.directory.statements]).toEqual([...cold.directory.statements]);
  expect(warm.directory.times).toEqual(cold.directory.times);
});

test("a statement of a case is judged again: what it hangs on may have come since", async () => {
  const known = await kept.read();

  expect(known.map(({ accepted }) => accepted !== null).slice(0, 3)).toEqual([true, true, false]);
});

test("what other rules found is not taken over", async () => {
  expect(await cacheOf(KEY, "other rules").read()).toEqual([]);
});

test("the bytes of a statement that was not read again are those that came", async () => {
  const log = await visit();
  const [root] = log.directory.roots;
  const raw = log.statements[0] ?? new Uint8Array();
  const known = (await kept.read())[0]?.accepted ?? null;
  if (root === undefined || known === null) throw new Error("the log begins with its root");
  const taken = judgedBefore(known.body, root.sid, raw);

  expect(toDsse(taken, known.signatures)).toEqual(raw);
  expect(taken.payload).toEqual(parse(raw).payload);
});
