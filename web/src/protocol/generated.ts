// Written by tools/make_types.py; nobody edits it by hand.

import type { Code } from "../crypto/codes";
import type { ActId, Aid, Blob, CaseId, DecId, Did, Digest, DocId, Eid, Hash, InvId, ItemId, Key, LinkId, NetId, Nonce, RowHash, RowId, Sid, SitId, SubId, SumId, Wid } from "./ids";
import type { Json } from "./j1";
import { BLOB, BOOL, FACTS, HASH, ID, INSTANT, OPTIONAL, RAW } from "./kinds";
import type { Shape } from "./kinds";
import type { Instant } from "./times";

/** What a certificate lets a worker (or, for host, an agency) be. */
export const Cap = {
  AUDIT: "audit",
  CHAIR: "chair",
  HOST: "host",
  MEMBER: "member",
  MINUTES: "minutes",
  PRIVACY: "privacy",
  RECORDS: "records",
} as const;
export type Cap = (typeof Cap)[keyof typeof Cap];
export const CapValues: readonly Cap[] = Object.values(Cap);

/** Kinds of agency that the access matrix tells apart (domain, section 1.4). */
export const AgencyKind = {
  CITY: "city",
  CITY_OTHER: "city-other",
  CSW: "csw",
  ELDER: "elder",
  DISABILITY: "disability",
  LIVELIHOOD: "livelihood",
  CHILD: "child",
  SCHOOL: "school",
  HEALTH: "health",
  CHILD_GUIDANCE: "child-guidance",
  POLICE: "police",
  MEDICAL: "medical",
  NURSING: "nursing",
  MINSEI: "minsei",
  NPO: "npo",
  VOLUNTEER: "volunteer",
  COMPANY: "company",
  EXPERT: "expert",
  AUDIT: "audit",
} as const;
export type AgencyKind = (typeof AgencyKind)[keyof typeof AgencyKind];
export const AgencyKindValues: readonly AgencyKind[] = Object.values(AgencyKind);

/** How an agency is bound by secrecy: as a body or person by person. */
export const AgencyForm = {
  PUBLIC: "public",
  CORPORATION: "corporation",
  INDIVIDUAL: "individual",
} as const;
export type AgencyForm = (typeof AgencyForm)[keyof typeof AgencyForm];
export const AgencyFormValues: readonly AgencyForm[] = Object.values(AgencyForm);

/** What a revocation ends. */
export const RevokeWhat = {
  DEVICE: "device",
  WORKER: "worker",
  AGENCY: "agency",
  INVITE: "invite",
} as const;
export type RevokeWhat = (typeof RevokeWhat)[keyof typeof RevokeWhat];
export const RevokeWhatValues: readonly RevokeWhat[] = Object.values(RevokeWhat);

/** Why something is revoked. */
export const RevokeWhy = {
  MOVED: "moved",
  LOST: "lost",
  COMPROMISED: "compromised",
  ERROR: "error",
} as const;
export type RevokeWhy = (typeof RevokeWhy)[keyof typeof RevokeWhy];
export const RevokeWhyValues: readonly RevokeWhy[] = Object.values(RevokeWhy);

/** Consent of the person, or a recorded statutory decision. */
export const BasisKind = {
  CONSENT: "consent",
  LAW: "law",
} as const;
export type BasisKind = (typeof BasisKind)[keyof typeof BasisKind];
export const BasisKindValues: readonly BasisKind[] = Object.values(BasisKind);

/** Role of a row of the roster. */
export const RosterRole = {
  MEMBER: "member",
  MINUTES: "minutes",
  GUEST: "guest",
} as const;
export type RosterRole = (typeof RosterRole)[keyof typeof RosterRole];
export const RosterRoleValues: readonly RosterRole[] = Object.values(RosterRole);

/** Why a roster was made. */
export const Why = {
  CREATE: "create",
  ADD: "add",
  REMOVE: "remove",
  NARROW: "narrow",
  ROTATE: "rotate",
  HANDOVER: "handover",
  TAKEOVER: "takeover",
  CLOSE: "close",
} as const;
export type Why = (typeof Why)[keyof typeof Why];
export const WhyValues: readonly Why[] = Object.values(Why);

/** Class of a document. */
export const DocClass = {
  AGENDA: "agd",
  BOARD: "brd",
  ITEM: "itm",
  SECTION: "sec",
  CARD: "card",
  EVIDENCE: "ev",
} as const;
export type DocClass = (typeof DocClass)[keyof typeof DocClass];
export const DocClassValues: readonly DocClass[] = Object.values(DocClass);

/** Answer of an invited worker. */
export const SeatAnswer = {
  ACCEPT: "accept",
  DECLINE: "decline",
  DELEGATE: "delegate",
} as const;
export type SeatAnswer = (typeof SeatAnswer)[keyof typeof SeatAnswer];
export const SeatAnswerValues: readonly SeatAnswer[] = Object.values(SeatAnswer);

/** Reason for declining a seat, a role or an action. */
export const Decline = {
  CAPACITY: "capacity",
  SCOPE: "scope",
  CONFLICT: "conflict",
  LEGAL: "legal",
  OTHER: "other",
} as const;
export type Decline = (typeof Decline)[keyof typeof Decline];
export const DeclineValues: readonly Decline[] = Object.values(Decline);

/** What an acknowledgement is about. */
export const AckKind = {
  ACT: "act",
  BAD_BUNDLE: "bad-bundle",
  READ: "read",
  ERASED: "erased",
  MINUTES_OK: "minutes-ok",
} as const;
export type AckKind = (typeof AckKind)[keyof typeof AckKind];
export const AckKindValues: readonly AckKind[] = Object.values(AckKind);

/** What a grant carries. */
export const GrantWhat = {
  DOCS: "docs",
  EPOCH: "epoch",
} as const;
export type GrantWhat = (typeof GrantWhat)[keyof typeof GrantWhat];
export const GrantWhatValues: readonly GrantWhat[] = Object.values(GrantWhat);

/** Kinds of content envelope built in v1. */
export const Kind = {
  DK: "dk",
  SUM: "sum",
  NOTE: "note",
  EV: "ev",
  OP: "op",
} as const;
export type Kind = (typeof Kind)[keyof typeof Kind];
export const KindValues: readonly Kind[] = Object.values(Kind);

/** Where the words of a section come from. */
export const Provenance = {
  SELF: "self",
  FAMILY: "family",
  THIRD: "third",
  AGENCY: "agency",
  ASSESSMENT: "assessment",
  PLAN: "plan",
} as const;
export type Provenance = (typeof Provenance)[keyof typeof Provenance];
export const ProvenanceValues: readonly Provenance[] = Object.values(Provenance);

/** What an agenda item is for. */
export const ItemType = {
  FORM: "form",
  TALK: "talk",
  DECIDE: "decide",
} as const;
export type ItemType = (typeof ItemType)[keyof typeof ItemType];
export const ItemTypeValues: readonly ItemType[] = Object.values(ItemType);

/** How an item ended. */
export const Outcome = {
  DECIDED: "decided",
  NONE: "none",
  CARRIED: "carried",
  BASIS_ENDED: "basis-ended",
} as const;
export type Outcome = (typeof Outcome)[keyof typeof Outcome];
export const OutcomeValues: readonly Outcome[] = Object.values(Outcome);

/** Duty of a seat in one sitting. */
export const Duty = {
  MEMBER: "member",
  FACILITATOR: "facilitator",
  RECORDER: "recorder",
  PRESENTER: "presenter",
  ADVISER: "adviser",
} as const;
export type Duty = (typeof Duty)[keyof typeof Duty];
export const DutyValues: readonly Duty[] = Object.values(Duty);

/** Why a seat ended. */
export const SeatEnd = {
  LEFT: "left",
  EVICTED: "evicted",
  ITEM_OVER: "item-over",
} as const;
export type SeatEnd = (typeof SeatEnd)[keyof typeof SeatEnd];
export const SeatEndValues: readonly SeatEnd[] = Object.values(SeatEnd);

/** Part on the role board: 主担当機関, 主たる援助者, 副担当, 暫定. */
export const Part = {
  MAIN: "main",
  KEY: "key",
  DEPUTY: "deputy",
  INTERIM: "interim",
} as const;
export type Part = (typeof Part)[keyof typeof Part];
export const PartValues: readonly Part[] = Object.values(Part);

/** Answer to an offered role or action. */
export const Answer = {
  ACCEPT: "accept",
  DECLINE: "decline",
} as const;
export type Answer = (typeof Answer)[keyof typeof Answer];
export const AnswerValues: readonly Answer[] = Object.values(Answer);

/** What an owner reports. */
export const ActionReport = {
  PROGRESS: "progress",
  DONE: "done",
  NOT_DONE: "not-done",
} as const;
export type ActionReport = (typeof ActionReport)[keyof typeof ActionReport];
export const ActionReportValues: readonly ActionReport[] = Object.values(ActionReport);

/** Kind of recorded decision; `reserve` is 留保. */
export const DecisionType = {
  DECISION: "decision",
  RESERVE: "reserve",
  NONE: "none",
} as const;
export type DecisionType = (typeof DecisionType)[keyof typeof DecisionType];
export const DecisionTypeValues: readonly DecisionType[] = Object.values(DecisionType);

/** What every payload carries; `net` is absent only in the first root. */
export interface Base {
  readonly v: 1;
  readonly typ: string;
  readonly net: NetId;
  readonly nce: Nonce;
  readonly iat: Instant;
}
export const Base: Shape<Base> = {
  name: "Base",
  fields: [
    ["v", { k: "one", of: [1] }],
    ["typ", { k: "text" }],
    ["net", HASH],
    ["nce", ID],
    ["iat", INSTANT],
  ],
};

/** `t` of these keys must sign. */
export interface KeySet {
  readonly keys: readonly Key[];
  readonly t: number;
}
export const KeySet: Shape<KeySet> = {
  name: "KeySet",
  fields: [
    ["keys", { k: "list", of: HASH }],
    ["t", { k: "int", min: 1, max: 4294967295 }],
  ],
};

/** Origin and verifier keys of one log; a list, so that keys may overlap. */
export interface LogKeys {
  readonly origin: string;
  readonly vkeys: readonly string[];
}
export const LogKeys: Shape<LogKeys> = {
  name: "LogKeys",
  fields: [
    ["origin", { k: "text", max: 512 }],
    ["vkeys", { k: "list", of: { k: "text", max: 512 } }],
  ],
};

/** The two logs of a council. */
export interface Logs {
  readonly id: LogKeys;
  readonly ops: LogKeys;
}
export const Logs: Shape<Logs> = {
  name: "Logs",
  fields: [
    ["id", { k: "struct", of: () => LogKeys }],
    ["ops", { k: "struct", of: () => LogKeys }],
  ],
};

/** A witness named in the root (none in v1). */
export interface WitnessKey {
  readonly name: string;
  readonly vkey: string;
}
export const WitnessKey: Shape<WitnessKey> = {
  name: "WitnessKey",
  fields: [
    ["name", { k: "text", max: 512 }],
    ["vkey", { k: "text", max: 512 }],
  ],
};

/** The council's root of trust. */
export interface Root {
  readonly v: 1;
  readonly typ: "root";
  readonly net?: NetId;
  readonly nce: Nonce;
  readonly iat: Instant;
  readonly n: number;
  readonly prev: Sid | null;
  readonly name: string;
  readonly keys: readonly Key[];
  readonly t: number;
  readonly sec: KeySet;
  readonly rel: KeySet | null;
  readonly origin: string;
  readonly srv: readonly Key[];
  readonly logs: Logs;
  readonly wit: readonly WitnessKey[];
  readonly wt: number;
  readonly req: number;
  readonly exp: Instant;
  readonly x?: Readonly<Record<string, Json>>;
}
export const Root: Shape<Root> = {
  name: "Root",
  fields: [
    ["v", { k: "one", of: [1] }],
    ["typ", { k: "one", of: ["root"] }],
    ["net", HASH, OPTIONAL],
    ["nce", ID],
    ["iat", INSTANT],
    ["n", { k: "int", min: 0, max: 4294967295 }],
    ["prev", { k: "null", of: HASH }],
    ["name", { k: "text", max: 512 }],
    ["keys", { k: "list", of: HASH }],
    ["t", { k: "int", min: 1, max: 4294967295 }],
    ["sec", { k: "struct", of: () => KeySet }],
    ["rel", { k: "null", of: { k: "struct", of: () => KeySet } }],
    ["origin", { k: "text", max: 512 }],
    ["srv", { k: "list", of: HASH }],
    ["logs", { k: "struct", of: () => Logs }],
    ["wit", { k: "list", of: { k: "struct", of: () => WitnessKey } }],
    ["wt", { k: "int", min: 0, max: 4294967295 }],
    ["req", { k: "int", min: 0, max: 4294967295 }],
    ["exp", INSTANT],
    ["x", { k: "map", of: RAW }, OPTIONAL],
  ],
};

