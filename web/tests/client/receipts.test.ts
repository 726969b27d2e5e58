/** A client finds out when the server does not keep its word. */

import { beforeAll, describe, expect, it } from "vitest";

import type { Unredeemed } from "../../src/client/contents";
import { GRACE, isOverdue, OpsLog, redeem, verifyReceipt } from "../../src/client/receipts";
import type { Refused } from "../../src/crypto/errors";
import { SigningKey } from "../../src/crypto/signing";
import { ready } from "../../src/crypto/sodium";
import type { Receipt, Root } from "../../src/protocol/generated";
import { blobOf, hashOf, ZERO_HASH, ZERO_ID, type Digest } from "../../src/protocol/ids";
import type { Key, NetId, Nonce } from "../../src/protocol/ids";
import { compose, sign, toDsse } from "../../src/protocol/statement";
import { flipped, hashAt, LogServer, seed } from "./log_server";

const NOW = Date.UTC(2026, 10, 21, 1);
const NET = ZERO_HASH as NetId;

beforeAll(ready);

function codeOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => "nothing",
    (error: unknown) => (error as Refused).code,
  );
}

describe("the ops log", () => {
  it("is pinned, and must grow from the pin", async () => {
    const server = new LogServer();
    const ops = new OpsLog({ http: server.http, pin: null });

    const first = await ops.sync(server.root, NOW);
    server.size = 260;
    const second = await ops.sync(server.root, NOW + 0.5);

    expect([first.n, second.n, second.at]).toEqual([200, 260, NOW]);
    expect(ops.checkpoint).toEqual(server.checkpoint());
  });

  it("is looked at one time after the other: a late answer is no log that shrank", async () => {
    const server = new LogServer();
    const ops = new OpsLog({ http: server.http, pin: null });
    const { text } = server.http;
    server.http.text = async (path) => {
      const answer = await text(path);
      const isFirst = server.size === 200;
      server.size = 260;
      if (isFirst) await new Promise((done) => setTimeout(done, 20));
      return answer;
    };

    const both = await Promise.all([ops.sync(server.root, NOW), ops.sync(server.root, NOW)]);

    expect(both.map(({ n }) => n)).toEqual([200, 260]);
    expect(ops.pin?.n).toBe(260);
  });

  it("is refused when it shrank", async () => {
    const server = new LogServer();
    const ops = new OpsLog({ http: server.http, pin: null });
    await ops.sync(server.root, NOW);
    server.size = 199;
    expect(await codeOf(ops.sync(server.root, NOW))).toBe("ROLLBACK");
  });

  it.each([200, 230])("is refused with another history, at size %i", async (size) => {
    const server = new LogServer();
    const ops = new OpsLog({ http: server.http, pin: null });
    const pin = await ops.sync(server.root, NOW);
    server.leaves = server.leaves.toSpliced(3, 1, new Uint8Array(1));
    server.size = size;

    expect(await codeOf(ops.sync(server.root, NOW))).toBe("EQUIVOCATION");
    expect(ops.pin).toEqual(pin);
  });

  it("proves a leaf, or says that it is not there", async () => {
    const server = new LogServer();
    const ops = new OpsLog({ http: server.http, pin: null });

    expect(await codeOf(ops.requireIncluded(hashAt(7)))).toBe("NOT_LOGGED");
    await ops.sync(server.root, NOW);

    expect(await ops.requireIncluded(hashAt(7))).toBe(7);
    expect(await codeOf(ops.requireIncluded(flipped(hashAt(7))))).toBe("NOT_LOGGED");
    server.leaves = server.leaves.toSpliced(3, 1, new Uint8Array(1));
    expect(await codeOf(ops.requireIncluded(hashAt(7)))).toBe("BAD_PROOF");
  });
});

describe("a receipt", () => {
  const key = SigningKey.fromSeed(seed(5));
  const stranger = SigningKey.fromSeed(seed(9));
  const root = (): Root => ({ ...new LogServer().root, srv: [hashOf<Key>(key.public)] });

  function receipt(leaves: Receipt["leaves"], by = key): Uint8Array {
    const body: Receipt = {
      ...{ v: 1, typ: "rcpt", net: NET, nce: ZERO_ID as Nonce, iat: NOW, case: null, seq: null },
      ...{ ids: [], fh: null, idn: 3, leaves, mmd: 60 },
    };
    const statement = compose(body);
    return toDsse(statement, [sign(statement, by)]);
  }

  it("is the server's, for this council, and nothing else", () => {
    const raw = receipt({ id: [], ops: [hashAt(7)] });
    const under = { root: root(), net: NET };

    expect(verifyReceipt(raw, under).leaves.ops).toEqual([hashAt(7)]);
    expect(() => verifyReceipt(receipt({ id: [], ops: [] }, stranger), under)).toThrow("BAD_SIG");
    const elsewhere = flipped(ZERO_HASH as Digest) as string as NetId;
    expect(() => verifyReceipt(raw, { ...under, net: elsewhere })).toThrow("WRONG_NET");
  });

  it("waits until its leaves are in both logs", async () => {
    const server = new LogServer();
    const ops = new OpsLog({ http: server.http, pin: null });
    await ops.sync(server.root, NOW);
    const held = new Set([hashAt(1)]);
    const log = { root, size: 3, holds: (hash: Digest) => held.has(hash) };
    const unredeemed = (leaves: Receipt["leaves"]): Unredeemed => ({
      at: NOW,
      rcpt: blobOf(receipt(leaves)),
    });
    const kept = unredeemed({ id: [hashAt(1)], ops: [hashAt(7), hashAt(8)] });
    const notInId = unredeemed({ id: [hashAt(2)], ops: [] });
    const notInOps = unredeemed({ id: [], ops: [hashAt(7), hashAt(230)] });

    for (const missing of [notInId, notInOps])
      expect(await redeem([kept, missing], { log, ops, net: NET })).toEqual([missing]);
    const looked: string[] = [];
    const counted = {
      requireIncluded: (leaf: Digest) => (looked.push(leaf), ops.requireIncluded(leaf)),
    };
    const order = [notInOps, kept, notInId];
    expect(await redeem(order, { log, ops: counted, net: NET })).toEqual(order);
    expect(looked).toEqual([hashAt(7), hashAt(230)]);
    expect(await redeem([kept], { log: { ...log, size: 2 }, ops, net: NET })).toEqual([kept]);
  });

  it("is overdue after a minute", () => {
    const waiting = [{ at: NOW, rcpt: blobOf(new Uint8Array()) }];
    expect(isOverdue(waiting, NOW + GRACE)).toBe(false);
    expect(isOverdue(waiting, NOW + GRACE + 1)).toBe(true);
    expect(isOverdue([], NOW + DAYS)).toBe(false);
  });
});

const DAYS = 10 ** 9;
