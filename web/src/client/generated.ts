// Written by tools/make_types.py; nobody edits it by hand.

import type { Aid, Blob, CaseId, Did, Digest, DocId, Eid, Hash, Id, InvId, Key, NetId, RowHash, Sid, Wid } from "../protocol/ids";
import type { Json } from "../protocol/j1";
import { BLOB, HASH, ID, RAW } from "../protocol/kinds";
import type { Shape } from "../protocol/kinds";
import { Cap, CapValues } from "../protocol/generated";

/** Words of `snap`. */
export interface Snapshot {
  readonly rows: Readonly<Record<string, Readonly<Record<string, Json>>>>;
}
export const Snapshot: Shape<Snapshot> = {
  name: "Snapshot",
  fields: [
    ["rows", { k: "map", of: { k: "map", of: RAW } }],
  ],
};

/** Header of V under the passphrase: memory in bytes, passes, salt of 16 bytes. */
export interface LockHeader {
  readonly v: 1;
  readonly k: "vault";
  readonly m: number;
  readonly t: number;
  readonly salt: Id;
}
export const LockHeader: Shape<LockHeader> = {
  name: "LockHeader",
  fields: [
    ["v", { k: "one", of: [1] }],
    ["k", { k: "one", of: ["vault"] }],
    ["m", { k: "int", min: 8192, max: 1073741824 }],
    ["t", { k: "int", min: 1, max: 16 }],
    ["salt", ID],
  ],
};

/** Header of the device's signing key. */
export interface DeviceHeader {
  readonly v: 1;
  readonly k: "dk";
  readonly did: Did;
}
export const DeviceHeader: Shape<DeviceHeader> = {
  name: "DeviceHeader",
  fields: [
    ["v", { k: "one", of: [1] }],
    ["k", { k: "one", of: ["dk"] }],
    ["did", ID],
  ],
};

/** Header of the person's identity key, under a passphrase step of its own. */
export interface PersonHeader {
  readonly v: 1;
  readonly k: "ik";
  readonly did: Did;
  readonly m: number;
  readonly t: number;
  readonly salt: Id;
}
export const PersonHeader: Shape<PersonHeader> = {
  name: "PersonHeader",
  fields: [
    ["v", { k: "one", of: [1] }],
    ["k", { k: "one", of: ["ik"] }],
    ["did", ID],
    ["m", { k: "int", min: 8192, max: 1073741824 }],
    ["t", { k: "int", min: 1, max: 16 }],
    ["salt", ID],
  ],
};

/** Header of one piece of the contents; `rev` counts saves, so that a copy shows its age. */
export interface BodyHeader {
  readonly v: 1;
  readonly k: "body";
  readonly rev: number;
  readonly i: number;
  readonly of: number;
}
export const BodyHeader: Shape<BodyHeader> = {
  name: "BodyHeader",
  fields: [
    ["v", { k: "one", of: [1] }],
    ["k", { k: "one", of: ["body"] }],
    ["rev", { k: "int", min: 0, max: 9007199254740991 }],
    ["i", { k: "int", min: 0, max: 4294967295 }],
    ["of", { k: "int", min: 0, max: 4294967295 }],
  ],
};

/** Where the council lives, and the fingerprint of its first root. */
export interface CouncilPin {
  readonly url: string;
  readonly slug: string;
  readonly net: NetId;
}
export const CouncilPin: Shape<CouncilPin> = {
  name: "CouncilPin",
  fields: [
    ["url", { k: "text", max: 512 }],
    ["slug", { k: "text", max: 512 }],
    ["net", HASH],
  ],
};

/** Newest verified size and root of a log, and the server's time of that moment in ms. */
export interface LogPin {
  readonly n: number;
  readonly r: Digest;
  readonly at: number;
}
export const LogPin: Shape<LogPin> = {
  name: "LogPin",
  fields: [
    ["n", { k: "int", min: 0, max: 9007199254740991 }],
    ["r", HASH],
    ["at", { k: "int", min: 0, max: 9007199254740991 }],
  ],
};

