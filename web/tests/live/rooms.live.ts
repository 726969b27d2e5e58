/** A member of this program in a sitting that people of the command line hold: the real server. */

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import { machineClock } from "../../src/client/clock";
import * as enrol from "../../src/client/enrol";
import { Client, type Happening } from "../../src/client/live";
import { pledge } from "../../src/client/pledge";
import type { Room } from "../../src/client/room";
import { Session } from "../../src/client/session";
import { signStatement } from "../../src/client/signer";
import { MemoryStore } from "../../src/client/stores";
import { pause } from "../../src/client/transport";
import { Vault } from "../../src/client/vault";
import { load } from "../../src/consent/register";
import { hex, utf8 } from "../../src/crypto/bytes";
import { system } from "../../src/crypto/entropy";
import { sha256 } from "../../src/crypto/hashing";
import { ready } from "../../src/crypto/sodium";
import { Receipted } from "../../src/protocol/generated";
import { blobOf, bytesOf, hashOf } from "../../src/protocol/ids";
import type { CaseId, Digest, DocId, SitId } from "../../src/protocol/ids";
import { generationOf } from "../../src/protocol/room";
import { compose, toDsse } from "../../src/protocol/statement";
import { DAY } from "../../src/protocol/times";
import { given, leave, PASS, placeOf, stranger, untilLeft } from "./stage";

const at = { clock: machineClock(), entropy: system };
const store = new MemoryStore();
const heard: Happening[] = [];

let client: Client;
let room: Room;
let caseId: CaseId;
let sit: SitId;
let docs: ReadonlyMap<string, DocId>;

beforeAll(ready);
afterAll(async () => {
  await client.close();
});

function listening(session: Session): Client {
  return new Client(session, {
    register: load(),
    happened: (happening) => heard.push(happening),
  });
}

/** The titles of the sections that are open to me, in the order of their rows. */
function titles(): string[] {
  const opened = room.rows().flatMap(([{ id }, { header }]) => {
    const text = room.texts.get(id) as { readonly title?: string } | undefined;
    return header.k === "sum" && text?.title !== undefined ? [text.title] : [];
  });
  return opened;
}

function until(what: Happening["what"]): Promise<void> {
  return untilTrue(() => heard.some((happening) => happening.what === what));
}

async function untilTrue(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(20);
}

/** A row is folded before its words are open. */
function untilRead(title: string): Promise<void> {
  return untilTrue(() => titles().includes(title));
}

function namedIn(text: string): ReadonlyMap<string, DocId> {
  return new Map(Object.entries(JSON.parse(text) as Record<string, DocId>));
}

function docOf(name: string): DocId {
  const doc = docs.get(name);
  if (doc === undefined) throw new Error(`nobody told of ${name}`);
  return doc;
}

async function answerSeat(session: Session): Promise<void> {
  const { council, me } = session;
  const seat = compose({
    ...{ v: 1, typ: "seat", net: council.net, nce: council.nonce(), iat: council.iat() },
    ...{ case: caseId, sit, wid: me.wid, ans: "accept", to: null, why: null },
  });
  const bytes = blobOf(toDsse(seat, [await signStatement(seat, session.dk)]));
  const post = { case: caseId, rows: [{ form: "stm", bytes }], bundles: [] };
  await council.http.post(`cases/${caseId}/post`, post, Receipted);
}

