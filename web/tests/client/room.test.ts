/** A room never goes back behind its pins, and a contradiction halts it with its proof kept. */

import { beforeAll, beforeEach, describe, expect, test } from "vitest";

import type { Room } from "../../src/client/room";
import { utf8 } from "../../src/crypto/bytes";
import { Refused } from "../../src/crypto/errors";
import { sha256 } from "../../src/crypto/hashing";
import { SigningKey } from "../../src/crypto/signing";
import { ready } from "../../src/crypto/sodium";
import { blobOf, bytesOfBlob, idOf } from "../../src/protocol/ids";
import type { CaseId, Eid, Wid } from "../../src/protocol/ids";
import { OTHER, Told } from "./told_server";

let server: Told;
let room: Room;

beforeAll(ready);

beforeEach(() => {
  server = new Told();
  room = server.roomNow();
});

describe("opening", () => {
  test("folds all that the server's signed head covers, page by page", async () => {
    server.page = 7;
    await room.open();

    expect(room.state.fh).toBe(server.room.room.state.fh);
    expect(server.asked).toBe(Math.ceil(server.frames.length / 7));
    expect(room.isBehind()).toBe(false);
  });

  test("refuses a server that stops short of its own word", async () => {
    server.frames = server.frames.slice(0, 5);

    await expect(room.open()).rejects.toThrow("FORK_OR_GAP");
  });

  test("takes no head that is heard meanwhile for a gap", async () => {
    await room.take(server.frames.slice(0, 5));
    const { head, frames } = server;
    server.frames = frames.slice(0, 5);
    server.head = { ...head, seq: 5, fh: frames[4]?.fh ?? OTHER, idn: frames[4]?.idn ?? 0 };
    server.meanwhile = async () => {
      Object.assign(server, { head, frames, meanwhile: () => Promise.resolve() });
      await room.hearHead(server.headNow());
    };
    await room.fetch();

    expect([room.state.seq, server.asked]).toEqual([head.seq, 2]);
  });

  test("refuses a server that keeps back what it signed meanwhile", async () => {
    await room.take(server.frames.slice(0, 5));
    const { head, frames } = server;
    const short = { ...head, seq: 5, fh: frames[4]?.fh ?? OTHER, idn: frames[4]?.idn ?? 0 };
    Object.assign(server, { frames: frames.slice(0, 5), head: short });
    server.meanwhile = async () => {
      server.head = head;
      await room.hearHead(server.headNow());
      server.head = short;
    };

    await expect(room.fetch()).rejects.toThrow("FORK_OR_GAP");
    expect(server.asked).toBe(2);
  });

  test("refuses a head that somebody else signed, or of another room", async () => {
    server.signer = SigningKey.fromSeed(sha256(utf8("nobody")));
    await expect(room.open()).rejects.toThrow("BAD_SIG");
    server.signer = SigningKey.fromSeed(sha256(utf8("srv")));
    const other = server.headNow(idOf<CaseId>(new Uint8Array(16)));

    await expect(room.hearHead(other)).rejects.toThrow("WRONG_PLACE");
    expect(room.halted).toBeNull();
  });
});

describe("pins", () => {
  test("are kept as far as the room was opened", async () => {
    await room.open();
    await room.keepPins();
    const { seq, fh, epoch, current } = server.room.room.state;

    expect(server.held).toMatchObject({ seq, fh, n: epoch, sid: current?.sid });
    const again = server.roomNow();
    await again.open();
    expect(again.state.seq).toBe(seq);
  });

  test("are not passed by a server that shows less", async () => {
    await room.open();
    await room.keepPins();
    const known = server.held;
    server.frames = server.frames.slice(0, 9);
    const last = server.frames.at(-1);
    server.head = { seq: 9, fh: last?.fh ?? OTHER, idn: last?.idn ?? 0 };
    const again = server.roomNow();

    await expect(again.open()).rejects.toThrow("ROLLBACK");
    await again.keepPins();
    expect(server.held).toEqual(known);
  });

  test("are not passed by a server that shows another past", async () => {
    server.keep({ seq: 3, fh: OTHER });

    await expect(room.open()).rejects.toThrow("EQUIVOCATION");
    expect(room.halted).toBe("EQUIVOCATION");
    await expect(room.keepPins()).rejects.toThrow("EQUIVOCATION");
    expect(server.held.fh).toBe(OTHER);
  });

  test("tell that my own chain went on without this vault", async () => {
    await room.open();
    const [did, head] = [...room.state.chains][0] ?? [];
    const mine = server.roomNow();
    Object.assign(mine.session.me, { did });
    expect(head?.n).toBeGreaterThan(0);
    await expect(mine.open()).rejects.toThrow("ROLLBACK");

    server.keep({ chain: { n: head?.n ?? 0, eid: head?.eid ?? (OTHER as string as Eid) } });
    await mine.open();
    expect(mine.halted).toBeNull();
  });

  test("a bundle that does not come leaves its epoch without a key, and the reason", async () => {
    const [did] = [...server.room.room.state.chains.keys()];
    server.keep({ chain: { n: 1_000, eid: OTHER as string as Eid } });
    Object.assign(room.session.me, { did });
    await room.open();

    expect([...room.badEpochs]).toEqual(room.state.rosters.map(({ body }) => body.n));
    expect(new Set(room.flaws.values())).toEqual(new Set(["BAD_BUNDLE_HASH"]));
    expect(room.footing().hasKey).toBe(false);
    expect(room.isLeftOut()).toBe(false);
  });
});

