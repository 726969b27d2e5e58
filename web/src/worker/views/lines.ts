/** The lines of ホーム and 進行管理, from the server's list of rooms and the rooms folded here. */

import { liveRoles } from "../../conference/board";
import { PointRoom } from "../../conference/point";
import { ENDED_ACTIONS } from "../../conference/records";
import type { Code } from "../../crypto/errors";
import type { CaseLine } from "../../protocol/generated";
import { DAY } from "../../protocol/times";
import type {
  ActionLine,
  BasisLine,
  DocketLine,
  HomeView,
  SeatState,
  SittingLine,
  WaitingLine,
} from "../api";
import { basesOf } from "./bases";
import { actionsOf, isOverdue, rolesOf } from "./boards";
import { nextDay } from "./days";
import { isChair } from "./members";
import { gateOf, timeAt, timeOf, wordsOf, type Seen } from "./seen";

/** How long before its end, in ms, a basis is named on ホーム. */
export const AHEAD = 30 * DAY;

/** A room in the server's list, and as it is folded here; null where I am not in it, or cannot be. */
export interface Case {
  readonly line: CaseLine;
  readonly seen: Seen | null;
  /** Why it could not be folded, beside what the server says. */
  readonly trouble: Code | null;
}

// --- ホーム ----------------------------------------------------------------------------------------

/** What comes from elsewhere than the rooms. */
export interface Beside {
  readonly waiting: readonly WaitingLine[];
  readonly now: number;
}

/** Everything that a person has before her today. */
export function homeOf(cases: readonly Case[], { waiting, now }: Beside): HomeView {
  const sittings = cases.flatMap(sittingLines).filter(({ state }) => state !== "closed");
  const mine = sittings.filter(({ seat }) => seat === "accepted").toSorted(byStart);
  const tomorrow = nextDay(now);
  const isToday = ({ state, starts }: SittingLine) => state === "open" || starts < tomorrow;
  const bodies = cases.map(roomLines);
  return {
    today: mine.filter(isToday),
    coming: mine.filter((line) => !isToday(line)),
    invitations: sittings.filter(({ seat }) => seat === "invited").toSorted(byStart),
    actions: bodies.flatMap(({ actions }) => actions).toSorted(byDue),
    waiting: [...bodies.flatMap((each) => each.waiting), ...waiting].toSorted(bySince),
    ending: bodies.flatMap(({ ending }) => ending).toSorted(byEnd),
  };
}

function byStart(one: SittingLine, other: SittingLine): number {
  return one.starts - other.starts;
}

function bySince(one: WaitingLine, other: WaitingLine): number {
  return one.since - other.since;
}

function byDue({ act: one }: ActionLine, { act: other }: ActionLine): number {
  const [left, right] = [one.due ?? "9999", other.due ?? "9999"];
  return left === right ? one.seq - other.seq : left < right ? -1 : 1;
}

function byEnd({ basis: one }: BasisLine, { basis: other }: BasisLine): number {
  return endOf(one) - endOf(other);
}

function endOf({ until, review }: BasisLine["basis"]): number {
  return Math.min(until, review ?? until);
}

const SEATS: ReadonlySet<string> = new Set([
  "invited",
  "accepted",
  "declined",
  "delegated",
  "ended",
]);

/** My seats: from the folded room, else from what the server tells an invitee. */
function sittingLines({ line, seen }: Case): readonly SittingLine[] {
  const place = { caseId: line.case, code: line.code };
  if (seen === null) {
    return line.invitations.flatMap(({ sit, kind, starts, duty, state }): SittingLine[] => {
      if (!SEATS.has(state)) return [];
      return [
        {
          ...place,
          sit,
          kind,
          no: null,
          starts,
          state: "convened",
          duty,
          seat: state as SeatState,
        },
      ];
    });
  }
  const { sittings, seats } = seen.room.conference;
  return [...seats.values()].flatMap((seat) => {
    const sitting = sittings.get(seat.sit);
    if (sitting === undefined || seat.wid !== seen.people.me) return [];
    const { sit, kind, no, starts, state } = sitting;
    return [{ ...place, sit, kind, no, starts, state, duty: seat.duty, seat: seat.state }];
  });
}

type Lines = Pick<HomeView, "actions" | "waiting" | "ending">;

const NONE: Lines = { actions: [], waiting: [], ending: [] };

