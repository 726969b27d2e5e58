import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { isOffline } from "../../src/client/troubles";
import { readAnswer } from "../../src/client/socket";
import { ANSWER_LIMIT, ATTEMPTS, Http, TRIES } from "../../src/client/transport";
import type { Refused } from "../../src/crypto/errors";
import { Challenged, Done, Names } from "../../src/protocol/generated";

type Answer = () => Response | Error;

/** A server that answers what it is told to, one after another, the last one for ever. */
function serving(...answers: Answer[]) {
  const seen: [string, RequestInit][] = [];
  const fetched = (url: string, init: RequestInit) => {
    seen.push([url, init]);
    const answer = (answers.length > 1 ? answers.shift() : answers[0])?.();
    return answer instanceof Response ? Promise.resolve(answer) : Promise.reject(answer ?? Error());
  };
  const http = new Http({
    url: "https://example.jp/",
    slug: "minato",
    fetch: fetched as unknown as typeof fetch,
  });
  return { http, seen };
}

const json = (value: unknown, status = 200) => new Response(JSON.stringify(value), { status });
const failure = (code: string, facts = {}) => ({ code, facts, ja: "だめです", en: "No." });
const lost = () => new TypeError("network");

beforeEach(() => {
  vi.useFakeTimers({ shouldAdvanceTime: true, advanceTimeDelta: 50 });
});
afterEach(() => {
  vi.useRealTimers();
});

async function refusal(asked: Promise<unknown>): Promise<Refused> {
  return asked.then(
    () => {
      throw new Error("was not refused");
    },
    (error: unknown) => error as Refused,
  );
}

describe("requests", () => {
  it("go to the council with its token, and come back typed", async () => {
    const { http, seen } = serving(() => json({ names: [] }));
    http.token = "t";
    const query = [
      ["w", "a"],
      ["w", "b"],
    ] as const;

    expect(await http.get("names", Names, { query })).toEqual({ names: [] });
    const [url, init] = seen[0] ?? [];
    expect(url).toBe("https://example.jp/v1/minato/names?w=a&w=b");
    expect(init?.headers).toMatchObject({ Authorization: "Bearer t" });
    expect(init?.credentials).toBe("omit");
  });

  it("are sent again while the service is away, and not for ever", async () => {
    const again = serving(
      lost,
      () => json(failure("UNAVAILABLE"), 503),
      () => json({}),
    );
    await again.http.done("pend", {});
    expect(again.seen).toHaveLength(3);

    const never = serving(lost);
    const told = await refusal(never.http.done("pend", {}));
    expect(never.seen).toHaveLength(ATTEMPTS);
    expect(told.code).toBe("UNAVAILABLE");
    expect(isOffline(told)).toBe(true);
  });

  it("with a nonce are sent once", async () => {
    const { http, seen } = serving(lost);
    await refusal(http.postOnce("auth", {}, Done));
    expect(seen).toHaveLength(1);
  });

  it("raise the refusal that the server raised", async () => {
    const { http, seen } = serving(() => json(failure("INVARIANT", { main: 0, code: "x" }), 409));
    const told = await refusal(http.done("pend", {}));

    expect(seen).toHaveLength(1);
    expect(told.code).toBe("INVARIANT");
    expect(told.facts).toEqual({ main: 0 });
  });

  it.each([
    ["a newer server's code", () => json(failure("NEW_RULE"), 400), { unknown: "NEW_RULE" }],
    ["a proxy's page", () => new Response("<html>", { status: 502 }), { status: 502 }],
  ])("take %s for an outage", async (_name, answer, facts) => {
    const { http } = serving(answer);
    const told = await refusal(http.postOnce("auth", {}, Done));

    expect(told.code).toBe("UNAVAILABLE");
    expect(told.facts).toEqual(facts);
    expect(isOffline(told)).toBe(false);
  });

  it.each([
    ["a field too many", { nonce: "A".repeat(43), time: 1, more: 1 }],
    ["a field too few", { nonce: "A".repeat(43) }],
    ["a fraction", { nonce: "A".repeat(43), time: 1.5 }],
  ])("do not know what came of it after an answer with %s", async (_name, answer) => {
    const { http } = serving(() => json(answer));
    const told = await refusal(http.postOnce("auth/challenge", {}, Challenged));
    expect([told.code, told.facts]).toEqual(["UNAVAILABLE", { why: "answer", found: "BAD_J1" }]);
  });

  it("wait as long as they are told, and send the same again, a nonce too", async () => {
    const busy = () => json(failure("RATE_LIMITED", { wait: 400, limit: "device" }), 429);
    const again = serving(busy, busy, () => json({}));
    await again.http.postOnce("auth", {}, Done);
    expect(again.seen).toHaveLength(3);

    const never = serving(busy);
    const told = await refusal(never.http.postOnce("auth", {}, Done));
    expect(never.seen).toHaveLength(TRIES);
    expect([told.code, told.facts]).toEqual(["UNAVAILABLE", { why: "busy" }]);
  });

  it("take a rule that limits for a definite refusal", async () => {
    const { http, seen } = serving(() => json(failure("RATE_LIMITED"), 429));
    expect((await refusal(http.done("pend", {}))).code).toBe("RATE_LIMITED");
    expect(seen).toHaveLength(1);
  });

  it("stop reading an answer that does not end", async () => {
    const piece = new Uint8Array(1024 * 1024);
    let pulled = 0;
    const endless = () =>
      new Response(
        new ReadableStream({
          pull(controller) {
            pulled += 1;
            controller.enqueue(piece);
          },
        }),
      );
    const { http } = serving(endless);

    const told = await refusal(http.postOnce("auth", {}, Done));
    expect(told.facts).toEqual({ why: "answer", found: "OVERSIZE" });
    expect(pulled).toBeLessThan(ANSWER_LIMIT / piece.length + 4);
  });

  it("are not sent after closing", async () => {
    const { http, seen } = serving(() => json({}));
    http.close();
    expect((await refusal(http.postOnce("auth", {}, Done))).facts).toEqual({ why: "closed" });
    expect(seen).toHaveLength(0);
  });
});

describe("answers on a socket", () => {
  it("are read strictly, and a failure is the refusal it names", () => {
    expect(readAnswer("{}", Done)).toEqual({});
    expect(() => readAnswer('{"a":1}', Done)).toThrow("UNAVAILABLE");
    expect(() => readAnswer(JSON.stringify(failure("STALE")), Done)).toThrow("STALE");
    expect(() => readAnswer("nothing", Done)).toThrow("UNAVAILABLE");
  });
});
