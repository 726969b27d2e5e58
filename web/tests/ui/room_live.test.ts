import { describe, expect, it } from "vitest";
import { announcements, freshCount, isFresh, markOf } from "../../src/ui/logic/changes";
import { calendar } from "../../src/ui/logic/ics";
import { clockText, itemClock, phaseAt, plannedStarts } from "../../src/ui/logic/timer";
import { k101During } from "./fixtures/room";
import { k104Stays } from "./fixtures/room104";
import { START, at } from "./fixtures/room_base";

const NOBODY = new Set<string>();

describe("the clock of an item", () => {
  it("runs from its opening and goes over", () => {
    expect(itemClock(at(0), 10, at(4))).toEqual({
      elapsed: 240,
      planned: 600,
      left: 360,
      isOver: false,
      used: 0.4,
      phase: "view",
    });
    expect(itemClock(at(0), 10, at(12))).toMatchObject({ left: -120, isOver: true, used: 1 });
  });

  it("is patient with an item that is not open, has no plan, or lies ahead of the clock", () => {
    expect(itemClock(null, 10, at(4))).toMatchObject({ elapsed: 0, left: 600 });
    expect(itemClock(at(0), null, at(4))).toMatchObject({ left: null, isOver: false, used: 0 });
    expect(itemClock(at(5), 10, at(4)).elapsed).toBe(0);
  });

  it("suggests the phases in their order", () => {
    expect([0, 0.34, 0.35, 0.6, 0.8, 1].map(phaseAt)).toEqual([
      "facts",
      "facts",
      "view",
      "rank",
      "plan",
      "plan",
    ]);
    expect([clockText(65), clockText(-5), clockText(3600)]).toEqual(["1:05", "0:05", "60:00"]);
  });

  it("plans when each item begins, as far as minutes are known", () => {
    expect(plannedStarts(START, [3, null, 5])).toEqual([START, at(3), null]);
  });
});

describe("what others changed", () => {
  const before = k101During();

  it("is not told when nothing changed or the room is another one", () => {
    expect(announcements(before, { ...before }, NOBODY)).toEqual([]);
    expect(announcements(k104Stays(), before, NOBODY)).toEqual([]);
  });

  it("is told by what happened, without my own", () => {
    const [hand] = before.sitting?.hands ?? [];
    const [role] = before.roles;
    if (!hand || !role || !before.sitting) throw new Error("the fixture has changed");
    const accepted = { ...role, state: "accepted" as const, seq: 95 };
    const after = {
      ...before,
      roles: [accepted, ...before.roles.slice(1)],
      sitting: { ...before.sitting, hands: [...before.sitting.hands, { ...hand, wid: "x" }] },
    };
    expect(announcements(before, after, NOBODY)).toEqual([
      { key: "role-accepted", facts: { part: "main", agency: role.owner.agency.name } },
    ]);
    expect(announcements(before, after, new Set([markOf(accepted)]))).toEqual([]);
  });

  it("is told for each person who leaves at the same moment", () => {
    const after = k104Stays();
    const quiet = { ...after, happenings: [] };
    expect(announcements(quiet, after, NOBODY).map((one) => [one.key, one.facts["who"]])).toEqual([
      ["withdrawn", ""],
      ["evicted", "真鍋 和"],
      ["evicted", "岸本 清"],
    ]);
  });

  it("is marked until I have looked", () => {
    expect([isFresh(5, 4), isFresh(4, 4), isFresh(null, 0)]).toEqual([true, false, false]);
    expect(freshCount(before, before.seq, NOBODY)).toBe(0);
    const [row] = before.priorities;
    if (!row) throw new Error("the fixture has changed");
    const changed = { ...before, priorities: [{ ...row, seq: 91 }] };
    expect(freshCount(changed, 90, NOBODY)).toBe(1);
    expect(freshCount(changed, 90, new Set([markOf(row)]))).toBe(0);
  });
});

describe("the calendar entry", () => {
  const entry = { starts: START, minutes: 60, uid: "a1-next", code: null, made: START - 60_000 };

  it("holds a word and a time, nothing else", () => {
    expect(calendar(entry).split("\r\n")).toEqual([
      "BEGIN:VCALENDAR",
      "VERSION:2.0",
      "PRODID:-//Entaku//JA",
      "METHOD:PUBLISH",
      "BEGIN:VEVENT",
      "UID:a1-next@entaku.invalid",
      "DTSTAMP:20251014T042900Z",
      "DTSTART:20251014T043000Z",
      "DTEND:20251014T053000Z",
      "SUMMARY:支援会議",
      "CLASS:PRIVATE",
      "TRANSP:OPAQUE",
      "END:VEVENT",
      "END:VCALENDAR",
      "",
    ]);
  });

  it("takes the case code when asked, and lets no line be broken in", () => {
    expect(calendar({ ...entry, code: "K-101" })).toContain("SUMMARY:支援会議 K-101\r\n");
    expect(calendar({ ...entry, code: "K;1,\r\nX:1" })).toContain(
      "SUMMARY:支援会議 K\\;1\\, X:1\r\n",
    );
  });
});
