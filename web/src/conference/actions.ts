/** 対応事項: proposed to an owner, answered, reported on, handed over, cancelled. */

import type { ActAns, ActCan, ActHand, ActNew, ActRep } from "../protocol/generated";
import type { ActId, SitId } from "../protocol/ids";
import {
  ENDED_ACTIONS,
  isAmong,
  type Action,
  type Conference,
  type Members,
  type Owner,
} from "./records";
import { known, requireNew, requireState, type Changes, type Scene } from "./scene";

export type ActionOp = "act.new" | "act.ans" | "act.rep" | "act.hand" | "act.can";

/** List the actions in 引継ぎ要: not ended, and their owner is no longer in the roster. */
export function handovers(conference: Conference, members: Members): readonly ActId[] {
  const orphaned = [...conference.actions.values()].filter((one) => isOrphaned(one, members));
  return orphaned.map((action) => action.act);
}

/** List the declined actions: they are with whoever is in charge for the interim. */
export function interimActions(conference: Conference): readonly ActId[] {
  const declined = [...conference.actions.values()].filter((one) => one.state === "declined");
  return declined.map((action) => action.act);
}

function isOrphaned(action: Action, members: Members): boolean {
  const isInside = action.state !== "asked" && !ENDED_ACTIONS.has(action.state);
  return isInside && !isAmong(action.owner, members);
}

function propose(scene: Scene, m: ActNew): Conference {
  const owner: Owner = { ag: m.ag, w: m.w };
  const sit = m.it === null ? null : scene.item(m.it).sit;
  const old = m.from === null ? null : known(scene.was.actions, m.from);
  scene.require(scene.isChair || scene.op.aid === owner.ag || records(scene, sit));
  scene.require(old === null || mayContinue(scene, old));
  requireNew(scene.was.actions, m.act);
  scene.requireUntouched(old);
  if (m.ext === 0) scene.requireOwner(owner);
  const { act, it, due, from: origin } = m;
  const state = m.ext === 0 ? "proposed" : "asked";
  const action: Action = { act, it, owner, due, origin, state, why: null, ...scene.stamp };
  return withAction(continued(scene, old), action);
}

/** Tell whether the author is recorder there or, without an item, of a sitting not closed. */
function records(scene: Scene, sit: SitId | null): boolean {
  if (sit !== null) return scene.serves(sit, "recorder");
  const sittings = [...scene.was.sittings.values()];
  return sittings.some((one) => one.state !== "closed" && scene.serves(one.sit, "recorder"));
}

// What is in 引継ぎ要 or has ended anybody may take up; the rest is the owner's or the chair's.
function mayContinue(scene: Scene, old: Action): boolean {
  const isFree = ENDED_ACTIONS.has(old.state) || isOrphaned(old, scene.members);
  return isFree || scene.isChair || scene.answersFor(old.owner);
}

/** Mark the action that a new one continues as handed; one that has ended stays as it is. */
function continued(scene: Scene, old: Action | null): Conference {
  if (old === null || ENDED_ACTIONS.has(old.state)) return scene.was;
  return moved(scene, { ...old, state: "handed" });
}

function answer(scene: Scene, m: ActAns): Conference {
  const action = known(scene.was.actions, m.act);
  scene.require(scene.answersFor(action.owner));
  scene.requireUntouched(action);
  requireState(action.state === "proposed", action.state);
  const state = m.ans === "accept" ? "accepted" : "declined";
  return moved(scene, { ...action, state, why: m.why });
}

function report(scene: Scene, m: ActRep): Conference {
  const action = known(scene.was.actions, m.act);
  scene.require(scene.answersFor(action.owner));
  scene.requireUntouched(action);
  requireState(action.state === "accepted" || action.state === "progress", action.state);
  return moved(scene, { ...action, state: m.st });
}

function handOver(scene: Scene, m: ActHand): Conference {
  const action = known(scene.was.actions, m.act);
  const owner: Owner = { ag: m.ag, w: m.w };
  scene.require(scene.isChair || scene.answersFor(action.owner));
  scene.requireUntouched(action);
  requireState(!ENDED_ACTIONS.has(action.state), action.state);
  scene.requireOwner(owner);
  return moved(scene, { ...action, owner, state: "proposed", why: null });
}

function cancel(scene: Scene, m: ActCan): Conference {
  const action = known(scene.was.actions, m.act);
  scene.require(scene.isChair);
  scene.requireUntouched(action);
  requireState(!ENDED_ACTIONS.has(action.state), action.state);
  return moved(scene, { ...action, state: "cancelled" });
}

function moved(scene: Scene, action: Action): Conference {
  return withAction(scene.was, { ...action, ...scene.stamp });
}

function withAction(was: Conference, action: Action): Conference {
  return { ...was, actions: new Map(was.actions).set(action.act, action) };
}

/** What operations on an action change. */
export const ACTION_CHANGES: Changes<ActionOp> = {
  "act.new": propose,
  "act.ans": answer,
  "act.rep": report,
  "act.hand": handOver,
  "act.can": cancel,
};
