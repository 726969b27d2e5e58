/** A member of this program writes in a room that a chair of the command line leads. */

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { machineClock } from "../../src/client/clock";
import * as link from "../../src/client/link";
import { Client } from "../../src/client/live";
import type { Member, Shared, Step } from "../../src/client/member";
import { pledge } from "../../src/client/pledge";
import * as seating from "../../src/client/seating";
import { Session } from "../../src/client/session";
import { CarriedStore } from "../../src/client/stores";
import { pause } from "../../src/client/transport";
import { Vault } from "../../src/client/vault";
import { load } from "../../src/consent/register";
import { utf8 } from "../../src/crypto/bytes";
import { system } from "../../src/crypto/entropy";
import { sha256 } from "../../src/crypto/hashing";
import { ready } from "../../src/crypto/sodium";
import type { SumText } from "../../src/protocol/generated";
import { hashOf, type ActId, type CaseId, type Digest, type ItemId } from "../../src/protocol/ids";
import type { RowId, SitId, SubId, Wid } from "../../src/protocol/ids";
import { DAY } from "../../src/protocol/times";
import { freshVault, leave, left, PASS, placeOf, stranger, untilLeft } from "./stage";
import { told } from "./told";

/** What the chair told of the room. */
interface Place {
  readonly case: CaseId;
  readonly sit: SitId;
  readonly it: ItemId;
  readonly sub: SubId;
  readonly chair: Wid;
}

const at = { clock: machineClock(), entropy: system };

let client: Client;
let session: Session;
let member: Member;
let place: Place;
let shared: Shared;

beforeAll(ready);
afterAll(async () => {
  await client.close();
});

async function untilTrue(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(20);
}

function text(title: string): SumText {
  return { prov: "agency", hid: false, title, text: `${title}のこと` };
}

function issue(words: string): Step {
  return [{ op: "prio.set", m: { row: member.newId<RowId>(), it: place.it } }, { issue: words }];
}

async function agreeAt(stage: string): Promise<void> {
  expect(member.room.feed.flawed).toEqual([]);
  leave(`told-${stage}`, await told(member.room));
  await untilLeft(`agreed-${stage}`);
}

describe("a member", () => {
  it("accepts her seat, is brought in, and sees who is there", async () => {
    const carried = placeOf("hanako", new CarriedStore("hanako", left("vault")));
    session = Session.of(await Vault.open(carried, PASS), at);
    client = new Client(session, { register: load() });
    await client.connect();
    const pledged = hashOf<Digest>(sha256(utf8("誓約書")));
    await pledge(session, pledged, { ver: 1, until: session.council.iat() + 200 * DAY });
    leave("ready", session.me.wid);
    place = JSON.parse(await untilLeft("place")) as Place;
    await seating.answerSeat(session, place.case, place.sit, { ans: "accept" });
    expect(session.vault.contents.receipts).not.toEqual([]);
    leave("accepted");
    await untilLeft("added");
    member = await client.join(place.case, place.sit);

    await expect(member.act(issue("孤立"))).rejects.toThrow("UNSEEN_CHANGE");
    await member.room.confirmChanges();
    await member.act(issue("孤立"));
    await agreeAt("in");
  });

  it("shares a section, revises and remarks on it", async () => {
    const plan = { cls: "sec", item: place.it, sub: place.sub, cats: ["c2"] } as const;
    shared = await member.share(plan, text("健康"));
    await member.revise(shared.sm, text("健康2"));
    await member.note(shared.doc, { text: "次回確認", fact: true });
    await member.share({ ...plan, cats: ["c1"], carried: true }, text("連絡先"));

    expect(shared.audience).not.toBeNull();
    expect(member.room.state.versions.get(shared.sm)?.ver).toBe(2);
    await agreeAt("shared");
  });

  it("answers a part and an action that were offered to her", async () => {
    await untilLeft("offered");
    const mine = session.me.wid;
    await untilTrue(() => member.room.conference.actions.size > 0);
    const role = [...member.room.conference.roles.values()].find(({ owner }) => owner.w === mine);
    const [act] = [...member.room.conference.actions.keys()] as [ActId];
    if (role === undefined) throw new Error("a part was offered");
    await member.act([{ op: "role.ans", m: { row: role.row, ans: "accept", why: null } }, {}]);
    await member.act([
      { op: "act.ans", m: { act, ans: "decline", why: "capacity" } },
      { reason: "人手が足りない" },
    ]);

    await agreeAt("answered");
  });

  it("may not do what is the chair's, and learns it before anything is sent", async () => {
    const { seq } = member.room.state;
    const close: Step = [{ op: "sit.close", m: { sit: place.sit } }, {}];
    await expect(member.act(close)).rejects.toThrow("FORBIDDEN");
    await expect(seating.remove(member, [place.chair])).rejects.toThrow("RULE_DENIED");

    expect(member.room.state.seq).toBe(seq);
  });

  it("reads digits aloud and hears the chair's", async () => {
    const spoken = await member.readAloud();
    leave("spoken", spoken.digits);
    await untilTrue(() => member.spoken().length === 2);

    expect(member.spoken()[0]).toEqual(spoken);
    expect(member.spoken()[1]).toMatchObject({ wid: place.chair });
    await agreeAt("spoken");
  });
});

describe("a second device", () => {
  it("opens all that the first one could, by grants of its sibling", async () => {
    const offer = await link.offer(session);
    const council = stranger();
    const vault = await freshVault("second");
    const linking = await link.ask(council, vault, { secret: link.readOffer(offer.qr) });
    const request = await link.request(session, offer, { patience: 0 });
    await link.approve(session, request, { passphrase: PASS });
    const me = await link.finish(council, vault, { linking, patience: 0 });
    await session.sync();
    await member.grantSibling(me.device);
    const own = await member.room.read();

    const second = Session.of(vault, at);
    const other = new Client(second, { register: load() });
    await other.connect();
    const sibling = await other.join(place.case, place.sit);
    const { room } = sibling;
    const texts = await room.read();
    expect([...texts.keys()]).toEqual([...own.keys()]);
    expect(room.feed.flawed).toEqual([]);
    expect(room.isLeftOut()).toBe(false);
    await room.confirmChanges();
    await sibling.note(shared.doc, { text: "別の端末から", fact: false });
    await untilTrue(() => member.room.state.seq >= room.state.seq);
    await other.close();
    await agreeAt("linked");
  });
});

describe("a stale room", () => {
  it("is mended by whoever is first, and then written in", async () => {
    const { epoch } = member.room.state;
    leave("withdraw");
    await untilTrue(() => member.room.isStale() || member.room.state.epoch > epoch);
    const plan = { cls: "sec", sub: place.sub, cats: ["c1"] } as const;
    await member.share(plan, text("その後"));
    await member.revise(shared.sm, text("健康3"));

    expect(member.room.state.epoch).toBeGreaterThan(epoch);
    expect(member.room.isStale()).toBe(false);
    await agreeAt("mended");
  });
});
