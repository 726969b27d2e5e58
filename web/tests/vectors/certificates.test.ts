/** Replays `vectors/09-certificates.json`: every leaf, row and question with its verdict and code. */

import { beforeAll, expect, test } from "vitest";
import { ready } from "../../src/crypto/sodium";
import { ToldLog, counts, stories, wrong } from "./told_log";
import type { Story, Verdict } from "./told_log";

const FILE = "09-certificates";

beforeAll(ready);

test("the file has as many stories, leaves, rows and questions as are replayed", () => {
  expect(counts(FILE)).toEqual([21, 204, 0, 64]);
});

test.each(stories(FILE).map((story) => [story.id, story] as const))("%s", (_id, story) => {
  const verdicts = toldOf(story);

  expect(verdicts).toHaveLength(story.leaves.length + story.rows.length + story.asks.length);
  expect(wrong(verdicts)).toEqual([]);
});

function toldOf(story: Story): Verdict[] {
  const told = new ToldLog(story);
  return [...told.leaves(), ...told.asks()];
}
