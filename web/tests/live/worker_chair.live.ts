/** A chair at the worker's host: bases, approvals, a sitting, devices; and an auditor. */

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { BasisTerms } from "../../src/worker/api";
import { Machine, PASS, sure, Tab } from "./worker_stage";
import { given, leave } from "./stage";

const DAY = 86_400_000;

const chair = new Tab(new Machine());
const approver = new Tab(new Machine());
const auditor = new Tab(new Machine());
let own: string;
let caseId: string;
let sit: string;

beforeAll(async () => {
  for (const each of [chair, approver, auditor]) await each.host.start();
});
afterAll(async () => {
  for (const each of [chair, approver, auditor]) await each.host.close();
});

/** Terms of a consent of the invented person, for two agencies. */
function terms(aids: readonly string[], cats: readonly string[], now: number): BasisTerms {
  return {
    ...{ sub: null, subject: { name: "美佐江", birth: "1955-02-03" }, kind: "consent" },
    ...{ law: "consent", sittings: ["shien"], scope: aids.map((aid) => ({ aid, cats })) },
    ...{ purposes: ["advice"], start: now - 60_000, until: now + 180 * DAY, review: null },
    ...{ approver: null, evidence: { "given-by": "本人", form: "書面" }, prev: null },
  };
}

function decision(aids: readonly string[], approver_: string, now: number): BasisTerms {
  const evidence = { absence: "本人が関わりを拒んでいる", harm: "暮らしが立ちゆかなくなる" };
  return {
    ...terms(aids, ["c1", "c3"], now),
    ...{ subject: { name: "修", birth: "" }, kind: "law", law: "swa-106-6", evidence },
    ...{ approver: approver_, review: now + 60 * DAY },
  };
}