/** An agency and the keys of its registrar. */
export interface Agency {
  readonly v: 1;
  readonly typ: "agency";
  readonly net: NetId;
  readonly nce: Nonce;
  readonly iat: Instant;
  readonly aid: Aid;
  readonly name: string;
  readonly kind: AgencyKind;
  readonly form: AgencyForm;
  readonly keys: readonly Key[];
  readonly t: 1;
  readonly caps: readonly Cap[];
  readonly nbf: Instant;
  readonly exp: Instant;
  readonly prev: Sid | null;
  readonly x?: Readonly<Record<string, Json>>;
}
export const Agency: Shape<Agency> = {
  name: "Agency",
  fields: [
    ["v", { k: "one", of: [1] }],
    ["typ", { k: "one", of: ["agency"] }],
    ["net", HASH],
    ["nce", ID],
    ["iat", INSTANT],
    ["aid", ID],
    ["name", { k: "text", max: 512 }],
    ["kind", { k: "one", of: AgencyKindValues }],
    ["form", { k: "one", of: AgencyFormValues }],
    ["keys", { k: "list", of: HASH }],
    ["t", { k: "one", of: [1] }],
    ["caps", { k: "list", of: { k: "one", of: CapValues } }],
    ["nbf", INSTANT],
    ["exp", INSTANT],
    ["prev", { k: "null", of: HASH }],
    ["x", { k: "map", of: RAW }, OPTIONAL],
  ],
};

/** A single-use invitation; its secret never reaches the server. */
export interface Invite {
  readonly v: 1;
  readonly typ: "invite";
  readonly net: NetId;
  readonly nce: Nonce;
  readonly iat: Instant;
  readonly inv: InvId;
  readonly aid: Aid;
  readonly wid: Wid | null;
  readonly caps: readonly Cap[];
  readonly exp: Instant;
  readonly am: Digest;
  readonly x?: Readonly<Record<string, Json>>;
}
export const Invite: Shape<Invite> = {
  name: "Invite",
  fields: [
    ["v", { k: "one", of: [1] }],
    ["typ", { k: "one", of: ["invite"] }],
    ["net", HASH],
    ["nce", ID],
    ["iat", INSTANT],
    ["inv", ID],
    ["aid", ID],
    ["wid", { k: "null", of: ID }],
    ["caps", { k: "list", of: { k: "one", of: CapValues } }],
    ["exp", INSTANT],
    ["am", HASH],
    ["x", { k: "map", of: RAW }, OPTIONAL],
  ],
};

/** A person at an agency; the name is only committed to. */
export interface Worker {
  readonly v: 1;
  readonly typ: "worker";
  readonly net: NetId;
  readonly nce: Nonce;
  readonly iat: Instant;
  readonly wid: Wid;
  readonly aid: Aid;
  readonly nh: Digest;
  readonly ik: Key;
  readonly caps: readonly Cap[];
  readonly gen: number;
  readonly inv: InvId | null;
  readonly nbf: Instant;
  readonly exp: Instant;
  readonly prev: Sid | null;
  readonly x?: Readonly<Record<string, Json>>;
}
export const Worker: Shape<Worker> = {
  name: "Worker",
  fields: [
    ["v", { k: "one", of: [1] }],
    ["typ", { k: "one", of: ["worker"] }],
    ["net", HASH],
    ["nce", ID],
    ["iat", INSTANT],
    ["wid", ID],
    ["aid", ID],
    ["nh", HASH],
    ["ik", HASH],
    ["caps", { k: "list", of: { k: "one", of: CapValues } }],
    ["gen", { k: "int", min: 0, max: 4294967295 }],
    ["inv", { k: "null", of: ID }],
    ["nbf", INSTANT],
    ["exp", INSTANT],
    ["prev", { k: "null", of: HASH }],
    ["x", { k: "map", of: RAW }, OPTIONAL],
  ],
};

/** A device key of a worker; `ek` travels beside and hashes to `ekh`. */
export interface Device {
  readonly v: 1;
  readonly typ: "device";
  readonly net: NetId;
  readonly nce: Nonce;
  readonly iat: Instant;
  readonly did: Did;
  readonly wid: Wid;
  readonly ik: Key;
  readonly dk: Key;
  readonly ekh: Digest;
  readonly eg: number;
  readonly kem: 25722;
  readonly sig: "ed25519";
  readonly nbf: Instant;
  readonly exp: Instant;
  readonly prev: Sid | null;
  readonly x?: Readonly<Record<string, Json>>;
}
export const Device: Shape<Device> = {
  name: "Device",
  fields: [
    ["v", { k: "one", of: [1] }],
    ["typ", { k: "one", of: ["device"] }],
    ["net", HASH],
    ["nce", ID],
    ["iat", INSTANT],
    ["did", ID],
    ["wid", ID],
    ["ik", HASH],
    ["dk", HASH],
    ["ekh", HASH],
    ["eg", { k: "int", min: 0, max: 4294967295 }],
    ["kem", { k: "one", of: [25722] }],
    ["sig", { k: "one", of: ["ed25519"] }],
    ["nbf", INSTANT],
    ["exp", INSTANT],
    ["prev", { k: "null", of: HASH }],
    ["x", { k: "map", of: RAW }, OPTIONAL],
  ],
};

/** The end of a certificate's whole chain, or of an unused invitation. */
export interface Revoke {
  readonly v: 1;
  readonly typ: "revoke";
  readonly net: NetId;
  readonly nce: Nonce;
  readonly iat: Instant;
  readonly what: RevokeWhat;
  readonly id: Sid;
  readonly why: RevokeWhy;
  readonly since: number | null;
  readonly x?: Readonly<Record<string, Json>>;
}
export const Revoke: Shape<Revoke> = {
  name: "Revoke",
  fields: [
    ["v", { k: "one", of: [1] }],
    ["typ", { k: "one", of: ["revoke"] }],
    ["net", HASH],
    ["nce", ID],
    ["iat", INSTANT],
    ["what", { k: "one", of: RevokeWhatValues }],
    ["id", HASH],
    ["why", { k: "one", of: RevokeWhyValues }],
    ["since", { k: "null", of: { k: "int", min: 0, max: 9007199254740991 } }],
    ["x", { k: "map", of: RAW }, OPTIONAL],
  ],
};

/** 誓約書: of a person, or of the agency when `wid` is null. */
export interface Pledge {
  readonly v: 1;
  readonly typ: "pledge";
  readonly net: NetId;
  readonly nce: Nonce;
  readonly iat: Instant;
  readonly aid: Aid;
  readonly wid: Wid | null;
  readonly text: Digest;
  readonly ver: number;
  readonly until: Instant;
  readonly x?: Readonly<Record<string, Json>>;
}
export const Pledge: Shape<Pledge> = {
  name: "Pledge",
  fields: [
    ["v", { k: "one", of: [1] }],
    ["typ", { k: "one", of: ["pledge"] }],
    ["net", HASH],
    ["nce", ID],
    ["iat", INSTANT],
    ["aid", ID],
    ["wid", { k: "null", of: ID }],
    ["text", HASH],
    ["ver", { k: "int", min: 1, max: 4294967295 }],
    ["until", INSTANT],
    ["x", { k: "map", of: RAW }, OPTIONAL],
  ],
};

/** A build of the browser client that its makers stand for. */
export interface Release {
  readonly v: 1;
  readonly typ: "release";
  readonly net: NetId;
  readonly nce: Nonce;
  readonly iat: Instant;
  readonly app: "web";
  readonly ver: string;
  readonly manifest: Digest;
  readonly x?: Readonly<Record<string, Json>>;
}
export const Release: Shape<Release> = {
  name: "Release",
  fields: [
    ["v", { k: "one", of: [1] }],
    ["typ", { k: "one", of: ["release"] }],
    ["net", HASH],
    ["nce", ID],
    ["iat", INSTANT],
    ["app", { k: "one", of: ["web"] }],
    ["ver", { k: "text", max: 512 }],
    ["manifest", HASH],
    ["x", { k: "map", of: RAW }, OPTIONAL],
  ],
};

/** Recipients named one by one, with the categories they may read. */
export interface Scope {
  readonly ag: readonly Aid[];
  readonly cats: readonly string[];
}
export const Scope: Shape<Scope> = {
  name: "Scope",
  fields: [
    ["ag", { k: "list", of: ID }],
    ["cats", { k: "list", of: { k: "text", pattern: /^[a-z0-9][a-z0-9.-]{0,31}$/ } }],
  ],
};

/** Legal basis for one subject of one case. */
export interface Basis {
  readonly v: 1;
  readonly typ: "basis";
  readonly net: NetId;
  readonly nce: Nonce;
  readonly iat: Instant;
  readonly case: CaseId;
  readonly prev: Sid | null;
  readonly ver: number;
  readonly kind: BasisKind;
  readonly law: string;
  readonly kinds: readonly string[];
  readonly sub: SubId;
  readonly subc: Digest;
  readonly scope: readonly Scope[];
  readonly purp: readonly string[];
  readonly prop: Wid;
  readonly apr: Wid | null;
  readonly evc: Digest | null;
  readonly from: Instant;
  readonly until: Instant;
  readonly rev: Instant | null;
  readonly x?: Readonly<Record<string, Json>>;
}
export const Basis: Shape<Basis> = {
  name: "Basis",
  fields: [
    ["v", { k: "one", of: [1] }],
    ["typ", { k: "one", of: ["basis"] }],
    ["net", HASH],
    ["nce", ID],
    ["iat", INSTANT],
    ["case", ID],
    ["prev", { k: "null", of: HASH }],
    ["ver", { k: "int", min: 1, max: 4294967295 }],
    ["kind", { k: "one", of: BasisKindValues }],
    ["law", { k: "text", pattern: /^[a-z0-9][a-z0-9.-]{0,31}$/ }],
    ["kinds", { k: "list", of: { k: "text", pattern: /^[a-z0-9][a-z0-9.-]{0,31}$/ } }],
    ["sub", ID],
    ["subc", HASH],
    ["scope", { k: "list", of: { k: "struct", of: () => Scope } }],
    ["purp", { k: "list", of: { k: "text", pattern: /^[a-z0-9][a-z0-9.-]{0,31}$/ } }],
    ["prop", ID],
    ["apr", { k: "null", of: ID }],
    ["evc", { k: "null", of: HASH }],
    ["from", INSTANT],
    ["until", INSTANT],
    ["rev", { k: "null", of: INSTANT }],
    ["x", { k: "map", of: RAW }, OPTIONAL],
  ],
};

/** 同意の撤回, whole or by agencies and categories; it only takes away. */
export interface Withdraw {
  readonly v: 1;
  readonly typ: "withdraw";
  readonly net: NetId;
  readonly nce: Nonce;
  readonly iat: Instant;
  readonly case: CaseId;
  readonly basis: Sid;
  readonly ag: readonly Aid[] | null;
  readonly cats: readonly string[] | null;
  readonly x?: Readonly<Record<string, Json>>;
}
export const Withdraw: Shape<Withdraw> = {
  name: "Withdraw",
  fields: [
    ["v", { k: "one", of: [1] }],
    ["typ", { k: "one", of: ["withdraw"] }],
    ["net", HASH],
    ["nce", ID],
    ["iat", INSTANT],
    ["case", ID],
    ["basis", HASH],
    ["ag", { k: "null", of: { k: "list", of: ID } }],
    ["cats", { k: "null", of: { k: "list", of: { k: "text", pattern: /^[a-z0-9][a-z0-9.-]{0,31}$/ } } }],
    ["x", { k: "map", of: RAW }, OPTIONAL],
  ],
};

/** A person as rosters compare her: id and identity key together. */
export interface Person {
  readonly wid: Wid;
  readonly ik: Key;
}
export const Person: Shape<Person> = {
  name: "Person",
  fields: [
    ["wid", ID],
    ["ik", HASH],
  ],
};

/** The chair hands the room to a named successor, for a time. */
export interface Handover {
  readonly v: 1;
  readonly typ: "handover";
  readonly net: NetId;
  readonly nce: Nonce;
  readonly iat: Instant;
  readonly case: CaseId | null;
  readonly to: Person;
  readonly from: Instant;
  readonly until: Instant;
  readonly x?: Readonly<Record<string, Json>>;
}
export const Handover: Shape<Handover> = {
  name: "Handover",
  fields: [
    ["v", { k: "one", of: [1] }],
    ["typ", { k: "one", of: ["handover"] }],
    ["net", HASH],
    ["nce", ID],
    ["iat", INSTANT],
    ["case", { k: "null", of: ID }],
    ["to", { k: "struct", of: () => Person }],
    ["from", INSTANT],
    ["until", INSTANT],
    ["x", { k: "map", of: RAW }, OPTIONAL],
  ],
};

/** One row of a roster; `from` is the roster number of entry. */
export interface MemberRow {
  readonly wid: Wid;
  readonly ik: Key;
  readonly role: RosterRole;
  readonly from: number;
  readonly until: Instant | null;
}
export const MemberRow: Shape<MemberRow> = {
  name: "MemberRow",
  fields: [
    ["wid", ID],
    ["ik", HASH],
    ["role", { k: "one", of: RosterRoleValues }],
    ["from", { k: "int", min: 0, max: 4294967295 }],
    ["until", { k: "null", of: INSTANT }],
  ],
};

