/** The replica takes what fits the signed checkpoint, all of it or nothing. */

import { beforeAll, beforeEach, describe, expect, test } from "vitest";

import { leafHash, root } from "../../src/audit/merkle";
import { IdLog } from "../../src/client/idlog";
import { LogTree } from "../../src/client/log_tree";
import { sha256 } from "../../src/crypto/hashing";
import { ready } from "../../src/crypto/sodium";
import { blobOf, bytesOfBlob, hashOf } from "../../src/protocol/ids";
import type { Aid, CaseId, Digest, NetId, Sid } from "../../src/protocol/ids";
import { HOUR, MINUTE } from "../../src/protocol/times";
import { LogWorld, idFor } from "./log_world";
import type { Tamper } from "./log_world";

const CASE = idFor("case") as CaseId;

let world: LogWorld;
let log: IdLog;

beforeAll(ready);

beforeEach(() => {
  world = new LogWorld();
  world.agency("A01");
  world.beats(5);
  world.agency("A02");
  log = new IdLog({ http: world, net: world.net });
});

/** The code that a sync is refused with; null when it is not. */
async function refusal(work: () => Promise<unknown>): Promise<unknown> {
  try {
    await work();
    return null;
  } catch (error) {
    return (error as { readonly code?: unknown }).code;
  }
}

const later = () => world.t + MINUTE;
const sync = () => log.sync(later());

describe("growing", () => {
  test("takes every leaf and says what the statements say", async () => {
    expect(await sync()).toBe(true);

    expect(log.size).toBe(8);
    expect(log.directory.size).toBe(8);
    expect(log.directory.agency(idFor("A02") as Aid, log.size).name).toBe("A02");
    expect(log.root().n).toBe(0);
    expect(log.head()).toEqual({ n: 8, r: hashOf(root(world.leaves.map(leafHash))) });
  });

  test("asks for page after page, and for nothing that it holds", async () => {
    world.pageSize = 3;
    await sync();
    expect(world.asked).toEqual(["log/id 0", "log/id 3", "log/id 6"]);
    expect(await sync()).toBe(false);
    world.agency("A03");

    expect(await sync()).toBe(true);
    expect(world.asked.slice(3)).toEqual(["log/id 8", "log/id 8"]);
    expect(log.directory.agency(idFor("A03") as Aid, 9).name).toBe("A03");
  });

  test("two that sync at once take each leaf once", async () => {
    expect(await Promise.all([sync(), sync()])).toEqual([true, false]);
    expect(log.size).toBe(8);
  });

  test("leaves beyond the checkpoint wait for the next one", async () => {
    const checkpoint = world.checkpoint();
    world.beats(2);
    world.tamper = (page) => ({ ...page, checkpoint });
    await sync();

    expect(log.size).toBe(8);
  });

  test("before the first checkpoint there is nothing to take", async () => {
    world.tamper = (page) => ({ ...page, leaves: [], statements: [], checkpoint: "" });

    expect(await sync()).toBe(false);
    expect(() => log.head()).toThrow("NOT_LOGGED");
  });

  test("a network that is not known yet is the one that is found", async () => {
    log = new IdLog({ http: world, net: null });
    await sync();

    expect(log.net).toBe(world.net);
  });

  test("tells its root at every size, and which leaves it holds", async () => {
    await sync();
    const roots = world.leaves.map((_, n) => hashOf(root(world.leaves.slice(0, n).map(leafHash))));

    expect(world.leaves.map((_, n) => log.logRoot(n))).toEqual(roots);
    expect(log.logRoot(9)).toBeNull();
    expect(world.leaves.every((leaf) => log.holds(hashOf<Digest>(leafHash(leaf))))).toBe(true);
    expect(log.holds(hashOf<Digest>(sha256(new Uint8Array())))).toBe(false);
  });

  test("a statement counts when it stands in the log and breaks no rule", async () => {
    const sid = world.withdrawal(CASE);
    await sync();

    expect(log.requireValid(world.net as string as Sid)).toBe(0);
    expect(() => log.requireValid(sid)).toThrow("BAD_SIG");
    expect(() => log.requireValid(hashOf<Sid>(sha256(new Uint8Array())))).toThrow("NOT_LOGGED");
  });
});

