import { describe, expect, it } from "vitest";
import type { PriorityView, RoleView } from "../../src/worker/api";
import { checklist, lastOrder, moved, ranked } from "../../src/ui/logic/boards";
import { ordered, ownOpen } from "../../src/ui/logic/deeds";
import { queue } from "../../src/ui/logic/hands";
import { absentees, attendance, basesOf } from "../../src/ui/logic/minutes";
import { nextItem, powers } from "../../src/ui/logic/powers";
import { closedToMe, grouped, ofItem } from "../../src/ui/logic/sections";
import { k101After, k101Before, k101During, k101Guest } from "./fixtures/room";
import { k104Stays } from "./fixtures/room104";
import { at, item } from "./fixtures/room_base";

function issue(row: string, order: number, seq = 1): PriorityView {
  return { row, it: "", issue: row, reason: "", urgency: "", order, seq };
}

describe("the priority board", () => {
  const rows = [issue("c", 3), issue("a", 1), issue("b", 2)];

  it("stands by rank, equals by age", () => {
    expect(ranked([...rows, issue("z", 1, 9)]).map((row) => row.row)).toEqual(["a", "z", "b", "c"]);
  });

  it("writes only the two rows that change places", () => {
    const changed = moved(rows, "c", -1).map(({ row, order }) => [row.row, order]);
    expect(changed).toEqual([
      ["c", 2],
      ["b", 3],
    ]);
  });

  it("moves nothing at the edges and nothing unknown", () => {
    expect(moved(rows, "a", -1)).toEqual([]);
    expect(moved(rows, "c", 1)).toEqual([]);
    expect(moved(rows, "x", 1)).toEqual([]);
  });

  it("makes ranks whole again where two people gave the same", () => {
    const doubled = [issue("a", 1, 1), issue("b", 1, 2), issue("c", 1, 3)];
    const changed = moved(doubled, "c", -1).map(({ row, order }) => [row.row, order]);
    expect(changed).toEqual([
      ["c", 2],
      ["b", 3],
    ]);
    expect(lastOrder(doubled)).toBe(2);
    expect(lastOrder([])).toBe(1);
  });
});

describe("what a decision needs", () => {
  const room = k101During();
  const lacks = (roles: readonly RoleView[]) =>
    checklist(roles, room.members).map((line) => line.lack);
  const states = (how: (role: RoleView) => RoleView["state"]) =>
    room.roles.map((role) => ({ ...role, state: how(role) }));

  it("waits for the interim owner while the main agency has not accepted", () => {
    expect(lacks(room.roles)).toEqual([null, null, null, "waiting"]);
  });

  it("is complete once main agency and key worker accepted, without an interim owner", () => {
    const roles = k101After().roles;
    expect(roles.some((role) => role.part === "interim")).toBe(false);
    expect(lacks(roles)).toEqual([null, null, null, null]);
  });

  it("is complete with an accepted interim owner", () => {
    const roles = states((role) => (role.part === "interim" ? "accepted" : role.state));
    expect(lacks(roles)).toEqual([null, null, null, null]);
  });

  it("counts neither what was declined nor two main agencies as one", () => {
    const declined = states((role) => (role.part === "main" ? "declined" : role.state));
    expect(lacks(declined)[0]).toBe("none");
    const main = room.roles.filter((role) => role.part === "main");
    expect(lacks([...room.roles, ...main.map((role) => ({ ...role, row: "2" }))])[0]).toBe("many");
  });

  it("wants a key worker by name, of the main agency", () => {
    const without = room.roles.map((role) =>
      role.part === "key" ? { ...role, owner: { ...role.owner, person: null } } : role,
    );
    expect(lacks(without)[1]).toBe("nobody");
    const deputy = room.roles.find((role) => role.part === "deputy");
    const other = room.roles.map((role) =>
      role.part === "key" && deputy ? { ...role, owner: deputy.owner } : role,
    );
    expect(lacks(other)[1]).toBe("other-agency");
  });

  it("does not count people who have left the room", () => {
    const left = room.members.filter((member) => member.person.name !== "野々村 久美");
    expect(checklist(room.roles, left).map((line) => line.lack)).toEqual([
      "none",
      "none",
      null,
      "waiting",
    ]);
  });
});