describe("a chair", () => {
  it("joins by the link, and founds a room on a consent, sealed for those it names", async () => {
    const session = await chair.join(given("ENTAKU_LINK"), "座長");
    own = session.me.agency.aid;
    const bases = [terms([own], ["c1", "c6"], session.now)];
    ({ caseId } = await chair.api.do("room.create", { code: "K-104", bases, staff: [] }));
    await chair.api.do("room.open", { caseId, sit: null });
    const room = await chair.until("room", ({ bases: [basis] }) => basis?.subject !== "");

    expect(room).toMatchObject({ code: "K-104", chair: true, epoch: 0 });
    expect(room.bases).toMatchObject([
      { subject: "美佐江", state: "live", evidence: { "given-by": "本人", form: "書面" } },
    ]);
  });

  it("asks the gate about people, and what a change would open and close, by name", async () => {
    const found = await chair.api.do("people.candidates", { caseId, kind: "shien", cats: ["c1"] });
    const answers = new Map(found.map(({ person, answer }) => [person.name, answer]));

    expect(answers.get("座長 一郎")).toBeNull();
    expect(answers.get("elder")).toBe("RECIPIENT_NOT_COVERED");
    const { chairs: approvers } = await chair.api.do("people.directory", {});
    expect(approvers).toContain(chair.session.me.wid);
    const basis = sure(chair.room.bases[0]).sid;
    const withdraw = { basis, aids: null, cats: ["c6"] };
    const effect = await chair.api.do("basis.effect", { caseId, terms: null, withdraw });
    expect(effect).toMatchObject({
      ...{ opens: [], closes: [{ person: { name: "座長 一郎" }, cats: ["c6"], leaves: false }] },
    });
    const whole = { basis, aids: null, cats: null };
    const gone = await chair.api.do("basis.effect", { caseId, terms: null, withdraw: whole });
    expect(gone.closes).toMatchObject([{ cats: ["c1", "c6"], leaves: true }]);
  });

  it("records a wider version, which takes the place of the one before", async () => {
    const before = sure(chair.room.bases[0]);
    const { now } = chair.session;
    const wider = { ...terms([own], ["c1", "c2", "c6"], now), subject: null };
    const next = { ...wider, sub: before.sub, prev: before.sid };
    const effect = await chair.api.do("basis.effect", { caseId, terms: next, withdraw: null });
    expect(effect).toMatchObject({ opens: [{ cats: ["c2"] }], closes: [] });
    const { sid } = await chair.api.do("basis.record", { caseId, terms: next });
    const room = await chair.until("room", ({ bases: [basis] }) => basis?.sid === sid);

    expect(room.bases[0]).toMatchObject({ ver: 2, subject: "美佐江", current: true });
    expect(room.bases[1]).toMatchObject({ sid: before.sid, current: false });
  });

  it("holds a sitting from convening to the end", async () => {
    const { now, me } = chair.session;
    const { sub, sid } = sure(chair.room.bases[0]);
    const bases = [{ sub, basis: sid }];
    const convened = await chair.api.do("sitting.convene", {
      ...{
        caseId,
        kind: "shien",
        no: 1,
        starts: now + 3_600_000,
        purpose: "方針",
        place: "会議室",
      },
      items: [
        { title: "開会", typ: "form", minutes: 3, bases: [] },
        { title: "方針と役割分担", typ: "decide", minutes: 10, bases },
      ],
      seats: [{ wid: me.wid, duty: "recorder", late: false }],
    });
    ({ sit } = convened);
    await chair.api.do("sitting.answer", { caseId, sit, answer: "accept", why: null, to: null });
    await chair.until("room", (room) => room.sitting?.seats[0]?.present === true);
    await chair.api.do("sitting.open", { caseId, sit });
    await chair.until("room", (view) => view.sitting?.state === "open");
    const [first, second] = sure(chair.room.sitting).items.map(({ it: id }) => id);
    expect(chair.item).toMatchObject({ title: "開会", minutes: 3, missing: [] });
    await chair.api.do("item.open", { caseId, it: sure(first) });
    await chair.api.do("item.close", { caseId, it: sure(first), out: "none" });
    const it = sure(second);
    await chair.api.do("item.open", { caseId, it });
    const decided = chair.api.do("item.close", { caseId, it, out: "decided" });
    await expect(decided).rejects.toMatchObject({ code: "INVARIANT", facts: { main: 0 } });
    await chair.api.do("decision.record", { caseId, it, typ: "reserve", text: "次回まで待つ" });
    await chair.api.do("sitting.next", { caseId, sit, when: null, note: "未定" });
    await chair.api.do("item.close", { caseId, it, out: "none" });
    await chair.api.do("sitting.close", { caseId, sit });

    const after = await chair.until("room", (view) => view.sitting?.state === "closed");
    expect(after.decisions).toMatchObject([{ typ: "reserve", text: "次回まで待つ" }]);
    expect(after.sitting?.next).toEqual({ when: null, note: "未定" });
    expect(after.sitting?.purpose).toBe("方針");
    leave("over", "");
  });

  it("adds a second device, which both sides know by the same digits", async () => {
    const { text } = await chair.api.do("link.offer", {});
    expect(await chair.api.do("link.waiting", {})).toEqual({ digits: null });
    const other = new Tab(new Machine());
    await other.host.start();
    const vault = { vault: "二台目", place: "file", passphrase: PASS } as const;
    expect(await other.api.do("link.look", { text })).toEqual({ council: "みなと市" });
    await other.api.do("link.begin", { text, ...vault });
    const app = await other.until("app", ({ phase }) => phase === "joining");
    const { digits } = await chair.api.do("link.waiting", {});
    expect(app).toMatchObject({ joining: { stage: "device", spoken: digits } });
    await chair.api.do("link.approve", { passphrase: PASS, name: "持ち出し用" });
    await other.api.do("link.finish", { vault: "二台目" });
    await other.until("app", ({ phase }) => phase === "open");

    const mine = await chair.until(
      "app",
      (view) => view.phase === "open" && view.session.devices.length === 2,
    );
    expect(mine).toMatchObject({ session: { devices: [{ me: true }, { name: "持ち出し用" }] } });
    await other.until("docket", (lines) => lines.length === 1);
    await other.host.close();
  });

  it("founds a room on a decision once somebody else has approved it", async () => {
    const other = await approver.join(given("ENTAKU_APPROVER"), "承認者");
    await chair.api.do("room.leave", {});
    chair.host.desk.office().refreshSoon(0);
    await chair.until("app", ({ phase }) => phase === "open");
    const bases = [decision([own], other.me.wid, chair.session.now)];
    const made = await chair.api.do("room.create", { code: "K-105", bases, staff: [] });
    const refused = chair.api.do("room.open", { caseId: made.caseId, sit: null });
    await expect(refused).rejects.toMatchObject({ code: "UNKNOWN_ID" });
    const [waiting] = await approver.api.do("basis.waiting", {});
    expect(waiting).toMatchObject({ law: "swa-106-6", by: { name: "座長 一郎" } });
    await approver.until("home", (home) => home.waiting.some(({ what }) => what === "approval"));
    await approver.api.do("basis.approve", { sid: sure(waiting).sid });
    chair.host.desk.office().refreshSoon(0);
    await chair.until("docket", (lines) =>
      lines.some(({ code, member }) => code === "K-105" && member),
    );
    await chair.api.do("room.open", { caseId: made.caseId, sit: null });
    const room = await chair.until("room", ({ bases: [basis] }) => basis?.subject === "修");

    expect(room.bases[0]).toMatchObject({ kind: "law", ver: 1, state: "live" });
    expect(room.bases[0]?.evidence).toMatchObject({ absence: "本人が関わりを拒んでいる" });
    expect(room.bases[0]?.by.map(({ name }) => name)).toEqual(["座長 一郎", "承認 二郎"]);
  });

  it("locks by itself when nobody is there", async () => {
    await chair.api.do("vault.stay", { minutes: 0.001 });

    await chair.until("app", ({ phase }) => phase === "vaults");
  });
});

