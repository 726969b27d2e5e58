/** A room never goes back behind its pins, and a contradiction halts it with its proof kept. */

import { beforeAll, beforeEach, describe, expect, test } from "vitest";

import { Clock } from "../../src/client/clock";
import { EMPTY, roomOf, withRoom } from "../../src/client/contents";
import type { Contents, RoomKeys } from "../../src/client/contents";
import { Room } from "../../src/client/room";
import { Session } from "../../src/client/session";
import { load } from "../../src/consent/register";
import { fromHex, utf8 } from "../../src/crypto/bytes";
import { Refused } from "../../src/crypto/errors";
import { sha256 } from "../../src/crypto/hashing";
import { SigningKey } from "../../src/crypto/signing";
import { ready } from "../../src/crypto/sodium";
import type { Frame, Rows } from "../../src/protocol/generated";
import { blobOf, bytesOfBlob, hashOf, idOf } from "../../src/protocol/ids";
import type { CaseId, Did, Eid, Key, NetId, Nonce, RowHash, Wid } from "../../src/protocol/ids";
import { compose, sign, toDsse } from "../../src/protocol/statement";
import { stories } from "../vectors/told_log";
import type { RowTold, Story } from "../vectors/told_log";
import { rowOf, ToldRoom } from "../vectors/told_room";

/** What a test changes of the server's answers. */
interface Server {
  frames: readonly Frame[];
  /** How much of them one answer holds. */
  page: number;
  head: { seq: number; fh: RowHash; idn: number };
  signer: SigningKey;
  asked: number;
}

const OTHER = hashOf<RowHash>(sha256(utf8("another row")));

let told: ToldRoom;
let net: NetId;
let contents: Contents;
let server: Server;
let completing: () => Promise<boolean>;
let room: Room;

beforeAll(ready);

beforeEach(() => {
  tell(({ rows }) => rows.length > 15 && rows.every(({ code }) => code !== "EQUIVOCATION"));
});

/** Begin with a story of the vectors. */
function tell(isWanted: (story: Story) => boolean): void {
  const story = stories("15-rows").find(isWanted);
  if (story === undefined) throw new Error("the vectors have such a story");
  told = new ToldRoom(story);
  if (told.directory.net === null) throw new Error("the story has a network");
  ({ net } = told.directory);
  contents = EMPTY;
  completing = () => Promise.resolve(false);
  const { seq, fh, idn } = told.room.state;
  const frames = story.rows.map(frameOf);
  const signer = SigningKey.fromSeed(sha256(utf8("srv")));
  server = { frames, page: 1_000, head: { seq, fh, idn }, signer, asked: 0 };
  room = roomNow();
}

function frameOf(record: RowTold): Frame {
  const { form, bytes } = record;
  const view = form === "none" ? "skel" : form === "bare" ? "bare" : "full";
  const data = form === "stm" ? utf8(bytes) : fromHex(form === "none" ? "" : bytes);
  const kind = form === "stm" ? "stm" : "env";
  return { ...rowOf(record), form: kind, view, bytes: form === "none" ? null : blobOf(data) };
}

/** The room on a device that has just started. */
function roomNow(): Room {
  return new Room(session(), told.room.state.caseId, { register: load() });
}

/** A signed-in stranger to the room: no key is for her, so only rows, heads and pins are met. */
function session(): Session {
  const { directory, logRoot } = told;
  const srv = [hashOf<Key>(SigningKey.fromSeed(sha256(utf8("srv"))).public)];
  const log = { directory, logRoot, size: directory.size, complete: () => completing() };
  const council = {
    ...{ net, log, clock: new Clock(() => directory.time(directory.size)) },
    root: () => ({ srv, req: 1 }),
    http: { get: (_path: string, _kind: unknown, asking: Asking) => Promise.resolve(rows(asking)) },
  };
  const vault = {
    get contents() {
      return contents;
    },
    update: (change: (held: Contents) => Contents) => {
      contents = change(contents);
      return Promise.resolve();
    },
  };
  const me = { did: idOf<Did>(new Uint8Array(16)), wid: idOf<Wid>(new Uint8Array(16)), ik: srv[0] };
  const read = () => Promise.resolve({ frames: [], bundles: [] });
  const rest = {
    read,
    heard: () => undefined,
    logAge: () => 0,
    sync: () => Promise.resolve(false),
    contradicted: null,
    get evidence() {
      return contents.evidence;
    },
    // eslint-disable-next-line @typescript-eslint/unbound-method -- bound to what it is put into
    accuse: Session.prototype.accuse,
  };
  return Object.assign(rest, { vault, council, me }) as unknown as Session;
}

interface Asking {
  readonly query: { readonly start: string };
}

function rows({ query }: Asking): Rows {
  server.asked += 1;
  const start = Number(query.start) - 1;
  return { frames: server.frames.slice(start, start + server.page), head: blobOf(headNow()) };
}

function headNow(caseId: CaseId = told.room.state.caseId): Uint8Array {
  const nce = idOf<Nonce>(new Uint8Array(16));
  const head = compose({
    ...{ v: 1, typ: "head", net, nce, iat: 0, case: caseId, ...server.head },
  });
  return toDsse(head, [sign(head, server.signer)]);
}

