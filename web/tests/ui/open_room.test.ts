/** Between two screens of a case its room stays; a screen never begins on one about to be left. */

import { beforeEach, expect, it, vi } from "vitest";
import { leaveSoon, takeOver } from "../../src/ui/open_room";
import { room } from "../../src/ui/state";
import type { Api, RoomView } from "../../src/worker/api";
import { k101During } from "./fixtures/room";
import { k104Stays } from "./fixtures/room104";

const HERE = k101During();
const ELSEWHERE = k104Stays();
const LONG = 1_000;

/** What was asked of the worker, each with the room that the screens had then. */
let asked: (readonly [string, RoomView | null])[];
const api = {
  do: (command: string) => {
    asked.push([command, room.value]);
    return Promise.resolve({});
  },
} as unknown as Api;

beforeEach(() => {
  vi.useFakeTimers();
  asked = [];
  room.value = HERE;
  return () => {
    vi.useRealTimers();
    room.value = null;
  };
});

it("stays for another screen of the same case", () => {
  leaveSoon(api, HERE.caseId);

  expect(takeOver(api, HERE.caseId)).toBe(true);
  vi.advanceTimersByTime(LONG);
  expect([room.value, asked]).toEqual([HERE, []]);
});

it("is gone from the screens before it is left", () => {
  leaveSoon(api, HERE.caseId);
  expect(room.value).toBe(HERE);
  vi.advanceTimersByTime(LONG);

  expect(asked).toEqual([["room.leave", null]]);
  expect(takeOver(api, HERE.caseId)).toBe(false);
});

it("is left at once for the room of another case", () => {
  leaveSoon(api, HERE.caseId);

  expect(takeOver(api, ELSEWHERE.caseId)).toBe(false);
  expect(asked).toEqual([["room.leave", null]]);
  vi.advanceTimersByTime(LONG);
  expect(asked).toHaveLength(1);
});