describe("an auditor", () => {
  it("joins without a pledge, and never holds a room", async () => {
    const text = given("ENTAKU_AUDITOR");
    await auditor.api.do("join.begin", { text, vault: "監査", place: "browser", passphrase: PASS });
    await auditor.api.do("join.finish", { vault: "監査", passphrase: PASS });
    await auditor.until("app", ({ phase }) => phase === "open");

    expect(auditor.session).toMatchObject({ caps: ["audit"], pledge: "not-needed" });
    const room = auditor.api.do("room.open", { caseId, sit: null });
    await expect(room).rejects.toMatchObject({ code: "AUDITOR_NO_CONTENT" });
  });

  it("asks who did what in a case, and sees no content", async () => {
    const all = { since: null, until: null } as const;
    const asked = await auditor.api.do("audit.ask", { by: "case", subject: "K-104", ...all });

    expect(asked.lines.length).toBeGreaterThan(5);
    expect(new Set(asked.lines.map(({ kind }) => kind))).toContain("change.post");
    expect(asked.lines.every(({ caseId: id }) => id === caseId)).toBe(true);
    expect(asked.charts.hours.length).toBeGreaterThan(0);
    const denied = await auditor.api.do("audit.ask", { by: "denied", subject: "", ...all });
    expect(denied.lines.every(({ reason }) => reason !== "")).toBe(true);
    const agency = await auditor.api.do("audit.ask", { by: "agency", subject: own, ...all });
    expect(
      agency.lines.every(({ actor, to }) => [actor, ...to].some((one) => one?.agency?.aid === own)),
    ).toBe(true);
    const unknown = auditor.api.do("audit.ask", { by: "case", subject: "K-999", ...all });
    await expect(unknown).rejects.toMatchObject({ code: "UNKNOWN_ID" });
  });

  it("verifies both logs, the second time from where she was, and takes them away", async () => {
    const told: number[] = [];
    const progress = ({ done }: { readonly done: number }) => told.push(done);
    const [id, ops] = await auditor.api.do("audit.verify", {}, { progress });
    expect(id).toMatchObject({ log: "id", from: 0, findings: [] });
    expect(ops?.to).toBeGreaterThan(10);
    expect(told.length).toBeGreaterThan(0);
    const again = await auditor.api.do("audit.verify", {});
    expect(again[0]?.from).toBe(id?.to);
    const zip = await auditor.api.do("audit.export", { codes: ["K-104"] });

    expect(zip.type).toBe("application/zip");
    expect(zip.size).toBeGreaterThan(2_000);
    leave("audited", "");
  });
});