/** Policy of a room; it never changes. */
export interface Policy {
  readonly rot: number;
  readonly wait: number;
  readonly hold: string | null;
  readonly keep: string;
}
export const Policy: Shape<Policy> = {
  name: "Policy",
  fields: [
    ["rot", { k: "int", min: 1, max: 90 }],
    ["wait", { k: "int", min: 24, max: 72 }],
    ["hold", { k: "null", of: { k: "text", pattern: /^[a-z0-9][a-z0-9.-]{0,31}$/ } }],
    ["keep", { k: "text", pattern: /^[a-z0-9][a-z0-9.-]{0,31}$/ }],
  ],
};

/** Size and root of the newest id checkpoint the author had verified. */
export interface LogHead {
  readonly n: number;
  readonly r: Digest;
}
export const LogHead: Shape<LogHead> = {
  name: "LogHead",
  fields: [
    ["n", { k: "int", min: 0, max: 9007199254740991 }],
    ["r", HASH],
  ],
};

/** The room that this one continues. */
export interface Origin {
  readonly case: CaseId;
  readonly sid: Sid;
  readonly seq: number;
  readonly fh: RowHash;
}
export const Origin: Shape<Origin> = {
  name: "Origin",
  fields: [
    ["case", ID],
    ["sid", HASH],
    ["seq", { k: "int", min: 0, max: 9007199254740991 }],
    ["fh", HASH],
  ],
};

/** Who may hold the room's keys from now on; epoch number = roster number. */
export interface Roster {
  readonly v: 1;
  readonly typ: "roster";
  readonly net: NetId;
  readonly nce: Nonce;
  readonly iat: Instant;
  readonly case: CaseId;
  readonly n: number;
  readonly prev: Sid | null;
  readonly nonce?: Digest;
  readonly from?: Origin;
  readonly chair: Wid;
  readonly act: readonly Wid[];
  readonly mem: readonly MemberRow[];
  readonly basis: readonly Sid[];
  readonly pol: Policy;
  readonly kc: Digest;
  readonly bun: Digest;
  readonly lh: LogHead;
  readonly fd: readonly [number, RowHash];
  readonly void: readonly Sid[];
  readonly why: Why;
  readonly ref?: Sid;
  readonly x?: Readonly<Record<string, Json>>;
}
export const Roster: Shape<Roster> = {
  name: "Roster",
  fields: [
    ["v", { k: "one", of: [1] }],
    ["typ", { k: "one", of: ["roster"] }],
    ["net", HASH],
    ["nce", ID],
    ["iat", INSTANT],
    ["case", ID],
    ["n", { k: "int", min: 0, max: 4294967295 }],
    ["prev", { k: "null", of: HASH }],
    ["nonce", HASH, OPTIONAL],
    ["from", { k: "struct", of: () => Origin }, OPTIONAL],
    ["chair", ID],
    ["act", { k: "list", of: ID }],
    ["mem", { k: "list", of: { k: "struct", of: () => MemberRow } }],
    ["basis", { k: "list", of: HASH }],
    ["pol", { k: "struct", of: () => Policy }],
    ["kc", HASH],
    ["bun", HASH],
    ["lh", { k: "struct", of: () => LogHead }],
    ["fd", { k: "tuple", of: [{ k: "int", min: 0, max: 9007199254740991 }, HASH] }],
    ["void", { k: "list", of: HASH }],
    ["why", { k: "one", of: WhyValues }],
    ["ref", HASH, OPTIONAL],
    ["x", { k: "map", of: RAW }, OPTIONAL],
  ],
};

/** A person is in it if her wid is in `w` or her agency in `ag`. */
export interface Audience {
  readonly ag: readonly Aid[];
  readonly w: readonly Wid[];
}
export const Audience: Shape<Audience> = {
  name: "Audience",
  fields: [
    ["ag", { k: "list", of: ID }],
    ["w", { k: "list", of: ID }],
  ],
};

/** Announces generation `g` of a document and fixes who it is for. */
export interface Sect {
  readonly v: 1;
  readonly typ: "sect";
  readonly net: NetId;
  readonly nce: Nonce;
  readonly iat: Instant;
  readonly case: CaseId;
  readonly fd: readonly [number, RowHash];
  readonly doc: DocId;
  readonly g: number;
  readonly cls: DocClass;
  readonly item: ItemId | null;
  readonly sub: SubId | null;
  readonly cats: readonly string[];
  readonly aud: Audience | null;
  readonly cy: number;
  readonly dc: Digest;
  readonly x?: Readonly<Record<string, Json>>;
}
export const Sect: Shape<Sect> = {
  name: "Sect",
  fields: [
    ["v", { k: "one", of: [1] }],
    ["typ", { k: "one", of: ["sect"] }],
    ["net", HASH],
    ["nce", ID],
    ["iat", INSTANT],
    ["case", ID],
    ["fd", { k: "tuple", of: [{ k: "int", min: 0, max: 9007199254740991 }, HASH] }],
    ["doc", ID],
    ["g", { k: "int", min: 1, max: 4294967295 }],
    ["cls", { k: "one", of: DocClassValues }],
    ["item", { k: "null", of: ID }],
    ["sub", { k: "null", of: ID }],
    ["cats", { k: "list", of: { k: "text", pattern: /^[a-z0-9][a-z0-9.-]{0,31}$/ } }],
    ["aud", { k: "null", of: { k: "struct", of: () => Audience } }],
    ["cy", { k: "int", min: 0, max: 1 }],
    ["dc", HASH],
    ["x", { k: "map", of: RAW }, OPTIONAL],
  ],
};

/** Keys of documents, or of epochs, sealed to one device. */
export interface Grant {
  readonly v: 1;
  readonly typ: "grant";
  readonly net: NetId;
  readonly nce: Nonce;
  readonly iat: Instant;
  readonly case: CaseId;
  readonly fd: readonly [number, RowHash];
  readonly lh: LogHead;
  readonly n: number;
  readonly by: Sid;
  readonly to: Sid;
  readonly eg: number;
  readonly what: GrantWhat;
  readonly ids: readonly (readonly (string | number)[])[];
  readonly ct: Blob;
  readonly x?: Readonly<Record<string, Json>>;
}
export const Grant: Shape<Grant> = {
  name: "Grant",
  fields: [
    ["v", { k: "one", of: [1] }],
    ["typ", { k: "one", of: ["grant"] }],
    ["net", HASH],
    ["nce", ID],
    ["iat", INSTANT],
    ["case", ID],
    ["fd", { k: "tuple", of: [{ k: "int", min: 0, max: 9007199254740991 }, HASH] }],
    ["lh", { k: "struct", of: () => LogHead }],
    ["n", { k: "int", min: 0, max: 4294967295 }],
    ["by", HASH],
    ["to", HASH],
    ["eg", { k: "int", min: 0, max: 4294967295 }],
    ["what", { k: "one", of: GrantWhatValues }],
    ["ids", { k: "list", of: { k: "list", of: { k: "any", of: [{ k: "text" }, { k: "int" }] } } }],
    ["ct", BLOB],
    ["x", { k: "map", of: RAW }, OPTIONAL],
  ],
};

/** An invited worker's own answer. */
export interface Seat {
  readonly v: 1;
  readonly typ: "seat";
  readonly net: NetId;
  readonly nce: Nonce;
  readonly iat: Instant;
  readonly case: CaseId;
  readonly sit: SitId;
  readonly wid: Wid;
  readonly ans: SeatAnswer;
  readonly to: Wid | null;
  readonly why: Decline | null;
  readonly x?: Readonly<Record<string, Json>>;
}
export const Seat: Shape<Seat> = {
  name: "Seat",
  fields: [
    ["v", { k: "one", of: [1] }],
    ["typ", { k: "one", of: ["seat"] }],
    ["net", HASH],
    ["nce", ID],
    ["iat", INSTANT],
    ["case", ID],
    ["sit", ID],
    ["wid", ID],
    ["ans", { k: "one", of: SeatAnswerValues }],
    ["to", { k: "null", of: ID }],
    ["why", { k: "null", of: { k: "one", of: DeclineValues } }],
    ["x", { k: "map", of: RAW }, OPTIONAL],
  ],
};

/** What a member's device holds to be true; its digits are read aloud. */
export interface Meet {
  readonly v: 1;
  readonly typ: "meet";
  readonly net: NetId;
  readonly nce: Nonce;
  readonly iat: Instant;
  readonly case: CaseId;
  readonly ros: Sid;
  readonly seq: number;
  readonly fh: RowHash;
  readonly idn: number;
  readonly lh: LogHead;
  readonly x?: Readonly<Record<string, Json>>;
}
export const Meet: Shape<Meet> = {
  name: "Meet",
  fields: [
    ["v", { k: "one", of: [1] }],
    ["typ", { k: "one", of: ["meet"] }],
    ["net", HASH],
    ["nce", ID],
    ["iat", INSTANT],
    ["case", ID],
    ["ros", HASH],
    ["seq", { k: "int", min: 0, max: 9007199254740991 }],
    ["fh", HASH],
    ["idn", { k: "int", min: 0, max: 9007199254740991 }],
    ["lh", { k: "struct", of: () => LogHead }],
    ["x", { k: "map", of: RAW }, OPTIONAL],
  ],
};

/** An acknowledgement; `act` lets acting chairs act, `bad-bundle` reports a bundle. */
export interface Ack {
  readonly v: 1;
  readonly typ: "ack";
  readonly net: NetId;
  readonly nce: Nonce;
  readonly iat: Instant;
  readonly case: CaseId;
  readonly fd: readonly [number, RowHash];
  readonly kind: AckKind;
  readonly what: Sid | null;
  readonly n: number | null;
  readonly until: Instant | null;
  readonly x?: Readonly<Record<string, Json>>;
}
export const Ack: Shape<Ack> = {
  name: "Ack",
  fields: [
    ["v", { k: "one", of: [1] }],
    ["typ", { k: "one", of: ["ack"] }],
    ["net", HASH],
    ["nce", ID],
    ["iat", INSTANT],
    ["case", ID],
    ["fd", { k: "tuple", of: [{ k: "int", min: 0, max: 9007199254740991 }, HASH] }],
    ["kind", { k: "one", of: AckKindValues }],
    ["what", { k: "null", of: HASH }],
    ["n", { k: "null", of: { k: "int", min: 0, max: 4294967295 } }],
    ["until", { k: "null", of: INSTANT }],
    ["x", { k: "map", of: RAW }, OPTIONAL],
  ],
};

/** Leaf hashes of a submission's entries in both logs. */
export interface LeafHashes {
  readonly id: readonly Digest[];
  readonly ops: readonly Digest[];
}
export const LeafHashes: Shape<LeafHashes> = {
  name: "LeafHashes",
  fields: [
    ["id", { k: "list", of: HASH }],
    ["ops", { k: "list", of: HASH }],
  ],
};

/** The server's signed promise for one committed submission. */
export interface Receipt {
  readonly v: 1;
  readonly typ: "rcpt";
  readonly net: NetId;
  readonly nce: Nonce;
  readonly iat: Instant;
  readonly case: CaseId | null;
  readonly seq: number | null;
  readonly ids: readonly Digest[];
  readonly fh: RowHash | null;
  readonly idn: number;
  readonly leaves: LeafHashes;
  readonly mmd: 60;
  readonly x?: Readonly<Record<string, Json>>;
}
export const Receipt: Shape<Receipt> = {
  name: "Receipt",
  fields: [
    ["v", { k: "one", of: [1] }],
    ["typ", { k: "one", of: ["rcpt"] }],
    ["net", HASH],
    ["nce", ID],
    ["iat", INSTANT],
    ["case", { k: "null", of: ID }],
    ["seq", { k: "null", of: { k: "int", min: 0, max: 9007199254740991 } }],
    ["ids", { k: "list", of: HASH }],
    ["fh", { k: "null", of: HASH }],
    ["idn", { k: "int", min: 0, max: 9007199254740991 }],
    ["leaves", { k: "struct", of: () => LeafHashes }],
    ["mmd", { k: "one", of: [60] }],
    ["x", { k: "map", of: RAW }, OPTIONAL],
  ],
};

/** The server's signed word on where a room and the identity log stand. */
export interface Head {
  readonly v: 1;
  readonly typ: "head";
  readonly net: NetId;
  readonly nce: Nonce;
  readonly iat: Instant;
  readonly case: CaseId | null;
  readonly seq: number | null;
  readonly fh: RowHash | null;
  readonly idn: number;
  readonly x?: Readonly<Record<string, Json>>;
}
export const Head: Shape<Head> = {
  name: "Head",
  fields: [
    ["v", { k: "one", of: [1] }],
    ["typ", { k: "one", of: ["head"] }],
    ["net", HASH],
    ["nce", ID],
    ["iat", INSTANT],
    ["case", { k: "null", of: ID }],
    ["seq", { k: "null", of: { k: "int", min: 0, max: 9007199254740991 } }],
    ["fh", { k: "null", of: HASH }],
    ["idn", { k: "int", min: 0, max: 9007199254740991 }],
    ["x", { k: "map", of: RAW }, OPTIONAL],
  ],
};