describe("papers", () => {
  it("stand by provenance, closed ones apart and without a title", () => {
    const { sections } = k101During("takase");
    expect(grouped(sections).map((group) => group.prov)).toEqual([
      "self",
      "family",
      "third",
      "agency",
      "assessment",
      "plan",
    ]);
    expect(closedToMe(sections).map((section) => [section.title, section.closed])).toEqual([
      ["", "CATEGORY_NOT_COVERED"],
    ]);
    expect(closedToMe(k101During("nonomura").sections)).toEqual([]);
  });

  it("belong to an item or to all", () => {
    const { sections } = k101During();
    expect(ofItem(sections, item(3))).toHaveLength(sections.length);
    expect(ofItem(sections, item(7))).toEqual([]);
  });
});

describe("actions and hands", () => {
  it("list first what needs an owner, last what has no day", () => {
    expect(ordered(k104Stays().actions).map((one) => one.state)).toEqual([
      "needs-owner",
      "needs-owner",
      "accepted",
    ]);
    expect(ordered(k101During().actions).at(-1)?.due).toBeNull();
  });

  it("tell mine from others'", () => {
    expect(ownOpen(k101After("nonomura").actions)).toHaveLength(2);
    expect(ownOpen(k101After("kuga").actions)).toEqual([]);
  });

  it("queue by the time a hand went up", () => {
    const { sitting } = k101During();
    expect(sitting && queue(sitting).map((hand) => hand.person.name)).toEqual([
      "新田 果歩",
      "岸本 清",
    ]);
  });
});

describe("what I may do", () => {
  it("differs by duty", () => {
    const chair = powers(k101During("takase"), true);
    expect([chair.isChair, chair.leads, chair.records]).toEqual([true, true, true]);
    const recorder = powers(k101During("kuramochi"), true);
    expect([recorder.leads, recorder.records]).toEqual([false, true]);
    const member = powers(k101During("nonomura"), true);
    expect([member.leads, member.records, member.blocked]).toEqual([false, false, null]);
  });

  it("is nothing as a guest, offline, before newcomers are confirmed, in a closed case", () => {
    expect(powers(k101Guest(), true).blocked).toBe("write.guest");
    expect(powers(k101During(), false).blocked).toBe("write.offline");
    expect(powers(k101Before(), true).blocked).toBe("write.newcomers");
    expect(powers({ ...k101During(), closed: true }, true).blocked).toBe("write.closed");
  });

  it("knows the open item and the next one", () => {
    expect(powers(k101During(), true).current?.no).toBe(7);
    expect(powers(k101Before(), true).current).toBeNull();
    expect(nextItem(k101During())?.no).toBe(8);
  });
});

describe("the minutes", () => {
  const room = k101After();
  const { sitting } = room;

  it("name who came and when, and who did not", () => {
    if (!sitting) throw new Error("no sitting");
    const here = attendance(sitting, room.happenings);
    expect(here).toHaveLength(9);
    expect(here[0]).toMatchObject({ came: at(-5), left: null });
    expect(absentees(sitting).map((seat) => seat.person.name)).toEqual(["羽田野 静"]);
    expect(basesOf(room, sitting)).toHaveLength(2);
  });

  it("take the last leaving, not that of somebody who came back", () => {
    if (!sitting) throw new Error("no sitting");
    const who = sitting.seats[1]?.person ?? null;
    const happened = (what: "entered" | "left", minute: number) =>
      ({ seq: null, at: at(minute), what, who, facts: {} }) as const;
    const back = [happened("entered", 0), happened("left", 5), happened("entered", 9)];
    expect(attendance(sitting, back)[1]).toMatchObject({ came: at(0), left: null });
    const gone = [...back, happened("left", 20)];
    expect(attendance(sitting, gone)[1]).toMatchObject({ came: at(0), left: at(20) });
  });
});
