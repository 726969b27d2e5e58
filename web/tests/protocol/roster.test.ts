/** Bundles against their rosters, and grants against the gate: what no story tells. */

import { beforeAll, describe, expect, test } from "vitest";

import { ready } from "../../src/crypto/sodium";
import { SEALED_SIZE, bundleHash, encode } from "../../src/protocol/bundle";
import type { Bundle, Entry } from "../../src/protocol/bundle";
import { requireGrant } from "../../src/protocol/documents";
import { ZERO_ID } from "../../src/protocol/ids";
import type { CaseId } from "../../src/protocol/ids";
import type { Granted, RosterEntry } from "../../src/protocol/room";
import { requireBundle, sealingCounter } from "../../src/protocol/roster";
import { stories } from "../vectors/told_log";
import { ToldRoom } from "../vectors/told_room";

beforeAll(ready);

/** The first story's room of a file of which something can be found. */
function firstWith<T>(file: string, find: (told: ToldRoom) => T | undefined): [ToldRoom, T] {
  for (const story of stories(file)) {
    const told = new ToldRoom(story);
    const found = find(told);
    if (found !== undefined) return [told, found];
  }
  throw new Error("no such story");
}

describe("a bundle is the one named, for exactly the computed devices", () => {
  let told: ToldRoom;
  let entry: RosterEntry;
  let bundle: Bundle;

  beforeAll(() => {
    [told, entry] = firstWith("10-rosters", ({ room: { state } }) =>
      state.current && state.current.recipients.size > 1 ? state.current : undefined,
    );
    const ct = new Uint8Array(SEALED_SIZE);
    const entries = [...entry.recipients].map((sid) => {
      return { sid, eg: sealingCounter(told.room.state, sid) ?? -1, ct };
    });
    bundle = { caseId: entry.body.case, n: entry.body.n, entries };
  });

  /** What comes of a bundle whose hash the roster names. */
  function judged(changed: Partial<Bundle>): Bundle {
    const data = encode({ ...bundle, ...changed });
    const body = { ...entry.body, bun: bundleHash(data) };
    return requireBundle(told.room.state, { ...entry, body }, data);
  }

  test("the right one is given back, in the order of its ids", () => {
    expect(new Set(judged({}).entries.map(({ sid }) => sid))).toEqual(entry.recipients);
  });

  test("another one than the roster names is refused", () => {
    expect(() => requireBundle(told.room.state, entry, encode(bundle))).toThrow("BAD_BUNDLE_HASH");
  });

  const later = ({ sid, eg, ct }: Entry): Entry => ({ sid, eg: eg + 1, ct });

  test.each<readonly [string, () => Partial<Bundle>]>([
    ["a device is left out", () => ({ entries: bundle.entries.slice(1) })],
    ["a stranger's certificate is in it", () => ({ entries: stranger() })],
    ["a key has another counter", () => ({ entries: bundle.entries.map(later) })],
    ["it is for another room", () => ({ caseId: ZERO_ID as CaseId })],
    ["it is for another epoch", () => ({ n: bundle.n + 1 })],
  ])("%s", (_what, changed) => {
    expect(() => judged(changed())).toThrow("BAD_RECIPIENTS");
  });

  /** One entry names the roster itself in place of a device. */
  function stranger(): readonly Entry[] {
    return bundle.entries.map((own, at) => (at === 0 ? { ...own, sid: entry.sid } : own));
  }

  test("no counter belongs to what is no device", () => {
    expect(sealingCounter(told.room.state, entry.sid)).toBeNull();
  });
});

test("a document is granted only to whom the gate lets read it", () => {
  const isLast =
    (told: ToldRoom) =>
    ({ body }: Granted) =>
      body.what === "docs" && body.n === told.room.state.epoch;
  const [told, granted] = firstWith("12-documents", (one) =>
    one.room.state.grants.find(isLast(one)),
  );
  const again = (code: "FORBIDDEN" | null) =>
    requireGrant(told.room.state, granted.body, granted.signer, { mayRead: () => code });

  expect(again(null)).toBe(granted.to);
  expect(() => again("FORBIDDEN")).toThrow("FORBIDDEN");
});
