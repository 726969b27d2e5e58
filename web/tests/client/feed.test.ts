/** A feed compares every row with what it holds, and every signed word with every other. */

import { beforeAll, beforeEach, describe, expect, test } from "vitest";

import { Feed, type Heard } from "../../src/client/feed";
import { load } from "../../src/consent/register";
import { fromHex, utf8 } from "../../src/crypto/bytes";
import { ready } from "../../src/crypto/sodium";
import type { Frame } from "../../src/protocol/generated";
import { blobOf } from "../../src/protocol/ids";
import type { Blob, CaseId, RowHash } from "../../src/protocol/ids";
import { stories } from "../vectors/told_log";
import type { RowTold, Story } from "../vectors/told_log";
import { rowOf, ToldRoom } from "../vectors/told_room";

let story: Story;
let told: ToldRoom;
let frames: readonly Frame[];
let feed: Feed;

beforeAll(ready);

beforeEach(() => {
  const all = stories("15-rows").filter(({ rows }) => rows.some(({ form }) => form === "env"));
  story = must(all[0]);
  told = new ToldRoom(story);
  frames = story.rows.map(frameOf);
  feed = fresh();
});

function must<T>(found: T | undefined): T {
  if (found === undefined) throw new Error("the story has one");
  return found;
}

function fresh(): Feed {
  const { directory, logRoot } = told;
  const { net } = directory;
  if (net === null) throw new Error("the story has a network");
  const log = { directory, logRoot };
  return new Feed({ net, caseId: story.case as CaseId, log, register: load() });
}

function frameOf(record: RowTold): Frame {
  const { form, bytes } = record;
  const view = form === "none" ? "skel" : form === "bare" ? "bare" : "full";
  const data = form === "stm" ? utf8(bytes) : fromHex(form === "none" ? "" : bytes);
  return {
    ...rowOf(record),
    form: form === "stm" ? "stm" : "env",
    view,
    bytes: form === "none" ? null : blobOf(data),
  };
}

function takeAll(into: Feed = feed): readonly (string | null)[] {
  return frames.map((frame) => into.take(frame));
}

function withoutBytes(frame: Frame): Frame {
  return { ...frame, view: "skel", bytes: null };
}

describe("rows", () => {
  test("are judged as the vectors say, one after another", () => {
    expect(takeAll()).toEqual(story.rows.map(({ code }) => code));
    expect(feed.state.seq).toBe(story.rows.length);
    expect(feed.flawed.map(({ code }) => code)).toEqual(
      story.rows.flatMap(({ code }) => code ?? []),
    );
  });

  test("are not taken before those before them", () => {
    expect(() => feed.take(must(frames[1]))).toThrow("CHAIN_GAP");
    expect(feed.state.seq).toBe(0);
  });

  test("may come twice, but not in two ways", () => {
    takeAll();
    const [first, second] = frames as [Frame, Frame];

    expect(takeAll()).toEqual(frames.map(() => null));
    expect(() => feed.take({ ...first, fh: second.fh })).toThrow("EQUIVOCATION");
    expect(() => feed.take({ ...first, id: second.id })).toThrow("EQUIVOCATION");
    expect(() => feed.take({ ...first, bytes: second.bytes })).toThrow("EQUIVOCATION");
  });

  test("of a newer version are counted, and say nothing", () => {
    const [first] = frames as [Frame];
    const newer = utf8(
      '{"payloadType":"application/vnd.shk1.dream+json","payload":"e30=","signatures":[]}',
    );
    feed.take({ ...first, bytes: blobOf(newer) });

    expect(feed.state.seq).toBe(1);
    expect(feed.room.records[0]?.kind).toBe("skel");
    expect(feed.state.current).toBeUndefined();
  });
});

