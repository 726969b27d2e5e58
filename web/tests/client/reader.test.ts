/** A bundle that was kept back is asked for again; one that does not open is not. */

import { beforeAll, beforeEach, expect, test, vi } from "vitest";

import type { Room } from "../../src/client/room";
import { Refused } from "../../src/crypto/errors";
import { ready } from "../../src/crypto/sodium";
import type * as opening from "../../src/client/opening";
import type * as rosters from "../../src/protocol/roster";
import { blobOf, type Hash } from "../../src/protocol/ids";
import { Told } from "./told_server";

const A_WHILE = 10_000;
const KEY = new Uint8Array(32).fill(7);
/** In place of bundles, which no vector holds: of any bytes "good" opens, "bad" is as committed to. */
const [GOOD, BAD] = [Uint8Array.of(1), Uint8Array.of(0)];

vi.mock("../../src/protocol/roster", async (original) => ({
  ...(await original<typeof rosters>()),
  requireBundle: (_state: unknown, _entry: unknown, data: Uint8Array) => {
    if (data.length === 0) throw new Refused("BAD_BUNDLE_HASH");
    return { entries: [], isGood: data[0] === 1 };
  },
}));

vi.mock("../../src/client/opening", async (original) => ({
  ...(await original<typeof opening>()),
  openBundle: ({ isGood }: { readonly isGood: boolean }) => {
    if (!isGood) throw new Refused("BAD_BUNDLE");
    return KEY;
  },
}));

let server: Told;
let room: Room;
/** How often something was read. */
let reads: number;
/** What comes for every bundle. */
let given: Uint8Array | null;

beforeAll(ready);

beforeEach(async () => {
  server = new Told();
  room = server.roomNow();
  [reads, given] = [0, null];
  const { rosters: told, chains, directory } = server.room.room.state;
  const [did] = chains.keys();
  Object.assign(room.session.me, did && directory.devices.get(did)?.first.body);
  room.sealingKey = () => ({}) as never;
  const hashes = new Set<Hash>(told.map(({ body }) => body.bun));
  server.served = (ids) => {
    const asked = ids.filter((id) => hashes.has(id));
    if (asked.length > 0) reads += 1;
    const bytes = given;
    const bundles = bytes === null ? [] : asked.map((h) => ({ h, bytes: blobOf(bytes) }));
    return { frames: [], bundles: bundles as never };
  };
  await room.take(server.frames);
});

const epochs = () => server.room.room.state.rosters.map(({ body }) => body.n);

test("a bundle that was kept back is asked for again, and not at once", async () => {
  await room.openNewKeys();
  expect([...room.badEpochs]).toEqual(epochs());
  given = GOOD;
  server.now += A_WHILE - 1;
  await room.openNewKeys();
  expect([reads, room.epochs.size]).toEqual([1, 0]);
  server.now += 1;
  await room.openNewKeys();

  expect([...room.epochs.keys()]).toEqual(epochs());
  expect([reads, room.badEpochs.size]).toEqual([2, 0]);
  expect(room.state.rosters.filter(({ sid }) => room.flaws.has(sid))).toEqual([]);
});

test("is asked for again as long as it is kept back", async () => {
  for (let times = 0; times < 3; times += 1) {
    await room.openNewKeys();
    server.now += A_WHILE;
  }

  expect([reads, room.badEpochs.size]).toEqual([3, epochs().length]);
  expect(new Set(room.flaws.values())).toEqual(new Set(["BAD_BUNDLE_HASH"]));
});

test("one that does not open is not: no other bytes will come", async () => {
  given = BAD;
  await room.openNewKeys();
  server.now += A_WHILE;
  given = GOOD;
  await room.openNewKeys();

  expect([reads, room.epochs.size]).toEqual([1, 0]);
  expect(new Set(room.flaws.values())).toEqual(new Set(["BAD_BUNDLE"]));
});
