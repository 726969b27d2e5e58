/** 招集: who can take part and why not, the agenda with its bases, what is missing before it is sent. */
import type {
  AgencyView,
  BasisView,
  CandidateView,
  In,
  ItemView,
  RoomView,
} from "../../worker/api";
import { dayOf, instantOf } from "./dates";
import { bySubject } from "./terms";

export type Group = "can" | "anon" | "cannot";
export const GROUPS = ["can", "anon", "cannot"] as const satisfies readonly Group[];

/** Where a candidate belongs: in, as a guest who sees cards only, or not at all. */
export function groupOf({ answer }: CandidateView): Group {
  if (answer === null) return "can";
  return answer === "ANON_ONLY" ? "anon" : "cannot";
}

export interface Sieve {
  readonly words: string;
  readonly kind: string | null;
  readonly aid: string | null;
  /** 圏域 and one of できること, in the words of the agencies' certificates. */
  readonly block: string | null;
  readonly able: string | null;
}

/** Nothing sieved out. */
export const EVERYBODY: Sieve = { words: "", kind: null, aid: null, block: null, able: null };

/** Whether an agency is of the kind, of the block, and can do what is asked for. */
export function fits(agency: AgencyView, { kind, block, able }: Sieve): boolean {
  return (
    (kind === null || agency.kind === kind) &&
    (block === null || agency.block === block) &&
    (able === null || agency.able.includes(able))
  );
}

/** Blocks, and what agencies can do, each word once: what most of them say comes first. */
export function wordsOf(agencies: readonly AgencyView[]): {
  readonly blocks: readonly string[];
  readonly abilities: readonly string[];
} {
  return {
    blocks: often(agencies.flatMap(({ block }) => (block === "" ? [] : [block]))),
    abilities: often(agencies.flatMap(({ able }) => able)),
  };
}

function often(words: readonly string[]): readonly string[] {
  const groups = [...Map.groupBy(words, (word) => word).values()];
  return groups.toSorted((a, b) => b.length - a.length).flatMap((group) => group.slice(0, 1));
}

/** Candidates by name, agency, block or ability, and by what is chosen of each. */
export function sieved(
  candidates: readonly CandidateView[],
  sieve: Sieve,
): readonly CandidateView[] {
  const wanted = plain(sieve.words);
  return candidates.filter(({ person: { name, agency } }) => {
    const isAgency = sieve.aid === null || agency.aid === sieve.aid;
    const said = [name, agency.name, agency.block, ...agency.able].map(plain);
    return isAgency && fits(agency, sieve) && said.some((each) => each.includes(wanted));
  });
}

function plain(words: string): string {
  return words.normalize("NFKC").replaceAll(/\s/g, "").toLowerCase();
}

/** Candidates agency by agency, in the order in which agencies first appear. */
export function byAgency(candidates: readonly CandidateView[]) {
  const groups = Map.groupBy(candidates, ({ person }) => person.agency.aid);
  return [...groups.values()].flatMap((people) => {
    const [first] = people;
    return first ? [{ agency: first.person.agency, people }] : [];
  });
}

// --- the form ------------------------------------------------------------------------------------

export interface ItemForm {
  readonly title: string;
  readonly typ: ItemView["typ"];
  /** As typed; "" for no plan. */
  readonly minutes: string;
  /** The one basis of each subject it treats. */
  readonly bases: Readonly<Record<string, string>>;
}

export interface ConveneForm {
  readonly kind: string;
  readonly no: string;
  /** A day and time in Japan, `2025-10-14T13:30`. */
  readonly starts: string;
  readonly purpose: string;
  readonly place: string;
  readonly items: readonly ItemForm[];
  readonly cats: readonly string[];
  /** Duties by person; whoever is here is called. */
  readonly duties: Readonly<Record<string, string>>;
}

const WEEK = 7 * 86_400_000;

/** A form for the next sitting of a room: a week on, the same kind, the next number. */
export function blankCall(room: RoomView, now: number): ConveneForm {
  const last = room.sittings.toSorted((a, b) => b.starts - a.starts)[0] ?? room.sitting;
  const most = room.sittings.reduce((high, { no }) => Math.max(high, no), last?.no ?? 0);
  const planned = room.sitting?.next?.when ?? null;
  const starts =
    planned === null || planned < now
      ? `${dayOf(now + WEEK)}T13:30`
      : new Date(planned + 9 * 3_600_000).toISOString().slice(0, 16);
  return {
    ...{ kind: last?.kind ?? "shien", no: String(most + 1), starts, purpose: "", place: "" },
    ...{ items: [], cats: [] },
    duties: Object.fromEntries(
      room.members.filter(({ person }) => person.me).map(({ person }) => [person.wid, "member"]),
    ),
  };
}

/** Whether nobody is called but me, as the form began. */
export function isAlone({ duties }: Pick<ConveneForm, "duties">, { members }: RoomView): boolean {
  const me = members.find(({ person }) => person.me)?.person.wid;
  return Object.keys(duties).every((wid) => wid === me);
}

/** A usual agenda; titles come from the caller, in the language of the council. */
export interface UsualItem {
  readonly key: "open" | "bases" | "case" | "facts" | "views" | "rank" | "plan" | "close";
  readonly typ: ItemView["typ"];
  readonly minutes: number;
}

export const USUAL: readonly UsualItem[] = [
  { key: "open", typ: "form", minutes: 3 },
  { key: "bases", typ: "form", minutes: 2 },
  { key: "case", typ: "talk", minutes: 7 },
  { key: "facts", typ: "talk", minutes: 8 },
  { key: "views", typ: "talk", minutes: 10 },
  { key: "rank", typ: "decide", minutes: 8 },
  { key: "plan", typ: "decide", minutes: 10 },
  { key: "close", typ: "talk", minutes: 2 },
];

