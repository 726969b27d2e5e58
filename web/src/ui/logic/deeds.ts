/** The order in which actions are listed. */
import type { ActionState, ActionView } from "../../worker/api";

const ENDED: ReadonlySet<ActionState> = new Set(["done", "not-done", "handed", "cancelled"]);

/** Tell whether nothing more is expected of an action. */
export function isEnded(action: ActionView): boolean {
  return ENDED.has(action.state);
}

function weight(action: ActionView): number {
  if (action.state === "needs-owner") return 0;
  if (isEnded(action)) return 3;
  return action.due === null ? 2 : 1;
}

/** What needs an owner first, then by due day, those without one, those that have ended. */
export function ordered(actions: readonly ActionView[]): readonly ActionView[] {
  return [...actions].sort(
    (a, b) => weight(a) - weight(b) || (a.due ?? "").localeCompare(b.due ?? "") || a.seq - b.seq,
  );
}

/** The actions that I or my agency have to answer or to carry out. */
export function ownOpen(actions: readonly ActionView[]): readonly ActionView[] {
  return ordered(actions).filter((one) => one.owner.mine && !isEnded(one));
}
