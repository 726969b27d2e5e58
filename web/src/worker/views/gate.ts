/** Questions to the gate before anything is done: who would be let in, who would read, what a change takes. */

import { decide, without, type Actor, type BasisView, type Target } from "../../consent/model";
import { suspendedItems } from "../../conference/model";
import { PointRoom } from "../../conference/point";
import { isAmong } from "../../conference/records";
import type { Code } from "../../crypto/errors";
import type { Sect } from "../../protocol/generated";
import { asPerson } from "../../protocol/directory";
import type { Aid, Digest, DocId, ItemId, Nonce, Sid, SubId, Wid } from "../../protocol/ids";
import type { BasisTerms, CandidateView, EffectView, PersonView } from "../api";
import { actionsOf } from "./boards";
import { gateOf, wordsOf, type Seen } from "./seen";

const NO_CATS: ReadonlySet<string> = new Set();

function targetOf(
  asked: Pick<Target, "cls" | "sub" | "cats" | "bases"> & { readonly kind?: string | null },
): Target {
  const { kind = null, ...rest } = asked;
  return {
    ...rest,
    audience: null,
    granted: true,
    sittingKind: kind,
    itemOpen: null,
    needsSeat: false,
    roomClosed: false,
  };
}

// --- 出席者の選定 ----------------------------------------------------------------------------------

/** Would these people be let into a sitting of a kind, to see some categories; one answer each. */
export function candidatesOf(
  seen: Seen,
  { kind, cats }: { readonly kind: string; readonly cats: readonly string[] },
): readonly CandidateView[] {
  const gate = gateOf(seen);
  const { directory } = seen.room.state;
  const live = [...directory.workers.keys()].flatMap((wid) => {
    const worker = directory.workerInForce(wid, directory.size);
    return worker?.caps.includes("member") === true ? [worker] : [];
  });
  return live.map((worker) => {
    const actor = gate.actor(asPerson(worker));
    return candidateOf(seen, actor, { kind, cats: new Set(cats) });
  });
}

interface Sought {
  readonly kind: string;
  readonly cats: ReadonlySet<string>;
}

function candidateOf(seen: Seen, found: Actor, sought: Sought): CandidateView {
  const inRoom = found.membership === "member" || found.membership === "guest";
  // The question is what would be once she is in the room.
  const actor: Actor = inRoom ? found : { ...found, membership: "member" };
  return {
    person: seen.people.person(actor.wid),
    pledge: worse(actor),
    cats: categoriesOf(seen, actor.aid),
    answer: answerFor(seen, actor, sought),
    inRoom,
  };
}

function worse({ pledgePerson, pledgeAgency }: Actor): CandidateView["pledge"] {
  const both = [pledgePerson, pledgeAgency];
  return (["missing", "expired"] as const).find((each) => both.includes(each)) ?? "live";
}

function categoriesOf(seen: Seen, aid: Aid): readonly string[] {
  const { stands, now } = gateOf(seen);
  const pairs = stands.flatMap((one) => [...one.effective(now)]);
  const mine = pairs
    .filter((pair) => pair.startsWith(aid))
    .map((pair) => pair.slice(aid.length + 1));
  return [...new Set(mine)].sort();
}

/** Null when some subject may be treated before her; else the refusal for the first subject. */
function answerFor(seen: Seen, actor: Actor, { kind, cats }: Sought): Code | null {
  const { now, views, register } = gateOf(seen);
  const subs = [...new Set(views.map(({ sub }) => sub))];
  const codes = (subs.length === 0 ? [null] : subs).map((sub) => {
    const target = targetOf({ cls: "sec", sub, cats, bases: views, kind });
    const answer = decide(now, actor, "open", target, register);
    return answer.allow ? null : answer.code;
  });
  return codes.includes(null) ? null : (codes[0] ?? null);
}

// --- who would read --------------------------------------------------------------------------------