/** Who owns this vault, with the leaves that must stand in the log exactly as she made them. */
export interface Identity {
  readonly wid: Wid;
  readonly aid: Aid;
  readonly ik: Key;
  readonly did: Did;
  readonly dk: Key;
  readonly worker: Sid;
  readonly device: Sid;
  readonly name: string;
}
export const Identity: Shape<Identity> = {
  name: "Identity",
  fields: [
    ["wid", ID],
    ["aid", ID],
    ["ik", HASH],
    ["did", ID],
    ["dk", HASH],
    ["worker", HASH],
    ["device", HASH],
    ["name", { k: "text" }],
  ],
};

/** An enrolment under way: what this device asked for and waits to see confirmed. */
export interface Joining {
  readonly inv: InvId;
  readonly wid: Wid;
  readonly aid: Aid;
  readonly ik: Key;
  readonly dk: Key;
  readonly did: Did;
  readonly caps: readonly Cap[];
  readonly gen: number;
  readonly prev: Sid | null;
}
export const Joining: Shape<Joining> = {
  name: "Joining",
  fields: [
    ["inv", ID],
    ["wid", ID],
    ["aid", ID],
    ["ik", HASH],
    ["dk", HASH],
    ["did", ID],
    ["caps", { k: "list", of: { k: "one", of: CapValues } }],
    ["gen", { k: "int", min: 0, max: 4294967295 }],
    ["prev", { k: "null", of: HASH }],
  ],
};

/** Seed of the sealing key with counter `eg`. */
export interface SealingSeed {
  readonly eg: number;
  readonly seed: Hash;
}
export const SealingSeed: Shape<SealingSeed> = {
  name: "SealingSeed",
  fields: [
    ["eg", { k: "int", min: 0, max: 4294967295 }],
    ["seed", HASH],
  ],
};

/** E of roster n. */
export interface EpochKey {
  readonly n: number;
  readonly E: Hash;
}
export const EpochKey: Shape<EpochKey> = {
  name: "EpochKey",
  fields: [
    ["n", { k: "int", min: 0, max: 4294967295 }],
    ["E", HASH],
  ],
};

/** D of a document's generation. */
export interface DocKey {
  readonly doc: DocId;
  readonly g: number;
  readonly D: Hash;
}
export const DocKey: Shape<DocKey> = {
  name: "DocKey",
  fields: [
    ["doc", ID],
    ["g", { k: "int", min: 1, max: 4294967295 }],
    ["D", HASH],
  ],
};

/** The newest envelope of this device in a room. */
export interface ChainHead {
  readonly n: number;
  readonly eid: Eid;
}
export const ChainHead: Shape<ChainHead> = {
  name: "ChainHead",
  fields: [
    ["n", { k: "int", min: 1, max: 4294967295 }],
    ["eid", HASH],
  ],
};

/** Keys and pins of one room; `known` are the devices the owner has seen by name. */
export interface RoomKeys {
  readonly case: CaseId;
  readonly n: number;
  readonly sid: Sid | null;
  readonly seq: number;
  readonly fh: RowHash | null;
  readonly chain: ChainHead | null;
  readonly epochs: readonly EpochKey[];
  readonly docs: readonly DocKey[];
  readonly known: readonly Sid[];
  readonly void: readonly Sid[];
}
export const RoomKeys: Shape<RoomKeys> = {
  name: "RoomKeys",
  fields: [
    ["case", ID],
    ["n", { k: "int" }, { or: -1 }],
    ["sid", { k: "null", of: HASH }, { or: null }],
    ["seq", { k: "int", min: 0, max: 9007199254740991 }, { or: 0 }],
    ["fh", { k: "null", of: HASH }, { or: null }],
    ["chain", { k: "null", of: { k: "struct", of: () => ChainHead } }, { or: null }],
    ["epochs", { k: "list", of: { k: "struct", of: () => EpochKey } }, { or: [] }],
    ["docs", { k: "list", of: { k: "struct", of: () => DocKey } }, { or: [] }],
    ["known", { k: "list", of: HASH }, { or: [] }],
    ["void", { k: "list", of: HASH }, { or: [] }],
  ],
};

