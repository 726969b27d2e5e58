/** A file of vectors, and the judgement of a case: an output or a reason code. */

import { readFileSync } from "node:fs";

import { fromHex } from "../../src/crypto/bytes";
import { Refused } from "../../src/crypto/errors";

export type Value = string | number | readonly string[] | readonly number[] | null;
export type Output = Readonly<Record<string, Value>>;

/** The input of a case, read by the type its operation expects. */
export class Fields {
  readonly #record: Readonly<Record<string, Value>>;

  constructor(record: Readonly<Record<string, Value>>) {
    this.#record = record;
  }

  text(name: string): string {
    const value = this.#record[name];
    if (typeof value !== "string") throw new TypeError(name);
    return value;
  }

  hex(name: string): Uint8Array {
    return fromHex(this.text(name));
  }

  number(name: string): number {
    const value = this.#record[name];
    if (typeof value !== "number") throw new TypeError(name);
    return value;
  }

  maybe<T>(name: string, read: (name: string) => T): T | null {
    if (this.#record[name] === undefined) throw new TypeError(name);
    return this.#record[name] === null ? null : read(name);
  }

  texts(name: string): readonly string[] {
    return this.#record[name] as readonly string[];
  }

  numbers(name: string): readonly number[] {
    return this.#record[name] as readonly number[];
  }
}

export type Operation = (fields: Fields) => Output;

export interface Case {
  readonly id: string;
  readonly op: string;
  readonly in: Readonly<Record<string, Value>>;
  readonly expect: "accept" | "reject";
  readonly out?: Output;
  readonly code?: string;
}

/** Give the cases of one file of `vectors/`. */
export function load(name: string): readonly Case[] {
  const text = readFileSync(new URL(`../../../vectors/${name}`, import.meta.url), "utf-8");
  return (JSON.parse(text) as { readonly cases: readonly Case[] }).cases;
}

/** Judge one case as the program does. */
export function run(one: Case, operations: Readonly<Record<string, Operation>>): unknown {
  const operation = operations[one.op];
  if (operation === undefined) throw new TypeError(one.op);
  try {
    return { out: operation(new Fields(one.in)) };
  } catch (error) {
    if (error instanceof Refused) return { code: error.code };
    throw error;
  }
}