describe("a contradiction", () => {
  test("halts the room, and both signed things are kept", async () => {
    await room.open();
    const before = { ...server.head };
    server.head = { ...before, fh: OTHER };

    await expect(room.hearHead(server.headNow())).rejects.toThrow("EQUIVOCATION");
    expect(room.halted).toBe("EQUIVOCATION");
    expect(room.footing().halted).toBe("EQUIVOCATION");
    const [proof] = server.contents.evidence;
    expect(proof?.code).toBe("EQUIVOCATION");
    expect(bytesOfBlob(proof?.second ?? blobOf(utf8("")))).toEqual(server.headNow());
    server.head = before;
    expect(bytesOfBlob(proof?.first ?? blobOf(utf8("")))).toEqual(server.headNow());
  });

  test("of a member's row with my past halts the room, and the row is kept", async () => {
    server = new Told(({ rows }) => rows.some(({ code }) => code === "EQUIVOCATION"));
    room = server.roomNow();

    await room.open();

    expect(room.halted).toBe("EQUIVOCATION");
    expect(server.contents.evidence.length).toBeGreaterThan(0);
  });

  test("between rows and what was folded before is met at once", async () => {
    await room.open();
    const first = server.frames.slice(0, 1).map((frame) => ({ ...frame, fh: OTHER }));

    await expect(room.take(first)).rejects.toThrow("EQUIVOCATION");
    expect(room.halted).toBe("EQUIVOCATION");
  });
});

describe("a roster that is kept back", () => {
  /** A story in which roster 1 is hidden. */
  function told(id: string, file: string): void {
    server = new Told((story) => story.id === id, file);
    server.hide(server.room.room.state.rosters[1]?.seq ?? 0);
    room = server.roomNow();
  }

  test.each([
    ["an envelope", "versions of a section", "12-documents"],
    ["a grant", "grants of epochs", "12-documents"],
    ["a roster", "adding members", "10-rosters"],
  ])("is betrayed by %s after it, which is kept as the proof", async (_, id, file) => {
    told(id, file);
    const at = server.frames.findIndex(({ view }) => view === "skel");
    await room.take(server.frames.slice(0, at + 1));
    expect([room.halted, room.state.epoch]).toEqual([null, 0]);
    await room.take(server.frames.slice(at + 1));

    expect(room.footing().halted).toBe("FORK_OR_GAP");
    const [proof] = server.contents.evidence;
    expect(proof?.code).toBe("FORK_OR_GAP");
    const seconds = server.frames.slice(at + 1).map(({ bytes }) => bytes);
    expect(seconds).toContain(proof?.second);
  });

  test("is not what a wrong number is where every row came", async () => {
    server = new Told(
      ({ rows }) => rows.some(({ code }) => code === "WRONG_EPOCH"),
      "12-documents",
    );
    room = server.roomNow();
    await room.take(server.frames);

    expect(room.feed.room.missesRoster).toBe(false);
  });
});

describe("a statement that is withheld", () => {
  test("halts the room until it comes", async () => {
    server.completing = () => Promise.reject(new Refused("MISSING_STATEMENT", { leaf: 3 }));
    await expect(room.open()).rejects.toThrow("MISSING_STATEMENT");
    expect(room.halted).toBe("MISSING_STATEMENT");
    server.completing = () => Promise.resolve(true);
    await room.open();

    expect(room.halted).toBeNull();
  });

  test("is not what a lost network is", async () => {
    server.completing = () => Promise.reject(new Refused("UNAVAILABLE"));

    await expect(room.open()).rejects.toThrow("UNAVAILABLE");
    expect(room.halted).toBeNull();
  });
});

describe("waiting", () => {
  test("ends with the row that was waited for", async () => {
    const waiting = room.until(() => room.state.seq >= 3);
    await room.take(server.frames.slice(0, 2));
    await room.take(server.frames.slice(2, 4));

    expect(await waiting).toBe(true);
  });

  test("ends without it when nobody waits any more", async () => {
    const given = new AbortController();
    const waiting = room.until(() => false, given.signal);
    given.abort();

    expect(await waiting).toBe(false);
    expect(await room.until(() => false, given.signal)).toBe(false);
  });

  test("ends when the room is left", async () => {
    room.entered(["11".repeat(16) as Wid]);
    const waiting = room.until(() => room.gone !== null);
    room.leave("MEMBER_ENDED");

    expect(await waiting).toBe(true);
    expect([room.gone, room.live.size]).toEqual(["MEMBER_ENDED", 0]);
    room.entered([]);
    expect(room.gone).toBeNull();
  });
});
