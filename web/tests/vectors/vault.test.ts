import { readFileSync } from "node:fs";

import { beforeAll, describe, expect, it } from "vitest";

import {
  openBody,
  openDeviceKey,
  openPersonKey,
  parseSealed,
  unlock,
} from "../../src/client/vault_format";
import { fromHex, hex } from "../../src/crypto/bytes";
import { Refused } from "../../src/crypto/errors";
import { SigningKey } from "../../src/crypto/signing";
import { ready } from "../../src/crypto/sodium";

interface Input {
  readonly file: string;
  readonly phrase: string;
  readonly person: string | null;
  readonly memory_bytes: number;
  readonly passes: number;
}

interface Case {
  readonly id: string;
  readonly op: "vault-open";
  readonly in: Input;
  readonly expect: "accept" | "reject";
  readonly code?: string;
  readonly out?: object;
}

const publicHex = (seed: Uint8Array) => hex(SigningKey.fromSeed(seed).public);

function open(asked: Input): object {
  const floor = { memoryBytes: asked.memory_bytes, passes: asked.passes };
  const sealed = parseSealed(fromHex(asked.file));
  const key = unlock(sealed.lock, asked.phrase, { floor });
  const [rev, text] = openBody(key, sealed.body);
  const dk = sealed.dk && publicHex(openDeviceKey(key, sealed.dk));
  const ik =
    sealed.ik && asked.person !== null
      ? publicHex(openPersonKey(sealed.ik, asked.person, { floor }))
      : null;
  return { rev, text: new TextDecoder().decode(text), dk, ik };
}

function judged(asked: Input): object {
  try {
    return { expect: "accept", out: open(asked) };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return { expect: "reject", code: error.code };
  }
}

function casesOf(name: string): readonly Case[] {
  const path = new URL(`../../../vectors/${name}`, import.meta.url);
  return (JSON.parse(readFileSync(path, "utf8")) as { cases: readonly Case[] }).cases;
}

beforeAll(ready);

describe.each([
  ["14-vault.json", 17],
  ["ts-14-vault.json", 4],
])("%s", (name, count) => {
  const cases = casesOf(name);

  it(`has ${count} cases, of an operation that is known`, () => {
    expect(cases).toHaveLength(count);
    expect(new Set(cases.map((each) => each.op))).toEqual(new Set(["vault-open"]));
  });

  it.each(cases.map((each) => [each.id, each] as const))("%s", (_id, each) => {
    const { expect: verdict, code, out } = each;
    expect(judged(each.in)).toEqual(JSON.parse(JSON.stringify({ expect: verdict, code, out })));
  });
});
