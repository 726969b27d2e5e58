/** The worker's host against the real server: what the screens would be shown, and what they do. */

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { RoomView } from "../../src/worker/api";
import { Machine, PASS, sure, Tab } from "./worker_stage";
import { given, leave, untilLeft } from "./stage";

const machine = new Machine();
const tab = new Tab(machine);
let caseId: string;
let sit: string;

beforeAll(async () => {
  await tab.host.start();
});
afterAll(async () => {
  await tab.host.close();
});

function section(room: RoomView, title: string) {
  return room.sections.find((each) => each.title === title);
}

describe("a person who was invited", () => {
  it("begins with no vault", () => {
    expect(tab.shown.app).toEqual({
      ...{ phase: "vaults", vaults: [], fresh: true, persisted: false, evidence: 0 },
    });
  });

  it("reads the invitation, and is told of a wrong one by its code", async () => {
    const view = await tab.api.do("join.look", { text: given("ENTAKU_CODE") });

    expect(view).toMatchObject({ council: "みなと市", agency: "A02", caps: ["member"] });
    expect(view.pledge).toEqual({ ver: 1, text: "誓約書" });
    const wrong = { text: "AAAA-AAAA" };
    await expect(tab.api.do("join.look", wrong)).rejects.toMatchObject({ code: "BAD_LENGTH" });
    const nobodys = { text: given("ENTAKU_STRANGE") };
    await expect(tab.api.do("join.look", nobodys)).rejects.toMatchObject({ code: "UNKNOWN_ID" });
  });

  it("leaves nothing behind when her invitation is no good", async () => {
    const text = given("ENTAKU_STRANGE");
    const begun = tab.api.do("join.begin", {
      ...{ text, vault: "だめ", place: "browser", passphrase: PASS },
    });

    await expect(begun).rejects.toMatchObject({ code: "UNKNOWN_ID" });
    expect(tab.shown.app).toMatchObject({ phase: "vaults", vaults: [] });
  });

  it("makes keys, reads digits aloud, is certified, pledges, and is in", async () => {
    const session = await tab.join(given("ENTAKU_CODE"), "花子");

    expect(session.me).toMatchObject({ name: "担当 花子", verified: true, me: true, ended: null });
    expect(session).toMatchObject({ caps: ["member"], line: "online", pledge: "live" });
    expect(session.council).toMatchObject({ slug: "minato", name: "みなと市" });
    expect(session.devices).toHaveLength(1);
    expect(session.id.size).toBeGreaterThan(5);
  });

  it("is shown what a follower may see in a second tab, which does not get the keys", async () => {
    const second = new Tab(machine);
    await second.host.start();

    expect(second.shown.app).toEqual({ phase: "follower" });
    await expect(second.api.do("vault.file", {})).rejects.toMatchObject({ code: "UNAVAILABLE" });
    second.host.desk.close();
  });
});

