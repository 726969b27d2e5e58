/**
 * What the screens and the worker say to each other. The worker holds every key, the socket and the
 * folded rooms; the screens get plain values to show and give commands. Nothing here is bytes but files.
 * Times are instants in ms of the server's clock; ids are wire text; words are what people typed.
 */
/* eslint max-lines: "off" -- the whole contract between screens and worker is read in one place */
import type { Code } from "../crypto/errors";
import type { AnyCode } from "../text/codes";

export type Lang = "ja" | "en";

/** Facts of a refusal, as in a Failure of the wire. */
export type Facts = Readonly<Record<string, string | number | boolean | null>>;

/** A refusal or trouble: the screen finds its words by the code (`text/codes.ts`). */
export interface Trouble {
  readonly code: AnyCode;
  readonly facts: Facts;
}

// --- people and places --------------------------------------------------------------------------

/** An agency by its certificate in the identity log; `block` and `able` help to pick one. */
export interface AgencyView {
  readonly aid: string;
  readonly name: string;
  readonly kind: string;
  readonly ended: boolean;
  /** 圏域 as the certificate says it, "" when it says none; no judgement reads it. */
  readonly block: string;
  /** できること as the certificate says it; no judgement reads it. */
  readonly able: readonly string[];
}

/** A person; `name` is "" while it is not known, `verified` when it fits her certificate. */
export interface PersonView {
  readonly wid: string;
  readonly name: string;
  readonly agency: AgencyView;
  readonly verified: boolean;
  readonly me: boolean;
  /** Why she is not in force, or null. */
  readonly ended: Code | null;
}

export interface VaultLine {
  readonly name: string;
  readonly place: "browser" | "file";
  /** Null for a vault whose enrolment is not finished. */
  readonly opened: number | null;
  readonly prf: boolean;
  /** What changed since the file was saved last lies only in this tab. */
  readonly unsaved: boolean;
}

/** What an invitation says before anything is made (screen 1). */
export interface InvitationView {
  readonly council: string;
  readonly origin: string;
  readonly agency: string;
  readonly until: number;
  readonly caps: readonly string[];
  /** 誓約書: its text as this build has it; it is signed after enrolment. */
  readonly pledge: { readonly ver: number; readonly text: string };
}

/** Where an enrolment stands; `spoken` are the 12 digits to be read aloud. */
export interface JoiningView {
  readonly vault: string;
  readonly stage: "keys" | "spoken" | "device" | "pledge" | "done";
  readonly spoken: string | null;
  /** As of a `VaultLine`. */
  readonly unsaved: boolean;
}

// --- the session --------------------------------------------------------------------------------

export interface DeviceView {
  readonly did: string;
  readonly name: string;
  readonly me: boolean;
  readonly since: number;
  readonly ended: boolean;
}

export interface SessionView {
  readonly me: PersonView;
  readonly caps: readonly string[];
  readonly council: {
    readonly slug: string;
    readonly name: string;
    readonly origin: string;
    readonly fingerprint: string;
  };
  readonly line: "online" | "connecting" | "offline";
  /** Server's clock minus this machine's, ms; null before the first sign-in. */
  readonly clockOff: number | null;
  readonly now: number;
  readonly release: {
    readonly version: string;
    readonly manifest: string;
    readonly logged: boolean | null;
  };
  readonly id: LogView;
  readonly devices: readonly DeviceView[];
  /** Whether this device's authenticator opens the vault too. */
  readonly prf: boolean;
  readonly pledge: "live" | "missing" | "expired" | "not-needed";
  /** Kept evidence of a server that said two things. */
  readonly evidence: readonly EvidenceView[];
  /** What came last from the server that does not verify; nothing of it is shown. */
  readonly doubt: { readonly code: Code; readonly at: number } | null;
  /** The last room in which words that had no answer were not sent any more; null without one. */
  readonly dropped: { readonly caseId: string; readonly at: number } | null;
  /** The vault's file, where it is kept in one; `unsaved` as of a `VaultLine`. */
  readonly file: { readonly name: string; readonly unsaved: boolean } | null;
  readonly receiptsWaiting: number;
}

