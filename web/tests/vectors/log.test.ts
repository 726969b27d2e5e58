/** Every case of `vectors/15-log.json`: proofs, checkpoints, notes and leaves of the audit log. */

import { readFileSync } from "node:fs";

import { beforeAll, describe, expect, it } from "vitest";

import * as checkpoint from "../../src/audit/checkpoint";
import * as entry from "../../src/audit/entry";
import * as merkle from "../../src/audit/merkle";
import * as note from "../../src/audit/note";
import { fromHex, hex } from "../../src/crypto/bytes";
import { Refused } from "../../src/crypto/errors";
import { ready } from "../../src/crypto/sodium";
import { bytesOf } from "../../src/protocol/ids";

type Value = string | number | string[];
interface Case {
  readonly id: string;
  readonly op: string;
  readonly in: Readonly<Record<string, Value>>;
  readonly expect: "accept" | "reject";
  readonly code?: string;
  readonly out?: object;
}

const FILE = new URL("../../../vectors/15-log.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(FILE, "utf8")) as { cases: readonly Case[] };

class Fields {
  readonly #record: Case["in"];

  constructor(record: Case["in"]) {
    this.#record = record;
  }
  text(name: string): string {
    return String(this.#record[name]);
  }
  hex(name: string): Uint8Array {
    return fromHex(this.text(name));
  }
  number(name: string): number {
    return Number(this.#record[name]);
  }
  texts(name: string): readonly string[] {
    return this.#record[name] as string[];
  }
}

const OPERATIONS: Readonly<Record<string, (fields: Fields) => object>> = {
  "log-inclusion": (fields) => {
    merkle.verifyInclusion({
      leaf: fields.hex("leaf"),
      index: fields.number("index"),
      size: fields.number("size"),
      root: fields.hex("root"),
      path: fields.texts("path").map(fromHex),
    });
    return {};
  },
  "log-consistency": (fields) => {
    merkle.verifyConsistency({
      oldSize: fields.number("old_size"),
      oldRoot: fields.hex("old_root"),
      size: fields.number("size"),
      root: fields.hex("root"),
      path: fields.texts("path").map(fromHex),
    });
    return {};
  },
  "log-checkpoint": (fields) => {
    const { origin, size, root } = checkpoint.parse(fields.hex("text"));
    return { origin, size, root: hex(root) };
  },
  "log-note": (fields) => {
    const known = fields.texts("vkeys").map((vkey) => note.Verifier.parse(vkey));
    const { text, signedBy } = note.openNote(fields.hex("note"), known);
    return { text: hex(text), signed_by: signedBy.map((each) => each.vkey) };
  },
  "log-leaf": (fields) => {
    const found = entry.parse(fields.hex("leaf"));
    return {
      kind: found.k,
      hash: hex(merkle.leafHash(fields.hex("leaf"))),
      commitments: [...entry.commitments(found)].map(
        ([field, each]) => `${field}=${hex(bytesOf(each))}`,
      ),
    };
  },
  "log-opening": (fields) => {
    const [field, mac, value] = [fields.text("field"), fields.hex("mac"), fields.hex("value")];
    entry.checkOpening(entry.parse(fields.hex("leaf")), { field, mac, value });
    return {};
  },
};

beforeAll(ready);

describe("15-log", () => {
  it.each(cases.map((each) => [each.id, each] as const))("%s", (_, each) => {
    const operation = OPERATIONS[each.op];
    if (operation === undefined) throw new Error(each.op);
    if (each.expect === "accept") {
      expect(operation(new Fields(each.in))).toEqual(each.out);
    } else {
      expect(codeOf(() => operation(new Fields(each.in)))).toBe(each.code);
    }
  });

  it("holds as many cases as were replayed", () => {
    const counts = Object.fromEntries(
      Object.keys(OPERATIONS).map((op) => [op, cases.filter((each) => each.op === op).length]),
    );
    expect(counts).toEqual({
      "log-inclusion": 288,
      "log-consistency": 63,
      "log-checkpoint": 18,
      "log-note": 12,
      "log-leaf": 8,
      "log-opening": 28,
    });
    expect(cases).toHaveLength(417);
  });
});

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof Refused) return error.code;
    throw error;
  }
  return "accepted";
}
