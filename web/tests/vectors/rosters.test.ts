/** Replays `vectors/10-rosters.json`: every leaf, row and question with its verdict and code. */

import { beforeAll, expect, test } from "vitest";
import { ready } from "../../src/crypto/sodium";
import { counts, stories, wrong } from "./told_log";
import { ToldRoom } from "./told_room";

const FILE = "10-rosters";

beforeAll(ready);

test("the file has as many stories, leaves, rows and questions as are replayed", () => {
  expect(counts(FILE)).toEqual([20, 139, 410, 3]);
});

test.each(stories(FILE).map((story) => [story.id, story] as const))("%s", (_id, story) => {
  const verdicts = new ToldRoom(story).all();

  expect(verdicts).toHaveLength(story.leaves.length + story.rows.length + story.asks.length);
  expect(wrong(verdicts)).toEqual([]);
});
