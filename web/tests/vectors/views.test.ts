/** Replays `vectors/24-views.json`: what a reader who has folded a room makes of it later. */

import { beforeAll, describe, expect, test } from "vitest";
import { isSealed, parseBare, type Content } from "../../src/conference/content";
import { fold, type Room } from "../../src/conference/fold";
import { standingIn } from "../../src/conference/usecases";
import { viewOf } from "../../src/conference/visibility";
import { Refused } from "../../src/crypto/errors";
import { ready } from "../../src/crypto/sodium";
import { personOf } from "../../src/protocol/documents";
import type { AnyChain } from "../../src/protocol/certificates";
import type { Did } from "../../src/protocol/ids";
import { MINUTE } from "../../src/protocol/times";
import { stories, vectors, type RowTold, type Story } from "./told_log";
import { contentOf, rowOf, ToldRoom } from "./told_room";

type Code = string | null;

interface Moment {
  readonly now: number;
  readonly until: number | null;
  readonly stale: boolean;
  readonly covered: readonly string[];
  readonly due: readonly string[];
  readonly views?: Readonly<Record<string, string>>;
  readonly standing: Readonly<Record<string, Code>>;
}

/** A row before it stands: what its author is told, later, and if somebody else submits it. */
interface Submitted {
  readonly author: Did;
  readonly code: Code;
  readonly late: Code;
  readonly other: Code;
  readonly held: number;
  readonly due: number;
}

interface Told {
  readonly file: string;
  readonly id: string;
  readonly moments: readonly Moment[];
  readonly bare: readonly Code[];
  readonly withheld: readonly Code[];
  readonly seen: readonly {
    readonly what: "device" | "worker" | "agency";
    readonly code: Code;
    readonly moment: Moment;
  }[];
  readonly submitted: readonly Submitted[];
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
    for (const said of told.moments) requireMoment(room, said);
  });

  test("what was seen to end although no leaf says so", () => {
    const story = storyOf(told);
    for (const { what, code, moment } of told.seen) {
      const { room } = new ToldRoom({ ...story, rows: story.rows.slice(0, -1) });
      const [last, author] = [story.rows.at(-1), told.submitted.at(-1)?.author];
      if (last === undefined || author === undefined) throw new Error("every story has rows");
      room.state.directory.seenEnded.add(chainOf(room, author, what));

      expect(
        refusal(() => submit(room, last, author)),
        what,
      ).toBe(code);
      requireMoment(room, moment);
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
    const dids = [...room.state.directory.devices.keys()].sort();
    for (const [at, record] of story.rows.entries()) {
      const said = told.submitted[at];
      const other = dids.find((did) => did !== said?.author);
      if (said === undefined || other === undefined) throw new Error(`nothing said of row ${at}`);
      const code = refusal(() => submit(room, record, said.author));
      const late = refusal(() => submit(room, record, said.author, 11 * MINUTE));
      const others = refusal(() => submit(room, record, other));
      fold(room, rowOf(record), contentOf(record));
      const [held, documents] = [room.valid(), [...room.state.documents.keys()]];
      const holders = documents.reduce((count, one) => count + held.holders(one).size, 0);
      const due = documents.filter((one) => held.isDue(one)).length;

      const { author } = said;
      expect({ author, code, late, other: others, held: holders, due }).toEqual(said);
    }
  });
});

function requireMoment(room: Room, said: Moment): void {
  const held = room.willing(said.now);
  const { directory, documents } = room.state;
  for (const did of directory.devices.keys()) {
    const standing = standingIn(held, personOf(room.state, did));
    expect(standing, did).toBe(did in said.standing ? said.standing[did] : "NOT_MEMBER");
    if (said.views === undefined) continue;
    const views = room.records.map((record) => viewOf(room, held, record, did)[0]).join("");
    expect(views, did).toBe(said.views[did] ?? "s".repeat(room.records.length));
  }
  expect(held.until).toBe(said.until ?? Infinity);
  expect(held.isStale()).toBe(said.stale);
  expect([...held.covered()].sort()).toEqual(said.covered);
  expect([...documents.keys()].filter((one) => held.isDue(one)).sort()).toEqual(said.due);
}

function chainOf(room: Room, did: Did, what: "device" | "worker" | "agency"): AnyChain {
  const { directory } = room.state;
  const device = directory.devices.get(did);
  const worker = device && directory.workers.get(device.first.body.wid);
  const agency = worker && directory.agencies.get(worker.first.body.aid);
  const found = { device, worker, agency }[what];
  if (found === undefined) throw new Error(`no such device: ${did}`);
  return found;
}

/** Submit a row as if it came now, or some ms later; the room stays as it is. */
function submit(room: Room, record: RowTold, author: Did, later = 0): Code {
  const { directory } = room.state;
  const [row, content] = [rowOf(record), contentOf(record)];
  const present = new Set(directory.workers.keys());
  const live = { now: directory.time(row.idn) + later, author, present };
  return fold(room.fork(), row, content, { live });
}

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

  expect(ROOMS).toHaveLength(53);
  expect(ROOMS.map((told) => told.submitted.length)).toEqual(rows);
  expect(rows.reduce((sum, count) => sum + count)).toBe(1189);
});