/** A joiner asks for her certificate, under a mac the server cannot make. */
export interface Join {
  readonly v: 1;
  readonly typ: "join";
  readonly net: NetId;
  readonly nce: Nonce;
  readonly iat: Instant;
  readonly inv: InvId;
  readonly wid: Wid;
  readonly root: Sid;
  readonly ik: Key;
  readonly dk: Key;
  readonly ek: Blob;
  readonly caps: readonly Cap[];
  readonly x?: Readonly<Record<string, Json>>;
}
export const Join: Shape<Join> = {
  name: "Join",
  fields: [
    ["v", { k: "one", of: [1] }],
    ["typ", { k: "one", of: ["join"] }],
    ["net", HASH],
    ["nce", ID],
    ["iat", INSTANT],
    ["inv", ID],
    ["wid", ID],
    ["root", HASH],
    ["ik", HASH],
    ["dk", HASH],
    ["ek", BLOB],
    ["caps", { k: "list", of: { k: "one", of: CapValues } }],
    ["x", { k: "map", of: RAW }, OPTIONAL],
  ],
};

/** A further device asks its sibling for a certificate. */
export interface Link {
  readonly v: 1;
  readonly typ: "link";
  readonly net: NetId;
  readonly nce: Nonce;
  readonly iat: Instant;
  readonly lid: LinkId;
  readonly wid: Wid;
  readonly dk: Key;
  readonly ek: Blob;
  readonly x?: Readonly<Record<string, Json>>;
}
export const Link: Shape<Link> = {
  name: "Link",
  fields: [
    ["v", { k: "one", of: [1] }],
    ["typ", { k: "one", of: ["link"] }],
    ["net", HASH],
    ["nce", ID],
    ["iat", INSTANT],
    ["lid", ID],
    ["wid", ID],
    ["dk", HASH],
    ["ek", BLOB],
    ["x", { k: "map", of: RAW }, OPTIONAL],
  ],
};

/** On which basis an item treats one subject. */
export interface ItemBasis {
  readonly sub: SubId;
  readonly basis: Sid;
}
export const ItemBasis: Shape<ItemBasis> = {
  name: "ItemBasis",
  fields: [
    ["sub", ID],
    ["basis", HASH],
  ],
};

/** An agenda item as convened. */
export interface PlannedItem {
  readonly it: ItemId;
  readonly no: number;
  readonly typ: ItemType;
  readonly bases: readonly ItemBasis[];
}
export const PlannedItem: Shape<PlannedItem> = {
  name: "PlannedItem",
  fields: [
    ["it", ID],
    ["no", { k: "int", min: 1, max: 4294967295 }],
    ["typ", { k: "one", of: ItemTypeValues }],
    ["bases", { k: "list", of: { k: "struct", of: () => ItemBasis } }],
  ],
};

/** 招集: a sitting with its items. */
export interface SitConv {
  readonly sit: SitId;
  readonly kind: string;
  readonly no: number;
  readonly starts: Instant;
  readonly items: readonly PlannedItem[];
}
export const SitConv: Shape<SitConv> = {
  name: "SitConv",
  fields: [
    ["sit", ID],
    ["kind", { k: "text", pattern: /^[a-z0-9][a-z0-9.-]{0,31}$/ }],
    ["no", { k: "int", min: 1, max: 4294967295 }],
    ["starts", INSTANT],
    ["items", { k: "list", of: { k: "struct", of: () => PlannedItem } }],
  ],
};

/** 開会. */
export interface SitOpen {
  readonly sit: SitId;
}
export const SitOpen: Shape<SitOpen> = {
  name: "SitOpen",
  fields: [
    ["sit", ID],
  ],
};

/** 閉会. */
export interface SitClose {
  readonly sit: SitId;
}
export const SitClose: Shape<SitClose> = {
  name: "SitClose",
  fields: [
    ["sit", ID],
  ],
};

/** A further item for a sitting that is not closed. */
export interface ItemAdd {
  readonly sit: SitId;
  readonly it: ItemId;
  readonly no: number;
  readonly typ: ItemType;
  readonly bases: readonly ItemBasis[];
}
export const ItemAdd: Shape<ItemAdd> = {
  name: "ItemAdd",
  fields: [
    ["sit", ID],
    ["it", ID],
    ["no", { k: "int", min: 1, max: 4294967295 }],
    ["typ", { k: "one", of: ItemTypeValues }],
    ["bases", { k: "list", of: { k: "struct", of: () => ItemBasis } }],
  ],
};

/** An item is opened; its bases are pinned while it is open. */
export interface ItemOpen {
  readonly it: ItemId;
}
export const ItemOpen: Shape<ItemOpen> = {
  name: "ItemOpen",
  fields: [
    ["it", ID],
  ],
};

/** An item ends with an outcome. */
export interface ItemClose {
  readonly it: ItemId;
  readonly out: Outcome;
}
export const ItemClose: Shape<ItemClose> = {
  name: "ItemClose",
  fields: [
    ["it", ID],
    ["out", { k: "one", of: OutcomeValues }],
  ],
};

/** 出席者の選定: a worker is invited to one sitting. */
export interface SeatInv {
  readonly sit: SitId;
  readonly wid: Wid;
  readonly duty: Duty;
  readonly late: number;
}
export const SeatInv: Shape<SeatInv> = {
  name: "SeatInv",
  fields: [
    ["sit", ID],
    ["wid", ID],
    ["duty", { k: "one", of: DutyValues }],
    ["late", { k: "int", min: 0, max: 1 }],
  ],
};

/** A seat ends; its live sockets are cut. */
export interface SeatEnded {
  readonly sit: SitId;
  readonly wid: Wid;
  readonly why: SeatEnd;
}
export const SeatEnded: Shape<SeatEnded> = {
  name: "SeatEnded",
  fields: [
    ["sit", ID],
    ["wid", ID],
    ["why", { k: "one", of: SeatEndValues }],
  ],
};

/** A row of the priority board. */
export interface PrioSet {
  readonly row: RowId;
  readonly it: ItemId;
}
export const PrioSet: Shape<PrioSet> = {
  name: "PrioSet",
  fields: [
    ["row", ID],
    ["it", ID],
  ],
};

/** A row leaves the priority board. */
export interface PrioDel {
  readonly row: RowId;
}
export const PrioDel: Shape<PrioDel> = {
  name: "PrioDel",
  fields: [
    ["row", ID],
  ],
};

/** A part is offered to an agency, or to one person of it. */
export interface RoleSet {
  readonly row: RowId;
  readonly part: Part;
  readonly ag: Aid;
  readonly w: Wid | null;
  readonly it: ItemId;
}
export const RoleSet: Shape<RoleSet> = {
  name: "RoleSet",
  fields: [
    ["row", ID],
    ["part", { k: "one", of: PartValues }],
    ["ag", ID],
    ["w", { k: "null", of: ID }],
    ["it", ID],
  ],
};

/** A row leaves the role board. */
export interface RoleDel {
  readonly row: RowId;
}
export const RoleDel: Shape<RoleDel> = {
  name: "RoleDel",
  fields: [
    ["row", ID],
  ],
};

/** The answer to an offered part. */
export interface RoleAns {
  readonly row: RowId;
  readonly ans: Answer;
  readonly why: Decline | null;
}
export const RoleAns: Shape<RoleAns> = {
  name: "RoleAns",
  fields: [
    ["row", ID],
    ["ans", { k: "one", of: AnswerValues }],
    ["why", { k: "null", of: { k: "one", of: DeclineValues } }],
  ],
};

/** 対応事項: an action with owner and due date. */
export interface ActNew {
  readonly act: ActId;
  readonly it: ItemId | null;
  readonly ag: Aid;
  readonly w: Wid | null;
  readonly due: string | null;
  readonly from: ActId | null;
  readonly ext: number;
}
export const ActNew: Shape<ActNew> = {
  name: "ActNew",
  fields: [
    ["act", ID],
    ["it", { k: "null", of: ID }],
    ["ag", ID],
    ["w", { k: "null", of: ID }],
    ["due", { k: "null", of: { k: "text", pattern: /^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$/ } }],
    ["from", { k: "null", of: ID }],
    ["ext", { k: "int", min: 0, max: 1 }],
  ],
};

/** The owner's answer to an action. */
export interface ActAns {
  readonly act: ActId;
  readonly ans: Answer;
  readonly why: Decline | null;
}
export const ActAns: Shape<ActAns> = {
  name: "ActAns",
  fields: [
    ["act", ID],
    ["ans", { k: "one", of: AnswerValues }],
    ["why", { k: "null", of: { k: "one", of: DeclineValues } }],
  ],
};

/** The owner's report. */
export interface ActRep {
  readonly act: ActId;
  readonly st: ActionReport;
}
export const ActRep: Shape<ActRep> = {
  name: "ActRep",
  fields: [
    ["act", ID],
    ["st", { k: "one", of: ActionReportValues }],
  ],
};

/** 引継ぎ: the action is offered to a new owner. */
export interface ActHand {
  readonly act: ActId;
  readonly ag: Aid;
  readonly w: Wid | null;
}
export const ActHand: Shape<ActHand> = {
  name: "ActHand",
  fields: [
    ["act", ID],
    ["ag", ID],
    ["w", { k: "null", of: ID }],
  ],
};

/** The action is cancelled. */
export interface ActCan {
  readonly act: ActId;
}
export const ActCan: Shape<ActCan> = {
  name: "ActCan",
  fields: [
    ["act", ID],
  ],
};

/** A decision, a 留保, or that nothing was decided. */
export interface DecRec {
  readonly dec: DecId;
  readonly it: ItemId;
  readonly typ: DecisionType;
}
export const DecRec: Shape<DecRec> = {
  name: "DecRec",
  fields: [
    ["dec", ID],
    ["it", ID],
    ["typ", { k: "one", of: DecisionTypeValues }],
  ],
};

/** 次回, or null where none is needed. */
export interface NextSet {
  readonly sit: SitId;
  readonly at: Instant | null;
}
export const NextSet: Shape<NextSet> = {
  name: "NextSet",
  fields: [
    ["sit", ID],
    ["at", { k: "null", of: INSTANT }],
  ],
};

/** First content of a new generation: the state that is carried into it. */
export interface Snap {
  readonly upto: number;
  readonly rows: number;
}
export const Snap: Shape<Snap> = {
  name: "Snap",
  fields: [
    ["upto", { k: "int", min: 0, max: 9007199254740991 }],
    ["rows", { k: "int", min: 0, max: 9007199254740991 }],
  ],
};

/** What every envelope says in clear about its author and place. */
export interface Header {
  readonly v: 1;
  readonly c: CaseId;
  readonly e: number;
  readonly k: string;
  readonly d: DocId;
  readonly g: number;
  readonly dev: Sid;
  readonly n: number;
  readonly p: Eid | null;
  readonly f: readonly [number, RowHash];
  readonly t: Instant;
}
export const Header: Shape<Header> = {
  name: "Header",
  fields: [
    ["v", { k: "one", of: [1] }],
    ["c", ID],
    ["e", { k: "int", min: 0, max: 4294967295 }],
    ["k", { k: "text" }],
    ["d", ID],
    ["g", { k: "int", min: 1, max: 4294967295 }],
    ["dev", HASH],
    ["n", { k: "int", min: 1, max: 4294967295 }],
    ["p", { k: "null", of: HASH }],
    ["f", { k: "tuple", of: [{ k: "int", min: 0, max: 9007199254740991 }, HASH] }],
    ["t", INSTANT],
  ],
};

/** A document key under the epoch key. */
export interface DkHeader {
  readonly v: 1;
  readonly c: CaseId;
  readonly e: number;
  readonly k: "dk";
  readonly d: DocId;
  readonly g: number;
  readonly dev: Sid;
  readonly n: number;
  readonly p: Eid | null;
  readonly f: readonly [number, RowHash];
  readonly t: Instant;
  readonly x?: Readonly<Record<string, Json>>;
}
export const DkHeader: Shape<DkHeader> = {
  name: "DkHeader",
  fields: [
    ["v", { k: "one", of: [1] }],
    ["c", ID],
    ["e", { k: "int", min: 0, max: 4294967295 }],
    ["k", { k: "one", of: ["dk"] }],
    ["d", ID],
    ["g", { k: "int", min: 1, max: 4294967295 }],
    ["dev", HASH],
    ["n", { k: "int", min: 1, max: 4294967295 }],
    ["p", { k: "null", of: HASH }],
    ["f", { k: "tuple", of: [{ k: "int", min: 0, max: 9007199254740991 }, HASH] }],
    ["t", INSTANT],
    ["x", { k: "map", of: RAW }, OPTIONAL],
  ],
};

