/** What has no answer is sent again as it was, unless a removal overtook it; and what answers say. */

import { beforeAll, beforeEach, describe, expect, test } from "vitest";

import type { Room } from "../../src/client/room";
import { rowIds, Writer } from "../../src/client/writer";
import { utf8 } from "../../src/crypto/bytes";
import { Refused } from "../../src/crypto/errors";
import { sha256 } from "../../src/crypto/hashing";
import { ready } from "../../src/crypto/sodium";
import { encode } from "../../src/protocol/codec";
import { Post, type Frame, type Receipt } from "../../src/protocol/generated";
import { blobOf, bytesOfBlob, hashOf, idOf } from "../../src/protocol/ids";
import type { CaseId, Digest } from "../../src/protocol/ids";
import { OTHER, Told } from "./told_server";

let server: Told;
let room: Room;
let writer: Writer;
/** How often something was sent, and how often it was told that it will not be. */
let sent: number;
let dropped: number;

beforeAll(ready);

beforeEach(async () => {
  server = new Told(({ id }) => id === "versions of a section", "12-documents");
  room = server.roomNow();
  await room.open();
  writer = new Writer(room);
  writer.onDropped = () => {
    dropped += 1;
  };
  [sent, dropped] = [0, 0];
  server.posted = () => {
    sent += 1;
    return Promise.reject(new Refused("UNAVAILABLE"));
  };
});

/** A batch that was sealed before a break. */
function unsent(frames: readonly Frame[]): Post {
  const rows = frames.map(({ form, bytes }) => ({ form, bytes: bytes ?? blobOf(utf8("")) }));
  const post: Post = { case: server.caseId, rows, bundles: [] };
  const kept = { case: server.caseId, post: blobOf(encode(post, Post)) };
  server.contents = { ...server.contents, unsent: [kept] };
  return post;
}

/** The envelopes of a story under its first roster, or under its second. */
function words({ story }: { readonly story: string }, n: number): readonly Frame[] {
  const other = new Told(({ id }) => id === story, "12-documents");
  const { rosters } = other.room.room.state;
  const since = rosters[n]?.seq ?? 0;
  const until = rosters[n + 1]?.seq ?? Infinity;
  const found = other.frames.filter(({ form, seq }) => {
    return form === "env" && seq > since && seq < until;
  });
  return found.slice(0, 1);
}

const here = { story: "versions of a section" };
const elsewhere = { story: "content of an item" };

describe("what was sealed and not answered", () => {
  test("is sent again as it was", async () => {
    unsent(words(elsewhere, 1));

    await expect(writer.resume()).rejects.toThrow("UNAVAILABLE");
    expect([sent, server.contents.unsent.length, dropped]).toEqual([1, 1, 0]);
  });

  test("is not sent when a removal has overtaken it", async () => {
    unsent(words(elsewhere, 0));
    await writer.resume();

    expect([sent, server.contents.unsent.length, dropped]).toEqual([0, 0, 1]);
  });

  test("is not sent while the next roster is due", async () => {
    unsent(words(elsewhere, 1));
    room.isStale = () => true;
    await writer.resume();

    expect([sent, server.contents.unsent.length, dropped]).toEqual([0, 0, 1]);
  });

  test("is sent for its receipt when it had been accepted before", async () => {
    unsent(words(here, 0));

    await expect(writer.resume()).rejects.toThrow("UNAVAILABLE");
    expect([sent, server.contents.unsent.length, dropped]).toEqual([1, 1, 0]);
  });

  test("is not said to be lost when it stands, though the server refuses to say so again", async () => {
    unsent(words(here, 0));
    server.posted = () => Promise.reject(new Refused("NOT_MEMBER"));
    await writer.resume();

    expect([server.contents.unsent.length, dropped]).toEqual([0, 0]);
  });

  test("waits in a room that halted", async () => {
    unsent(words(elsewhere, 1));
    room.halted = "EQUIVOCATION";
    await writer.resume();

    expect([sent, server.contents.unsent.length, dropped]).toEqual([0, 1, 0]);
  });
});

describe("a receipt", () => {
  const another = hashOf<Digest>(sha256(utf8("another")));

  /** What the server answers: the truth, but for some of it. */
  function answer(post: Post, lie: Partial<Receipt>): Uint8Array {
    const leaves = { id: [], ops: [] };
    const { seq, fh, idn } = server.head;
    const truth = { typ: "rcpt", case: post.case, ids: rowIds(post), leaves, mmd: 60 };
    const raw = server.signed({ ...truth, seq, fh, idn, ...lie });
    server.posted = () => Promise.resolve({ rcpt: blobOf(raw) });
    return raw;
  }

  test("of what was sent is kept until it is redeemed", async () => {
    const raw = answer(unsent(words(here, 1)), {});
    await writer.resume();

    expect(room.halted).toBeNull();
    expect(server.contents.unsent).toEqual([]);
    expect(server.contents.receipts.map(({ rcpt }) => rcpt)).toEqual([blobOf(raw)]);
  });

  test.each([
    ["other rows", { ids: [another] }],
    ["fewer rows", { ids: [] }],
    ["another case", { case: idOf<CaseId>(new Uint8Array(16)) }],
    ["no case", { case: null }],
  ])("of %s halts the room, and both are kept", async (_, lie) => {
    const post = unsent(words(here, 1));
    const raw = answer(post, lie);

    await expect(writer.resume()).rejects.toThrow("EQUIVOCATION");
    expect(room.footing().halted).toBe("EQUIVOCATION");
    const [proof] = server.contents.evidence;
    expect(proof).toMatchObject({ code: "EQUIVOCATION", first: blobOf(raw) });
    expect(bytesOfBlob(proof?.second ?? blobOf(utf8("")))).toEqual(encode(post, Post));
    expect(server.contents.unsent).toHaveLength(1);
  });

  test("with another hash of the feed halts it too", async () => {
    answer(unsent(words(here, 1)), { fh: OTHER });

    await expect(writer.resume()).rejects.toThrow("EQUIVOCATION");
    expect(room.halted).toBe("EQUIVOCATION");
    expect(server.contents.evidence).toHaveLength(1);
  });
});
