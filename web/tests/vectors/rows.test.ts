/** Replays `vectors/15-rows.json`: what a feed takes, what it skips, and with which code. */

import { beforeAll, expect, test } from "vitest";
import { ready } from "../../src/crypto/sodium";
import { counts, stories, wrong } from "./told_log";
import { ToldRoom } from "./told_room";

const FILE = "15-rows";

beforeAll(ready);

test("the file has as many stories, leaves, rows and questions as are replayed", () => {
  expect(counts(FILE)).toEqual([3, 5, 76, 0]);
});

test.each(stories(FILE).map((story) => [story.id, story] as const))("%s", (_id, story) => {
  const verdicts = new ToldRoom(story).all();

  expect(verdicts).toHaveLength(story.leaves.length + story.rows.length);
  expect(wrong(verdicts)).toEqual([]);
});

test("a row that is refused is kept with its code, and the chain goes on", () => {
  for (const story of stories(FILE)) {
    const { records, state } = new ToldRoom(story).room;

    expect(records.map((record) => record.code)).toEqual(story.rows.map((row) => row.code));
    expect(state.fhs.slice(1)).toEqual(story.rows.map((row) => row.fh));
    expect(state.seq).toBe(story.rows.length);
  }
});