describe("what does not fit is refused whole", () => {
  const flipped: Tamper = (page) => {
    const [first, ...rest] = page.leaves.map((leaf) => bytesOfBlob(leaf));
    const other = Uint8Array.from(first ?? [], (byte, at) => (at === 90 ? byte ^ 1 : byte));
    return { ...page, leaves: [other, ...rest].map(blobOf) };
  };
  const swapped: Tamper = (page) => ({
    ...page,
    statements: page.statements.map((raw, at, all) => (at === 1 ? (all[7] ?? null) : raw)),
  });
  const shifted: Tamper = (page) => ({ ...page, start: page.start + 1 });
  const cut: Tamper = (page) => ({ ...page, leaves: page.leaves.slice(1) });

  test.each([
    ["a leaf was altered", flipped, "EQUIVOCATION"],
    ["a statement is not the one behind its leaf", swapped, "EQUIVOCATION"],
    ["the page begins elsewhere", shifted, "BAD_PROOF"],
    ["there are fewer leaves than statements", cut, "BAD_PROOF"],
  ])("%s", async (_what, tamper, code) => {
    world.tamper = tamper;
    expect(await refusal(sync)).toBe(code);
    expect([log.size, log.directory.size, log.logRoot(1)]).toEqual([0, 0, null]);
    world.tamper = (page) => page;

    expect(await refusal(sync)).toBeNull();
    expect([log.size, log.directory.size]).toEqual([8, 8]);
  });

  test("leaves are kept back", async () => {
    const whole = world.checkpoint();
    world.leaves.pop();
    world.statements.pop();
    world.tamper = (page) => ({ ...page, checkpoint: whole });

    expect(await refusal(sync)).toBe("BAD_PROOF");
  });

  test("the checkpoint is signed with another key", async () => {
    world.signer = "stranger";

    expect(await refusal(sync)).toBe("BAD_SIG");
  });

  test("the council is another one", async () => {
    log = new IdLog({ http: world, net: hashOf<NetId>(sha256(new Uint8Array())) });

    expect(await refusal(sync)).toBe("WRONG_NET");
  });

  test("a leaf comes from the future", async () => {
    expect(await refusal(() => log.sync(world.t - HOUR))).toBe("CLOCK");
  });
});

describe("the pin never goes back", () => {
  /** What a client that held all eight leaves remembers. */
  async function pinned(change: { n?: number; r?: Digest; at?: number }): Promise<IdLog> {
    await sync();
    const pin = { ...log.pin(later()), ...change };
    return new IdLog({ http: world, net: world.net, pin });
  }

  test("a log that only grew is taken", async () => {
    const again = await pinned({});
    world.beats(1);

    expect(await again.sync(later())).toBe(true);
    expect(again.size).toBe(9);
  });

  test("a shorter log is a rollback", async () => {
    const again = await pinned({ n: 9 });

    expect(await refusal(() => again.sync(later()))).toBe("ROLLBACK");
  });

  test("another history is an equivocation", async () => {
    const again = await pinned({ r: hashOf<Digest>(sha256(new Uint8Array())) });

    expect(await refusal(() => again.sync(later()))).toBe("EQUIVOCATION");
    expect(again.size).toBe(0);
  });

  test("a new leaf is not from before the last look", async () => {
    const again = await pinned({ at: later() + HOUR });
    world.beats(1);

    expect(await refusal(() => again.sync(later() + HOUR))).toBe("CLOCK");
  });
});

describe("statements of a room", () => {
  beforeEach(async () => {
    world.withdrawal(CASE);
    world.withdrawal(idFor("another") as CaseId);
    world.withheld.add(8).add(9);
    await sync();
  });

  test("a leaf of the case whose statement is withheld is missed", async () => {
    expect(log.missing(CASE)).toEqual([8]);
    expect(await refusal(() => log.complete(CASE))).toBe("MISSING_STATEMENT");
    expect(log.missing(CASE)).toEqual([8]);
  });

  test("once it comes, everything is read anew", async () => {
    world.withheld.clear();
    const before = log.directory;

    expect(await log.complete(CASE)).toBe(true);
    expect(log.directory).not.toBe(before);
    expect(log.directory.flaws.get(8)).toBe("BAD_SIG");
    expect(await log.complete(CASE)).toBe(false);
  });

  test("another statement does not do", async () => {
    world.withheld.clear();
    world.tamper = (page) => ({
      ...page,
      statements: [blobOf(world.statements[9] ?? new Uint8Array())],
    });

    expect(await refusal(() => log.complete(CASE))).toBe("EQUIVOCATION");
    expect(log.missing(CASE)).toEqual([8]);
  });
});

test("a tree tells every root it had, also after it was cut back", () => {
  const hashes = Array.from({ length: 40 }, (_, at) => leafHash(Uint8Array.of(at)));
  const tree = new LogTree();
  for (let cut = 0; cut <= 40; cut += 7) {
    tree.append(hashes.slice(tree.size));
    for (let n = 0; n <= 40; n += 1) expect(tree.root(n)).toEqual(root(hashes.slice(0, n)));
    tree.truncate(cut);
    expect(tree.size).toBe(cut);
    expect(() => tree.root(cut + 1)).toThrow(RangeError);
  }
});
