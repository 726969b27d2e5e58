/**
 * JSON and base64 of the protocol: J1 is scanned first, the schema is read after it.
 *
 * Schemas are the data of `generated.ts`; keys are taken in the order in which they stand, so that
 * two readers stop at the same place with the same code.
 */

import { fromB64, fromB64u, utf8 } from "../crypto/bytes";
import { Refused } from "../crypto/errors";
import { OPS } from "./generated";
import { readJ1, PAYLOAD_LIMIT, type Json, type JsonObject } from "./j1";
import type { Kind, KindOf, Shape } from "./kinds";
import { RULES } from "./payload_rules";
import { instantText, parseInstant } from "./times";

export { b64, b64u, fromB64, fromB64u } from "../crypto/bytes";
export { HEADER_LIMIT, PAYLOAD_LIMIT, STATE_HEADER_LIMIT } from "./j1";
export { asSet, requireSet } from "./checks";

const HASH_TEXT = /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/;
const ID_TEXT = /^[0-9a-f]{32}$/;
const HASH_SIZE = 32;

/** Longest input in bytes. */
export interface Limit {
  readonly limit: number;
}

/** Check the profile J1 of one object; `OVERSIZE` above `limit` bytes, else `BAD_J1`. */
export function scan(data: Uint8Array, { limit }: Limit): void {
  readJ1(data, limit);
}

/**
 * Read J1, then one value of a schema; what does not fit it is `BAD_J1` (or `BAD_B64`).
 *
 * A key that the schema fixes to one value must be there all the same.
 */
export function decode<T>(
  data: Uint8Array,
  shape: Shape<T>,
  { limit }: Limit = { limit: PAYLOAD_LIMIT },
): T {
  return typed(readJ1(data, limit), shape);
}

/** Read one value of a schema from JSON that `readJ1` has already passed. */
export function typed<T>(value: Json, shape: Shape<T>): T {
  // The one place where data becomes a type: the schema has just been checked field by field.
  return struct(value, shape) as T;
}

/** Refuse (`BAD_J1`) an object that leaves out a key its schema does not mark with `?`. */
export function requireKeys(value: JsonObject, shape: Shape<unknown>): void {
  for (const [name, , absent] of shape.fields) {
    if (absent === undefined && !value.has(name)) throw bad();
  }
}

/** Write compact UTF-8 JSON in the order of the schema's fields; what is undefined is left out. */
export function encode<T>(value: T, shape: Shape<T>): Uint8Array {
  return utf8(written(value, { k: "struct", of: () => shape }));
}

function bad(): Refused {
  return new Refused("BAD_J1");
}

// --- reading --------------------------------------------------------------------------------------

interface Known {
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly rule: ((value: never) => void) | undefined;
}

const KNOWN = new WeakMap<Shape<unknown>, Known>();
const RULE_OF: ReadonlyMap<string, (value: never) => void> = new Map(Object.entries(RULES));

function known(shape: Shape<unknown>): Known {
  const found = KNOWN.get(shape);
  if (found !== undefined) return found;
  const kinds = new Map(shape.fields.map(([name, kind]) => [name, kind]));
  const made = { kinds, rule: RULE_OF.get(shape.name) };
  KNOWN.set(shape, made);
  return made;
}

function struct(value: Json, shape: Shape<unknown>): unknown {
  if (!(value instanceof Map)) throw bad();
  const { kinds, rule } = known(shape);
  const made: Record<string, unknown> = {};
  for (const [name, item] of value as JsonObject) {
    const kind = kinds.get(name);
    if (kind === undefined) throw bad();
    made[name] = read(item, kind);
  }
  for (const [name, , absent] of shape.fields) {
    if (name in made) continue;
    if (absent === undefined) throw bad();
    if ("or" in absent) made[name] = absent.or;
  }
  rule?.(made as never);
  return made;
}

type Reader<K extends Kind["k"]> = (value: Json, kind: KindOf<K>) => unknown;

const READERS: { readonly [K in Kind["k"]]: Reader<K> } = {
  null: (value, kind) => (value === null ? null : read(value, kind.of)),
  struct: (value, kind) => struct(value, kind.of()),
  list: (value, kind) => array(value).map((item) => read(item, kind.of)),
  tuple: (value, kind) => tuple(array(value), kind.of),
  map: (value, kind) => map(value, kind.of),
  any: (value, kind) => any(value, kind.of),
  raw: (value) => value,
  facts: (value) => value,
  int: number,
  bool: boolean,
  one: oneOf,
  text: (value, kind) => text(string(value), kind),
  id: (value) => id(string(value)),
  hash: (value) => hash(string(value)),
  blob: (value) => blob(string(value)),
  b64: (value) => base64(string(value)),
  instant: (value) => parseInstant(string(value)),
};