function roomLines({ line, seen }: Case): Lines {
  if (seen?.room.state.current === undefined || seen.gone !== null) return NONE;
  const place = { caseId: line.case, code: line.code };
  const words = wordsOf(seen);
  const all = actionsOf(seen, words).map((act) => ({ ...place, act }));
  const mine = all.filter(({ act }) => act.owner.mine && !OVER.has(act.state));
  const bases = seen.room.state.closed ? [] : basesOf(seen);
  const ending = bases.filter((each) => each.current && endOf(each) < seen.now + AHEAD);
  return {
    actions: mine.filter(({ act }) => act.state !== "proposed"),
    waiting: [
      ...mine
        .filter(({ act }) => act.state === "proposed")
        .map((each) => waitingAction(seen, each)),
      ...waitingRoles(seen, place),
      ...waitingHandovers(seen, all),
      ...waitingNewcomers(seen, place),
    ],
    ending: ending.map((basis) => ({ ...place, basis })),
  };
}

const OVER: ReadonlySet<string> = new Set([...ENDED_ACTIONS, "declined"]);

type Place = Pick<SittingLine, "caseId" | "code">;

function waitingAction(seen: Seen, { caseId, code, act }: ActionLine): WaitingLine {
  const since = timeAt(seen, act.seq);
  return { what: "action", caseId, code, id: act.act, words: act.what, since };
}

function waitingRoles(seen: Seen, place: Place): readonly WaitingLine[] {
  const offered = rolesOf(seen, wordsOf(seen)).filter(
    (role) => role.state === "proposed" && role.owner.mine,
  );
  return offered.map(({ row, words, seq }) => ({
    ...place,
    what: "role",
    id: row,
    words,
    since: timeAt(seen, seq),
  }));
}

/** 引継ぎ要: for whoever leads the case. */
function waitingHandovers(seen: Seen, all: readonly ActionLine[]): readonly WaitingLine[] {
  if (!isChair(seen)) return [];
  return all
    .filter(({ act }) => act.state === "needs-owner")
    .map((line) => ({ ...waitingAction(seen, line), what: "handover" }));
}

function waitingNewcomers(seen: Seen, place: Place): readonly WaitingLine[] {
  const { current } = seen.room.state;
  const since = current === undefined ? 0 : timeAt(seen, current.seq);
  return [...seen.newcomers].map((wid) => ({
    ...place,
    what: "newcomer",
    id: wid,
    words: seen.people.person(wid).name,
    since,
  }));
}

// --- 進行管理 --------------------------------------------------------------------------------------

/** Every case in one line: what is overdue first, then what comes next, then by code. */
export function docketOf(cases: readonly Case[]): readonly DocketLine[] {
  return cases.map(docketLine).toSorted(byPress);
}

function byPress(one: DocketLine, other: DocketLine): number {
  const next =
    (one.next ?? Infinity) === (other.next ?? Infinity)
      ? 0
      : (one.next ?? Infinity) - (other.next ?? Infinity);
  const code = one.code === other.code ? 0 : one.code < other.code ? -1 : 1;
  return other.overdue - one.overdue || next || code;
}

function docketLine({ line, seen, trouble }: Case): DocketLine {
  const locked = (line.locked === "" ? trouble : (line.locked as Code)) ?? null;
  const place = { caseId: line.case, code: line.code, member: line.member === 1, locked };
  if (seen?.room.state.current === undefined) return { ...place, ...UNKNOWN };
  const { conference, state } = seen.room;
  const open = [...conference.actions.values()].filter(({ state: now }) => !OVER.has(now));
  const bases = basesOf(seen).filter(({ current }) => current);
  return {
    ...place,
    main: mainOf(seen),
    next: nextOf(seen),
    overdue: open.filter((action) => isOverdue(action, seen.now)).length,
    open: open.length,
    review: least(bases.flatMap(({ review }) => review ?? [])),
    basisUntil: least(bases.map(({ until }) => until)),
    last: lastOf(seen),
    closed: state.closed,
  };
}

const UNKNOWN = {
  ...{ main: null, next: null, overdue: 0, open: 0 },
  ...{ review: null, basisUntil: null, last: null, closed: false },
};

function least(instants: readonly number[]): number | null {
  return instants.length === 0 ? null : Math.min(...instants);
}

function mainOf(seen: Seen): DocketLine["main"] {
  const members = new PointRoom(gateOf(seen), null).members();
  const main = liveRoles(seen.room.conference, members).find(({ part }) => part === "main");
  return main === undefined ? null : seen.people.agency(main.owner.ag);
}

/** The sitting that comes next: one that is convened, else the date agreed last. */
function nextOf(seen: Seen): number | null {
  const { sittings, next } = seen.room.conference;
  const coming = [...sittings.values()].filter(({ state }) => state !== "closed");
  if (coming.length > 0) return least(coming.map(({ starts }) => starts));
  const agreed = [...next.values()].toSorted((one, other) => one.touched - other.touched).at(-1);
  return agreed?.when ?? null;
}

function lastOf(seen: Seen): number | null {
  const newest = seen.room.records.at(-1);
  return newest === undefined ? null : timeOf(seen, newest);
}
