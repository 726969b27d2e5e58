/** A chair of this program holds a sitting with people of the command line: the real server. */

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";

import * as bases from "../../src/client/bases";
import { machineClock } from "../../src/client/clock";
import { roomOf } from "../../src/client/contents";
import { Client, type Happening } from "../../src/client/live";
import type { Member, Shared, Step } from "../../src/client/member";
import { pledge } from "../../src/client/pledge";
import { Registrar } from "../../src/client/registrar";
import * as seating from "../../src/client/seating";
import { Session } from "../../src/client/session";
import { signerOf } from "../../src/client/signer";
import { CarriedStore } from "../../src/client/stores";
import { pause } from "../../src/client/transport";
import { Vault } from "../../src/client/vault";
import { load } from "../../src/consent/register";
import { utf8 } from "../../src/crypto/bytes";
import { system } from "../../src/crypto/entropy";
import { Refused } from "../../src/crypto/errors";
import { sha256 } from "../../src/crypto/hashing";
import { ready } from "../../src/crypto/sodium";
import type { Duty, Part, Person, SumText } from "../../src/protocol/generated";
import { hashOf, type ActId, type Aid, type CaseId, type DecId } from "../../src/protocol/ids";
import type { Digest, ItemId, RowId, Sid, SitId } from "../../src/protocol/ids";
import { generationOf } from "../../src/protocol/room";
import { DAY, HOUR } from "../../src/protocol/times";
import { freshVault, leave, left, PASS, placeOf, untilLeft } from "./stage";
import { told } from "./told";

const at = { clock: machineClock(), entropy: system };
const heard: Happening[] = [];

let client: Client;
let session: Session;
let member: Member;
let caseId: CaseId;
let sit: SitId;
let it1: ItemId;
let subject: bases.Subject;
let evidence: bases.Evidence;
let basis: Sid;
let people: Readonly<
  Record<"csw" | "elder" | "recorder" | "deputy", Person & { readonly aid: Aid }>
>;
let health: Shared, past: Shared;
let roles: Readonly<Record<Part, RowId>>;

beforeAll(ready);
afterAll(async () => {
  await client.close();
});

async function untilTrue(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(20);
}

function text(title: string, words: string): SumText {
  return { prov: "self", hid: false, title, text: words };
}

/** Leaves what this side holds, and waits until everybody on the other agrees. */
async function agreeAt(stage: string): Promise<void> {
  expect(member.room.feed.flawed).toEqual([]);
  leave(`told-${stage}`, await told(member.room));
  await untilLeft(`agreed-${stage}`);
}

function offered(part: Part, name: keyof typeof people, it = it1): Step {
  const { aid: ag, wid: w } = people[name];
  const row = member.newId<RowId>();
  roles = { ...roles, [part]: row };
  return [{ op: "role.set", m: { row, part, ag, w, it } }, { text: "担当" }];
}

describe("a registrar", () => {
  it("invites, checks and certifies somebody of the command line", async () => {
    const place = placeOf("chair", new CarriedStore("chair", left("vault")));
    session = Session.of(await Vault.open(place, PASS), at);
    client = new Client(session, {
      register: load(),
      happened: (happening) => heard.push(happening),
    });
    await client.connect();
    const key = await signerOf(new Uint8Array(32).fill(1));
    const office = { vault: await freshVault("registrar"), key, aid: session.me.aid };
    const registrar = new Registrar(session.council, office);
    const invitation = await registrar.invite(["member"], { exp: session.council.iat() + DAY });
    leave("invitation", invitation.code);
    const request = await registrar.request(invitation.inv, { patience: 30_000 });
    const now = session.council.iat();
    await registrar.certify(request, { name: "新人", nbf: now - HOUR, exp: now + 200 * DAY });
    const enrolled = await untilLeft("enrolled");

    expect(enrolled).toBe(request.join.wid);
    expect(office.vault.contents.invites).toEqual([]);
    await session.sync();
    const worker = session.council.log.directory.workerInForce(
      request.join.wid,
      session.council.log.size,
    );
    expect(worker?.caps).toEqual(["member"]);
    await expect(registrar.request(invitation.inv)).rejects.toThrow(Refused);
  });

  it("renews the pledge and takes an invitation back", async () => {
    const key = await signerOf(new Uint8Array(32).fill(1));
    const office = { vault: await freshVault("registrar2"), key, aid: session.me.aid };
    const registrar = new Registrar(session.council, office);
    const pledged = hashOf<Digest>(sha256(utf8("誓約書")));
    await registrar.pledge(pledged, { ver: 1, until: session.council.iat() + 310 * DAY });
    const { sid } = await registrar.invite(["member"], { exp: session.council.iat() + DAY });
    await registrar.revoke("invite", sid, { why: "error" });

    await pledge(session, pledged, { ver: 1, until: session.council.iat() + 200 * DAY });
    const { directory, size } = session.council.log;
    expect(directory.hasPledges(session.me.aid, session.me.wid, size)).toBe(true);
  });
});