/** A version of a summary's section. */
export interface SumHeader {
  readonly v: 1;
  readonly c: CaseId;
  readonly e: number;
  readonly k: "sum";
  readonly d: DocId;
  readonly g: number;
  readonly dev: Sid;
  readonly n: number;
  readonly p: Eid | null;
  readonly f: readonly [number, RowHash];
  readonly t: Instant;
  readonly sm: SumId;
  readonly ver: number;
  readonly pv: Eid | null;
  readonly x?: Readonly<Record<string, Json>>;
}
export const SumHeader: Shape<SumHeader> = {
  name: "SumHeader",
  fields: [
    ["v", { k: "one", of: [1] }],
    ["c", ID],
    ["e", { k: "int", min: 0, max: 4294967295 }],
    ["k", { k: "one", of: ["sum"] }],
    ["d", ID],
    ["g", { k: "int", min: 1, max: 4294967295 }],
    ["dev", HASH],
    ["n", { k: "int", min: 1, max: 4294967295 }],
    ["p", { k: "null", of: HASH }],
    ["f", { k: "tuple", of: [{ k: "int", min: 0, max: 9007199254740991 }, HASH] }],
    ["t", INSTANT],
    ["sm", ID],
    ["ver", { k: "int", min: 1, max: 4294967295 }],
    ["pv", { k: "null", of: HASH }],
    ["x", { k: "map", of: RAW }, OPTIONAL],
  ],
};

/** A remark, to an item or to the room. */
export interface NoteHeader {
  readonly v: 1;
  readonly c: CaseId;
  readonly e: number;
  readonly k: "note";
  readonly d: DocId;
  readonly g: number;
  readonly dev: Sid;
  readonly n: number;
  readonly p: Eid | null;
  readonly f: readonly [number, RowHash];
  readonly t: Instant;
  readonly item: ItemId | null;
  readonly x?: Readonly<Record<string, Json>>;
}
export const NoteHeader: Shape<NoteHeader> = {
  name: "NoteHeader",
  fields: [
    ["v", { k: "one", of: [1] }],
    ["c", ID],
    ["e", { k: "int", min: 0, max: 4294967295 }],
    ["k", { k: "one", of: ["note"] }],
    ["d", ID],
    ["g", { k: "int", min: 1, max: 4294967295 }],
    ["dev", HASH],
    ["n", { k: "int", min: 1, max: 4294967295 }],
    ["p", { k: "null", of: HASH }],
    ["f", { k: "tuple", of: [{ k: "int", min: 0, max: 9007199254740991 }, HASH] }],
    ["t", INSTANT],
    ["item", { k: "null", of: ID }],
    ["x", { k: "map", of: RAW }, OPTIONAL],
  ],
};

/** Sealed evidence of one subject's basis. */
export interface EvHeader {
  readonly v: 1;
  readonly c: CaseId;
  readonly e: number;
  readonly k: "ev";
  readonly d: DocId;
  readonly g: number;
  readonly dev: Sid;
  readonly n: number;
  readonly p: Eid | null;
  readonly f: readonly [number, RowHash];
  readonly t: Instant;
  readonly sub: SubId;
  readonly x?: Readonly<Record<string, Json>>;
}
export const EvHeader: Shape<EvHeader> = {
  name: "EvHeader",
  fields: [
    ["v", { k: "one", of: [1] }],
    ["c", ID],
    ["e", { k: "int", min: 0, max: 4294967295 }],
    ["k", { k: "one", of: ["ev"] }],
    ["d", ID],
    ["g", { k: "int", min: 1, max: 4294967295 }],
    ["dev", HASH],
    ["n", { k: "int", min: 1, max: 4294967295 }],
    ["p", { k: "null", of: HASH }],
    ["f", { k: "tuple", of: [{ k: "int", min: 0, max: 9007199254740991 }, HASH] }],
    ["t", INSTANT],
    ["sub", ID],
    ["x", { k: "map", of: RAW }, OPTIONAL],
  ],
};

/** An operation with its public facts. */
export interface OpHeader {
  readonly v: 1;
  readonly c: CaseId;
  readonly e: number;
  readonly k: "op";
  readonly d: DocId;
  readonly g: number;
  readonly dev: Sid;
  readonly n: number;
  readonly p: Eid | null;
  readonly f: readonly [number, RowHash];
  readonly t: Instant;
  readonly op: string;
  readonly m: Facts;
  readonly x?: Readonly<Record<string, Json>>;
}
export const OpHeader: Shape<OpHeader> = {
  name: "OpHeader",
  fields: [
    ["v", { k: "one", of: [1] }],
    ["c", ID],
    ["e", { k: "int", min: 0, max: 4294967295 }],
    ["k", { k: "one", of: ["op"] }],
    ["d", ID],
    ["g", { k: "int", min: 1, max: 4294967295 }],
    ["dev", HASH],
    ["n", { k: "int", min: 1, max: 4294967295 }],
    ["p", { k: "null", of: HASH }],
    ["f", { k: "tuple", of: [{ k: "int", min: 0, max: 9007199254740991 }, HASH] }],
    ["t", INSTANT],
    ["op", { k: "text" }],
    ["m", FACTS],
    ["x", { k: "map", of: RAW }, OPTIONAL],
  ],
};

/** Plaintext of `dk`: the key of one document generation. */
export interface DkText {
  readonly doc: DocId;
  readonly g: number;
  readonly D: Hash;
  readonly x?: Readonly<Record<string, Json>>;
}
export const DkText: Shape<DkText> = {
  name: "DkText",
  fields: [
    ["doc", ID],
    ["g", { k: "int", min: 1, max: 4294967295 }],
    ["D", HASH],
    ["x", { k: "map", of: RAW }, OPTIONAL],
  ],
};

/** Plaintext of `sum`. */
export interface SumText {
  readonly prov: Provenance;
  readonly hid: boolean;
  readonly title: string;
  readonly text: string;
  readonly x?: Readonly<Record<string, Json>>;
}
export const SumText: Shape<SumText> = {
  name: "SumText",
  fields: [
    ["prov", { k: "one", of: ProvenanceValues }],
    ["hid", BOOL],
    ["title", { k: "text" }],
    ["text", { k: "text" }],
    ["x", { k: "map", of: RAW }, OPTIONAL],
  ],
};

/** Plaintext of `note`; `fact` tells facts from interpretation. */
export interface NoteText {
  readonly text: string;
  readonly fact: boolean;
  readonly x?: Readonly<Record<string, Json>>;
}
export const NoteText: Shape<NoteText> = {
  name: "NoteText",
  fields: [
    ["text", { k: "text" }],
    ["fact", BOOL],
    ["x", { k: "map", of: RAW }, OPTIONAL],
  ],
};

/** Plaintext of `ev`: what opens `subc` and `evc` of a basis. */
export interface EvText {
  readonly key: Hash;
  readonly name: string;
  readonly birth: string;
  readonly evkey: Hash;
  readonly ev: Readonly<Record<string, string>>;
  readonly x?: Readonly<Record<string, Json>>;
}
export const EvText: Shape<EvText> = {
  name: "EvText",
  fields: [
    ["key", HASH],
    ["name", { k: "text" }],
    ["birth", { k: "text" }],
    ["evkey", HASH],
    ["ev", { k: "map", of: { k: "text" } }],
    ["x", { k: "map", of: RAW }, OPTIONAL],
  ],
};

/** One signature; `keyid` is a hint and decides nothing. */
export interface DsseSignature {
  readonly keyid: string;
  readonly sig: string;
}
export const DsseSignature: Shape<DsseSignature> = {
  name: "DsseSignature",
  fields: [
    ["keyid", { k: "text" }],
    ["sig", { k: "text" }],
  ],
};

/** The envelope, exactly these keys. */
export interface Dsse {
  readonly payloadType: string;
  readonly payload: string;
  readonly signatures: readonly DsseSignature[];
}
export const Dsse: Shape<Dsse> = {
  name: "Dsse",
  fields: [
    ["payloadType", { k: "text" }],
    ["payload", { k: "text" }],
    ["signatures", { k: "list", of: { k: "struct", of: () => DsseSignature } }],
  ],
};

/** A refusal: a stable code, facts for the client, and a sentence in both languages. */
export interface Failure {
  readonly code: string;
  readonly facts: Readonly<Record<string, string | number | boolean | null>>;
  readonly ja: string;
  readonly en: string;
}
export const Failure: Shape<Failure> = {
  name: "Failure",
  fields: [
    ["code", { k: "text" }],
    ["facts", { k: "map", of: { k: "null", of: { k: "any", of: [{ k: "text" }, { k: "int" }, BOOL] } } }],
    ["ja", { k: "text" }],
    ["en", { k: "text" }],
  ],
};

/** A committed submission, answered by the server's signed receipt (DSSE bytes). */
export interface Receipted {
  readonly rcpt: Blob;
}
export const Receipted: Shape<Receipted> = {
  name: "Receipted",
  fields: [
    ["rcpt", BLOB],
  ],
};

/** Reserve a council with the one-time setup token. */
export interface Reserve {
  readonly setup: string;
  readonly slug: string;
}
export const Reserve: Shape<Reserve> = {
  name: "Reserve",
  fields: [
    ["setup", { k: "text" }],
    ["slug", { k: "text", pattern: /^[a-z0-9][a-z0-9-]{1,31}$/ }],
  ],
};

/** Origin and verifier key of one log. */
export interface LogInfo {
  readonly origin: string;
  readonly vkey: string;
}
export const LogInfo: Shape<LogInfo> = {
  name: "LogInfo",
  fields: [
    ["origin", { k: "text", max: 512 }],
    ["vkey", { k: "text", max: 512 }],
  ],
};

/** What the root statement must name. */
export interface Reserved {
  readonly origin: string;
  readonly srv: Hash;
  readonly id: LogInfo;
  readonly ops: LogInfo;
}
export const Reserved: Shape<Reserved> = {
  name: "Reserved",
  fields: [
    ["origin", { k: "text", max: 512 }],
    ["srv", HASH],
    ["id", { k: "struct", of: () => LogInfo }],
    ["ops", { k: "struct", of: () => LogInfo }],
  ],
};

/** A worker's name and salt, which her certificate only commits to. */
export interface NameBeside {
  readonly name: string;
  readonly salt: Hash;
}
export const NameBeside: Shape<NameBeside> = {
  name: "NameBeside",
  fields: [
    ["name", { k: "text" }],
    ["salt", HASH],
  ],
};

/** Put a complete identity statement into the `id` log; `ek`, `name` travel beside. */
export interface Admit {
  readonly statement: Blob;
  readonly ek?: Blob;
  readonly name?: NameBeside;
}
export const Admit: Shape<Admit> = {
  name: "Admit",
  fields: [
    ["statement", BLOB],
    ["ek", BLOB, OPTIONAL],
    ["name", { k: "struct", of: () => NameBeside }, OPTIONAL],
  ],
};

/** Leave an incomplete statement, a `join` or a `link` for whom it waits. */
export interface Pend {
  readonly key: Blob;
  readonly statement: Blob;
  readonly mac?: Digest;
  readonly name?: NameBeside;
}
export const Pend: Shape<Pend> = {
  name: "Pend",
  fields: [
    ["key", BLOB],
    ["statement", BLOB],
    ["mac", HASH, OPTIONAL],
    ["name", { k: "struct", of: () => NameBeside }, OPTIONAL],
  ],
};

/** Asks which council an invitation or an offer for a further device belongs to. */
export interface Wanted {
  readonly inv: InvId | null;
  readonly lid: LinkId | null;
}
export const Wanted: Shape<Wanted> = {
  name: "Wanted",
  fields: [
    ["inv", { k: "null", of: ID }],
    ["lid", { k: "null", of: ID }],
  ],
};

/** The council's place on this server. */
export interface Where {
  readonly slug: string;
}
export const Where: Shape<Where> = {
  name: "Where",
  fields: [
    ["slug", { k: "text", max: 512 }],
  ],
};

/** What an old device leaves for the new one under `lid` (section 5.4, step 5). */
export interface LinkOffer {
  readonly key: Blob;
  readonly net: NetId;
  readonly wid: Wid;
  readonly ik: Key;
  readonly mac: Digest;
}
export const LinkOffer: Shape<LinkOffer> = {
  name: "LinkOffer",
  fields: [
    ["key", BLOB],
    ["net", HASH],
    ["wid", ID],
    ["ik", HASH],
    ["mac", HASH],
  ],
};

/** A waiting statement as its counterpart fetches it. */
export interface Pending {
  readonly key: Blob;
  readonly statement: Blob;
  readonly mac: Digest | null;
  readonly name: NameBeside | null;
}
export const Pending: Shape<Pending> = {
  name: "Pending",
  fields: [
    ["key", BLOB],
    ["statement", BLOB],
    ["mac", { k: "null", of: HASH }],
    ["name", { k: "null", of: { k: "struct", of: () => NameBeside } }],
  ],
};

/** What waits for the caller's own signature: bases that name her as approver. */
export interface Waits {
  readonly pending: readonly Pending[];
}
export const Waits: Shape<Waits> = {
  name: "Waits",
  fields: [
    ["pending", { k: "list", of: { k: "struct", of: () => Pending } }],
  ],
};

/** Ask for a nonce to sign in with. */
export interface Challenge {
  readonly device: Sid;
}
export const Challenge: Shape<Challenge> = {
  name: "Challenge",
  fields: [
    ["device", HASH],
  ],
};

