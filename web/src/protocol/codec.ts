/**
 * JSON and base64 of the protocol: J1 is scanned first, the schema is read after it.
 *
 * Schemas are the data of `generated.ts`; keys are taken in the order in which they stand, so that
 * two readers stop at the same place with the same code.
 */

import { b64u, fromB64, fromB64u, utf8 } from "../crypto/bytes";
import { Refused } from "../crypto/errors";
import { OPS } from "./generated";
import { readJ1, PAYLOAD_LIMIT, type Json, type JsonObject } from "./j1";
import type { Kind, Shape } from "./kinds";
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

function read(value: Json, kind: Kind): unknown {
  switch (kind.k) {
    case "null":
      return value === null ? null : read(value, kind.of);
    case "struct":
      return struct(value, kind.of());
    case "list":
      return array(value).map((item) => read(item, kind.of));
    case "tuple":
      return tuple(array(value), kind.of);
    case "map":
      return map(value, kind.of);
    case "any":
      return any(value, kind.of);
    case "raw":
    case "facts":
      return value;
    default:
      return scalar(value, kind);
  }
}

type Scalar = Exclude<Kind, { k: "null" | "struct" | "list" | "tuple" | "map" | "any" | "raw" }>;

function scalar(value: Json, kind: Scalar): unknown {
  switch (kind.k) {
    case "int":
      if (typeof value !== "number" || !within(value, kind)) throw bad();
      return value;
    case "bool":
      if (typeof value !== "boolean") throw bad();
      return value;
    case "one":
      if (!kind.of.includes(value as string)) throw bad();
      return value;
    case "text":
      return text(string(value), kind);
    default:
      return bytesOrTime(string(value), kind.k);
  }
}

function bytesOrTime(value: string, kind: string): unknown {
  switch (kind) {
    case "id":
      if (!ID_TEXT.test(value)) throw bad();
      return value;
    case "hash":
      return hash(value);
    case "blob":
      fromB64u(value);
      return value;
    case "b64":
      fromB64(value);
      return value;
    case "instant":
      return parseInstant(value);
    default:
      throw new TypeError(kind);
  }
}

function string(value: Json): string {
  if (typeof value !== "string") throw bad();
  return value;
}

function hash(value: string): string {
  if (HASH_TEXT.test(value)) return value;
  if (fromB64u(value).length !== HASH_SIZE) throw bad();
  return value;
}

function within(value: number, { min, max }: { min?: number; max?: number }): boolean {
  return (min === undefined || value >= min) && (max === undefined || value <= max);
}

function text(value: string, { max, pattern }: { max?: number; pattern?: RegExp }): string {
  if (max !== undefined && value.length > max && Array.from(value).length > max) throw bad();
  if (pattern !== undefined && !pattern.test(value)) throw bad();
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

function any(value: Json, kinds: readonly Kind[]): unknown {
  for (const kind of kinds) {
    const fits = kind.k === "text" ? "string" : kind.k === "int" ? "number" : "boolean";
    if (typeof value === fits) return read(value, kind);
  }
  throw bad();
}

// --- writing --------------------------------------------------------------------------------------

function written(value: unknown, kind: Kind): string {
  switch (kind.k) {
    case "null":
      return value === null ? "null" : written(value, kind.of);
    case "struct":
      return object(value as Readonly<Record<string, unknown>>, kind.of());
    case "list":
      return `[${(value as unknown[]).map((item) => written(item, kind.of)).join(",")}]`;
    case "tuple":
      return `[${kind.of.map((of, at) => written((value as unknown[])[at], of)).join(",")}]`;
    case "map":
      return pairs(Object.entries(value as object), (item) => written(item, kind.of));
    case "instant":
      return JSON.stringify(instantText(value as number));
    case "raw":
      return plain(value as Json);
    default:
      return JSON.stringify(value);
  }
}

function object(value: Readonly<Record<string, unknown>>, shape: Shape<unknown>): string {
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
  const shape = OPS[op as keyof typeof OPS] as Shape<unknown> | undefined;
  if (shape === undefined) throw new Refused("UNKNOWN_TYPE");
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

/** Write bytes as base64url text, as JSON holds them. */
export function textOf(data: Uint8Array): string {
  return b64u(data);
}