describe("a member", () => {
  it("sees her invitation at home before she sees anything of the room", async () => {
    leave("ready", tab.session.me.wid);
    [caseId = "", sit = ""] = (await untilLeft("case")).split(" ");
    tab.host.desk.office().refreshSoon(0);
    const home = await tab.until("home", ({ invitations }) => invitations.length === 1);

    expect(home.invitations[0]).toMatchObject({
      ...{ caseId, code: "K-101", sit, kind: "shien", duty: "member", seat: "invited", no: null },
    });
    expect(tab.shown.docket).toMatchObject([{ caseId, member: false, main: null }]);
    await expect(tab.api.do("room.open", { caseId, sit: null })).rejects.toMatchObject({
      code: "NOT_MEMBER",
    });
  });

  it("accepts, is let in, and finds the sitting among those of today", async () => {
    await tab.api.do("sitting.answer", { caseId, sit, answer: "accept", why: null, to: null });
    leave("accepted", "");
    await untilLeft("added");
    tab.host.desk.office().refreshSoon(0);
    const home = await tab.until("home", ({ today: [first] }) => first?.state === "open");

    expect(home.today).toMatchObject([{ sit, state: "open", no: 1, seat: "accepted" }]);
    expect(home.invitations).toEqual([]);
    expect(await tab.until("docket", ([line]) => line?.member === true)).toMatchObject([
      { code: "K-101", locked: null, overdue: 0, open: 0, closed: false },
    ]);
  });

  it("opens the room and is shown what the others see, with names", async () => {
    await tab.api.do("room.open", { caseId, sit: null });
    const room = await tab.until("room", (view) =>
      view.members.every(({ person }) => person.name !== ""),
    );

    expect(room).toMatchObject({ caseId, code: "K-101", chair: false, left: null, closed: false });
    expect(room.members.map(({ person }) => person.name)).toContain("chair");
    expect(room.members[0]).toMatchObject({ chair: true, role: "member", locked: null });
    expect(room.sitting).toMatchObject({ sit, purpose: "今後の支援", state: "open" });
    expect(room.sitting?.seats.every(({ present }) => present)).toBe(true);
    const [item] = room.sitting?.items ?? [];
    expect(item).toMatchObject({ no: 1, typ: "decide", state: "open" });
    expect(item?.missing).toEqual(["main", "key", "deputy", "interim"]);
    expect(item?.opened).toBeGreaterThan(0);
    expect(room.bases).toMatchObject([
      { kind: "consent", law: "consent", state: "live", current: true },
    ]);
    expect(room.bases[0]?.scope.map(({ agency }) => agency.name)).toContain("A02");
    expect(room.happenings.some(({ what }) => what === "item-opened")).toBe(true);
  });

  it("has to confirm by name who is new before she writes", async () => {
    const { newcomers } = await tab.until("room", (room) => room.newcomers.length > 0);
    expect(newcomers.map(({ name }) => name)).toContain("elder");
    await tab.api.do("room.confirm", { caseId });

    await tab.until("room", (room) => room.newcomers.length === 0);
  });

  it("sees a section the moment it is shared, and why another one is closed", async () => {
    leave("joined", "");
    const room = await tab.until("room", (view) => view.sections.length === 2);
    const opened = section(room, "様子");
    const closed = room.sections.find(({ text }) => text === null);

    expect(opened).toMatchObject({ text: "様子のこと", prov: "self", cats: ["c1"], closed: null });
    expect(opened?.author?.name).toBe("elder");
    expect(closed).toMatchObject({ title: "", closed: "CATEGORY_NOT_COVERED", cats: ["c2"] });
  });

  it("is told beforehand who would read what she shares, and shares", async () => {
    const room = await tab.until("room", (view) => view.bases.length === 1);
    const { sub } = sure(room.bases[0]);
    const { it } = tab.item;
    const asked = await tab.api.do("section.readers", { caseId, it, sub, cats: ["c6"] });

    expect(asked.refused).toEqual([]);
    await tab.api.do("section.share", {
      ...{ caseId, it, sub, cats: ["c6"], prov: "agency", hidden: false },
      ...{ title: "訪問の記録", text: "五回訪ねた。", readers: null },
    });
    const view = await tab.until("room", (now) => section(now, "訪問の記録") !== undefined);
    const mine = sure(section(view, "訪問の記録"));
    expect(mine).toMatchObject({ text: "五回訪ねた。", ver: 1 });
    await tab.api.do("section.revise", {
      ...{ caseId, sm: sure(mine.sm), prov: "agency", hidden: false },
      ...{ title: "訪問の記録", text: "六回訪ねた。" },
    });
    await tab.until("room", (now) => section(now, "訪問の記録")?.text === "六回訪ねた。");
    await tab.api.do("note.add", { caseId, doc: mine.doc, text: "要確認", fact: false });
    const { notes } = await tab.until("room", (now) => now.notes.length === 1);
    expect(notes[0]).toMatchObject({ text: "要確認", fact: false, by: { name: "担当 花子" } });
  });

  it("is refused by a code what only a chair may do, and what the law forbids to write", async () => {
    const it = tab.item.it;
    const close = tab.api.do("item.close", { caseId, it, out: "none" });
    await expect(close).rejects.toMatchObject({ code: "FORBIDDEN" });
    const note = { caseId, doc: sure(tab.room.sections[0]).doc, fact: true };
    const number = tab.api.do("note.add", { ...note, text: "1234 5678 9018" });
    await expect(number).rejects.toMatchObject({ code: "FORBIDDEN", facts: { why: "my-number" } });
    const asked = tab.api.do("audit.ask", {
      by: "case",
      subject: "K-101",
      since: null,
      until: null,
    });
    await expect(asked).rejects.toMatchObject({ code: "FORBIDDEN" });
    await expect(tab.api.do("registrar.waiting", {})).rejects.toMatchObject({ code: "UNTRUSTED" });
  });

  it("works on the boards, in words that the command line reads", async () => {
    const it = tab.item.it;
    await tab.api.do("priority.set", {
      ...{
        caseId,
        row: null,
        it,
        issue: "孤立",
        reason: "誰も訪ねない",
        urgency: "high",
        order: 1,
      },
    });
    const owner = { aid: tab.session.me.agency.aid, wid: null };
    await tab.api.do("role.set", {
      caseId,
      row: null,
      it,
      part: "deputy",
      ...owner,
      words: "見守り",
    });
    const { roles } = await tab.until("room", (room) => room.roles.length === 1);
    await tab.api.do("role.answer", { caseId, row: sure(roles[0]).row, accept: true, why: null });
    await tab.api.do("action.new", {
      ...{ caseId, it, ...owner, due: "2020-01-31", what: "手紙を書く", how: "電話で" },
      ...{ external: false, origin: null },
    });
    const room = await tab.until("room", ({ actions }) => actions.length === 1);

    expect(room.priorities).toMatchObject([
      { issue: "孤立", reason: "誰も訪ねない", urgency: "high", order: 1 },
    ]);
    expect(room.roles).toMatchObject([
      { part: "deputy", state: "accepted", words: "見守り", owner: { mine: true, person: null } },
    ]);
    expect(room.actions).toMatchObject([
      { what: "手紙を書く", how: "電話で", overdue: true, state: "proposed" },
    ]);
    expect(room.sitting?.items[0]?.missing).toEqual(["main", "key", "interim"]);
    const act = sure(room.actions[0]).act;
    const home = await tab.until("home", ({ waiting }) =>
      waiting.some(({ what }) => what === "action"),
    );
    expect(home.waiting.find(({ what }) => what === "action")).toMatchObject({ id: act });
    await tab.api.do("action.answer", { caseId, act, accept: true, why: null });
    await tab.api.do("action.report", { caseId, act, state: "progress", words: "下書きまで" });
    const told = await tab.until("room", ({ actions }) => actions[0]?.state === "progress");
    expect(told.actions[0]?.report).toBe("下書きまで");
    expect(await tab.until("docket", ([line]) => line?.overdue === 1)).toMatchObject([{ open: 1 }]);
  });

  it("raises her hand, and reads digits aloud that others see", async () => {
    await tab.api.do("sitting.hand", { caseId, sit, up: true });
    const me = tab.session.me.wid;
    const room = await tab.until("room", (view) => view.sitting?.hands.length === 1);
    expect(room.sitting?.hands[0]?.wid).toBe(me);
    const { digits } = await tab.api.do("code.read", { caseId });

    expect(digits).toMatch(/^\d{12}$/);
    const { spoken } = await tab.until("room", (view) => view.spoken.length > 0);
    expect(spoken[0]).toMatchObject({ digits, by: { me: true } });
  });

  it("keeps drafts under the vault, and locks", async () => {
    await tab.api.do("draft.keep", { key: "act/1", value: "書きかけ" });
    expect(await tab.api.do("draft.get", { key: "act/1" })).toBe("書きかけ");
    await tab.api.do("vault.lock", {});

    const app = await tab.until("app", ({ phase }) => phase === "vaults");
    expect(app).toMatchObject({ vaults: [{ name: "花子", place: "browser", prf: false }] });
    const wrong = { name: "花子", passphrase: "ちがう", prf: null, file: null };
    await expect(tab.api.do("vault.open", wrong)).rejects.toMatchObject({
      code: "WRONG_PASSPHRASE",
    });
    await expect(tab.api.do("draft.get", { key: "act/1" })).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
  });

  it("comes back to the same room, and to her draft", async () => {
    await tab.api.do("vault.open", { name: "花子", passphrase: PASS, prf: null, file: null });
    expect(await tab.api.do("draft.get", { key: "act/1" })).toBe("書きかけ");
    await tab.until("home", ({ actions }) => actions[0]?.act.what === "手紙を書く");
    await tab.api.do("room.open", { caseId, sit: null });

    const room = await tab.until("room", (view) => view.sections.length === 3);
    expect(section(room, "訪問の記録")?.text).toBe("六回訪ねた。");
    expect(room.newcomers).toEqual([]);
  });

  it("comes back level after the line was cut", async () => {
    tab.host.desk.office().client.socket.close();
    await tab.until("app", (app) => app.phase === "open" && app.session.line !== "online");
    await tab.until("app", (app) => app.phase === "open" && app.session.line === "online");
    leave("back", "");

    await tab.until("room", (view) => section(view, "留守の間に") !== undefined);
  });

  it("is told why when consent is withdrawn from her agency, and keeps no words", async () => {
    leave("read", "");
    const room = await tab.until("room", ({ left }) => left !== null);

    expect(room.left).toBe("BASIS_WITHDRAWN");
    expect(room.sections).toEqual([]);
    expect(room.actions[0]).toMatchObject({ what: "手紙を書く", report: "" });
  });
});