/** A single-use nonce, good for 60 s, and the server's time in ms. */
export interface Challenged {
  readonly nonce: Hash;
  readonly time: number;
}
export const Challenged: Shape<Challenged> = {
  name: "Challenged",
  fields: [
    ["nonce", HASH],
    ["time", { k: "int", min: 0, max: 9007199254740991 }],
  ],
};

/** Answer the challenge: `time` in seconds, `sig` over the `auth` encoding. */
export interface SignIn {
  readonly device: Sid;
  readonly nonce: Hash;
  readonly time: number;
  readonly sig: Blob;
}
export const SignIn: Shape<SignIn> = {
  name: "SignIn",
  fields: [
    ["device", HASH],
    ["nonce", HASH],
    ["time", { k: "int", min: 0, max: 9007199254740991 }],
    ["sig", BLOB],
  ],
};

/** An access token for ten minutes; times in ms. */
export interface SignedIn {
  readonly token: string;
  readonly expires: number;
  readonly time: number;
  readonly did: Did;
}
export const SignedIn: Shape<SignedIn> = {
  name: "SignedIn",
  fields: [
    ["token", { k: "text" }],
    ["expires", { k: "int", min: 0, max: 9007199254740991 }],
    ["time", { k: "int", min: 0, max: 9007199254740991 }],
    ["did", ID],
  ],
};

/** Leaves from an index on, with the statement behind each; null for a beat. */
export interface LogPage {
  readonly start: number;
  readonly leaves: readonly Blob[];
  readonly statements: readonly (Blob | null)[];
  readonly checkpoint: string;
}
export const LogPage: Shape<LogPage> = {
  name: "LogPage",
  fields: [
    ["start", { k: "int", min: 0, max: 9007199254740991 }],
    ["leaves", { k: "list", of: BLOB }],
    ["statements", { k: "list", of: { k: "null", of: BLOB } }],
    ["checkpoint", { k: "text" }],
  ],
};

/** An inclusion or consistency proof; `index` is null for consistency. */
export interface Proof {
  readonly index: number | null;
  readonly size: number;
  readonly hashes: readonly Digest[];
}
export const Proof: Shape<Proof> = {
  name: "Proof",
  fields: [
    ["index", { k: "null", of: { k: "int", min: 0, max: 9007199254740991 } }],
    ["size", { k: "int", min: 0, max: 9007199254740991 }],
    ["hashes", { k: "list", of: HASH }],
  ],
};

/** Sealing keys by their hash, for devices one seals to. */
export interface SealingKeys {
  readonly eks: readonly Blob[];
}
export const SealingKeys: Shape<SealingKeys> = {
  name: "SealingKeys",
  fields: [
    ["eks", { k: "list", of: BLOB }],
  ],
};

/** The name of a person one shares a room with, to be checked against `nh`. */
export interface NameRow {
  readonly wid: Wid;
  readonly name: string;
  readonly salt: Hash;
}
export const NameRow: Shape<NameRow> = {
  name: "NameRow",
  fields: [
    ["wid", ID],
    ["name", { k: "text" }],
    ["salt", HASH],
  ],
};

/** Names of the people of one room or directory. */
export interface Names {
  readonly names: readonly NameRow[];
}
export const Names: Shape<Names> = {
  name: "Names",
  fields: [
    ["names", { k: "list", of: { k: "struct", of: () => NameRow } }],
  ],
};

/** Reserve a derived case id and its public code before the first roster. */
export interface ReserveCase {
  readonly case: CaseId;
  readonly code: string;
}
export const ReserveCase: Shape<ReserveCase> = {
  name: "ReserveCase",
  fields: [
    ["case", ID],
    ["code", { k: "text", pattern: /^[A-Z]-[0-9]{3,6}$/ }],
  ],
};

/** A seat as its invitee sees it: no sealed word. */
export interface Invited {
  readonly sit: SitId;
  readonly kind: string;
  readonly starts: Instant;
  readonly duty: string;
  readonly state: string;
}
export const Invited: Shape<Invited> = {
  name: "Invited",
  fields: [
    ["sit", ID],
    ["kind", { k: "text", pattern: /^[a-z0-9][a-z0-9.-]{0,31}$/ }],
    ["starts", INSTANT],
    ["duty", { k: "text", pattern: /^[a-z0-9][a-z0-9.-]{0,31}$/ }],
    ["state", { k: "text", pattern: /^[a-z0-9][a-z0-9.-]{0,31}$/ }],
  ],
};

/** A room as its members and invitees see it in a list; `locked` is a reason or empty. */
export interface CaseLine {
  readonly case: CaseId;
  readonly code: string;
  readonly member: number;
  readonly n: number;
  readonly seq: number;
  readonly locked: string;
  readonly invitations: readonly Invited[];
}
export const CaseLine: Shape<CaseLine> = {
  name: "CaseLine",
  fields: [
    ["case", ID],
    ["code", { k: "text" }],
    ["member", { k: "int", min: 0, max: 1 }],
    ["n", { k: "int" }],
    ["seq", { k: "int", min: 0, max: 9007199254740991 }],
    ["locked", { k: "text" }],
    ["invitations", { k: "list", of: { k: "struct", of: () => Invited } }],
  ],
};

/** Rooms of the caller. */
export interface Cases {
  readonly cases: readonly CaseLine[];
}
export const Cases: Shape<Cases> = {
  name: "Cases",
  fields: [
    ["cases", { k: "list", of: { k: "struct", of: () => CaseLine } }],
  ],
};

/** One row of a batch: a statement or an envelope. */
export interface RowIn {
  readonly form: "env" | "stm";
  readonly bytes: Blob;
}
export const RowIn: Shape<RowIn> = {
  name: "RowIn",
  fields: [
    ["form", { k: "one", of: ["env", "stm"] }],
    ["bytes", BLOB],
  ],
};

/** A batch: all or nothing, in order; at most 64 rows and bundles, 1 MiB. */
export interface Post {
  readonly case: CaseId;
  readonly rows: readonly RowIn[];
  readonly bundles: readonly Blob[];
}
export const Post: Shape<Post> = {
  name: "Post",
  fields: [
    ["case", ID],
    ["rows", { k: "list", of: { k: "struct", of: () => RowIn } }],
    ["bundles", { k: "list", of: BLOB }],
  ],
};

/** Join a room's live feed: the signed read request for all pushes until the token ends. */
export interface Sub {
  readonly case: CaseId;
  readonly sit: SitId | null;
  readonly start: number;
  readonly nonce: Blob;
  readonly time: number;
  readonly sig: Blob;
}
export const Sub: Shape<Sub> = {
  name: "Sub",
  fields: [
    ["case", ID],
    ["sit", { k: "null", of: ID }],
    ["start", { k: "int", min: 0, max: 9007199254740991 }],
    ["nonce", BLOB],
    ["time", { k: "int", min: 0, max: 9007199254740991 }],
    ["sig", BLOB],
  ],
};

/** A signed request for full rows or bundles; ids are eids, sids or bundle hashes. */
export interface Read {
  readonly case: CaseId;
  readonly purpose: string;
  readonly ids: readonly Hash[];
  readonly nonce: Blob;
  readonly time: number;
  readonly sig: Blob;
}
export const Read: Shape<Read> = {
  name: "Read",
  fields: [
    ["case", ID],
    ["purpose", { k: "text", pattern: /^[a-z][a-z0-9.-]{0,31}$/ }],
    ["ids", { k: "list", of: HASH }],
    ["nonce", BLOB],
    ["time", { k: "int", min: 0, max: 9007199254740991 }],
    ["sig", BLOB],
  ],
};

/** One feed row in the view its receiver may have; `bytes` is null for `skel`. */
export interface Frame {
  readonly seq: number;
  readonly id: Hash;
  readonly sg: Hash;
  readonly idn: number;
  readonly fh: RowHash;
  readonly form: "env" | "stm";
  readonly view: "full" | "bare" | "skel";
  readonly bytes: Blob | null;
}
export const Frame: Shape<Frame> = {
  name: "Frame",
  fields: [
    ["seq", { k: "int", min: 0, max: 9007199254740991 }],
    ["id", HASH],
    ["sg", HASH],
    ["idn", { k: "int", min: 0, max: 9007199254740991 }],
    ["fh", HASH],
    ["form", { k: "one", of: ["env", "stm"] }],
    ["view", { k: "one", of: ["full", "bare", "skel"] }],
    ["bytes", { k: "null", of: BLOB }],
  ],
};

/** Frames of one room, in order, as a socket gets them. */
export interface Push {
  readonly case: CaseId;
  readonly frames: readonly Frame[];
}
export const Push: Shape<Push> = {
  name: "Push",
  fields: [
    ["case", ID],
    ["frames", { k: "list", of: { k: "struct", of: () => Frame } }],
  ],
};

/** Rows of a feed without ticketed content, and the server's signed head. */
export interface Rows {
  readonly frames: readonly Frame[];
  readonly head: Blob;
}
export const Rows: Shape<Rows> = {
  name: "Rows",
  fields: [
    ["frames", { k: "list", of: { k: "struct", of: () => Frame } }],
    ["head", BLOB],
  ],
};

/** Joined: rows since the wanted number, the head, and who is live. */
export interface Subbed {
  readonly frames: readonly Frame[];
  readonly head: Blob;
  readonly live: readonly Wid[];
}
export const Subbed: Shape<Subbed> = {
  name: "Subbed",
  fields: [
    ["frames", { k: "list", of: { k: "struct", of: () => Frame } }],
    ["head", BLOB],
    ["live", { k: "list", of: ID }],
  ],
};

/** A bundle by its hash. */
export interface BlobOut {
  readonly h: Digest;
  readonly bytes: Blob;
}
export const BlobOut: Shape<BlobOut> = {
  name: "BlobOut",
  fields: [
    ["h", HASH],
    ["bytes", BLOB],
  ],
};

/** What a ticket released; `entry` is the leaf hash of the entry committed before. */
export interface Served {
  readonly frames: readonly Frame[];
  readonly bundles: readonly BlobOut[];
  readonly entry: Digest;
}
export const Served: Shape<Served> = {
  name: "Served",
  fields: [
    ["frames", { k: "list", of: { k: "struct", of: () => Frame } }],
    ["bundles", { k: "list", of: { k: "struct", of: () => BlobOut } }],
    ["entry", HASH],
  ],
};

/** The server's unsigned word: presence, and facts that members compute themselves. */
export interface Notice {
  readonly case: CaseId;
  readonly code: string;
  readonly facts: Readonly<Record<string, string | number | boolean | null>>;
}
export const Notice: Shape<Notice> = {
  name: "Notice",
  fields: [
    ["case", ID],
    ["code", { k: "text", pattern: /^[a-z0-9][a-z0-9.-]{0,31}$/ }],
    ["facts", { k: "map", of: { k: "null", of: { k: "any", of: [{ k: "text" }, { k: "int" }, BOOL] } } }],
  ],
};

/** The socket leaves a room, and why. */
export interface Gone {
  readonly case: CaseId;
  readonly code: string;
}
export const Gone: Shape<Gone> = {
  name: "Gone",
  fields: [
    ["case", ID],
    ["code", { k: "text" }],
  ],
};

/** The identity log has a new checkpoint. */
export interface IdHead {
  readonly size: number;
}
export const IdHead: Shape<IdHead> = {
  name: "IdHead",
  fields: [
    ["size", { k: "int", min: 0, max: 9007199254740991 }],
  ],
};

/** Names a room: what `unsub` and `head` on a socket ask for. */
export interface InRoom {
  readonly case: CaseId;
}
export const InRoom: Shape<InRoom> = {
  name: "InRoom",
  fields: [
    ["case", ID],
  ],
};

/** Ask to speak in a sitting, or no longer: shown to the room as a notice, never stored. */
export interface Hand {
  readonly case: CaseId;
  readonly up: number;
}
export const Hand: Shape<Hand> = {
  name: "Hand",
  fields: [
    ["case", ID],
    ["up", { k: "int", min: 0, max: 1 }],
  ],
};

/** The server's signed head (DSSE bytes), as answer and as push. */
export interface Headed {
  readonly head: Blob;
}
export const Headed: Shape<Headed> = {
  name: "Headed",
  fields: [
    ["head", BLOB],
  ],
};

/** Accepted, and there is nothing to tell. */
export interface Done {
}
export const Done: Shape<Done> = {
  name: "Done",
  fields: [
  ],
};

/** A fresh access token for a living socket. */
export interface Token {
  readonly token: string;
}
export const Token: Shape<Token> = {
  name: "Token",
  fields: [
    ["token", { k: "text" }],
  ],
};

/** An auditor's signed question; `params` enter the signature as text. */
export interface Query {
  readonly purpose: string;
  readonly params: readonly string[];
  readonly nonce: Blob;
  readonly time: number;
  readonly sig: Blob;
}
export const Query: Shape<Query> = {
  name: "Query",
  fields: [
    ["purpose", { k: "text", pattern: /^[a-z][a-z0-9.-]{0,31}$/ }],
    ["params", { k: "list", of: { k: "text", max: 512 } }],
    ["nonce", BLOB],
    ["time", { k: "int", min: 0, max: 9007199254740991 }],
    ["sig", BLOB],
  ],
};