export interface EvidenceView {
  /** When the first of both was signed; null where it names no time. */
  readonly at: number | null;
  readonly code: Code;
  readonly about: string;
}

/** The log as this client verified it last. */
export interface LogView {
  readonly origin: string;
  readonly vkey: string;
  readonly size: number;
  readonly root: string;
  readonly at: number | null;
  readonly witnesses: number;
}

// --- home and docket ----------------------------------------------------------------------------

export type SeatState = "invited" | "accepted" | "declined" | "delegated" | "ended";

export interface SittingLine {
  readonly caseId: string;
  readonly code: string;
  readonly sit: string;
  readonly kind: string;
  readonly no: number | null;
  readonly starts: number;
  readonly state: "convened" | "open" | "closed";
  readonly duty: string;
  readonly seat: SeatState;
}

export interface ActionLine {
  readonly caseId: string;
  readonly code: string;
  readonly act: ActionView;
}

export interface WaitingLine {
  readonly what:
    "seat" | "role" | "action" | "approval" | "enrolment" | "pledge" | "newcomer" | "handover";
  readonly caseId: string | null;
  readonly code: string | null;
  readonly id: string;
  readonly words: string;
  readonly since: number;
}

export interface BasisLine {
  readonly caseId: string;
  readonly code: string;
  readonly basis: BasisView;
}

export interface HomeView {
  readonly today: readonly SittingLine[];
  readonly coming: readonly SittingLine[];
  readonly invitations: readonly SittingLine[];
  readonly actions: readonly ActionLine[];
  readonly waiting: readonly WaitingLine[];
  readonly ending: readonly BasisLine[];
}

/** 進行管理: one case in one line; `locked` says why it cannot be opened. */
export interface DocketLine {
  readonly caseId: string;
  readonly code: string;
  readonly member: boolean;
  readonly locked: AnyCode | null;
  readonly main: AgencyView | null;
  readonly next: number | null;
  readonly overdue: number;
  readonly open: number;
  readonly review: number | null;
  readonly basisUntil: number | null;
  readonly last: number | null;
  readonly closed: boolean;
}

// --- a room -------------------------------------------------------------------------------------

export type BasisState = "live" | "not-yet" | "expired" | "overdue" | "withdrawn" | "partly";

/** 根拠 of one subject: a consent, or a recorded statutory decision. */
export interface BasisView {
  readonly sid: string;
  readonly ver: number;
  readonly sub: string;
  /** The subject's name from the sealed evidence; "" when it is closed to me. */
  readonly subject: string;
  readonly kind: "consent" | "law";
  readonly law: string;
  readonly state: BasisState;
  readonly sittings: readonly string[];
  readonly scope: readonly {
    readonly agency: AgencyView;
    readonly cats: readonly string[];
    readonly withdrawn: readonly string[];
  }[];
  readonly start: number;
  readonly until: number;
  readonly review: number | null;
  readonly by: readonly PersonView[];
  readonly current: boolean;
  readonly purposes: readonly string[];
  /** Words of the sealed record by what they answer ("given-by", "form" …); null while it is closed to me. */
  readonly evidence: Readonly<Record<string, string>> | null;
}

export interface MemberView {
  readonly person: PersonView;
  readonly role: "member" | "minutes" | "guest";
  readonly chair: boolean;
  readonly acting: boolean;
  readonly since: number;
  /** She or a device of hers is new since I last looked. */
  readonly newcomer: boolean;
  /** Why the gate would refuse her now, or null. */
  readonly locked: Code | null;
}

export interface SeatView {
  readonly person: PersonView;
  readonly duty: string;
  readonly state: SeatState;
  readonly why: string | null;
  readonly late: boolean;
  readonly present: boolean;
}

