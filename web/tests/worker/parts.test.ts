/** Parts of the worker that need no room: topics, tabs, the idle lock, typed words, troubles. */

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Trouble } from "../../src/client/troubles";
import { Refused } from "../../src/crypto/errors";
import type { ItemId } from "../../src/protocol/ids";
import { toTrouble } from "../../src/worker/failing";
import { Idle } from "../../src/worker/idle";
import { Tabs, type Channel, type Said } from "../../src/worker/tabs";
import { ROOMS } from "../../src/worker/commands/rooms";
import type { Desk } from "../../src/worker/desk";
import { Topics } from "../../src/worker/topics";
import { convened, levelOf, levelWord, priorityWords } from "../../src/worker/typed";
import { dayOf, nextDay } from "../../src/worker/views/days";
import { guestUntil } from "../../src/worker/views/guests";
import { shownOf } from "../../src/worker/views/people";
import { titlesOf } from "../../src/worker/views/seen";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("topics", () => {
  function made() {
    const said: unknown[] = [];
    let room = 0;
    const topics = new Topics(
      {
        app: () => ({ phase: "starting" }),
        home: () => undefined,
        docket: () => [],
        room: () => ({ seq: room }) as never,
      },
      (topic, value) => said.push([topic, value]),
      () => Date.now(),
    );
    return { said, topics, grow: () => (room += 1) };
  }

  it("say at once what changed after a quiet time, then together what changes soon after", () => {
    const { said, topics, grow } = made();
    topics.changed("room");
    vi.advanceTimersByTime(0);
    expect(said).toEqual([["room", { seq: 0 }]]);
    for (let rows = 0; rows < 10; rows += 1) {
      grow();
      topics.changed("room");
    }
    vi.advanceTimersByTime(40);
    expect(said).toEqual([
      ["room", { seq: 0 }],
      ["room", { seq: 10 }],
    ]);
  });

  it("do not repeat themselves, unless somebody new listens", () => {
    const { said, topics } = made();
    topics.now("docket");
    topics.now("docket");
    expect(said).toHaveLength(1);
    topics.forget();
    topics.now("docket");
    expect(said).toHaveLength(2);
  });

  it("say a room again to a page that left it and came back, even if nothing changed", async () => {
    const { said, topics } = made();
    const leave = vi.fn(() => Promise.resolve());
    const desk = { topics, office: () => ({ leave }) } as unknown as Desk;
    topics.now("room");
    topics.now("docket");
    const call = { progress: () => undefined, signal: new AbortController().signal };
    await ROOMS["room.leave"](desk, {}, call);
    topics.now("room");
    topics.now("docket");
    expect(leave).toHaveBeenCalledOnce();
    expect(said.map((each) => (each as [string])[0])).toEqual(["room", "docket", "room"]);
  });

  it("say nothing where there is nothing, or after they were stopped", () => {
    const { said, topics } = made();
    topics.changed("home", "app");
    topics.stop();
    vi.advanceTimersByTime(1_000);
    topics.now("home");
    expect(said).toEqual([]);
  });
});

/** Channels of several tabs, joined. */
function channels(count: number): readonly Channel[] {
  const heard = new Map<number, (event: { readonly data: Said }) => void>();
  return Array.from({ length: count }, (_, own) => ({
    postMessage: (data) => {
      for (const [other, hear] of heard) if (other !== own) hear({ data });
    },
    addEventListener: (_type, hear) => {
      heard.set(own, hear);
    },
  }));
}

describe("tabs", () => {
  function two() {
    const [one, other] = channels(2).map((channel) => new Tabs(channel));
    if (one === undefined || other === undefined) throw new Error("two were made");
    return [one, other] as const;
  }

  it("find whoever has a vault open, and nobody else", async () => {
    const [owner, second] = two();
    const before = second.find();
    vi.advanceTimersByTime(150);
    expect(await before).toBeNull();
    owner.own("花子");
    expect(await second.find()).toBe("花子");
    expect(await new Tabs(null).find()).toBeNull();
  });

  it("show topics only to who follows, and tell of the end", () => {
    const [owner, second] = two();
    const heard: Said[] = [];
    const again = vi.fn();
    owner.onFollowed = again;
    owner.own("花子");
    owner.show("room", 1);
    second.follow("花子", (said) => heard.push(said));
    owner.show("room", 2);
    owner.own(null);
    owner.show("room", 3);

    expect(again).toHaveBeenCalledOnce();
    expect(heard).toEqual([
      { tab: "topic", vault: "花子", topic: "room", value: 2 },
      { tab: "bye", vault: "花子" },
    ]);
    second.unfollow();
    owner.own("花子");
    owner.own(null);
    expect(heard).toHaveLength(2);
  });
});