function read(value: Json, kind: Kind): unknown {
  return (READERS[kind.k] as Reader<Kind["k"]>)(value, kind);
}

function string(value: Json): string {
  if (typeof value !== "string") throw bad();
  return value;
}

function number(value: Json, { min, max }: KindOf<"int">): number {
  if (typeof value !== "number") throw bad();
  if ((min !== undefined && value < min) || (max !== undefined && value > max)) throw bad();
  return value;
}

function boolean(value: Json): boolean {
  if (typeof value !== "boolean") throw bad();
  return value;
}

function oneOf(value: Json, { of }: KindOf<"one">): Json {
  if (!(of as readonly Json[]).includes(value)) throw bad();
  return value;
}

function text(value: string, { max, pattern }: KindOf<"text">): string {
  if (max !== undefined && value.length > max && Array.from(value).length > max) throw bad();
  if (pattern !== undefined && !pattern.test(value)) throw bad();
  return value;
}

function id(value: string): string {
  if (!ID_TEXT.test(value)) throw bad();
  return value;
}

function hash(value: string): string {
  if (HASH_TEXT.test(value)) return value;
  if (fromB64u(value).length !== HASH_SIZE) throw bad();
  return value;
}

function blob(value: string): string {
  fromB64u(value);
  return value;
}

function base64(value: string): string {
  fromB64(value);
  return value;
}

function array(value: Json): readonly Json[] {
  if (!Array.isArray(value)) throw bad();
  return value as readonly Json[];
}

function tuple(items: readonly Json[], kinds: readonly Kind[]): unknown[] {
  if (items.length !== kinds.length) throw bad();
  return kinds.map((kind, at) => read(items[at] ?? null, kind));
}

function map(value: Json, kind: Kind): Readonly<Record<string, unknown>> {
  if (!(value instanceof Map)) throw bad();
  const found = [...(value as JsonObject)].map(([key, item]) => [key, read(item, kind)] as const);
  return Object.fromEntries(found);
}

/** A value of one of several kinds that JSON itself tells apart. */
function any(value: Json, kinds: readonly Kind[]): unknown {
  const names: Readonly<Record<string, string>> = {
    string: "text",
    number: "int",
    boolean: "bool",
  };
  const fits = kinds.find((kind) => kind.k === names[typeof value]);
  if (fits === undefined) throw bad();
  return read(value, fits);
}

// --- writing --------------------------------------------------------------------------------------

type Writer<K extends Kind["k"]> = (value: never, kind: KindOf<K>) => string;

const WRITERS: { readonly [K in Kind["k"]]?: Writer<K> } = {
  null: (value: unknown, kind) => (value === null ? "null" : written(value, kind.of)),
  struct: (value: Fields, kind) => object(value, kind.of()),
  list: (value: readonly unknown[], kind) =>
    `[${value.map((item) => written(item, kind.of)).join(",")}]`,
  tuple: (value: readonly unknown[], kind) =>
    `[${kind.of.map((of, at) => written(value[at], of)).join(",")}]`,
  map: (value: Fields, kind) => pairs(Object.entries(value), (item) => written(item, kind.of)),
  instant: (value: number) => JSON.stringify(instantText(value)),
  raw: plain,
};

type Fields = Readonly<Record<string, unknown>>;

function written(value: unknown, kind: Kind): string {
  const write = WRITERS[kind.k] as Writer<Kind["k"]> | undefined;
  return write === undefined ? JSON.stringify(value) : write(value as never, kind);
}

function object(value: Fields, shape: Shape<unknown>): string {
  const found = shape.fields
    .filter(([name]) => value[name] !== undefined)
    .map(([name, kind]) => {
      const item = value[name];
      const facts = kind.k === "facts" ? factsOf(value["op"]) : kind;
      return `${JSON.stringify(name)}:${written(item, facts)}`;
    });
  return `{${found.join(",")}}`;
}

function factsOf(op: unknown): Kind {
  if (typeof op !== "string" || !Object.hasOwn(OPS, op)) throw new Refused("UNKNOWN_TYPE");
  const shape = OPS[op as keyof typeof OPS];
  return { k: "struct", of: () => shape };
}

function plain(value: Json): string {
  if (value instanceof Map) return pairs([...(value as JsonObject)], plain);
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(plain).join(",")}]`;
  return JSON.stringify(value);
}

function pairs<T>(items: readonly (readonly [string, T])[], write: (item: T) => string): string {
  return `{${items.map(([key, item]) => `${JSON.stringify(key)}:${write(item)}`).join(",")}}`;
}
