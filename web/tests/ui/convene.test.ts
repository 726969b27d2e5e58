import { describe, expect, test } from "vitest";
import {
  barred,
  blankCall,
  byAgency,
  callFaults,
  callOf,
  EVERYBODY,
  firstBases,
  groupOf,
  isAlone,
  lacks,
  movedItem,
  sieved,
  toAdd,
  totalMinutes,
  usableBases,
  wordsOf,
  type ConveneForm,
} from "../../src/ui/logic/convene";
import type { CandidateView, PersonView } from "../../src/worker/api";
import { AGENCIES, at, NOW, PEOPLE } from "./fixtures/people";
import { k101Before } from "./fixtures/room";

const room = k101Before("takase");

function candidate(person: PersonView, answer: CandidateView["answer"]): CandidateView {
  return { person, pledge: "live", cats: ["c1"], answer, inRoom: false };
}

const CANDIDATES = [
  candidate(PEOPLE.saegusa, null),
  candidate(PEOPLE.horiuchi, "PLEDGE_MISSING"),
  candidate(PEOPLE.kuga, "ANON_ONLY"),
  candidate(PEOPLE.otsuki, null),
];

const facts = { now: NOW, candidates: CANDIDATES };

const FORM: ConveneForm = {
  ...blankCall(room, NOW),
  starts: "2025-11-25T13:30",
  purpose: "方針と役割分担の決定",
  items: [
    { title: "開会", typ: "form", minutes: "3", bases: {} },
    { title: "役割分担", typ: "decide", minutes: "10", bases: firstBases(room, "shien") },
  ],
  duties: { [PEOPLE.saegusa.wid]: "presenter" },
};

describe("a call", () => {
  test("begins with the next number and with me", () => {
    const form = blankCall(room, NOW);
    expect(Number(form.no)).toBeGreaterThan(room.sitting?.no ?? 0);
    expect(Object.keys(form.duties)).toEqual([PEOPLE.takase.wid]);
    expect(isAlone(form, room)).toBe(true);
    expect(isAlone(FORM, room)).toBe(false);
  });

  test("without faults is sent as typed", () => {
    for (const step of ["when", "items", "people"] as const)
      expect(callFaults(FORM, step, facts)).toEqual([]);
    const call = callOf(FORM, room.caseId);
    expect(call.starts).toBe(at("2025-11-25T13:30"));
    expect(call.items[1]?.bases.length).toBeGreaterThan(0);
    expect(call.items[0]?.minutes).toBe(3);
    expect(call.seats).toEqual([{ wid: PEOPLE.saegusa.wid, duty: "presenter", late: false }]);
  });

  test("names what is missing", () => {
    const when = { ...FORM, no: "0", starts: "2025-10-01T10:00", purpose: " " };
    expect(callFaults(when, "when", facts)).toEqual(["no", "past", "purpose"]);
    expect(callFaults({ ...FORM, items: [] }, "items", facts)).toEqual(["items"]);
    const bare = FORM.items.map((item) => ({ ...item, title: "", bases: {} }));
    expect(callFaults({ ...FORM, items: bare }, "items", facts)).toEqual([
      "item-title",
      "item-basis",
    ]);
    expect(callFaults({ ...FORM, duties: {} }, "people", facts)).toEqual(["people"]);
    expect(callFaults(FORM, "people", { now: NOW, candidates: null })).toEqual(["people"]);
  });

  test("does not go out with somebody whom the gate refuses", () => {
    const form = { ...FORM, duties: { [PEOPLE.horiuchi.wid]: "member" } };
    expect(barred(form, CANDIDATES).map(({ person }) => person.wid)).toEqual([PEOPLE.horiuchi.wid]);
    expect(callFaults(form, "people", facts)).toEqual(["barred"]);
  });

  test("asks to think of recorder, facilitator and length", () => {
    expect(lacks(FORM)).toEqual(["recorder", "facilitator"]);
    const long = [{ title: "x", typ: "talk", minutes: "91", bases: {} }] as const;
    const duties = { a: "recorder", b: "facilitator" };
    expect(lacks({ ...FORM, items: long, duties })).toEqual(["long"]);
    expect(totalMinutes([...long, { title: "", typ: "form", minutes: "", bases: {} }])).toBe(91);
  });
});