/** A case id that this device derived and reserved, before the room exists. */
export interface Reservation {
  readonly case: CaseId;
  readonly nonce: Digest;
  readonly code: string;
}
export const Reservation: Shape<Reservation> = {
  name: "Reservation",
  fields: [
    ["case", ID],
    ["nonce", HASH],
    ["code", { k: "text", max: 512 }],
  ],
};

/** A sealed batch that has no receipt yet; the same bytes are sent until it has one. */
export interface Unsent {
  readonly case: CaseId;
  readonly post: Blob;
}
export const Unsent: Shape<Unsent> = {
  name: "Unsent",
  fields: [
    ["case", ID],
    ["post", BLOB],
  ],
};

/** A receipt whose leaves were not yet found in the logs; `at` is the server's time in ms. */
export interface Unredeemed {
  readonly at: number;
  readonly rcpt: Blob;
}
export const Unredeemed: Shape<Unredeemed> = {
  name: "Unredeemed",
  fields: [
    ["at", { k: "int", min: 0, max: 9007199254740991 }],
    ["rcpt", BLOB],
  ],
};

/** Two signed things that cannot both be true. */
export interface Evidence {
  readonly code: string;
  readonly first: Blob;
  readonly second: Blob;
}
export const Evidence: Shape<Evidence> = {
  name: "Evidence",
  fields: [
    ["code", { k: "text", max: 512 }],
    ["first", BLOB],
    ["second", BLOB],
  ],
};

/** A further signing key kept here: a root's, a registrar's. */
export interface NamedSeed {
  readonly name: string;
  readonly seed: Hash;
}
export const NamedSeed: Shape<NamedSeed> = {
  name: "NamedSeed",
  fields: [
    ["name", { k: "text", max: 512 }],
    ["seed", HASH],
  ],
};

/** The secret of an invitation this registrar made, until it is used. */
export interface SecretOf {
  readonly inv: InvId;
  readonly s: Blob;
}
export const SecretOf: Shape<SecretOf> = {
  name: "SecretOf",
  fields: [
    ["inv", ID],
    ["s", BLOB],
  ],
};

/** Everything under the vault key. */
export interface Contents {
  readonly v: 1;
  readonly council: CouncilPin | null;
  readonly identity: Identity | null;
  readonly joining: Joining | null;
  readonly id: LogPin | null;
  readonly ops: LogPin | null;
  readonly ek: readonly SealingSeed[];
  readonly rooms: readonly RoomKeys[];
  readonly reserved: readonly Reservation[];
  readonly unsent: readonly Unsent[];
  readonly receipts: readonly Unredeemed[];
  readonly evidence: readonly Evidence[];
  readonly keys: readonly NamedSeed[];
  readonly invites: readonly SecretOf[];
}
export const Contents: Shape<Contents> = {
  name: "Contents",
  fields: [
    ["v", { k: "one", of: [1] }],
    ["council", { k: "null", of: { k: "struct", of: () => CouncilPin } }, { or: null }],
    ["identity", { k: "null", of: { k: "struct", of: () => Identity } }, { or: null }],
    ["joining", { k: "null", of: { k: "struct", of: () => Joining } }, { or: null }],
    ["id", { k: "null", of: { k: "struct", of: () => LogPin } }, { or: null }],
    ["ops", { k: "null", of: { k: "struct", of: () => LogPin } }, { or: null }],
    ["ek", { k: "list", of: { k: "struct", of: () => SealingSeed } }, { or: [] }],
    ["rooms", { k: "list", of: { k: "struct", of: () => RoomKeys } }, { or: [] }],
    ["reserved", { k: "list", of: { k: "struct", of: () => Reservation } }, { or: [] }],
    ["unsent", { k: "list", of: { k: "struct", of: () => Unsent } }, { or: [] }],
    ["receipts", { k: "list", of: { k: "struct", of: () => Unredeemed } }, { or: [] }],
    ["evidence", { k: "list", of: { k: "struct", of: () => Evidence } }, { or: [] }],
    ["keys", { k: "list", of: { k: "struct", of: () => NamedSeed } }, { or: [] }],
    ["invites", { k: "list", of: { k: "struct", of: () => SecretOf } }, { or: [] }],
  ],
};