describe("rows of which only the place came", () => {
  const isEnvelope = ({ form, view }: Frame) => form === "env" && view === "full";

  test("stand as if they had been given at once, when they are given", () => {
    takeAll();
    const late = fresh();
    for (const frame of frames) late.take(isEnvelope(frame) ? withoutBytes(frame) : frame);
    expect(late.hasBlanks({ since: 1 })).toBe(true);
    expect(late.room.records).not.toEqual(feed.room.records);
    expect(late.reveal(frames)).toBe(true);

    expect(late.room.records).toEqual(feed.room.records);
    expect(late.room.conference).toEqual(feed.room.conference);
    expect(late.state.fhs).toEqual(feed.state.fhs);
    expect(late.hasBlanks({ since: 1 })).toBe(frames.some(({ bytes }) => bytes === null));
  });

  test("stay blank while they are not given, and are not replaced by others", () => {
    const place = frames.findIndex(isEnvelope);
    const other = must(frames.findLast(isEnvelope));
    for (const [at, frame] of frames.entries())
      feed.take(at === place ? withoutBytes(frame) : frame);
    const held = must(frames[place]);

    expect(feed.reveal([withoutBytes(held)])).toBe(false);
    expect(() => feed.reveal([{ ...held, bytes: other.bytes }])).toThrow("EQUIVOCATION");
    expect(() => feed.reveal([{ ...held, fh: other.fh }])).toThrow("EQUIVOCATION");
    expect(feed.hasBlanks({ since: held.seq })).toBe(true);
    expect(feed.hasBlanks({ since: frames.length + 1 })).toBe(false);
  });
});

describe("signed words of the server", () => {
  const raw = (text: string) => utf8(text);
  const heard = (seq: number, idn: number, text = "said"): Heard => {
    const fh = (feed.state.fhs[seq] ?? "A".repeat(43)) as RowHash;
    return { seq, fh, idn, raw: raw(text) };
  };

  test("fit my rows, or two signed things are kept that cannot both be true", () => {
    takeAll();
    const { seq, idn } = feed.state;
    feed.hear(heard(seq, idn));

    expect(() => {
      feed.hear({ ...heard(seq - 1, idn), fh: feed.state.fh });
    }).toThrow("EQUIVOCATION");
    expect(feed.evidence?.[0]).toEqual(raw("said"));
  });

  test("about one row agree", () => {
    const one = heard(3, 9, "one");
    feed.hear(one);
    const other = { ...heard(3, 9, "other"), fh: "B".repeat(42).concat("A") as RowHash };

    expect(() => {
      feed.hear(other);
    }).toThrow("EQUIVOCATION");
    expect(feed.evidence).toEqual([raw("one"), raw("other")]);
  });

  test.each([
    ["later", 3, 4],
    ["earlier", 4, 3],
  ])("never let the log shrink, whichever comes first: %s", (_what, first, then) => {
    const idnAt = (seq: number) => (seq === 3 ? 9 : 8);
    feed.hear(heard(first, idnAt(first), "one"));

    expect(() => {
      feed.hear(heard(then, idnAt(then), "other"));
    }).toThrow("EQUIVOCATION");
    expect(feed.evidence).toEqual([raw("one"), raw("other")]);
  });

  test("hold the rows that come after them", () => {
    const [first] = frames as [Frame];
    feed.hear({ ...heard(0, first.idn + 1), fh: feed.state.fh });
    expect(() => feed.take(first)).toThrow("EQUIVOCATION");

    feed = fresh();
    feed.hear(heard(1, 0, "promised"));
    expect(() => feed.take(first)).toThrow("EQUIVOCATION");
    expect(feed.evidence?.[0]).toEqual(raw("promised"));
  });

  test("of no room are no words about this one", () => {
    const head = { ...{ v: 1, typ: "head" }, case: null, seq: null, fh: null, idn: 1 };

    expect(() => {
      feed.hearHead(head as unknown as Parameters<Feed["hearHead"]>[0], raw("head"));
    }).toThrow("BAD_J1");
  });
});

test("looks up envelopes and statements, each as what it is", () => {
  takeAll();
  const envelope = must(frames.find(({ form, view }) => form === "env" && view === "full"));
  const statement = must(frames.find(({ form }) => form === "stm"));

  expect(feed.sealed(envelope.id)?.env.eid).toBe(envelope.id);
  expect(feed.statement(envelope.id)).toBeNull();
  expect(feed.statement(statement.id)?.sid).toBe(statement.id);
  expect(feed.sealed(statement.id)).toBeNull();
  expect(feed.sealed("" as Blob as never)).toBeNull();
});
