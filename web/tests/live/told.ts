/** What this side holds of a room, as text that the other side compares with what it holds. */

import type { Text } from "../../src/client/opening";
import type { Room } from "../../src/client/room";
import type { DocClass } from "../../src/protocol/generated";
import type { Hash } from "../../src/protocol/ids";

/** State and words of a room. */
export async function told(room: Room): Promise<string> {
  const texts = await room.read();
  const [agenda, board] = [await wordsOf(room, "agd"), await wordsOf(room, "brd")];
  return JSON.stringify({ state: stateOf(room), texts: plain(texts), agenda, board });
}

/** Rows and people, then what the signed headers say. */
function stateOf({ state, conference }: Room): object {
  const { roster } = state;
  return {
    place: [state.seq, state.fh, state.epoch],
    roster: [
      roster.why,
      roster.chair,
      roster.mem.map(({ wid, role }) => [wid, role]),
      roster.basis,
    ],
    items: record(conference.items, (item) => [item.state, item.out]),
    seats: record(conference.seats, (seat) => [seat.state, seat.duty]),
    prio: record(conference.prio, (row) => [row.it, row.deleted]),
    roles: record(conference.roles, (role) => [role.part, role.state, role.owner.w]),
    actions: record(conference.actions, (action) => [action.state, action.due, action.owner.ag]),
    decisions: record(conference.decisions, (decision) => [decision.typ, decision.wid]),
    next: record(conference.next, ({ when }) => when),
    versions: record(state.versions, ({ ver, eid }) => [ver, eid]),
  };
}

function record<K extends string, V>(
  records: ReadonlyMap<K, V>,
  said: (record: V) => unknown,
): Record<string, unknown> {
  return Object.fromEntries([...records].map(([key, value]) => [key, said(value)]));
}

function plain(texts: ReadonlyMap<Hash, Text>): Record<string, Text> {
  return Object.fromEntries(texts);
}

async function wordsOf(room: Room, cls: DocClass): Promise<object | null> {
  const document = room.state.documentOf(cls);
  return document === undefined ? null : await room.words(document.body.doc);
}