/** What a section would be about. */
export interface Planned {
  readonly cls: "sec" | "card" | "ev";
  readonly it: ItemId | null;
  readonly sub: SubId | null;
  readonly cats: readonly string[];
}

/** Who of the room would read a section, and who would not and why. */
export function readersOf(
  seen: Seen,
  planned: Planned,
): {
  readonly readers: readonly PersonView[];
  readonly refused: readonly { readonly person: PersonView; readonly code: Code }[];
} {
  const gate = gateOf(seen);
  const asked = sectOf(seen, planned);
  const answers = seen.room.state.roster.mem.map((row) => ({
    person: seen.people.person(row.wid),
    code: gate.mayRead(asPerson(row), asked),
  }));
  return {
    readers: answers.filter(({ code }) => code === null).map(({ person }) => person),
    refused: answers.flatMap(({ person, code }) => (code === null ? [] : [{ person, code }])),
  };
}

/** A document as it would be announced to everyone; it is only asked about. */
function sectOf(seen: Seen, { cls, it, sub, cats }: Planned): Sect {
  const { state } = seen.room;
  const nowhere = "" as Digest;
  return {
    ...{ v: 1, typ: "sect", net: state.net, nce: "" as Nonce, iat: seen.now, case: seen.caseId },
    ...{ fd: state.head, doc: "" as DocId, g: 1, cls, item: it, sub, cats: cats.toSorted() },
    ...{ aud: null, cy: 0, dc: nowhere },
  };
}

// --- what a change of basis does -------------------------------------------------------------------

/** A basis to be recorded, or a withdrawal to be signed. */
export interface BasisChange {
  readonly terms: BasisTerms | null;
  readonly withdraw: {
    readonly basis: string;
    readonly aids: readonly string[] | null;
    readonly cats: readonly string[] | null;
  } | null;
}

const UNSIGNED = "" as Sid;

/** What a change opens and closes, by name, actions that lose their owner, items that are suspended. */
export function effectOf(seen: Seen, change: BasisChange): EffectView {
  if (seen.room.state.current === undefined)
    return { opens: [], closes: [], actions: [], items: [] };
  const gate = gateOf(seen);
  const before = gate.views;
  const after = changed(before, change);
  // A basis that begins later opens what it opens then.
  const now = Math.max(seen.now, change.terms?.start ?? 0);
  const rows = seen.room.state.roster.mem.map((row) => {
    const actor = gate.actor(asPerson(row));
    const [then, next] = [
      readable(seen, actor, before, seen.now),
      readable(seen, actor, after, now),
    ];
    const leaves = isIn(seen, actor, before, seen.now) && !isIn(seen, actor, after, now);
    return {
      person: seen.people.person(row.wid),
      opens: minus(next, then),
      closes: minus(then, next),
      leaves,
    };
  });
  const gone = new Set(rows.filter(({ leaves }) => leaves).map(({ person }) => person.wid as Wid));
  return {
    opens: rows
      .filter(({ opens }) => opens.length > 0)
      .map(({ person, opens: cats }) => ({ person, cats })),
    closes: rows
      .filter(({ closes, leaves }) => closes.length > 0 || leaves)
      .map(({ person, closes: cats, leaves }) => ({ person, cats, leaves })),
    actions: actionsLost(seen, gone),
    items: itemsEnded(seen, after, now),
  };
}

function changed(
  before: readonly BasisView[],
  { terms, withdraw }: BasisChange,
): readonly BasisView[] {
  const taken = before.map((view) => {
    if (view.sid !== withdraw?.basis) return view;
    return without(view, {
      agencies: withdraw.aids as readonly Aid[] | null,
      cats: withdraw.cats,
    });
  });
  if (terms === null) return taken;
  const kept = taken.filter(({ sid }) => sid !== terms.prev);
  return [...kept, viewOf(terms, before)];
}

