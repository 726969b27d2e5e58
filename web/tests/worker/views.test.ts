/** Views over every room of the vectors: nothing is lost, nothing is shown that is closed. */

import { beforeAll, describe, expect, it } from "vitest";

import { PointRoom } from "../../src/conference/point";
import { without } from "../../src/consent/model";
import { losses } from "../../src/consent/statements";
import { ready } from "../../src/crypto/sodium";
import { standing } from "../../src/protocol/basis";
import type { CaseLine, Withdraw } from "../../src/protocol/generated";
import type { Sid } from "../../src/protocol/ids";
import { basesOf } from "../../src/worker/views/bases";
import { candidatesOf, effectOf, readersOf } from "../../src/worker/views/gate";
import { docketOf, homeOf } from "../../src/worker/views/lines";
import { roomOf } from "../../src/worker/views/room";
import type { Seen } from "../../src/worker/views/seen";
import type { Story } from "../vectors/told_log";
import { rooms, Unfolding } from "./told_seen";

beforeAll(ready);

const ALL = rooms();

function lineOf({ caseId, room }: Seen): CaseLine {
  const { epoch: n, seq } = room.state;
  return { case: caseId, code: "K-101", member: 1, n, seq, locked: "", invitations: [] };
}

describe.each(ALL)("%s", (_name, story) => {
  it("is shown whole to each of its people", () => {
    const told = new Unfolding(story).all();
    for (const me of told.people()) {
      const seen = told.seen(me);
      const view = roomOf(seen);
      const { roster, state } = { roster: seen.room.state.roster, state: seen.room.state };

      expect(view.members.map(({ person }) => person.wid).sort()).toEqual(
        roster.mem.map(({ wid }) => wid).sort(),
      );
      expect(view.members.filter(({ person }) => person.me)).toHaveLength(1);
      expect(view.bases.filter(({ current }) => current)).toHaveLength(roster.basis.length);
      expect(view.happenings.filter(({ what }) => what === "flawed")).toHaveLength(
        Math.min(300, seen.room.records.filter(({ code }) => code !== null).length),
      );
      expect(view).toMatchObject({ seq: state.seq, epoch: state.epoch, left: null });
      expect(structuredClone(view)).toEqual(view);
    }
  });

  it("calls a basis live, or partly so, exactly when it covers somebody now", () => {
    const told = new Unfolding(story).all();
    const [me] = told.people();
    if (me === undefined) return;
    const seen = told.seen(me);
    const point = { n: seen.room.state.directory.size, s: seen.room.state.seq };
    for (const { sid, state } of basesOf(seen)) {
      const covers = standing(seen.room.state, sid as Sid, point).effective(seen.now).size > 0;
      expect([sid, state === "live" || state === "partly"]).toEqual([sid, covers]);
    }
  });

  it("is closed, without words, to whoever was let out", () => {
    const told = new Unfolding(story).all();
    const [me] = told.people();
    if (me === undefined) return;
    const view = roomOf({ ...told.seen(me), gone: "BASIS_WITHDRAWN" });

    expect(view.left).toBe("BASIS_WITHDRAWN");
    expect([view.sections, view.notes, view.decisions, view.priorities]).toEqual([[], [], [], []]);
  });

  it("stands in the lists", () => {
    const told = new Unfolding(story).all();
    const [me] = told.people();
    if (me === undefined) return;
    const seen = told.seen(me);
    const cases = [{ line: lineOf(seen), seen, trouble: null }];
    const home = homeOf(cases, { waiting: [], now: seen.now });

    expect(docketOf(cases)).toMatchObject([{ code: "K-101", member: true, locked: null }]);
    const bodies = [...home.today, ...home.coming, ...home.invitations];
    expect(bodies.every(({ state }) => state !== "closed")).toBe(true);
  });

  it("answers for candidates as for those who are in", () => {
    const told = new Unfolding(story).all();
    const [me] = told.people();
    if (me === undefined) return;
    const seen = told.seen(me);
    const found = candidatesOf(seen, { kind: "shien", cats: [] });
    const inside = new Set(seen.room.state.roster.mem.map(({ wid }) => String(wid)));
    const shown = found.filter(({ inRoom }) => inRoom).map(({ person }) => person.wid);

    expect(shown.every((wid) => inside.has(wid))).toBe(true);
    for (const { answer, pledge } of found) if (pledge !== "live") expect(answer).not.toBeNull();
  });
});