/** What an item may rest on: bases in force that allow this kind of sitting. */
export function usableBases(room: RoomView, kind: string): readonly BasisView[] {
  return room.bases.filter(
    ({ current, state, sittings }) =>
      current && (state === "live" || state === "partly") && sittings.includes(kind),
  );
}

/** For every subject the one basis that is offered first. */
export function firstBases(room: RoomView, kind: string): Readonly<Record<string, string>> {
  const groups = bySubject(usableBases(room, kind));
  return Object.fromEntries(
    groups.flatMap(({ sub, current }) => (current[0] ? [[sub, current[0].sid]] : [])),
  );
}

/** The items with a plan, added up, minutes. */
export function totalMinutes(items: readonly ItemForm[]): number {
  return items.reduce((sum, { minutes }) => sum + (Number.parseInt(minutes, 10) || 0), 0);
}

/** Move an item by a step; the list as it was at its edges. */
export function movedItem(
  items: readonly ItemForm[],
  from: number,
  step: 1 | -1,
): readonly ItemForm[] {
  const [item, to] = [items[from], from + step];
  if (!item || to < 0 || to >= items.length) return items;
  return items.toSpliced(from, 1).toSpliced(to, 0, item);
}

// --- what is missing -------------------------------------------------------------------------------

export const STEPS = ["when", "items", "people", "check"] as const;
export type Step = (typeof STEPS)[number];

export type Fault =
  | "kind"
  | "no"
  | "starts"
  | "past"
  | "purpose"
  | "items"
  | "item-title"
  | "item-basis"
  | "people"
  | "barred";

function whenFaults(form: ConveneForm, now: number): readonly Fault[] {
  const at = instantOf(form.starts);
  const found: Fault[] = [];
  if (form.kind === "") found.push("kind");
  if (!/^[1-9]\d{0,3}$/.test(form.no)) found.push("no");
  if (Number.isNaN(at)) found.push("starts");
  else if (at < now) found.push("past");
  if (form.purpose.trim() === "") found.push("purpose");
  return found;
}

function itemFaults(form: ConveneForm): readonly Fault[] {
  const found: Fault[] = [];
  if (form.items.length === 0) found.push("items");
  if (form.items.some(({ title }) => title.trim() === "")) found.push("item-title");
  const bare = form.items.some(
    ({ typ, bases }) => typ === "decide" && Object.keys(bases).length === 0,
  );
  if (bare) found.push("item-basis");
  return found;
}

/** Who is called although she would not be let in: her answer changed after she was picked. */
export function barred(
  form: Pick<ConveneForm, "duties">,
  candidates: readonly CandidateView[],
): readonly CandidateView[] {
  return candidates.filter((one) => one.person.wid in form.duties && groupOf(one) === "cannot");
}

/** What keeps a step from being done; `candidates` null while they are not known yet. */
export function callFaults(
  form: ConveneForm,
  step: Step,
  facts: { readonly now: number; readonly candidates: readonly CandidateView[] | null },
): readonly Fault[] {
  switch (step) {
    case "when":
      return whenFaults(form, facts.now);
    case "items":
      return itemFaults(form);
    case "people":
      return peopleFaults(form, facts.candidates);
    case "check":
      return [];
  }
}

function peopleFaults(
  form: ConveneForm,
  candidates: readonly CandidateView[] | null,
): readonly Fault[] {
  const found: Fault[] = [];
  if (candidates === null || Object.keys(form.duties).length === 0) found.push("people");
  else if (barred(form, candidates).length > 0) found.push("barred");
  return found;
}

/** What a sitting can do without, but rarely should. */
export type Lack = "recorder" | "facilitator" | "long";

const LONG = 90;

/** What the chair is asked to think about before sending. */
export function lacks(form: ConveneForm): readonly Lack[] {
  const duties = Object.values(form.duties);
  const found: Lack[] = [];
  if (!duties.includes("recorder")) found.push("recorder");
  if (!duties.includes("facilitator")) found.push("facilitator");
  if (totalMinutes(form.items) > LONG) found.push("long");
  return found;
}

// --- sending ---------------------------------------------------------------------------------------

type Seats = In<"sitting.invite">["seats"];

/** The seats as the worker takes them; people who join a sitting under way come late. */
export function seatsOf(form: Pick<ConveneForm, "duties">, late: boolean): Seats {
  return Object.entries(form.duties).map(([wid, duty]) => ({ wid, duty, late }));
}

/** Who is called and has to be let into the room first; guests see cards only. */
export function toAdd(
  form: Pick<ConveneForm, "duties">,
  candidates: readonly CandidateView[],
  room: RoomView,
): Pick<In<"room.add">, "wids" | "guests"> {
  const inside = new Set(room.members.map(({ person }) => person.wid));
  const fresh = candidates.filter(
    ({ person }) => person.wid in form.duties && !inside.has(person.wid),
  );
  const ofGroup = (group: Group) =>
    fresh.filter((one) => groupOf(one) === group).map(({ person }) => person.wid);
  return { wids: ofGroup("can"), guests: ofGroup("anon") };
}

/** The call as the worker takes it; only for a form without faults. */
export function callOf(form: ConveneForm, caseId: string): In<"sitting.convene"> {
  return {
    caseId,
    kind: form.kind,
    no: Number.parseInt(form.no, 10),
    starts: instantOf(form.starts),
    purpose: form.purpose.trim(),
    place: form.place.trim(),
    items: form.items.map(({ title, typ, minutes, bases }) => ({
      title: title.trim(),
      typ,
      minutes: Number.parseInt(minutes, 10) || null,
      bases: Object.entries(bases).map(([sub, basis]) => ({ sub, basis })),
    })),
    seats: seatsOf(form, false),
  };
}
