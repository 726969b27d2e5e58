// Written by tools/make_types.py; nobody edits it by hand.

import type { Blob, Hash, Id } from "../protocol/ids";
import { BLOB, HASH, ID } from "../protocol/kinds";
import type { Shape } from "../protocol/kinds";
import { Dsse } from "../protocol/generated";

/** What an entry is about; `NUMBERS` follows this order, so new kinds go to the end. */
export const Kind = {
  LOGIN: "auth.login",
  LOGIN_FAILED: "auth.fail",
  LOGOUT: "auth.logout",
  JOIN: "sub.join",
  LEAVE: "sub.leave",
  EVICT: "evict",
  POST: "change.post",
  PEND: "change.pend",
  PUSH: "push",
  READ: "read",
  DENIED: "denied",
  DENIED_COUNT: "denied.count",
  BUNDLE: "key.bundle",
  GRANT: "key.grant",
  LAPSE: "basis.lapse",
  QUERY: "audit.query",
  EXPORT: "audit.export",
  STATISTICS: "stats.export",
  ERASE: "audit.erase",
  PRUNE: "audit.prune",
  KEY_ROTATION: "audit.key-rotation",
  CONFIG: "admin.config",
} as const;
export type Kind = (typeof Kind)[keyof typeof Kind];
export const KindValues: readonly Kind[] = Object.values(Kind);

/** A leaf as it stands in the log; the fields are sorted as its keys are. */
export interface Leaf {
  readonly a: Hash | null;
  readonly b: Hash | null;
  readonly c: Hash | null;
  readonly d: string;
  readonly e: Id;
  readonly k: Kind;
  readonly n: number | null;
  readonly o: readonly Hash[];
  readonly p: Hash | null;
  readonly r: Hash | null;
  readonly s: Hash | null;
  readonly t: number;
  readonly v: number;
  readonly x: readonly Hash[];
}
export const Leaf: Shape<Leaf> = {
  name: "Leaf",
  fields: [
    ["a", { k: "null", of: HASH }],
    ["b", { k: "null", of: HASH }],
    ["c", { k: "null", of: HASH }],
    ["d", { k: "text" }],
    ["e", ID],
    ["k", { k: "one", of: KindValues }],
    ["n", { k: "null", of: { k: "int" } }],
    ["o", { k: "list", of: HASH }],
    ["p", { k: "null", of: HASH }],
    ["r", { k: "null", of: HASH }],
    ["s", { k: "null", of: HASH }],
    ["t", { k: "int" }],
    ["v", { k: "int" }],
    ["x", { k: "list", of: HASH }],
  ],
};

/** A line of `openings.jsonl`: index of the leaf, field, HMAC and value. */
export interface OpeningLine {
  readonly i: number;
  readonly f: string;
  readonly h: Blob;
  readonly v: Blob;
}
export const OpeningLine: Shape<OpeningLine> = {
  name: "OpeningLine",
  fields: [
    ["i", { k: "int", min: 0, max: 9007199254740991 }],
    ["f", { k: "text", max: 512 }],
    ["h", BLOB],
    ["v", BLOB],
  ],
};

/** A line of `statements.jsonl`: index of the leaf, and the statement's envelope. */
export interface StatementLine {
  readonly i: number;
  readonly dsse: Dsse;
}
export const StatementLine: Shape<StatementLine> = {
  name: "StatementLine",
  fields: [
    ["i", { k: "int", min: 0, max: 9007199254740991 }],
    ["dsse", { k: "struct", of: () => Dsse }],
  ],
};