export interface SittingView {
  readonly sit: string;
  readonly kind: string;
  readonly no: number;
  readonly starts: number;
  readonly state: "convened" | "open" | "closed";
  readonly purpose: string;
  readonly place: string;
  readonly seats: readonly SeatView[];
  readonly items: readonly ItemView[];
  readonly next: { readonly when: number | null; readonly note: string } | null;
  /** 発言の順番: who asked to speak, first of all; ephemeral. */
  readonly hands: readonly { readonly wid: string; readonly at: number }[];
}

export interface ItemView {
  readonly it: string;
  readonly no: number;
  readonly title: string;
  readonly typ: "form" | "talk" | "decide";
  readonly minutes: number | null;
  readonly state: "prepared" | "open" | "closed";
  readonly opened: number | null;
  readonly out: string | null;
  readonly bases: readonly { readonly sub: string; readonly basis: string }[];
  /** What still stands in the way of closing it as decided: INV by rule. */
  readonly missing: readonly ("main" | "key" | "deputy" | "interim")[];
}

/** A section: its words, or why they are closed to me. */
export interface SectionView {
  readonly doc: string;
  readonly sm: string | null;
  readonly ver: number;
  readonly item: string | null;
  readonly sub: string;
  readonly cats: readonly string[];
  readonly prov: "self" | "family" | "third" | "agency" | "assessment" | "plan" | null;
  readonly hidden: boolean;
  readonly title: string;
  readonly text: string | null;
  readonly closed: Code | "NOT_GIVEN" | null;
  readonly author: PersonView | null;
  readonly at: number;
  readonly seq: number;
  readonly carried: boolean;
  /** Who may read it, by name; null for everybody in the room. */
  readonly readers: readonly PersonView[] | null;
}

export interface OwnerView {
  readonly agency: AgencyView;
  readonly person: PersonView | null;
  readonly mine: boolean;
}

export interface PriorityView {
  readonly row: string;
  readonly it: string;
  readonly issue: string;
  readonly reason: string;
  readonly urgency: "high" | "middle" | "low" | "";
  readonly order: number;
  readonly seq: number;
}

export type Part = "main" | "key" | "deputy" | "interim";

export interface RoleView {
  readonly row: string;
  readonly it: string;
  readonly part: Part;
  readonly owner: OwnerView;
  readonly state: "proposed" | "accepted" | "declined";
  readonly why: string | null;
  readonly words: string;
  readonly seq: number;
}

export type ActionState =
  | "proposed"
  | "asked"
  | "accepted"
  | "declined"
  | "progress"
  | "done"
  | "not-done"
  | "handed"
  | "cancelled"
  | "needs-owner";

export interface ActionView {
  readonly act: string;
  readonly it: string | null;
  readonly owner: OwnerView;
  readonly due: string | null;
  readonly overdue: boolean;
  readonly state: ActionState;
  readonly why: string | null;
  readonly what: string;
  readonly how: string;
  readonly report: string;
  readonly origin: string | null;
  readonly seq: number;
}

export interface DecisionView {
  readonly dec: string;
  readonly it: string;
  readonly typ: "decision" | "reserve" | "none";
  readonly text: string;
  readonly by: PersonView;
  readonly at: number;
}

export interface NoteView {
  readonly id: string;
  readonly doc: string;
  readonly text: string;
  readonly fact: boolean;
  readonly by: PersonView;
  readonly at: number;
}

/** Something that happened, for those who stay: somebody left, a basis was withdrawn, the keys moved on. */
export interface HappeningView {
  readonly seq: number | null;
  readonly at: number;
  readonly what:
    | "entered"
    | "left"
    | "evicted"
    | "withdrawn"
    | "rekeyed"
    | "item-opened"
    | "item-closed"
    | "flawed"
    | "roster"
    | "seat";
  readonly who: PersonView | null;
  readonly facts: Facts;
}

