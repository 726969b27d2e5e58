/** The language of schemas: what a field may hold, as data that `codec.ts` interprets. */

type Plain<K> = K extends string ? { readonly k: K } : never;
type Over<K> = K extends string ? { readonly k: K; readonly of: Kind } : never;
type Among<K> = K extends string ? { readonly k: K; readonly of: readonly Kind[] } : never;

/** What one value may be; `min` and `max` bound a number, `max` a text in code points. */
export type Kind =
  | Plain<"id" | "hash" | "blob" | "b64" | "instant" | "bool" | "raw" | "facts">
  | { readonly k: "text"; readonly max?: number; readonly pattern?: RegExp }
  | { readonly k: "int"; readonly min?: number; readonly max?: number }
  | { readonly k: "one"; readonly of: readonly (string | number)[] }
  | Over<"list" | "map" | "null">
  | Among<"tuple" | "any">
  | { readonly k: "struct"; readonly of: () => Shape<unknown> };

/** The kinds of one name. */
export type KindOf<K extends Kind["k"]> = Extract<Kind, { readonly k: K }>;

/** What stands for a key that is left out: nothing at all, or a value. */
export interface Absent {
  readonly or?: unknown;
}

/** Name on the wire, kind, and what holds when the key is left out; without that it must be there. */
export type Field = readonly [name: string, kind: Kind, absent?: Absent];

/** The schema of one struct; `T` is what reading it gives. */
export interface Shape<T> {
  readonly name: string;
  readonly fields: readonly Field[];
  /** Never there: it ties the schema to its type. */
  readonly _type?: T;
}

export const ID: Kind = { k: "id" };
export const HASH: Kind = { k: "hash" };
export const BLOB: Kind = { k: "blob" };
export const INSTANT: Kind = { k: "instant" };
export const BOOL: Kind = { k: "bool" };
export const RAW: Kind = { k: "raw" };
export const FACTS: Kind = { k: "facts" };
export const OPTIONAL: Absent = {};