describe("people", () => {
  test("are let in, are guests, or are refused", () => {
    expect(CANDIDATES.map(groupOf)).toEqual(["can", "cannot", "anon", "can"]);
  });

  test("who are new come in as members or guests before they are called", () => {
    const duties = Object.fromEntries(CANDIDATES.map(({ person }) => [person.wid, "member"]));
    const without = { ...room, members: [] };
    expect(toAdd({ duties }, CANDIDATES, without)).toEqual({
      wids: [PEOPLE.saegusa.wid, PEOPLE.otsuki.wid],
      guests: [PEOPLE.kuga.wid],
    });
    const inside = toAdd({ duties }, CANDIDATES, room).wids;
    expect(inside).not.toContain(PEOPLE.saegusa.wid);
  });

  test("are found by name with or without its space, by agency and by kind", () => {
    const found = (sieve: Partial<Parameters<typeof sieved>[1]>) =>
      sieved(CANDIDATES, { ...EVERYBODY, ...sieve }).map(({ person }) => person.name);
    expect(found({ words: "三枝千尋" })).toEqual(["三枝 千尋"]);
    expect(found({ words: "まるっと" })).toEqual(["三枝 千尋", "堀内 健人"]);
    expect(found({ words: "服薬" })).toEqual(["大槻 梢"]);
    expect(found({ kind: "medical" })).toEqual(["久我 直哉"]);
    expect(found({ aid: AGENCIES.hinata.aid })).toEqual(["大槻 梢"]);
    expect(byAgency(CANDIDATES).map(({ people }) => people.length)).toEqual([2, 1, 1]);
  });
});

describe("agencies", () => {
  test("are found by their block and by what they can do", () => {
    const found = (sieve: Partial<Parameters<typeof sieved>[1]>) =>
      sieved(CANDIDATES, { ...EVERYBODY, ...sieve }).map(({ person }) => person.name);
    expect(found({ block: "北部" })).toEqual(["三枝 千尋", "堀内 健人", "大槻 梢"]);
    expect(found({ able: "入退院の調整" })).toEqual(["久我 直哉"]);
    expect(found({ block: "北部", able: "居場所" })).toEqual(["三枝 千尋", "堀内 健人"]);
    expect(found({ block: "南部" })).toEqual([]);
  });

  test("give the words to choose from: each once, the commonest first, none where none is said", () => {
    const agencies = [AGENCIES.byoin, AGENCIES.shakyo, AGENCIES.hinata];
    const { blocks, abilities } = wordsOf(agencies);
    expect(blocks).toEqual(["北部", "市全域"]);
    expect(abilities[0]).toBe("訪問");
    expect(new Set(abilities).size).toBe(abilities.length);
    const silent = { ...AGENCIES.kansa, block: "" };
    expect(wordsOf([silent])).toEqual({ blocks: [], abilities: [] });
  });
});

describe("the agenda", () => {
  test("moves items, and stays as it is at its edges", () => {
    expect(movedItem(FORM.items, 0, 1).map(({ title }) => title)).toEqual(["役割分担", "開会"]);
    expect(movedItem(FORM.items, 0, -1)).toBe(FORM.items);
    expect(movedItem(FORM.items, 1, 1)).toBe(FORM.items);
  });

  test("rests only on bases in force that allow the kind of sitting", () => {
    expect(usableBases(room, "juso").every(({ kind }) => kind === "consent")).toBe(true);
    const over = {
      ...room,
      bases: room.bases.map((basis) => ({ ...basis, state: "expired" as const })),
    };
    expect(firstBases(over, "shien")).toEqual({});
  });
});