describe("a chair", () => {
  it("founds a room on a consent", async () => {
    people = JSON.parse(await untilLeft("people")) as typeof people;
    caseId = await seating.reserve(session, "K-201");
    subject = bases.newSubject(session, { name: "美佐江", birth: "1955-02-03" });
    evidence = bases.newEvidence(session, { how: "面談", who: "本人" });
    const now = session.council.iat();
    const [mine, second, third] = [session.me.aid, people.csw.aid, people.elder.aid];
    const terms: bases.Terms = {
      law: "consent",
      kinds: ["shien"],
      scope: [
        { ag: [third, mine], cats: ["c1", "c2", "c6"] },
        { ag: [second], cats: ["c6", "c1"] },
      ],
      purp: ["advice"],
      start: now - HOUR,
      until: now + 180 * DAY,
    };
    basis = await bases.consent(session, { caseId, subject, terms, evidence });
    member = client.member(caseId);
    await seating.create(member, { bases: [basis], staff: [people.recorder.wid] });
    await member.room.confirmChanges();
    await client.join(caseId);

    expect(member.room.state.epoch).toBe(0);
    expect(member.room.roster.chair).toBe(session.me.wid);
    expect(member.room.feed.flawed).toEqual([]);
    expect([...member.room.docs.keys()]).toHaveLength(2);
    expect(session.vault.contents.unsent).toEqual([]);
    expect(roomOf(session.vault.contents, caseId).chain?.n).toBe(2);
  });

  it("convenes a sitting and invites", async () => {
    [sit, it1] = [member.newId<SitId>(), member.newId<ItemId>()];
    const items = [
      { it: it1, no: 1, typ: "decide", bases: [{ sub: subject.sub, basis }] },
    ] as const;
    const starts = session.council.iat() + HOUR;
    const titles = [{ it: it1, title: "今後の支援", min: 20 }];
    const seats = (
      [
        [session.me.wid, "facilitator"],
        [people.recorder.wid, "recorder"],
        [people.csw.wid, "member"],
        [people.elder.wid, "member"],
        [people.deputy.wid, "member"],
      ] satisfies readonly (readonly [string, Duty])[]
    ).map(([wid, duty]): Step => [{ op: "seat.inv", m: { sit, wid, duty, late: 0 } }, {}]);
    const convened: Step = [
      { op: "sit.conv", m: { sit, kind: "shien", no: 1, starts, items } },
      { purpose: "今後の支援", place: "市役所", items: titles },
    ];
    await member.act(convened, ...seats);
    await member.answer(sit, { ans: "accept" });
    leave("case", `${caseId} ${sit}`);

    expect(member.items().get(it1)?.state).toBe("prepared");
  });

  it("brings the invited in, once they have accepted", async () => {
    const row = [{ wid: people.csw.wid }];
    await untilLeft("asked");
    await expect(seating.add(member, row)).rejects.toThrow("NOT_SEATED");
    leave("refused");
    await untilLeft("seated");
    await member.room.fetch();
    const wids = [people.csw.wid, people.elder.wid, people.deputy.wid];
    await seating.add(
      member,
      wids.map((wid) => ({ wid })),
    );
    leave("added");

    await expect(member.act([{ op: "sit.open", m: { sit } }, {}])).rejects.toThrow("UNSEEN_CHANGE");
    expect(await member.room.confirmChanges()).toHaveLength(3);
    await untilLeft("in");
  });

  it("opens the sitting and its item, and seals the evidence for few", async () => {
    await client.join(caseId, sit);
    await member.act([{ op: "sit.open", m: { sit } }, {}]);
    await member.openItemOf(it1);
    const { key, name, birth } = subject;
    const ev = { how: "面談", who: "本人" };
    const readers = { ag: [], w: [session.me.wid, people.deputy.wid].sort() };
    const opened = { key, name, birth, evkey: evidence.key, ev };
    const doc = await member.testify(subject.sub, opened, { readers });

    expect([...(await member.room.read(doc)).values()]).toEqual([opened]);
    expect(member.items().get(it1)?.state).toBe("open");
    await agreeAt("opened");
  });

  it("shares a section that only two of three agencies may read, and revises it", async () => {
    const plan = { cls: "sec", item: it1, sub: subject.sub, cats: ["c2"] } as const;
    health = await member.share(plan, text("健康", "夜眠れない"));
    past = await member.share({ ...plan, cats: ["c6"], carried: true }, text("経過", "訪問した"));
    await member.revise(health.sm, text("健康", "眠れるようになった"));
    const item = [...member.room.state.documents.values()].find(({ body }) => body.cls === "itm");
    if (item === undefined) throw new Error("the item has a document");
    await member.note(item.body.doc, { text: "次回までに確認", fact: false });

    expect(health.audience?.ag).not.toContain(people.csw.aid);
    expect(member.room.state.versions.get(health.sm)?.ver).toBe(2);
    await agreeAt("shared");
  });

  it("never seals a マイナンバー, nor what nobody could read", async () => {
    const { seq } = member.room.state;
    const plan = { cls: "sec", item: it1, sub: subject.sub, cats: ["c6"] } as const;
    const sharing = member.share(plan, text("番号", "1234-5678-9018"));
    await expect(sharing).rejects.toThrow("FORBIDDEN");
    const step: Step = [{ op: "prio.set", m: { row: member.newId(), it: it1 } }, { rank: 1.5 }];
    await expect(member.act(step)).rejects.toThrow("BAD_J1");

    expect(member.room.state.seq).toBe(seq);
    expect(session.vault.contents.unsent).toEqual([]);
  });

  it("closes the item only when the board is whole", async () => {
    const close: Step = [
      { op: "item.close", m: { it: it1, out: "decided" } },
      { summary: "まとめ" },
    ];
    const issue: Step = [
      { op: "prio.set", m: { row: member.newId(), it: it1 } },
      { issue: "孤立", rank: 1 },
    ];
    await member.act(issue);
    await member.act(offered("main", "elder"), offered("key", "elder"), offered("deputy", "csw"));
    const broken = await member.act(close).catch((error: unknown) => error);
    leave("offered", JSON.stringify(roles));
    await untilTrue(() => {
      const found = [...member.room.conference.roles.values()];
      return found.filter(({ state }) => state === "accepted").length === 2;
    });
    const [act, dec] = [member.newId<ActId>(), member.newId<DecId>()];
    const due = "2030-01-31";
    const action = { act, it: it1, ag: people.csw.aid, w: null, due, from: null, ext: 0 };
    await member.act(
      [{ op: "act.new", m: action }, { text: "訪問する" }],
      [{ op: "dec.rec", m: { dec, it: it1, typ: "decision" } }, { text: "見守りを始める" }],
    );
    const next = Math.floor((session.council.iat() + 30 * DAY) / 1000) * 1000;
    await member.act([{ op: "next.set", m: { sit, at: next } }, { place: "市役所" }]);
    await member.act(close);

    expect((broken as Refused).code).toBe("INVARIANT");
    expect(member.items().get(it1)?.out).toBe("decided");
    await agreeAt("decided");
  });

  it("sends the same bytes again when nobody knows whether they came", async () => {
    const { http } = session.council;
    const post = http.post.bind(http);
    const sent: object[] = [];
    let first: object | null = null;
    const spy = vi.spyOn(http, "post").mockImplementation(async (path, body, kind) => {
      sent.push(body);
      const answer = await post(path, body, kind);
      if (first !== null) return answer;
      first = body;
      throw new Refused("UNAVAILABLE", { why: "network" });
    });
    const plan = { cls: "sec", sub: subject.sub, cats: ["c2"] } as const;
    const sharing = member.share(plan, text("薬", "朝に飲む"));
    await expect(sharing).rejects.toThrow("UNAVAILABLE");
    const kept = session.vault.contents.unsent.length;
    await member.room.openKeys(); // and keys of rows that may stand are not forgotten meanwhile
    await member.act([{ op: "next.set", m: { sit, at: null } }, { note: "決めない" }]);
    spy.mockRestore();

    expect(kept).toBe(1);
    expect(sent[1]).toEqual(sent[0]);
    expect(sent).toHaveLength(3);
    expect(session.vault.contents.unsent).toEqual([]);
    const texts = [...(await member.room.read()).values()];
    expect(texts.filter((each) => "title" in each && each.title === "薬")).toHaveLength(1);
    await agreeAt("resent");
  });

  it("signs in again when its token ended meanwhile", async () => {
    const { http } = session.council;
    http.token = "a token that ended";
    const logs = () => session.ops.sync(session.council.root(), session.council.clock.now());
    await Promise.all([
      session.signedIn(logs), // two find out at once, and sign in once
      member.act([{ op: "next.set", m: { sit, at: null } }, { note: "まだ決めない" }]),
    ]);

    expect(http.token).not.toBe("a token that ended");
  });

  it("sends nothing that the vault could not keep", async () => {
    const [{ seq }, { size }] = [member.room.state, member.room.docs];
    const full = vi.spyOn(session.vault, "update").mockRejectedValueOnce(new Refused("OVERSIZE"));
    const plan = { cls: "sec", sub: subject.sub, cats: ["c2"] } as const;
    await expect(member.share(plan, text("全部", "入らない"))).rejects.toThrow("OVERSIZE");
    full.mockRestore();

    expect(member.room.docs.size).toBe(size);
    await member.room.fetch();
    expect(member.room.state.seq).toBe(seq);
  });

  it("forgets a roster that lost its race, and says so in the next", async () => {
    const { http } = session.council;
    const spy = vi.spyOn(http, "post").mockRejectedValueOnce(new Refused("FORK_OR_GAP"));
    await expect(seating.rotate(member)).rejects.toThrow("FORK_OR_GAP");
    spy.mockRestore();
    const [lost] = member.lost();
    const { epoch } = member.room.state;

    expect(member.room.epochs.has(epoch + 1)).toBe(false);
    await seating.rotate(member);
    expect(member.room.roster.void).toEqual([lost]);
    expect(member.room.state.epoch).toBe(epoch + 1);
    await expect(seating.rotate(member)).rejects.toThrow("RATE_LIMITED");
    expect(member.room.epochs.size).toBe(epoch + 2);
    await agreeAt("rotated");
  });

  it("puts a key under the new epoch, and passes it to one of its readers", async () => {
    const { state } = member.room;
    const [before, generation] = [
      state.seq,
      generationOf(health.doc, state.newest.get(health.doc) ?? 0),
    ];
    await member.carry(past.doc);
    await member.grant(people.elder.wid, generation);

    await expect(member.grant(people.csw.wid, generation)).rejects.toThrow(Refused);
    expect(state.seq).toBe(before + 2);
  });

  it("withdraws one agency; the room goes on without it, and its chair mends it", async () => {
    const { epoch } = member.room.state;
    await member.withdraw(basis, { agencies: [people.csw.aid], cats: null });
    // Written at once: it waits for the fresh roster and opens its key before it seals.
    await member.share({ cls: "sec", sub: subject.sub, cats: ["c6"] }, text("所見", "続ける"));

    expect(member.room.state.epoch).toBe(epoch + 1);
    expect(member.room.members().has(people.csw.wid)).toBe(false);
    expect(member.room.isStale()).toBe(false);
    await agreeAt("withdrawn");
  });

  it("takes somebody out and brings a guest in for one card", async () => {
    await seating.remove(member, [people.recorder.wid]);
    const until = session.council.iat() + HOUR;
    await seating.add(member, [{ wid: people.recorder.wid, role: "guest", until }]);
    const w = [session.me.wid, people.recorder.wid].sort();
    const card = text("事例", "七十代の女性");
    const { doc } = await member.share({ cls: "card" }, card, { audience: { ag: [], w } });
    leave("card", doc);
    await untilLeft("advised");
    await untilTrue(() =>
      member.room.rows().some(([{ kind, seq }]) => kind === "note" && seq > 40),
    );

    expect([...(await member.room.read(doc)).values()]).toHaveLength(2);
    await agreeAt("advised");
  });

  it("hands the chair over, and takes it back", async () => {
    const now = session.council.iat();
    const { wid, ik } = people.deputy;
    const life = { start: now - HOUR, until: now + DAY };
    const paper = await bases.handOver(session, { caseId, to: { wid, ik }, ...life });
    leave("paper", paper);
    const back = (await untilLeft("paper-back")) as Sid;
    await untilTrue(() => member.room.roster.chair === wid);
    await expect(seating.remove(member, [wid])).rejects.toThrow("RULE_DENIED");
    await session.sync();
    await member.room.complete();
    await seating.takeChair(member, back);

    expect(member.room.roster.chair).toBe(session.me.wid);
    await agreeAt("handed");
  });

  it("reads digits aloud that are the others' own, and lets nobody act for her", async () => {
    const spoken = await member.readAloud();
    await member.letAct(session.council.iat() + HOUR);

    expect(member.spoken()).toEqual([spoken]);
    leave("spoken", spoken.digits);
    await agreeAt("spoken");
  });

  it("says that a bundle did not open, and narrows the room to who is covered", async () => {
    const { epoch, roster } = member.room.state;
    await member.reportBundle(epoch);
    await seating.narrow(member);

    expect(member.room.roster).toMatchObject({ n: epoch + 1, why: "narrow", mem: roster.mem });
    await agreeAt("narrowed");
  });

  it("keeps every receipt until its leaves are found", async () => {
    await pause(2_000);
    const waiting = session.vault.contents.receipts.length;
    await session.redeem();

    expect(session.vault.contents.receipts).toEqual([]);
    expect(waiting).toBeGreaterThanOrEqual(0);
    expect(heard.filter(({ what }) => what === "trouble")).toEqual([]);
  });

  it("closes the sitting, once somebody is the deputy that left, and the room", async () => {
    const close: Step = [{ op: "sit.close", m: { sit } }, { note: "散会" }];
    await expect(member.act(close)).rejects.toThrow("INVARIANT");
    const it2 = member.newId<ItemId>();
    const pairs = [{ sub: subject.sub, basis }];
    const more = { sit, it: it2, no: 2, typ: "talk", bases: pairs } as const;
    await member.act([{ op: "item.add", m: more }, { title: "役割の見直し" }]);
    await member.openItemOf(it2);
    await member.act(offered("deputy", "deputy", it2));
    await member.act([{ op: "item.close", m: { it: it2, out: "carried" } }, { summary: "" }]);
    await member.act(close);
    await seating.close(member);

    expect(member.room.state.closed).toBe(true);
    const late = member.act([{ op: "prio.set", m: { row: member.newId(), it: it1 } }, {}]);
    await expect(late).rejects.toThrow(Refused);
    await agreeAt("closed");
  });
});