/** One opened field of an entry: the HMAC and the value behind the commitment. */
export interface OpeningOut {
  readonly field: string;
  readonly hmac: Digest;
  readonly value: Blob;
}
export const OpeningOut: Shape<OpeningOut> = {
  name: "OpeningOut",
  fields: [
    ["field", { k: "text", max: 512 }],
    ["hmac", HASH],
    ["value", BLOB],
  ],
};

/** One entry of the ops log: its leaf and what opens it; index null until integrated. */
export interface EntryOut {
  readonly index: number | null;
  readonly leaf: Blob;
  readonly openings: readonly OpeningOut[];
}
export const EntryOut: Shape<EntryOut> = {
  name: "EntryOut",
  fields: [
    ["index", { k: "null", of: { k: "int", min: 0, max: 9007199254740991 } }],
    ["leaf", BLOB],
    ["openings", { k: "list", of: { k: "struct", of: () => OpeningOut } }],
  ],
};

/** The answer to a question; `entry` is the leaf hash of the question's own entry. */
export interface Answered {
  readonly entries: readonly EntryOut[];
  readonly entry: Digest;
}
export const Answered: Shape<Answered> = {
  name: "Answered",
  fields: [
    ["entries", { k: "list", of: { k: "struct", of: () => EntryOut } }],
    ["entry", HASH],
  ],
};

export const WHOLE_ROOM: ReadonlySet<DocClass> = new Set<DocClass>(["agd", "brd", "itm"]);

export type Payload =
  | Root
  | Agency
  | Invite
  | Worker
  | Device
  | Revoke
  | Pledge
  | Release
  | Basis
  | Withdraw
  | Handover
  | Roster
  | Sect
  | Grant
  | Seat
  | Meet
  | Ack
  | Receipt
  | Head
  | Join
  | Link;
export interface Payloads {
  readonly "root": Root;
  readonly "agency": Agency;
  readonly "invite": Invite;
  readonly "worker": Worker;
  readonly "device": Device;
  readonly "revoke": Revoke;
  readonly "pledge": Pledge;
  readonly "release": Release;
  readonly "basis": Basis;
  readonly "withdraw": Withdraw;
  readonly "handover": Handover;
  readonly "roster": Roster;
  readonly "sect": Sect;
  readonly "grant": Grant;
  readonly "seat": Seat;
  readonly "meet": Meet;
  readonly "ack": Ack;
  readonly "rcpt": Receipt;
  readonly "head": Head;
  readonly "join": Join;
  readonly "link": Link;
}

export const PAYLOADS: { readonly [K in keyof Payloads]: Shape<Payloads[K]> } = {
  "root": Root,
  "agency": Agency,
  "invite": Invite,
  "worker": Worker,
  "device": Device,
  "revoke": Revoke,
  "pledge": Pledge,
  "release": Release,
  "basis": Basis,
  "withdraw": Withdraw,
  "handover": Handover,
  "roster": Roster,
  "sect": Sect,
  "grant": Grant,
  "seat": Seat,
  "meet": Meet,
  "ack": Ack,
  "rcpt": Receipt,
  "head": Head,
  "join": Join,
  "link": Link,
};

export const LEAF_KINDS: Readonly<Record<string, number>> = {
  "root": 1,
  "agency": 2,
  "worker": 3,
  "device": 4,
  "devek": 5,
  "revoke": 6,
  "invite": 7,
  "pledge": 8,
  "basis": 9,
  "withdraw": 10,
  "handover": 11,
  "takeover": 12,
  "cosign": 13,
  "suspend": 14,
  "unwitnessed": 15,
  "holders": 16,
  "release": 17,
};

export const FEED_TYPES: ReadonlySet<string> = new Set(["ack", "basis", "grant", "meet", "roster", "seat", "sect", "withdraw"]);

export type Facts =
  | SitConv
  | SitOpen
  | SitClose
  | ItemAdd
  | ItemOpen
  | ItemClose
  | SeatInv
  | SeatEnded
  | PrioSet
  | PrioDel
  | RoleSet
  | RoleDel
  | RoleAns
  | ActNew
  | ActAns
  | ActRep
  | ActHand
  | ActCan
  | DecRec
  | NextSet
  | Snap;
export interface FactsByOp {
  readonly "sit.conv": SitConv;
  readonly "sit.open": SitOpen;
  readonly "sit.close": SitClose;
  readonly "item.add": ItemAdd;
  readonly "item.open": ItemOpen;
  readonly "item.close": ItemClose;
  readonly "seat.inv": SeatInv;
  readonly "seat.end": SeatEnded;
  readonly "prio.set": PrioSet;
  readonly "prio.del": PrioDel;
  readonly "role.set": RoleSet;
  readonly "role.del": RoleDel;
  readonly "role.ans": RoleAns;
  readonly "act.new": ActNew;
  readonly "act.ans": ActAns;
  readonly "act.rep": ActRep;
  readonly "act.hand": ActHand;
  readonly "act.can": ActCan;
  readonly "dec.rec": DecRec;
  readonly "next.set": NextSet;
  readonly "snap": Snap;
}

export const OPS: { readonly [K in keyof FactsByOp]: Shape<FactsByOp[K]> } = {
  "sit.conv": SitConv,
  "sit.open": SitOpen,
  "sit.close": SitClose,
  "item.add": ItemAdd,
  "item.open": ItemOpen,
  "item.close": ItemClose,
  "seat.inv": SeatInv,
  "seat.end": SeatEnded,
  "prio.set": PrioSet,
  "prio.del": PrioDel,
  "role.set": RoleSet,
  "role.del": RoleDel,
  "role.ans": RoleAns,
  "act.new": ActNew,
  "act.ans": ActAns,
  "act.rep": ActRep,
  "act.hand": ActHand,
  "act.can": ActCan,
  "dec.rec": DecRec,
  "next.set": NextSet,
  "snap": Snap,
};

export type AnyHeader =
  | DkHeader
  | SumHeader
  | NoteHeader
  | EvHeader
  | OpHeader;
export interface HeadersByKind {
  readonly "dk": DkHeader;
  readonly "sum": SumHeader;
  readonly "note": NoteHeader;
  readonly "ev": EvHeader;
  readonly "op": OpHeader;
}

export const HEADERS: { readonly [K in keyof HeadersByKind]: Shape<HeadersByKind[K]> } = {
  "dk": DkHeader,
  "sum": SumHeader,
  "note": NoteHeader,
  "ev": EvHeader,
  "op": OpHeader,
};

export const MAX_BATCH_ROWS = 64;
export const MAX_BODY = 2097152;
export const MAX_HEADER = 8192;
export const MAX_ITEMS = 32;
export const MAX_PAYLOAD = 65536;
export const MAX_SIGNATURES = 16;

export interface Structs {
  readonly Base: Base;
  readonly KeySet: KeySet;
  readonly LogKeys: LogKeys;
  readonly Logs: Logs;
  readonly WitnessKey: WitnessKey;
  readonly Root: Root;
  readonly Agency: Agency;
  readonly Invite: Invite;
  readonly Worker: Worker;
  readonly Device: Device;
  readonly Revoke: Revoke;
  readonly Pledge: Pledge;
  readonly Release: Release;
  readonly Scope: Scope;
  readonly Basis: Basis;
  readonly Withdraw: Withdraw;
  readonly Person: Person;
  readonly Handover: Handover;
  readonly MemberRow: MemberRow;
  readonly Policy: Policy;
  readonly LogHead: LogHead;
  readonly Origin: Origin;
  readonly Roster: Roster;
  readonly Audience: Audience;
  readonly Sect: Sect;
  readonly Grant: Grant;
  readonly Seat: Seat;
  readonly Meet: Meet;
  readonly Ack: Ack;
  readonly LeafHashes: LeafHashes;
  readonly Receipt: Receipt;
  readonly Head: Head;
  readonly Join: Join;
  readonly Link: Link;
  readonly ItemBasis: ItemBasis;
  readonly PlannedItem: PlannedItem;
  readonly SitConv: SitConv;
  readonly SitOpen: SitOpen;
  readonly SitClose: SitClose;
  readonly ItemAdd: ItemAdd;
  readonly ItemOpen: ItemOpen;
  readonly ItemClose: ItemClose;
  readonly SeatInv: SeatInv;
  readonly SeatEnded: SeatEnded;
  readonly PrioSet: PrioSet;
  readonly PrioDel: PrioDel;
  readonly RoleSet: RoleSet;
  readonly RoleDel: RoleDel;
  readonly RoleAns: RoleAns;
  readonly ActNew: ActNew;
  readonly ActAns: ActAns;
  readonly ActRep: ActRep;
  readonly ActHand: ActHand;
  readonly ActCan: ActCan;
  readonly DecRec: DecRec;
  readonly NextSet: NextSet;
  readonly Snap: Snap;
  readonly Header: Header;
  readonly DkHeader: DkHeader;
  readonly SumHeader: SumHeader;
  readonly NoteHeader: NoteHeader;
  readonly EvHeader: EvHeader;
  readonly OpHeader: OpHeader;
  readonly DkText: DkText;
  readonly SumText: SumText;
  readonly NoteText: NoteText;
  readonly EvText: EvText;
  readonly DsseSignature: DsseSignature;
  readonly Dsse: Dsse;
  readonly Failure: Failure;
  readonly Receipted: Receipted;
  readonly Reserve: Reserve;
  readonly LogInfo: LogInfo;
  readonly Reserved: Reserved;
  readonly NameBeside: NameBeside;
  readonly Admit: Admit;
  readonly Pend: Pend;
  readonly Wanted: Wanted;
  readonly Where: Where;
  readonly LinkOffer: LinkOffer;
  readonly Pending: Pending;
  readonly Waits: Waits;
  readonly Challenge: Challenge;
  readonly Challenged: Challenged;
  readonly SignIn: SignIn;
  readonly SignedIn: SignedIn;
  readonly LogPage: LogPage;
  readonly Proof: Proof;
  readonly SealingKeys: SealingKeys;
  readonly NameRow: NameRow;
  readonly Names: Names;
  readonly ReserveCase: ReserveCase;
  readonly Invited: Invited;
  readonly CaseLine: CaseLine;
  readonly Cases: Cases;
  readonly RowIn: RowIn;
  readonly Post: Post;
  readonly Sub: Sub;
  readonly Read: Read;
  readonly Frame: Frame;
  readonly Push: Push;
  readonly Rows: Rows;
  readonly Subbed: Subbed;
  readonly BlobOut: BlobOut;
  readonly Served: Served;
  readonly Notice: Notice;
  readonly Gone: Gone;
  readonly IdHead: IdHead;
  readonly InRoom: InRoom;
  readonly Hand: Hand;
  readonly Headed: Headed;
  readonly Done: Done;
  readonly Token: Token;
  readonly Query: Query;
  readonly OpeningOut: OpeningOut;
  readonly EntryOut: EntryOut;
  readonly Answered: Answered;
}
export const SHAPES: { readonly [K in keyof Structs]: Shape<Structs[K]> } = {
  Base, KeySet, LogKeys, Logs, WitnessKey, Root, Agency, Invite, Worker, Device, Revoke, Pledge, Release, Scope, Basis, Withdraw, Person, Handover, MemberRow, Policy, LogHead, Origin, Roster, Audience, Sect, Grant, Seat, Meet, Ack, LeafHashes, Receipt, Head, Join, Link, ItemBasis, PlannedItem, SitConv, SitOpen, SitClose, ItemAdd, ItemOpen, ItemClose, SeatInv, SeatEnded, PrioSet, PrioDel, RoleSet, RoleDel, RoleAns, ActNew, ActAns, ActRep, ActHand, ActCan, DecRec, NextSet, Snap, Header, DkHeader, SumHeader, NoteHeader, EvHeader, OpHeader, DkText, SumText, NoteText, EvText, DsseSignature, Dsse, Failure, Receipted, Reserve, LogInfo, Reserved, NameBeside, Admit, Pend, Wanted, Where, LinkOffer, Pending, Waits, Challenge, Challenged, SignIn, SignedIn, LogPage, Proof, SealingKeys, NameRow, Names, ReserveCase, Invited, CaseLine, Cases, RowIn, Post, Sub, Read, Frame, Push, Rows, Subbed, BlobOut, Served, Notice, Gone, IdHead, InRoom, Hand, Headed, Done, Token, Query, OpeningOut, EntryOut, Answered,
};

