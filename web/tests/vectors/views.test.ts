/** Replays `vectors/24-views.json`: what a reader who has folded a room makes of it later. */

import { beforeAll, describe, expect, test } from "vitest";
import { isSealed, parseBare, type Content } from "../../src/conference/content";
import { fold, type Room } from "../../src/conference/fold";
import { standingIn } from "../../src/conference/usecases";
import { viewOf } from "../../src/conference/visibility";
import { Refused } from "../../src/crypto/errors";
import { ready } from "../../src/crypto/sodium";
import { personOf } from "../../src/protocol/documents";
import type { Did } from "../../src/protocol/ids";
import { stories, vectors, type Story } from "./told_log";
import { contentOf, rowOf, ToldRoom } from "./told_room";

type Code = string | null;

interface Moment {
  readonly now: number;
  readonly until: number | null;
  readonly stale: boolean;
  readonly covered: readonly string[];
  readonly due: readonly string[];
  readonly views: Readonly<Record<string, string>>;
  readonly standing: Readonly<Record<string, Code>>;
}

interface Told {
  readonly file: string;
  readonly id: string;
  readonly moments: readonly Moment[];
  readonly bare: readonly Code[];
  readonly withheld: readonly Code[];
  readonly submitted: readonly { readonly author: Did; readonly code: Code }[];
}

const ROOMS = (vectors("24-views") as { readonly rooms: readonly Told[] }).rooms;
const CASES = ROOMS.map((told) => [`${told.file}: ${told.id}`, told] as const);

beforeAll(ready);

function storyOf({ file, id }: Told): Story {
  const story = stories(file.replace(".json", "")).find((one) => one.id === id);
  if (story === undefined) throw new Error(`no such story: ${id}`);
  return story;
}

/** A room of the story before its first row. */
function emptyRoom(story: Story): Room {
  return new ToldRoom({ ...story, rows: [] }).room;
}

function bareOf(content: Content | null): Content | null {
  return content !== null && isSealed(content) ? parseBare("env", content.env.bare()) : content;
}

describe.each(CASES)("%s", (_, told) => {
  test("views, staleness and standing at some moments", () => {
    const { room } = new ToldRoom(storyOf(told));
    const { directory, documents } = room.state;
    for (const said of told.moments) {
      const held = room.willing(said.now);
      for (const did of directory.devices.keys()) {
        const views = room.records.map((record) => viewOf(room, held, record, did)[0]).join("");
        const standing = standingIn(held, personOf(room.state, did));
        expect(views, did).toBe(said.views[did] ?? "s".repeat(room.records.length));
        expect(standing, did).toBe(did in said.standing ? said.standing[did] : "NOT_MEMBER");
      }
      expect(held.until).toBe(said.until ?? Infinity);
      expect(held.isStale()).toBe(said.stale);
      expect([...held.covered()].sort()).toEqual(said.covered);
      expect([...documents.keys()].filter((one) => held.isDue(one)).sort()).toEqual(said.due);
    }
  });

  test("rows without their bytes", () => {
    const story = storyOf(told);
    const [bare, withheld] = [emptyRoom(story), emptyRoom(story)];
    let envelopes = 0;
    const codes = story.rows.map((record) => {
      const [row, content] = [rowOf(record), contentOf(record)];
      const isEnvelope = content !== null && isSealed(content);
      if (isEnvelope) envelopes += 1;
      const drops = isEnvelope && envelopes % 2 === 1;
      return [
        fold(bare, row, drops ? null : bareOf(content)),
        fold(withheld, row, row.seq % 3 === 0 ? null : bareOf(content)),
      ];
    });

    expect(codes.map(([code]) => code)).toEqual(told.bare);
    expect(codes.map(([, code]) => code)).toEqual(told.withheld);
  });

  test("rows before they stand", () => {
    const story = storyOf(told);
    const room = emptyRoom(story);
    const { directory } = room.state;
    const present = new Set(directory.workers.keys());
    const codes = story.rows.map((record, at) => {
      const [row, content] = [rowOf(record), contentOf(record)];
      const author = told.submitted[at]?.author ?? ("" as Did);
      const live = { now: directory.time(row.idn), author, present };
      const code = refusal(() => fold(room.fork(), row, content, { live }));
      fold(room, row, content);
      return code;
    });

    expect(codes).toEqual(told.submitted.map(({ code }) => code));
  });
});

function refusal(run: () => unknown): Code {
  try {
    run();
  } catch (error) {
    if (error instanceof Refused) return error.code;
    throw error;
  }
  return null;
}

test("the file has as many rooms and rows as are replayed", () => {
  const rows = ROOMS.map((told) => storyOf(told).rows.length);

  expect(ROOMS).toHaveLength(52);
  expect(ROOMS.map((told) => told.submitted.length)).toEqual(rows);
  expect(rows.reduce((sum, count) => sum + count)).toBe(1165);
});