export interface RoomView {
  readonly caseId: string;
  readonly code: string;
  readonly epoch: number;
  readonly seq: number;
  readonly closed: boolean;
  /** The keys must move on before anybody writes; the client does it by itself. */
  readonly stale: boolean;
  /** Why nothing is written here any more: the server contradicted itself; reading goes on. */
  readonly halted: Code | null;
  /** I am no longer in: why, in one code; then everything else is what I last saw, without words. */
  readonly left: AnyCode | null;
  readonly chair: boolean;
  readonly bases: readonly BasisView[];
  readonly members: readonly MemberView[];
  readonly sitting: SittingView | null;
  readonly sittings: readonly SittingView[];
  readonly sections: readonly SectionView[];
  readonly priorities: readonly PriorityView[];
  readonly roles: readonly RoleView[];
  readonly actions: readonly ActionView[];
  readonly decisions: readonly DecisionView[];
  readonly notes: readonly NoteView[];
  readonly happenings: readonly HappeningView[];
  /** Meeting codes read aloud by members, 12 digits, only after full comparison. */
  readonly spoken: readonly {
    readonly by: PersonView;
    readonly digits: string;
    readonly at: number;
  }[];
  /** New people and devices since I last confirmed; I confirm them by name before I write. */
  readonly newcomers: readonly PersonView[];
}

// --- picking people, consent ----------------------------------------------------------------------

/** 出席者の選定: would this person be let in, and if not why. */
export interface CandidateView {
  readonly person: PersonView;
  readonly pledge: "live" | "missing" | "expired";
  readonly cats: readonly string[];
  readonly answer: Code | null;
  readonly inRoom: boolean;
}

export interface SubjectView {
  readonly sub: string;
  readonly name: string;
}

/** What a change of basis opens and closes, by name, before it is signed. */
export interface EffectView {
  readonly opens: readonly { readonly person: PersonView; readonly cats: readonly string[] }[];
  readonly closes: readonly {
    readonly person: PersonView;
    readonly cats: readonly string[];
    readonly leaves: boolean;
  }[];
  /** Actions that will need a new owner. */
  readonly actions: readonly ActionView[];
  /** Ids of agenda items that lose their basis. */
  readonly items: readonly string[];
}

export interface BasisTerms {
  readonly sub: string | null;
  readonly subject: { readonly name: string; readonly birth: string } | null;
  readonly kind: "consent" | "law";
  readonly law: string;
  readonly sittings: readonly string[];
  readonly scope: readonly { readonly aid: string; readonly cats: readonly string[] }[];
  readonly purposes: readonly string[];
  readonly start: number;
  readonly until: number;
  readonly review: number | null;
  readonly approver: string | null;
  readonly evidence: Readonly<Record<string, string>>;
  /** The basis it continues, or null. */
  readonly prev: string | null;
}

// --- audit --------------------------------------------------------------------------------------

export interface AuditQuestion {
  readonly by: "case" | "person" | "agency" | "object" | "period" | "denied";
  readonly subject: string;
  readonly since: number | null;
  readonly until: number | null;
}

export interface AuditLine {
  readonly index: number;
  readonly at: number;
  readonly kind: string;
  readonly reason: AnyCode | "";
  readonly actor: { readonly wid: string; readonly agency: AgencyView | null } | null;
  readonly caseId: string | null;
  readonly code: string | null;
  readonly to: readonly { readonly wid: string; readonly agency: AgencyView | null }[];
  readonly purpose: string | null;
  readonly basis: string | null;
  readonly objects: number;
  readonly anomalies: readonly string[];
}

export interface ChartsView {
  readonly hours: readonly {
    readonly at: number;
    readonly kinds: Readonly<Record<string, number>>;
  }[];
  readonly heat: readonly { readonly wid: string; readonly hours: readonly number[] }[];
  readonly coverage: {
    readonly withBasis: number;
    readonly statutory: number;
    readonly without: number;
    readonly pastReview: number;
  };
  readonly checkpointAge: number | null;
  readonly witnessAge: number | null;
}

export interface AuditAnswer {
  readonly lines: readonly AuditLine[];
  readonly charts: ChartsView;
}

/** One thing that is wrong, and where. */
export interface FindingView {
  readonly log: "id" | "ops";
  /** File of the log ("checkpoint", "tile/0/…"), or "old": the checkpoint that I kept. */
  readonly place: string;
  /** The leaf, where there is one. */
  readonly index: number | null;
  readonly code: AnyCode;
  readonly facts: Facts;
}