function viewOf(terms: BasisTerms, before: readonly BasisView[]): BasisView {
  const scope = new Map<Aid, ReadonlySet<string>>();
  for (const { aid, cats } of terms.scope) {
    const known = scope.get(aid as Aid) ?? NO_CATS;
    scope.set(aid as Aid, new Set([...known, ...cats]));
  }
  const prev = before.find(({ sid }) => sid === terms.prev);
  const { law, start, until, review } = terms;
  const sub = (terms.sub ?? "") as SubId;
  const kinds = new Set(terms.sittings);
  const ver = (prev?.ver ?? 0) + 1;
  return { sid: UNSIGNED, ver, law, kinds, sub, scope, withdrawn: new Map(), start, until, review };
}

/** Everything a person may read of anybody, as "subject category". */
function readable(
  seen: Seen,
  actor: Actor,
  bases: readonly BasisView[],
  now: number,
): ReadonlySet<string> {
  const { register } = seen.room;
  const pairs = new Set(
    bases.flatMap(({ sub, scope }) =>
      [...scope.values()].flatMap((cats) => [...cats].map((cat) => `${sub} ${cat}`)),
    ),
  );
  return new Set(
    [...pairs].filter((pair) => {
      const [sub = "", cat = ""] = pair.split(" ");
      const target = targetOf({ cls: "sec", sub: sub as SubId, cats: new Set([cat]), bases });
      // A guest is shown cards; of anything else only what she was granted.
      return decide(now, actor, "read", { ...target, granted: false }, register).allow;
    }),
  );
}

/** Whether a person may be in the room at all. */
function isIn(seen: Seen, actor: Actor, bases: readonly BasisView[], now: number): boolean {
  const cls = actor.membership === "guest" ? "card" : "agd";
  const target = targetOf({ cls, sub: null, cats: NO_CATS, bases });
  return decide(now, actor, "read", target, seen.room.register).allow;
}

function minus(from: ReadonlySet<string>, taken: ReadonlySet<string>): readonly string[] {
  const left = [...from].filter((pair) => !taken.has(pair));
  return [...new Set(left.map((pair) => pair.split(" ")[1] ?? ""))].sort();
}

/** Actions of people who leave, and of agencies of which nobody stays. */
function actionsLost(seen: Seen, gone: ReadonlySet<Wid>): EffectView["actions"] {
  if (gone.size === 0) return [];
  const members = new PointRoom(gateOf(seen), null).members();
  const staying = new Map([...members].filter(([wid]) => !gone.has(wid)));
  const { actions } = seen.room.conference;
  const lost = new Set<string>(
    [...actions.values()]
      .filter(
        ({ owner, state }) =>
          state !== "asked" && isAmong(owner, members) && !isAmong(owner, staying),
      )
      .map(({ act }) => act),
  );
  const views = actionsOf(seen, wordsOf(seen));
  return views.filter(({ act, state }) => lost.has(act) && !ENDED.has(state));
}

const ENDED: ReadonlySet<string> = new Set(["done", "not-done", "handed", "cancelled"]);

/** Open items that would rest on nothing. */
function itemsEnded(seen: Seen, after: readonly BasisView[], now: number): readonly string[] {
  const { conference } = seen.room;
  return suspendedItems(conference, {
    ...EMPTY_ROOM,
    basisKinds: (sid, sub) => {
      const view = after.find((each) => each.sid === sid && each.sub === sub);
      return view && isRunning(view, now) ? view.kinds : null;
    },
  });
}

function isRunning({ start, until, review, scope, withdrawn }: BasisView, now: number): boolean {
  const left = [...scope].some(([aid, cats]) =>
    [...cats].some((cat) => withdrawn.get(aid)?.has(cat) !== true),
  );
  return left && start <= now && now < Math.min(until, review ?? until);
}

/** Nobody is asked but for the bases. */
const EMPTY_ROOM = {
  chairs: () => new Set<Wid>(),
  members: () => new Map<Wid, Aid>(),
  workerAgency: () => null,
  covered: () => false,
  hasCap: () => false,
  present: () => null,
};