/** "person subject category" of all that somebody may read. */
function readable(seen: Seen): ReadonlySet<string> {
  const bodies = basesOf(seen).filter(({ current }) => current);
  const pairs = bodies.flatMap(({ sub, scope }) =>
    scope.flatMap(({ cats }) => cats.map((cat) => [sub, cat] as const)),
  );
  const found = pairs.flatMap(([sub, cat]) => {
    const planned = { cls: "sec", it: null, sub: sub as never, cats: [cat] } as const;
    return readersOf(seen, planned).readers.map(({ wid }) => `${wid} ${sub} ${cat}`);
  });
  return new Set(found);
}

function withoutSubject(triple: string): string {
  const [wid, , cat] = triple.split(" ");
  return `${wid ?? ""} ${cat ?? ""}`;
}

/** The story as it was known when the log held so many of its own leaves. */
function until(story: Story, leaves: number, idn: number): Story {
  const end = story.rows.findIndex((row) => row.idn > idn);
  const rows = end < 0 ? story.rows : story.rows.slice(0, end);
  return { ...story, leaves: story.leaves.slice(0, leaves), rows };
}

/** What a withdrawal would do by the view before its leaf, and what it did by the gate after it. */
function compared(story: Story, at: number, body: Withdraw) {
  const size = new Unfolding({ ...story, leaves: [], rows: [] }).room.state.directory.size + at;
  const before = new Unfolding(until(story, at, size)).all();
  const [me] = before.people();
  if (me === undefined) return null;
  const seen = before.seen(me);
  const after = new Unfolding({ ...until(story, at, size), leaves: story.leaves.slice(0, at + 1) });
  const now = readable(after.all().seen(me, seen.now));
  const closed = [...readable(seen)].filter((triple) => !now.has(triple)).map(withoutSubject);
  const { basis, ag: aids, cats } = body;
  const { closes } = effectOf(seen, { terms: null, withdraw: { basis, aids, cats } });
  const predicted = closes.flatMap(({ person, cats: lost }) =>
    lost.map((c) => `${person.wid} ${c}`),
  );
  return { predicted: predicted.sort(), happened: [...new Set(closed)].sort() };
}

describe("the effect of a withdrawal", () => {
  it("is what then happens, in every room of the vectors", () => {
    const met = ALL.flatMap(([name, story]) =>
      story.leaves.flatMap(({ stm, code }, at) => {
        const body = typeof stm === "string" && (code ?? null) === null ? withdrawIn(stm) : null;
        const found = body === null ? null : compared(story, at, body);
        // One who is a stranger to the case, or speaks of a basis not listed, takes nothing away.
        return found === null || found.happened.length === 0 ? [] : [[name, at, found] as const];
      }),
    );
    for (const [name, at, { predicted, happened }] of met) {
      expect([name, at, predicted]).toEqual([name, at, happened]);
    }
    expect(met.length).toBeGreaterThan(0);
  });
});

describe("what closes by a change", () => {
  it("is never more than the bases themselves lose, and all of it for who may read at all", () => {
    let met = 0;
    for (const [name, story] of ALL) {
      const told = new Unfolding(story).all();
      const [me] = told.people();
      if (me === undefined) continue;
      const seen = told.seen(me);
      const { views } = seen.room.willing(seen.now);
      for (const { sid } of views) {
        const after = views.map((view) => (view.sid === sid ? without(view, ALL_OF_IT) : view));
        const people = new PointRoom(seen.room.willing(seen.now), null).members();
        const lost = losses(seen.now, { people, before: views, after });
        const withdraw = { basis: sid, aids: null, cats: null };
        const { closes } = effectOf(seen, { terms: null, withdraw });
        for (const { person, cats } of closes) {
          const theirs = lost
            .filter(({ wid }) => wid === person.wid)
            .flatMap((one) => [...one.cats]);
          expect([name, cats.filter((cat) => !theirs.includes(cat))]).toEqual([name, []]);
        }
        met += closes.length;
      }
    }
    expect(met).toBeGreaterThan(50);
  });
});

const ALL_OF_IT = { agencies: null, cats: null };

function withdrawIn(dsse: string): Withdraw | null {
  const { payload } = JSON.parse(dsse) as { readonly payload: string };
  const bytes = Uint8Array.from(atob(payload), (sign) => sign.charCodeAt(0));
  const body = JSON.parse(new TextDecoder().decode(bytes)) as { readonly typ: string };
  return body.typ === "withdraw" ? (body as Withdraw) : null;
}