describe("the idle lock", () => {
  it("comes when nobody gives a command, and not for what the page asks by itself", () => {
    const lock = vi.fn();
    const idle = new Idle(lock);
    idle.heard("note.add");
    vi.advanceTimersByTime(3_600_000);
    expect(lock).not.toHaveBeenCalled();
    idle.start(10_000);
    vi.advanceTimersByTime(9_000);
    idle.heard("note.add");
    vi.advanceTimersByTime(9_000);
    idle.heard("link.waiting");
    expect(lock).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_000);
    expect(lock).toHaveBeenCalledOnce();
  });

  it("waits as long as the person at the screen wants, and not at all once stopped", () => {
    const lock = vi.fn();
    const idle = new Idle(lock);
    idle.start(1_000);
    idle.stay(60_000);
    vi.advanceTimersByTime(59_999);
    expect(lock).not.toHaveBeenCalled();
    idle.stop();
    vi.advanceTimersByTime(60_000);
    idle.stay(1);
    vi.advanceTimersByTime(10);
    expect(lock).not.toHaveBeenCalled();
  });
});

describe("typed words", () => {
  it("stand under the keys of the command line", () => {
    const row = { issue: "食事", reason: "薬と合わせて", urgency: "high", order: 2 } as const;
    expect(priorityWords(row)).toEqual({
      rank: 2,
      level: "高",
      issue: "食事",
      reason: "薬と合わせて",
    });
    const it_ = "00".repeat(16) as ItemId;
    const items = [{ it: it_, title: "開会", minutes: 3 }];
    const words = convened({ purpose: "方針", place: "会議室", items });
    expect(words).toEqual({
      purpose: "方針",
      place: "会議室",
      items: [{ it: it_, title: "開会", min: 3 }],
    });
    expect(titlesOf({ "sit.conv:x": words })).toEqual(
      new Map([[it_, { title: "開会", minutes: 3 }]]),
    );
  });

  it("have levels that any other word is not", () => {
    expect((["high", "middle", "low", ""] as const).map(levelWord)).toEqual(["高", "中", "低", ""]);
    expect(["高", "中", "低", "", "急"].map(levelOf)).toEqual(["high", "middle", "low", "", ""]);
  });
});

describe("days", () => {
  it("are those of Japan", () => {
    const late = Date.UTC(2025, 9, 14, 14, 59);
    expect(dayOf(late)).toBe("2025-10-14");
    expect(dayOf(late + 60_000)).toBe("2025-10-15");
    expect(nextDay(late)).toBe(late + 60_000);
  });
});

describe("troubles", () => {
  it("are codes with facts, whatever was thrown", () => {
    expect(toTrouble(new Refused("INVARIANT", { main: 0 }))).toEqual({
      ...{ code: "INVARIANT", facts: { main: 0 } },
    });
    expect(toTrouble(new Trouble("STORAGE_FULL"))).toEqual({ code: "STORAGE_FULL", facts: {} });
    expect(toTrouble(new Refused("UNAVAILABLE", { why: "network" })).code).toBe("OFFLINE");
    expect(toTrouble(new DOMException("full", "QuotaExceededError")).code).toBe("STORAGE_FULL");
    expect(toTrouble(new RangeError("WebAssembly.Memory(): could not allocate memory")).code).toBe(
      "MEMORY_SHORT",
    );
    const secret = toTrouble(new TypeError("words of a section"));
    expect(secret).toEqual({ code: "UNAVAILABLE", facts: {} });
  });
});

describe("what a certificate says for directories only", () => {
  it("is shown as it is", () => {
    const x = { block: "北部", able: ["訪問", "見守り"], pq: "other" };
    expect(shownOf(x)).toEqual({ block: "北部", able: ["訪問", "見守り"] });
    expect(shownOf({ block: "𠮷".repeat(32) }).block).toHaveLength(64);
  });

  it("is as good as absent in any other shape", () => {
    const nothing = { block: "", able: [] };
    expect(shownOf(undefined)).toEqual(nothing);
    expect(shownOf({})).toEqual(nothing);
    expect(shownOf({ block: 1, able: "訪問" })).toEqual(nothing);
    expect(shownOf({ block: "北".repeat(33), able: ["訪問", ""] })).toEqual(nothing);
    expect(shownOf({ block: ["北部"], able: null })).toEqual(nothing);
    expect(shownOf({ able: Array.from({ length: 17 }, (_, n) => `${n}`) })).toEqual(nothing);
    expect(shownOf({ able: ["訪問", ["見守り"]] })).toEqual(nothing);
  });
});

describe("a guest", () => {
  const [day, now] = [86_400_000, 1_760_000_000_000];
  const sitting = (state: "convened" | "open" | "closed", days: number) => {
    return { state, starts: now + days * day };
  };

  it("stays past every sitting that is called, and a day at least", () => {
    expect(guestUntil([], now)).toBe(now + day);
    expect(guestUntil([sitting("open", -0.1)], now)).toBe(now + day);
    const called = [sitting("convened", 14), sitting("convened", 28), sitting("closed", 90)];
    expect(guestUntil(called, now)).toBe(now + 29 * day);
  });
});