describe("a member", () => {
  it("enrols, pledges, and accepts her seat", async () => {
    const vault = await Vault.create(placeOf("hanako", store), PASS);
    const council = stranger();
    const ticket = enrol.readTicket(given("ENTAKU_CODE"));
    await enrol.ask(council, vault, { ticket, passphrase: PASS });
    await enrol.finish(council, vault, { passphrase: PASS, patience: 60_000 });
    const session = Session.of(vault, at);
    client = listening(session);
    await client.connect();
    const text = hashOf<Digest>(sha256(utf8("誓約書")));
    await pledge(session, text, { ver: 1, until: session.council.iat() + 200 * DAY });
    leave("ready", session.me.wid);
    [caseId, sit] = (await untilLeft("case")).split(" ") as [CaseId, SitId];
    await answerSeat(session);
    leave("accepted");
    docs = namedIn(await untilLeft("added"));

    expect(session.me.name).toBe("担当 花子");
  });

  it("joins the sitting and stands where the others do", async () => {
    ({ room } = await client.join(caseId, sit));

    expect(room.feed.flawed).toEqual([]);
    expect(room.state.epoch).toBe(2);
    expect([...room.epochs.keys()]).toEqual([2]);
    expect(room.live.size).toBe(5);
    expect(new Set((await room.names()).values())).toContain("担当 花子");
    expect(room.members().size).toBe(5);
    expect(room.isLeftOut()).toBe(false);
  });

  it("writes nothing before she has seen the others by name", async () => {
    expect(room.footing().unconfirmed).toBe(true);
    expect(await room.confirmChanges()).toHaveLength(4);
    expect(room.footing()).toMatchObject({ unconfirmed: false, hasKey: true, stale: false });
  });

  it("reads what the snapshot carried, and nothing from before she came", async () => {
    const agenda = room.state.documentOf("agd");
    const words = agenda && (await room.words(agenda.body.doc));

    expect(words?.[`sit.conv:${sit}`]).toEqual({ purpose: "今後の支援" });
    expect(titles()).toEqual([]);
    expect(room.docs.has(generationOf(docOf("early"), 1))).toBe(false);
    leave("joined");
  });

  it("sees at once what is shared with her, without asking", async () => {
    const read = vi.spyOn(client.session, "read");
    docs = new Map([...docs, ...namedIn(await untilLeft("shared"))]);
    await untilRead("様子");

    expect(read).not.toHaveBeenCalled();
    read.mockRestore();
  });

  it("sees that something is closed to her, and why", async () => {
    const generation = generationOf(docOf("health"), 1);
    await untilTrue(() => room.state.documents.has(generation));
    const { body } = room.state.announced(generation);
    const answer = room.feed.room.willing(at.clock.now()).read(room.person, body);

    expect(answer).toMatchObject({ allow: false, code: "CATEGORY_NOT_COVERED" });
    expect(await room.read(body.doc)).toEqual(new Map());
    const closed = room.rows().filter(([record]) => record.generation === generation);
    const ids = closed.map(([{ id }]) => id);
    expect(ids).toHaveLength(1);
    const asked = client.session.read(caseId, "view", ids);
    await expect(asked).rejects.toThrow("CATEGORY_NOT_COVERED");
    leave("seen");
  });

  it("opens what she is given later, though it was nothing to her when it came", async () => {
    await untilLeft("given");
    await untilTrue(() => room.docs.has(generationOf(docOf("few"), 1)));
    const early = await room.read(docOf("early"));
    const few = await room.read(docOf("few"));

    expect([...early.values()]).toMatchObject([{ title: "前から" }]);
    expect([...few.values()]).toMatchObject([{ title: "少しの人に" }]);
    expect(room.feed.flawed).toEqual([]);
    expect(room.flaws.size).toBe(0);
  });

  it("asks to speak, and the room sees the order", async () => {
    await client.raiseHand(caseId, { up: true });
    await untilTrue(() => room.hands.length > 0);

    expect(room.hands).toEqual([client.session.me.wid]);
    expect(heard.map(({ what }) => what)).toContain("hands");
  });
});

describe("a line that was cut", () => {
  it("comes back level with what was said meanwhile", async () => {
    const { session } = client;
    const login = session.login.bind(session);
    vi.spyOn(session, "login").mockImplementationOnce(async () => {
      await untilLeft("while-away");
      await login();
    });
    client.socket.close();
    leave("cut");
    await until("back");
    await room.read();

    expect(heard.map(({ what }) => what)).toContain("lost");
    expect(titles()).toEqual(["前から", "少しの人に", "様子", "留守の間に"]);
    expect(room.live.size).toBe(5);
  });
});

describe("a second sitting down", () => {
  it("opens the room with the keys of the vault, asking for none but what is in a grant", async () => {
    await client.close();
    const session = Session.of(await Vault.open(placeOf("hanako", store), PASS), at);
    client = listening(session);
    await client.connect();
    const read = vi.spyOn(session, "read");
    ({ room } = await client.join(caseId, sit));
    const texts = await room.read();

    const asked = read.mock.calls.map(([, purpose, ids]) => [purpose, ids.length]);
    expect(asked).toEqual([
      ["key", room.state.grants.length],
      ["view", texts.size],
    ]);
    expect(titles()).toEqual(["前から", "少しの人に", "様子", "留守の間に"]);
    expect(room.footing().unconfirmed).toBe(false);
    const { seq, fh, epoch } = room.state;
    leave(
      "read",
      JSON.stringify({
        texts: Object.fromEntries([...texts].map(([id, text]) => [hex(bytesOf(id)), text])),
        state: { seq, fh: hex(bytesOf(fh)), epoch },
      }),
    );
  });
});

describe("a withdrawal for her agency", () => {
  it("lets her out with the code, and serves her nothing any more", async () => {
    await room.until(() => room.gone !== null);

    expect(room.gone).toBe("BASIS_WITHDRAWN");
    expect(heard.at(-1)).toMatchObject({ what: "gone", code: "BASIS_WITHDRAWN" });
    await expect(room.fetch()).rejects.toThrow(/MEMBER_ENDED|BASIS_WITHDRAWN/);
    await expect(client.join(caseId)).rejects.toThrow(/MEMBER_ENDED|BASIS_WITHDRAWN/);
  });
});