function keep(pins: Partial<RoomKeys>): void {
  const { caseId } = told.room.state;
  contents = withRoom(contents, { ...roomOf(contents, caseId), ...pins });
}

const held = () => roomOf(contents, told.room.state.caseId);

describe("opening", () => {
  test("folds all that the server's signed head covers, page by page", async () => {
    server.page = 7;
    await room.open();

    expect(room.state.fh).toBe(told.room.state.fh);
    expect(server.asked).toBe(Math.ceil(server.frames.length / 7));
    expect(room.isBehind()).toBe(false);
  });

  test("refuses a server that stops short of its own word", async () => {
    server.frames = server.frames.slice(0, 5);

    await expect(room.open()).rejects.toThrow("FORK_OR_GAP");
  });

  test("refuses a head that somebody else signed, or of another room", async () => {
    server.signer = SigningKey.fromSeed(sha256(utf8("nobody")));
    await expect(room.open()).rejects.toThrow("BAD_SIG");
    server.signer = SigningKey.fromSeed(sha256(utf8("srv")));
    const other = headNow(idOf<CaseId>(new Uint8Array(16)));

    await expect(room.hearHead(other)).rejects.toThrow("WRONG_PLACE");
    expect(room.halted).toBeNull();
  });
});

describe("pins", () => {
  test("are kept as far as the room was opened", async () => {
    await room.open();
    await room.keepPins();
    const { seq, fh, epoch, current } = told.room.state;

    expect(held()).toMatchObject({ seq, fh, n: epoch, sid: current?.sid });
    const again = roomNow();
    await again.open();
    expect(again.state.seq).toBe(seq);
  });

  test("are not passed by a server that shows less", async () => {
    await room.open();
    await room.keepPins();
    const known = held();
    server.frames = server.frames.slice(0, 9);
    const last = server.frames.at(-1);
    server.head = { seq: 9, fh: last?.fh ?? OTHER, idn: last?.idn ?? 0 };
    const again = roomNow();

    await expect(again.open()).rejects.toThrow("ROLLBACK");
    await again.keepPins();
    expect(held()).toEqual(known);
  });

  test("are not passed by a server that shows another past", async () => {
    keep({ seq: 3, fh: OTHER });

    await expect(room.open()).rejects.toThrow("EQUIVOCATION");
    expect(room.halted).toBe("EQUIVOCATION");
    await expect(room.keepPins()).rejects.toThrow("EQUIVOCATION");
    expect(held().fh).toBe(OTHER);
  });

  test("tell that my own chain went on without this vault", async () => {
    await room.open();
    const [did, head] = [...room.state.chains][0] ?? [];
    const mine = roomNow();
    Object.assign(mine.session.me, { did });
    expect(head?.n).toBeGreaterThan(0);
    await expect(mine.open()).rejects.toThrow("ROLLBACK");

    keep({ chain: { n: head?.n ?? 0, eid: head?.eid ?? (OTHER as string as Eid) } });
    await mine.open();
    expect(mine.halted).toBeNull();
  });

  test("a bundle that does not come leaves its epoch without a key, and the reason", async () => {
    const [did] = [...told.room.state.chains.keys()];
    keep({ chain: { n: 1_000, eid: OTHER as string as Eid } });
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

    await expect(room.hearHead(headNow())).rejects.toThrow("EQUIVOCATION");
    expect(room.halted).toBe("EQUIVOCATION");
    expect(room.footing().halted).toBe("EQUIVOCATION");
    const [proof] = contents.evidence;
    expect(proof?.code).toBe("EQUIVOCATION");
    expect(bytesOfBlob(proof?.second ?? blobOf(utf8("")))).toEqual(headNow());
    server.head = before;
    expect(bytesOfBlob(proof?.first ?? blobOf(utf8("")))).toEqual(headNow());
  });

  test("of a member's row with my past halts the room, and the row is kept", async () => {
    tell(({ rows }) => rows.some(({ code }) => code === "EQUIVOCATION"));

    await room.open();

    expect(room.halted).toBe("EQUIVOCATION");
    expect(contents.evidence.length).toBeGreaterThan(0);
  });

  test("between rows and what was folded before is met at once", async () => {
    await room.open();
    const first = server.frames.slice(0, 1).map((frame) => ({ ...frame, fh: OTHER }));

    await expect(room.take(first)).rejects.toThrow("EQUIVOCATION");
    expect(room.halted).toBe("EQUIVOCATION");
  });
});

describe("a statement that is withheld", () => {
  test("halts the room until it comes", async () => {
    completing = () => Promise.reject(new Refused("MISSING_STATEMENT", { leaf: 3 }));
    await expect(room.open()).rejects.toThrow("MISSING_STATEMENT");
    expect(room.halted).toBe("MISSING_STATEMENT");
    completing = () => Promise.resolve(true);
    await room.open();

    expect(room.halted).toBeNull();
  });

  test("is not what a lost network is", async () => {
    completing = () => Promise.reject(new Refused("UNAVAILABLE"));

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
