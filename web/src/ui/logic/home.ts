/** What stands where on the home screen. */
import type { ActionLine, ActionState, SittingLine, WaitingLine } from "../../worker/api";
import { href, hrefCase } from "../router";
import { dayOf, daysBetween } from "./dates";

export type Urgency = "overdue" | "week" | "later";

const WEEK = 7;
/** Actions in these states are over and need nobody's attention. */
const OVER: ReadonlySet<ActionState> = new Set([
  "done",
  "not-done",
  "handed",
  "cancelled",
  "declined",
]);

function urgencyOf(due: string | null, today: string): Urgency {
  if (due === null) return "later";
  const left = daysBetween(today, due);
  if (left < 0) return "overdue";
  return left <= WEEK ? "week" : "later";
}

/** Nothing due comes last, equal days by code. */
function byDue(a: ActionLine, b: ActionLine): number {
  const [left, right] = [a.act.due ?? "9999", b.act.due ?? "9999"];
  return left === right ? a.code.localeCompare(b.code) : left < right ? -1 : 1;
}

/** Open actions by how pressing they are, empty groups left out. */
export function grouped(
  actions: readonly ActionLine[],
  now: number,
): readonly (readonly [Urgency, readonly ActionLine[]])[] {
  const today = dayOf(now);
  const open = actions.filter(({ act }) => !OVER.has(act.state)).toSorted(byDue);
  const groups = (["overdue", "week", "later"] as const).map(
    (name) => [name, open.filter(({ act }) => urgencyOf(act.due, today) === name)] as const,
  );
  return groups.filter(([, lines]) => lines.length > 0);
}

/** Where one answers what is waited for. */
export function answerAt(line: WaitingLine): string {
  if (line.what === "enrolment") return href("settings", "registrar");
  if (line.what === "pledge" || line.caseId === null) return href("settings", "pledge");
  return hrefCase(line.caseId, line.what === "approval" ? "consent" : "");
}

/** Sittings in their order, the one in session first. */
export function inOrder(lines: readonly SittingLine[]): readonly SittingLine[] {
  const open = (line: SittingLine) => Number(line.state !== "open");
  return lines.toSorted((a, b) => open(a) - open(b) || a.starts - b.starts);
}
