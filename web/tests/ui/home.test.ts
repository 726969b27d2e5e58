import { expect, test } from "vitest";
import type { ActionLine, SittingLine, WaitingLine } from "../../src/worker/api";
import { answerAt, grouped, inOrder } from "../../src/ui/logic/home";
import { scenes } from "./fixtures/home.scenes";
import type { Fake } from "./fixtures/fake";
import { CASES, NOW } from "./fixtures/people";

const fake = scenes[0]?.api() as Fake;
const view = fake.get("home") ?? { actions: [], today: [] };

test("actions stand by due day, overdue first, without one last", () => {
  const groups = grouped(view.actions, NOW).map(([name, lines]) => [
    name,
    lines.map(({ act }) => act.due),
  ]);
  expect(groups).toEqual([
    ["overdue", ["2025-10-10"]],
    ["week", ["2025-10-20"]],
    ["later", ["2025-10-31", null]],
  ]);
});

test("what is over is not shown, and an empty group neither", () => {
  const done = view.actions.map((line): ActionLine => ({
    ...line,
    act: { ...line.act, state: "done" },
  }));
  expect(grouped(done, NOW)).toEqual([]);
});

test("the sitting in session comes first, the others by time", () => {
  const line = (sit: string, starts: number, state: SittingLine["state"]): SittingLine => ({
    ...{ ...CASES.k101, sit, kind: "shien", no: null, starts, state },
    ...{ duty: "member", seat: "accepted" },
  });
  const lines = [line("b", 2, "convened"), line("a", 1, "closed"), line("c", 3, "open")];
  expect(inOrder(lines).map(({ sit }) => sit)).toEqual(["c", "a", "b"]);
});

test.each([
  ["seat", `#/case/${CASES.k101.caseId}`],
  ["approval", `#/case/${CASES.k101.caseId}/consent`],
  ["enrolment", "#/settings/registrar"],
  ["pledge", "#/settings/pledge"],
] as const)("%s is answered at %s", (what, address) => {
  const line: WaitingLine = { what, ...CASES.k101, id: "1", words: "", since: 0 };
  expect(answerAt(line)).toBe(address);
});