export type Lang = "ja" | "en";
export const SENTENCES: Readonly<Record<Code, Readonly<Record<Lang, string>>>> = {
  OVERSIZE: {
    ja: "データが大きすぎるため受け付けられません。文章を分けるか短くしてください。",
    en: "This is too large to be accepted. Please shorten it or split it.",
  },
  BAD_MAGIC: {
    ja: "円卓のデータではないため読み込めません。ファイルや送り元を確かめてください。",
    en: "This is not Entaku data and cannot be read. Please check the file or where it came from.",
  },
  BAD_LENGTH: {
    ja: "データの長さが正しくありません。途中で切れていないか確かめ、もう一度お試しください。",
    en: "The length of the data is wrong. Please check that nothing is cut off and try again.",
  },
  BAD_J1: {
    ja: "データの書式が正しくないため受け付けられません。画面を読み込み直してからもう一度お試しください。",
    en: "The data is not well formed and was refused. Please reload and try again.",
  },
  BAD_B64: {
    ja: "文字列に誤りがあり読み取れません。コードを入力した場合は、もう一度確かめてください。",
    en: "The text contains an error and cannot be read. If you typed a code, please check it again.",
  },
  UNKNOWN_TYPE: {
    ja: "このデータを扱うには新しい版が必要です。ソフトウェアを更新してください。",
    en: "This needs a newer version. Please update the software.",
  },
  WRONG_NET: {
    ja: "別の協議会のデータです。接続先の協議会を確かめてください。",
    en: "This belongs to another council. Please check which council you are connected to.",
  },
  UNTRUSTED: {
    ja: "登録を確認できない人または端末によるものです。所属機関の登録担当者に確かめてください。",
    en: "This comes from a person or device whose registration cannot be confirmed. Please ask the registrar of the agency.",
  },
  NOT_LOGGED: {
    ja: "登録がまだ記録簿に載っていません。しばらく待ってからもう一度お試しください。",
    en: "The registration is not in the log yet. Please wait a little and try again.",
  },
  WEAK_KEY: {
    ja: "安全でない鍵が使われているため受け付けられません。端末の登録をやり直してください。",
    en: "An unsafe key was used, so this was refused. Please enrol the device again.",
  },
  BAD_SIG: {
    ja: "署名が正しくありません。内容が書き換えられたおそれがあるため、事務局に知らせてください。",
    en: "The signature is not valid. The content may have been altered; please tell the secretariat.",
  },
  EXPIRED: {
    ja: "登録の有効期限が切れています。所属機関の登録担当者に更新を依頼してください。",
    en: "The registration has expired. Please ask your agency's registrar to renew it.",
  },
  REVOKED: {
    ja: "この登録は取り消されています。心当たりがなければ所属機関の登録担当者に連絡してください。",
    en: "This registration was revoked. If you did not expect this, please contact your agency's registrar.",
  },
  UNTYPED_KEY: {
    ja: "この鍵ではこの手続きに署名できません。権限のある担当者が行ってください。",
    en: "This key may not sign this kind of act. Please have someone with the authority do it.",
  },
  WRONG_PLACE: {
    ja: "別の部会や文書のためのデータです。開いている画面を確かめてください。",
    en: "This was made for another room or document. Please check which one you have open.",
  },
  UNKNOWN_ID: {
    ja: "指定されたものが見つかりません。画面を読み込み直してください。",
    en: "What was named cannot be found. Please reload.",
  },
  REPLAY: {
    ja: "同じ要求がすでに使われています。もう一度操作してください。",
    en: "The same request was already used. Please repeat the action.",
  },
  WRONG_EPOCH: {
    ja: "名簿が新しくなっています。最新の状態を読み込んでからもう一度お試しください。",
    en: "The roster has changed. Please load the latest state and try again.",
  },
  FORK_OR_GAP: {
    ja: "名簿の順番がつながりません。最新の状態を読み込み、それでも続くときは事務局に知らせてください。",
    en: "The roster does not follow the previous one. Please load the latest state; if this remains, tell the secretariat.",
  },
  LH_BEHIND: {
    ja: "手元の記録簿が古くなっています。最新の状態を読み込んでからもう一度お試しください。",
    en: "Your copy of the log is behind. Please load the latest state and try again.",
  },
  CHAIN_GAP: {
    ja: "この端末の前の書き込みが届いていません。通信が戻るまでそのままお待ちください。",
    en: "An earlier entry from this device has not arrived. Please wait until the connection is back.",
  },
  CHAIN_FORK: {
    ja: "同じ端末から食い違う書き込みが見つかりました。使うのをやめ、事務局に知らせてください。",
    en: "Conflicting entries from one device were found. Please stop using it and tell the secretariat.",
  },
  EQUIVOCATION: {
    ja: "サーバーが人によって違う記録を見せています。書き込みを止めました。事務局と監査担当に知らせてください。",
    en: "The server shows different records to different people. Writing was stopped; please tell the secretariat and the auditor.",
  },
  ROLLBACK: {
    ja: "この端末の状態が古いものに戻っています。端末の登録をやり直してください。",
    en: "This device was set back to an older state. Please enrol it again.",
  },
  MISSING_STATEMENT: {
    ja: "記録簿に載っている書類の一部が届いていません。書き込みを止めました。続くときは事務局に知らせてください。",
    en: "Some papers named in the log were not delivered. Writing was stopped; if this remains, tell the secretariat.",
  },
  CLOCK: {
    ja: "端末の時計が合っていません。日付と時刻を直してからもう一度お試しください。",
    en: "The clock of this device is wrong. Please correct date and time and try again.",
  },
  NO_FRESH_LOG: {
    ja: "最新の記録簿を確かめられないため書き込めません。通信を確かめてください。読むことはできます。",
    en: "The newest log cannot be confirmed, so writing is not possible. Please check the connection; reading still works.",
  },
  RULE_DENIED: {
    ja: "名簿の変更が規則に合いません。変更できる人と内容を確かめてください。",
    en: "The change of the roster is against the rules. Please check who may change what.",
  },
  NOT_SEATED: {
    ja: "この方はまだ出席を承諾していません。承諾を待ってからもう一度お試しください。",
    en: "This person has not accepted the seat yet. Please wait for the answer and try again.",
  },
  OUT_OF_SCOPE: {
    ja: "この機関に参加してもらう根拠がありません。同意または法的根拠を先に登録してください。",
    en: "There is no basis for this agency to take part. Please register consent or a legal basis first.",
  },
  NO_BASIS: {
    ja: "共有できる根拠がありません。同意または法的根拠を登録してください。",
    en: "There is no basis for sharing. Please register consent or a legal basis.",
  },
  BAD_BUNDLE_HASH: {
    ja: "届いた鍵が名簿の記載と一致しません。この名簿では書き込めません。ほかの構成員に鍵の更新を依頼してください。",
    en: "The keys delivered do not match the roster, so you cannot write. Please ask another member to renew the keys.",
  },
  BAD_RECIPIENTS: {
    ja: "鍵の配り先が名簿と一致しません。この名簿では書き込めません。ほかの構成員に鍵の更新を依頼してください。",
    en: "The keys were not made for exactly the people on the roster. Please ask another member to renew the keys.",
  },
  BAD_BUNDLE: {
    ja: "自分あての鍵を開けません。ほかの構成員に鍵の更新を依頼してください。",
    en: "The key made for you cannot be opened. Please ask another member to renew the keys.",
  },
  STALE: {
    ja: "名簿に資格を失った人や端末が残っています。名簿が更新されるまで書き込めません。",
    en: "The roster still holds someone who may no longer be there. Writing is possible once it is renewed.",
  },
  OLD_CLIENT: {
    ja: "ソフトウェアが古いため書き込めません。更新してからもう一度お試しください。",
    en: "This version is too old to write. Please update and try again.",
  },
  NEEDS_NEW_GENERATION: {
    ja: "読める人が変わったため、この文書には新しい鍵が必要です。鍵を更新してから書き込んでください。",
    en: "The readers have changed, so this document needs a new key. Please renew the key before writing.",
  },
  AUDIENCE_TOO_WIDE: {
    ja: "読める人の範囲が根拠より広くなっています。範囲を狭めてください。",
    en: "More people could read this than the basis allows. Please narrow the audience.",
  },
  UNSEEN_CHANGE: {
    ja: "まだ確認していない変更があります。内容を確認してから書き込んでください。",
    en: "There are changes you have not confirmed. Please look at them before writing.",
  },
  BAD_DOC_KEY: {
    ja: "文書の鍵が公表されたものと一致しません。鍵を渡した人に知らせてください。",
    en: "The document's key is not the one announced. Please tell the person who gave it to you.",
  },
  BAD_COMMITMENT: {
    ja: "この鍵では開けない内容です。書き込んだ人に知らせてください。",
    en: "This content does not belong to this key. Please tell its author.",
  },
  BAD_TAG: {
    ja: "内容を開けません。壊れているか、書き換えられたおそれがあります。もう一度読み込んでください。",
    en: "This cannot be opened; it may be damaged or altered. Please load it again.",
  },
  BAD_PADDING: {
    ja: "内容の書式が正しくありません。書き込んだ人に知らせてください。",
    en: "The content is not well formed inside. Please tell its author.",
  },
  FORBIDDEN: {
    ja: "この操作を行う権限がありません。必要なときは会長または事務局に相談してください。",
    en: "You are not entitled to do this. If you need to, please speak to the chair or the secretariat.",
  },
  NOT_MEMBER: {
    ja: "この部会の構成員ではありません。参加が必要なときは会長に相談してください。",
    en: "You are not a member of this room. If you need to take part, please speak to the chair.",
  },
  MEMBER_ENDED: {
    ja: "この部会への参加は終わっています。続ける必要があるときは会長に相談してください。",
    en: "Your part in this room has ended. If it should go on, please speak to the chair.",
  },
  PLEDGE_MISSING: {
    ja: "守秘の誓約がまだ済んでいません。誓約書を確認して署名してください。",
    en: "The pledge of confidentiality is missing. Please read and sign it.",
  },
  PLEDGE_EXPIRED: {
    ja: "守秘の誓約の期限が切れています。もう一度署名してください。",
    en: "The pledge of confidentiality has expired. Please sign it again.",
  },
  KIND_EXCLUDED: {
    ja: "この種類の会議では認められていません。会議の種類と根拠を確かめてください。",
    en: "This is not allowed in this kind of meeting. Please check the kind of meeting and its basis.",
  },
  ANON_ONLY: {
    ja: "この会議では個人が分からない形でのみ共有できます。名前などを除いてください。",
    en: "Only information that identifies nobody may be shared here. Please remove names and the like.",
  },
  BASIS_NOT_YET: {
    ja: "同意または法的根拠の開始日がまだ来ていません。開始日を確かめてください。",
    en: "The basis is not in force yet. Please check its first day.",
  },
  BASIS_EXPIRED: {
    ja: "同意または法的根拠の期限が切れています。更新してからもう一度お試しください。",
    en: "The basis has expired. Please renew it and try again.",
  },
  REVIEW_OVERDUE: {
    ja: "根拠の見直しの期日を過ぎています。見直しを済ませてください。",
    en: "The review of the basis is overdue. Please carry it out.",
  },
  BASIS_WITHDRAWN: {
    ja: "同意が撤回されているため共有できません。",
    en: "Consent was withdrawn, so this cannot be shared.",
  },
  RECIPIENT_NOT_COVERED: {
    ja: "同意の対象機関に含まれていません。必要なときは本人に同意を確かめてください。",
    en: "This agency is not among those named in the consent. If it is needed, please ask the person concerned.",
  },
  CATEGORY_NOT_COVERED: {
    ja: "この種類の情報は同意または法的根拠の範囲に含まれていません。",
    en: "The basis does not cover this category of information.",
  },
  MEETING_NOT_COVERED: {
    ja: "この会議は同意または法的根拠の範囲に含まれていません。",
    en: "The basis does not cover this meeting.",
  },
  ITEM_NOT_OPEN: {
    ja: "この議題は今は開かれていません。議題が始まってからご覧ください。",
    en: "This agenda item is not open now. Please wait until it is.",
  },
  INVARIANT: {
    ja: "決めておくべき事項がそろっていないため進められません。主担当機関、担当、期日を確かめてください。",
    en: "Something that must be settled first is missing. Please check the lead agency, owners and dates.",
  },
  CONFLICT: {
    ja: "ほかの方が先に更新しました。最新の内容を確かめてからもう一度お試しください。",
    en: "Someone else changed this first. Please look at the latest version and try again.",
  },
  RATE_LIMITED: {
    ja: "操作が短い間に続きすぎました。少し待ってからもう一度お試しください。",
    en: "Too many requests in a short time. Please wait a little and try again.",
  },
  AUDITOR_NO_CONTENT: {
    ja: "監査担当は内容を読めません。記録の一覧で確かめてください。",
    en: "Auditors cannot read content. Please use the list of entries.",
  },
  KDF_FLOOR: {
    ja: "鍵の保管庫の守りが弱められているため開きません。保管庫の写しを確かめるか、端末の登録をやり直してください。",
    en: "The protection of the key vault was weakened, so it stays closed. Please check the copy of the vault or enrol the device again.",
  },
  BAD_PROOF: {
    ja: "記録簿の証明が正しくありません。事務局と監査担当に知らせてください。",
    en: "A proof of the log is not valid. Please tell the secretariat and the auditor.",
  },
  BAD_TOKEN: {
    ja: "サインインの有効期限が切れたか、正しくありません。もう一度サインインしてください。",
    en: "Your sign-in has expired or is not valid. Please sign in again.",
  },
  UNAVAILABLE: {
    ja: "サービスが一時的に使えません。少し待ってからもう一度お試しください。",
    en: "The service is not available for the moment. Please wait a little and try again.",
  },
};