export interface VerifyView {
  readonly log: "id" | "ops";
  readonly from: number;
  readonly to: number;
  /** As the wire writes hashes; "" of a log that could not be read to its end. */
  readonly root: string;
  readonly seconds: number;
  readonly findings: readonly FindingView[];
}

// --- topics and commands --------------------------------------------------------------------------

/** What the worker shows by itself whenever it changes. */
export interface Topics {
  readonly app: AppView;
  readonly home: HomeView;
  readonly docket: readonly DocketLine[];
  readonly room: RoomView | null;
}

/** Where the program stands as a whole. */
export type AppView =
  | { readonly phase: "starting" }
  | { readonly phase: "stopped"; readonly trouble: Trouble; readonly evidence: number }
  | {
      readonly phase: "vaults";
      readonly vaults: readonly VaultLine[];
      readonly fresh: boolean;
      readonly persisted: boolean;
      /** Contradictions that ended the last session, to be taken away. */
      readonly evidence: number;
    }
  | {
      readonly phase: "joining";
      readonly joining: JoiningView;
      readonly invitation: InvitationView | null;
    }
  | { readonly phase: "follower" }
  | { readonly phase: "open"; readonly session: SessionView };

type Nothing = Readonly<Record<string, never>>;
interface Of<In, Out = null> {
  readonly in: In;
  readonly out: Out;
}
interface InRoom {
  readonly caseId: string;
}
interface InSitting extends InRoom {
  readonly sit: string;
}
type Reason = "capacity" | "scope" | "conflict" | "legal" | "other";

