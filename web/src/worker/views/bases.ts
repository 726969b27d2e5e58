/** 根拠: what each basis of a room covers now, with the subject's name where it is open to me. */

import type { Standing } from "../../protocol/basis";
import { aidOf, catOf, standing } from "../../protocol/basis";
import type { Basis, EvText } from "../../protocol/generated";
import type { Sid, SubId } from "../../protocol/ids";
import { commitmentOf, evidenceCommitmentOf } from "../../client/bases";
import type { BasisState, BasisView } from "../api";
import type { Seen } from "./seen";

/** Every basis that stands in the feed: those in the roster first, then by the order they came. */
export function basesOf(seen: Seen): readonly BasisView[] {
  const { state } = seen.room;
  if (state.current === undefined) return [];
  const current = new Set(state.roster.basis);
  const named = subjectsOf(seen);
  const told = testimoniesOf(seen);
  const sids = [...state.listed.keys()];
  const sorted = [
    ...sids.filter((sid) => current.has(sid)),
    ...sids.filter((s) => !current.has(s)),
  ];
  return sorted.map((sid) => viewOf(seen, sid, { current: current.has(sid), named, told }));
}

interface Beside {
  readonly current: boolean;
  readonly named: ReadonlyMap<SubId, string>;
  readonly told: ReadonlyMap<SubId, readonly EvText[]>;
}

function viewOf(seen: Seen, sid: Sid, { current, named, told }: Beside): BasisView {
  const { state } = seen.room;
  const one = standing(state, sid, { n: state.directory.size, s: state.seq });
  const { body } = one;
  const by = body.apr === null ? [body.prop] : [body.prop, body.apr];
  return {
    sid,
    ver: body.ver,
    sub: body.sub,
    subject: named.get(body.sub) ?? "",
    kind: body.kind,
    law: body.law,
    state: stateOf(one, seen.now),
    sittings: [...one.kinds],
    scope: scopeOf(seen, one),
    start: one.start,
    until: one.until,
    review: one.review,
    by: seen.people.persons(by),
    current,
    purposes: body.purp,
    evidence: recordOf(body, told.get(body.sub) ?? []),
  };
}

/** The record that a consent committed to; of a decision, which commits to none, the newest. */
function recordOf(body: Basis, told: readonly EvText[]): BasisView["evidence"] {
  const fitting = told.filter(({ evkey, ev }) => {
    return body.evc === null || body.evc === evidenceCommitmentOf({ key: evkey, words: ev });
  });
  return fitting.at(-1)?.ev ?? null;
}

/** Where a basis stands; what was withdrawn is said before what time has ended. */
export function stateOf(one: Standing, now: number): BasisState {
  const left = [...one.granted].filter((pair) => !one.taken.has(pair)).length;
  if (left === 0) return "withdrawn";
  if (now < one.start) return "not-yet";
  if (now >= one.until) return "expired";
  if (one.review !== null && now >= one.review) return "overdue";
  return left < one.granted.size ? "partly" : "live";
}

function scopeOf({ people }: Seen, { granted, taken }: Standing): BasisView["scope"] {
  const pairs = Map.groupBy(granted, aidOf);
  return [...pairs].map(([aid, mine]) => ({
    agency: people.agency(aid),
    cats: mine.map(catOf).sort(),
    withdrawn: mine
      .filter((pair) => taken.has(pair))
      .map(catOf)
      .sort(),
  }));
}

/** What was sealed of each subject and is open to me, newest last. */
export function testimoniesOf(seen: Seen): ReadonlyMap<SubId, readonly EvText[]> {
  const found = new Map<SubId, EvText[]>();
  for (const [{ id }, { header }] of seen.rows) {
    if (header.k !== "ev") continue;
    const text = seen.texts.get(id);
    if (text !== undefined)
      found.set(header.sub, [...(found.get(header.sub) ?? []), text as EvText]);
  }
  return found;
}

/** Names of subjects, each only if a signed basis committed to it. */
export function subjectsOf(seen: Seen): ReadonlyMap<SubId, string> {
  return new Map([...identitiesOf(seen)].map(([sub, { name }]) => [sub, name]));
}

/** What opens the commitments to subjects, each only if a signed basis made it. */
export function identitiesOf(seen: Seen): ReadonlyMap<SubId, EvText> {
  const { state } = seen.room;
  const bodies = [...state.listed.keys()].map((sid) => state.basisOf(sid));
  const found = [...testimoniesOf(seen)].flatMap(([sub, told]) => {
    const text = told.findLast((each) => isNamed(bodies, sub, each));
    return text === undefined ? [] : [[sub, text] as const];
  });
  return new Map(found);
}

function isNamed(bodies: readonly Basis[], sub: SubId, { key, name, birth }: EvText): boolean {
  const commitment = commitmentOf({ sub, key, name, birth });
  return bodies.some((body) => body.sub === sub && body.subc === commitment);
}
