/** Replays `vectors/20-decide.json`; reads only the file. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import {
  decide,
  type Action,
  type Actor,
  type Allow,
  type BasisView,
  type Deny,
  type Scope,
  type Target,
} from "../../src/consent/model";
import { load } from "../../src/consent/register";
import type { Aid } from "../../src/protocol/ids";
import { parseInstant } from "../../src/protocol/times";

type Json = Record<string, unknown>;

interface Case {
  readonly id: string;
  readonly in: Json;
  readonly expect: "accept" | "reject";
  readonly code?: string;
  readonly out?: { readonly basis: string; readonly ver: number };
}

const FILE = JSON.parse(
  readFileSync(new URL("../../../vectors/20-decide.json", import.meta.url), "utf8"),
) as { readonly base: Json; readonly cases: readonly Case[] };

/** The question of a case: `base` with some paths changed. */
function changed(changes: Json): Json {
  const tree = structuredClone(FILE.base);
  for (const [path, value] of Object.entries(changes)) {
    const steps = path.split(".");
    const last = steps.pop() ?? "";
    const node = steps.reduce<Json>((at, step) => at[step] as Json, tree);
    node[last] = value;
  }
  return tree;
}

/** Fields of a record, named as TypeScript names them. */
function camel(record: Json): Json {
  const name = (key: string) =>
    key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [name(key), value]));
}

function scopeOf(pairs: Json): Scope {
  return new Map(
    Object.entries(pairs as Record<string, string[]>).map(([aid, cats]) => [
      aid as Aid,
      new Set(cats),
    ]),
  );
}

function instant(text: unknown): number | null {
  return text === null ? null : parseInstant(text as string);
}

function basisOf(row: Json): BasisView {
  return {
    ...row,
    kinds: new Set(row["kinds"] as string[]),
    scope: scopeOf(row["scope"] as Json),
    withdrawn: scopeOf(row["withdrawn"] as Json),
    start: instant(row["start"]),
    until: instant(row["until"]),
    review: instant(row["review"]),
  } as unknown as BasisView;
}

function targetOf(row: Json): Target {
  return {
    ...camel(row),
    cats: new Set(row["cats"] as string[]),
    bases: (row["bases"] as Json[]).map(basisOf),
  } as unknown as Target;
}

function answer(question: Json): Allow | Deny {
  return decide(
    instant(question["now"]) ?? 0,
    camel(question["actor"] as Json) as unknown as Actor,
    question["action"] as Action,
    targetOf(question["object"] as Json),
    load(),
  );
}

test.each(FILE.cases)("the gate answers as the vectors say: $id", (given) => {
  const { out, code } = given;
  expect(answer(changed(given.in))).toEqual(
    given.expect === "reject" ? { allow: false, code } : { allow: true, ...out },
  );
});

test("the file has the cases that it had when this was written, of both kinds", () => {
  expect(FILE.cases).toHaveLength(683);
  expect(new Set(FILE.cases.map((given) => given.id)).size).toBe(683);
  expect(new Set(FILE.cases.map((given) => given.expect))).toEqual(new Set(["accept", "reject"]));
});