/** Every command: what it takes and what it gives. A refused one rejects with a Trouble. */
export interface Commands {
  // vaults and joining
  "vault.open": Of<{
    readonly name: string;
    readonly passphrase: string;
    readonly prf: Uint8Array | null;
    readonly file: File | null;
  }>;
  "vault.remove": Of<{ readonly name: string }>;
  "vault.lock": Of<Nothing>;
  /** Somebody is at the screen: the worker locks by itself so many minutes after the last sign. */
  "vault.stay": Of<{ readonly minutes: number }>;
  "vault.passphrase": Of<{ readonly old: string; readonly fresh: string }>;
  "vault.prf": Of<{ readonly passphrase: string; readonly prf: Uint8Array | null }>;
  "vault.file": Of<Nothing, Blob>;
  /** A vault that lies in a file, to be saved: locked or not, as it is now. */
  "vault.carry": Of<{ readonly name: string }, Blob>;
  "join.look": Of<{ readonly text: string }, InvitationView>;
  "join.begin": Of<{
    readonly text: string;
    readonly vault: string;
    readonly place: "browser" | "file";
    readonly passphrase: string;
  }>;
  "join.finish": Of<{ readonly vault: string; readonly passphrase: string }>;
  "join.pledge": Of<Nothing>;
  "link.look": Of<{ readonly text: string }, { readonly council: string }>;
  "link.begin": Of<{
    readonly text: string;
    readonly vault: string;
    readonly place: "browser" | "file";
    readonly passphrase: string;
  }>;
  "link.finish": Of<{ readonly vault: string }>;
  "link.offer": Of<Nothing, { readonly text: string; readonly until: number }>;
  "link.waiting": Of<Nothing, { readonly digits: string | null }>;
  "link.approve": Of<{ readonly passphrase: string; readonly name: string }>;
  "device.end": Of<{ readonly did: string; readonly passphrase: string }>;
  // drafts: sealed under the vault
  "draft.keep": Of<{ readonly key: string; readonly value: string }>;
  "draft.get": Of<{ readonly key: string }, string | null>;
  "draft.drop": Of<{ readonly key: string }>;
  // rooms
  "room.open": Of<InRoom & { readonly sit: string | null }>;
  "room.leave": Of<Nothing>;
  "room.confirm": Of<InRoom>;
  "room.create": Of<
    {
      readonly code: string;
      readonly bases: readonly BasisTerms[];
      readonly staff: readonly string[];
    },
    InRoom
  >;
  "room.add": Of<InRoom & { readonly wids: readonly string[]; readonly guests: readonly string[] }>;
  "room.remove": Of<InRoom & { readonly wids: readonly string[] }>;
  "room.close": Of<InRoom>;
  "sitting.convene": Of<
    InRoom & {
      readonly kind: string;
      readonly no: number;
      readonly starts: number;
      readonly purpose: string;
      readonly place: string;
      readonly items: readonly {
        readonly title: string;
        readonly typ: ItemView["typ"];
        readonly minutes: number | null;
        readonly bases: readonly { readonly sub: string; readonly basis: string }[];
      }[];
      readonly seats: readonly {
        readonly wid: string;
        readonly duty: string;
        readonly late: boolean;
      }[];
    },
    { readonly sit: string }
  >;
  "sitting.invite": Of<
    InSitting & {
      readonly seats: readonly {
        readonly wid: string;
        readonly duty: string;
        readonly late: boolean;
      }[];
    }
  >;
  "sitting.answer": Of<
    InSitting & {
      readonly answer: "accept" | "decline" | "delegate";
      readonly why: Reason | null;
      readonly to: string | null;
    }
  >;
  "sitting.open": Of<InSitting>;
  "sitting.close": Of<InSitting>;
  "sitting.next": Of<InSitting & { readonly when: number | null; readonly note: string }>;
  "sitting.end-seat": Of<
    InSitting & { readonly wid: string; readonly why: "left" | "evicted" | "item-over" }
  >;
  "sitting.hand": Of<InSitting & { readonly up: boolean }>;
  "item.add": Of<
    InSitting & {
      readonly title: string;
      readonly typ: ItemView["typ"];
      readonly minutes: number | null;
      readonly bases: readonly { readonly sub: string; readonly basis: string }[];
    }
  >;
  "item.open": Of<InRoom & { readonly it: string }>;
  "item.close": Of<InRoom & { readonly it: string; readonly out: "decided" | "none" | "carried" }>;
  "section.readers": Of<
    InRoom & { readonly it: string; readonly sub: string; readonly cats: readonly string[] },
    {
      readonly readers: readonly PersonView[];
      readonly refused: readonly { readonly person: PersonView; readonly code: Code }[];
    }
  >;
  "section.share": Of<
    InRoom & {
      readonly it: string | null;
      readonly sub: string;
      readonly cats: readonly string[];
      readonly prov: NonNullable<SectionView["prov"]>;
      readonly hidden: boolean;
      readonly title: string;
      readonly text: string;
      readonly readers: readonly string[] | null;
    },
    { readonly doc: string }
  >;
  "section.revise": Of<
    InRoom & {
      readonly sm: string;
      readonly prov: NonNullable<SectionView["prov"]>;
      readonly hidden: boolean;
      readonly title: string;
      readonly text: string;
    }
  >;
  "section.carry": Of<InRoom & { readonly docs: readonly string[] }>;
  "note.add": Of<InRoom & { readonly doc: string; readonly text: string; readonly fact: boolean }>;
  "priority.set": Of<
    InRoom & {
      readonly row: string | null;
      readonly it: string;
      readonly issue: string;
      readonly reason: string;
      readonly urgency: PriorityView["urgency"];
      readonly order: number;
    }
  >;
  "priority.remove": Of<InRoom & { readonly row: string }>;
  "role.set": Of<
    InRoom & {
      readonly row: string | null;
      readonly it: string;
      readonly part: Part;
      readonly aid: string;
      readonly wid: string | null;
      readonly words: string;
    }
  >;
  "role.remove": Of<InRoom & { readonly row: string }>;
  "role.answer": Of<
    InRoom & { readonly row: string; readonly accept: boolean; readonly why: Reason | null }
  >;
  "action.new": Of<
    InRoom & {
      readonly it: string | null;
      readonly aid: string;
      readonly wid: string | null;
      readonly due: string | null;
      readonly what: string;
      readonly how: string;
      readonly external: boolean;
      readonly origin: string | null;
    }
  >;
  "action.answer": Of<
    InRoom & { readonly act: string; readonly accept: boolean; readonly why: Reason | null }
  >;
  "action.report": Of<
    InRoom & {
      readonly act: string;
      readonly state: "progress" | "done" | "not-done";
      readonly words: string;
    }
  >;
  "action.hand": Of<
    InRoom & { readonly act: string; readonly aid: string; readonly wid: string | null }
  >;
  "action.cancel": Of<InRoom & { readonly act: string }>;
  "decision.record": Of<
    InRoom & { readonly it: string; readonly typ: DecisionView["typ"]; readonly text: string }
  >;
  "code.read": Of<InRoom, { readonly digits: string }>;
  // people, consent
  "people.candidates": Of<
    InRoom & { readonly kind: string; readonly cats: readonly string[] },
    readonly CandidateView[]
  >;
  "people.directory": Of<
    Nothing,
    {
      readonly agencies: readonly AgencyView[];
      readonly people: readonly PersonView[];
      /** Who may approve a statutory decision: wids with the cap chair. */
      readonly chairs: readonly string[];
    }
  >;
  "basis.effect": Of<
    InRoom & {
      readonly terms: BasisTerms | null;
      readonly withdraw: {
        readonly basis: string;
        readonly aids: readonly string[] | null;
        readonly cats: readonly string[] | null;
      } | null;
    },
    EffectView
  >;
  "basis.record": Of<InRoom & { readonly terms: BasisTerms }, { readonly sid: string }>;
  "basis.withdraw": Of<
    InRoom & {
      readonly basis: string;
      readonly aids: readonly string[] | null;
      readonly cats: readonly string[] | null;
    }
  >;
  "basis.waiting": Of<
    Nothing,
    readonly {
      readonly sid: string;
      readonly caseId: string;
      readonly law: string;
      readonly by: PersonView;
      readonly until: number;
      readonly review: number | null;
      readonly scope: BasisView["scope"];
      /** Signed by all: it waits only to be taken into the room that I chair. */
      readonly logged: boolean;
    }[]
  >;
  "basis.approve": Of<{ readonly sid: string }>;
  // registrar
  "registrar.invite": Of<
    { readonly caps: readonly string[]; readonly note: string },
    { readonly link: string; readonly typed: string; readonly until: number }
  >;
  "registrar.waiting": Of<
    Nothing,
    readonly { readonly inv: string; readonly digits: string; readonly since: number }[]
  >;
  "registrar.certify": Of<{ readonly inv: string; readonly name: string; readonly until: number }>;
  // audit
  "audit.ask": Of<AuditQuestion, AuditAnswer>;
  "audit.verify": Of<Nothing, readonly VerifyView[]>;
  "audit.export": Of<{ readonly codes: readonly string[] }, Blob>;
  "evidence.export": Of<Nothing, Blob>;
}

export type Command = keyof Commands;
export type In<C extends Command> = Commands[C]["in"];
export type Out<C extends Command> = Commands[C]["out"];

/** How far a long command is. */
export interface Progress {
  readonly done: number;
  readonly total: number | null;
  readonly about: string;
}

/** What the screens use; `worker/link.ts` implements it over a Worker, tests over fixtures. */
export interface Api {
  do<C extends Command>(
    command: C,
    input: In<C>,
    options?: { readonly progress?: (progress: Progress) => void; readonly signal?: AbortSignal },
  ): Promise<Out<C>>;
  /** Hear a topic: the present value at once if there is one, then every change; returns how to stop. */
  hear<T extends keyof Topics>(topic: T, heard: (value: Topics[T]) => void): () => void;
}

/** Messages to the worker. */
export type ToWorker =
  | { readonly id: number; readonly do: Command; readonly with: unknown }
  | { readonly id: number; readonly stop: true };

/** Messages from the worker. */
export type FromWorker =
  | { readonly id: number; readonly ok: unknown }
  | { readonly id: number; readonly refused: Trouble }
  | { readonly id: number; readonly progress: Progress }
  | { readonly topic: keyof Topics; readonly value: unknown };
