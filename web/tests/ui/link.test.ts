import { expect, test } from "vitest";
import type { FromWorker, Progress, ToWorker } from "../../src/worker/api";
import { Link } from "../../src/worker/link";

/** A worker that says what it is told to. */
function wire() {
  const sent: ToWorker[] = [];
  let hear: (event: MessageEvent<FromWorker>) => void = () => undefined;
  const link = new Link({
    postMessage: (message) => sent.push(message),
    addEventListener: (_, heard) => {
      hear = heard;
    },
  });
  const say = (data: FromWorker) => {
    hear({ data } as MessageEvent<FromWorker>);
  };
  return { link, sent, say };
}

test("answers find their commands in any order", async () => {
  const { link, sent, say } = wire();
  const first = link.do("draft.get", { key: "a" });
  const second = link.do("draft.get", { key: "b" });
  expect(sent).toEqual([
    { id: 1, do: "draft.get", with: { key: "a" } },
    { id: 2, do: "draft.get", with: { key: "b" } },
  ]);
  say({ id: 2, ok: "B" });
  say({ id: 1, ok: "A" });
  expect(await Promise.all([first, second])).toEqual(["A", "B"]);
});

test("a refusal rejects with its code", async () => {
  const { link, say } = wire();
  const done = link.do("vault.lock", {});
  say({ id: 1, refused: { code: "FORBIDDEN", facts: {} } });
  await expect(done).rejects.toEqual({ code: "FORBIDDEN", facts: {} });
});

test("progress is passed on, and a stopped command is stopped over there", async () => {
  const { link, sent, say } = wire();
  const heard: Progress[] = [];
  const abort = new AbortController();
  const options = { progress: (far: Progress) => heard.push(far), signal: abort.signal };
  const done = link.do("audit.verify", {}, options);
  say({ id: 1, progress: { done: 1, total: 2, about: "id" } });
  abort.abort();
  await expect(done).rejects.toMatchObject({ name: "AbortError" });
  expect(heard).toEqual([{ done: 1, total: 2, about: "id" }]);
  expect(sent.at(-1)).toEqual({ id: 1, stop: true });
  say({ id: 1, ok: [] });
});

test("whoever listens late hears the last value, and nothing after stopping", () => {
  const { link, say } = wire();
  const heard: unknown[] = [];
  say({ topic: "docket", value: [] });
  const stop = link.hear("docket", (value) => heard.push(value));
  say({ topic: "docket", value: ["more"] });
  stop();
  say({ topic: "docket", value: ["unheard"] });
  expect(heard).toEqual([[], ["more"]]);
});

test("a worker that died refuses what waits and stops the program", async () => {
  const { link } = wire();
  const done = link.do("vault.lock", {});
  const heard: unknown[] = [];
  link.hear("app", (value) => heard.push(value));
  link.fail({ code: "WASM_BLOCKED" });
  await expect(done).rejects.toEqual({ code: "WASM_BLOCKED", facts: {} });
  const trouble = { code: "WASM_BLOCKED", facts: {} };
  expect(heard).toEqual([{ phase: "stopped", trouble, evidence: 0 }]);
});
