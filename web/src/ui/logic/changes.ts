/** What others changed since I looked: what to say aloud, and what to mark as new. */
import type { ActionView, HappeningView, PriorityView, RoleView, RoomView } from "../../worker/api";

/** One thing to announce; `key` names the sentence, `facts` fill it. */
export interface Announcement {
  readonly key:
    | "section"
    | "item-opened"
    | "item-closed"
    | "role"
    | "role-accepted"
    | "role-declined"
    | "priority"
    | "action"
    | "action-accepted"
    | "action-declined"
    | "decision"
    | "reserve"
    | "none"
    | "hand"
    | "entered"
    | "left"
    | "evicted"
    | "withdrawn";
  readonly facts: Readonly<Record<string, string>>;
}

/** What a row says, to tell my own writing from that of others. */
export function markOf(row: PriorityView | RoleView | ActionView): string {
  if ("issue" in row) return `prio:${row.issue}/${row.order}/${row.urgency}`;
  const owner = `${row.owner.agency.aid}/${row.owner.person?.wid ?? ""}`;
  return "part" in row
    ? `role:${row.part}/${owner}/${row.state}`
    : `act:${row.what}/${owner}/${row.state}`;
}

const TOLD = { entered: 1, left: 1, evicted: 1, withdrawn: 1 } as const;

/**
 * Compare two views of one room and list what a person should hear, oldest first.
 *
 * What I did myself is left out where the view says whose it is; rows that I am writing are told
 * by `mine` (marks of rows that I have just sent).
 */
export function announcements(
  before: RoomView,
  after: RoomView,
  mine: ReadonlySet<string>,
): readonly Announcement[] {
  if (before.caseId !== after.caseId) return [];
  return [
    ...happenings(before, after),
    ...items(before, after),
    ...sections(before, after),
    ...boards(before, after, mine),
    ...actions(before, after, mine),
    ...decisions(before, after),
    ...hands(before, after),
  ];
}

function happenings(before: RoomView, after: RoomView): readonly Announcement[] {
  const known = new Set(before.happenings.map(nameOf));
  return after.happenings.flatMap((one) => {
    if (known.has(nameOf(one)) || one.who?.me) return [];
    if (!(one.what in TOLD)) return [];
    const key = one.what as keyof typeof TOLD;
    return [{ key, facts: { who: one.who?.name ?? "", agency: one.who?.agency.name ?? "" } }];
  });
}

function nameOf(one: HappeningView): string {
  return `${one.at}/${one.what}/${one.who?.wid ?? ""}`;
}

function items(before: RoomView, after: RoomView): readonly Announcement[] {
  const old = new Map(before.sitting?.items.map((item) => [item.it, item.state]));
  return (after.sitting?.items ?? []).flatMap((item) => {
    if (item.state === "prepared" || old.get(item.it) === item.state) return [];
    const key = item.state === "open" ? "item-opened" : "item-closed";
    return [{ key, facts: { no: String(item.no), title: item.title } } as const];
  });
}

function sections(before: RoomView, after: RoomView): readonly Announcement[] {
  const known = new Set(before.sections.map((one) => `${one.doc}/${one.ver}`));
  return after.sections
    .filter((one) => !known.has(`${one.doc}/${one.ver}`) && !one.author?.me)
    .map((one) => ({ key: "section", facts: { who: one.author?.name ?? "", title: one.title } }));
}

function boards(
  before: RoomView,
  after: RoomView,
  mine: ReadonlySet<string>,
): readonly Announcement[] {
  const ranks = new Map(before.priorities.map((one) => [one.row, one.seq]));
  const hasNewRank = after.priorities.some(
    (one) => ranks.get(one.row) !== one.seq && !mine.has(markOf(one)),
  );
  const roles = new Map(before.roles.map((one) => [one.row, one]));
  const changed = after.roles.filter((one) => roles.get(one.row)?.seq !== one.seq);
  return [
    ...(hasNewRank ? [{ key: "priority", facts: {} } as const] : []),
    ...changed
      .filter((one) => !mine.has(markOf(one)))
      .map((one) => ({
        key: answered("role", one.state),
        facts: { part: one.part, agency: one.owner.agency.name },
      })),
  ];
}

function answered<T extends "role" | "action">(
  what: T,
  state: string,
): T | `${T}-accepted` | `${T}-declined` {
  if (state === "accepted") return `${what}-accepted`;
  return state === "declined" ? `${what}-declined` : what;
}

function actions(
  before: RoomView,
  after: RoomView,
  mine: ReadonlySet<string>,
): readonly Announcement[] {
  const known = new Map(before.actions.map((one) => [one.act, one.seq]));
  return after.actions
    .filter((one) => known.get(one.act) !== one.seq && !mine.has(markOf(one)))
    .map((one) => ({
      key: answered("action", one.state),
      facts: { agency: one.owner.agency.name, what: one.what },
    }));
}

function decisions(before: RoomView, after: RoomView): readonly Announcement[] {
  const known = new Set(before.decisions.map((one) => one.dec));
  return after.decisions
    .filter((one) => !known.has(one.dec) && !one.by.me)
    .map((one) => ({ key: one.typ, facts: { who: one.by.name, text: one.text } }));
}

function hands(before: RoomView, after: RoomView): readonly Announcement[] {
  const known = new Set(before.sitting?.hands.map((hand) => hand.wid));
  const seats = after.sitting?.seats ?? [];
  return (after.sitting?.hands ?? []).flatMap((hand) => {
    const who = seats.find((seat) => seat.person.wid === hand.wid)?.person;
    if (!who || who.me || known.has(hand.wid)) return [];
    return [{ key: "hand", facts: { who: who.name } } as const];
  });
}

/** How many rows others have changed after `seen`, a position in the feed. */
export function freshCount(room: RoomView, seen: number, mine: ReadonlySet<string>): number {
  const rows = [...room.priorities, ...room.roles, ...room.actions];
  const changed = rows.filter((row) => isFresh(row.seq, seen) && !mine.has(markOf(row)));
  const shared = room.sections.filter((one) => isFresh(one.seq, seen) && !one.author?.me);
  return changed.length + shared.length;
}

/** Rows that came after `seen` (a position in the feed) are marked as new until I look at them. */
export function isFresh(seq: number | null, seen: number): boolean {
  return seq !== null && seq > seen;
}
