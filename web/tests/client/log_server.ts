/** A made-up server of the `ops` log, whose leaves are those of `vectors/log-folder`. */

import { readFileSync } from "node:fs";

import { consistencyRanges, inclusionRanges, leafHash, root } from "../../src/audit/merkle";
import type { Range } from "../../src/audit/merkle";
import { Verifier } from "../../src/audit/note";
import {
  decodeBundle,
  Edge,
  encodeBundle,
  entriesPathOf,
  pathOf,
  tilesOf,
} from "../../src/audit/tiles";
import { b64, concat, fromHex, utf8 } from "../../src/crypto/bytes";
import { Refused } from "../../src/crypto/errors";
import { SigningKey } from "../../src/crypto/signing";
import type { EntryOut, Proof, Root } from "../../src/protocol/generated";
import { blobOf, bytesOf, hashOf, type Digest } from "../../src/protocol/ids";
import type { Http } from "../../src/client/transport";

export const FOLDER = new URL("../../../vectors/log-folder/ops/", import.meta.url);
export const ORIGIN = "minase.example/ops";

function bundle(name: string): Uint8Array[] {
  return decodeBundle(new Uint8Array(readFileSync(new URL(name, FOLDER))));
}

export const LEAVES: readonly Uint8Array[] = [
  ...bundle("tile/entries/000"),
  ...bundle("tile/entries/001.p/4"),
];

export function seed(start: number): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, n) => start + n);
}

type Question = Parameters<Http["get"]>[2];

/** Tells and proves what a real one would of its first `size` leaves. */
export class LogServer {
  leaves = [...LEAVES];
  size = 200;
  entries: readonly EntryOut[] = [];
  /** Leaf hash of the newest question. */
  asked: Digest | null = null;
  readonly paths: string[] = [];
  readonly sent: unknown[] = [];
  readonly #key = SigningKey.fromSeed(seed(0));

  get vkey(): string {
    return new Verifier(ORIGIN, this.#key.public).vkey;
  }

  get root(): Root {
    const log = { vkeys: [this.vkey] };
    return { origin: "https://minase.example", srv: [], logs: { id: log, ops: log } } as never;
  }

  get hashes(): Uint8Array[] {
    return this.leaves.slice(0, this.size).map(leafHash);
  }

  checkpoint(): Uint8Array {
    const text = utf8(`${ORIGIN}\n${this.size}\n${b64(root(this.hashes))}\n`);
    const id = fromHex(new Verifier(ORIGIN, this.#key.public).keyId);
    const signature = b64(concat(id, this.#key.sign(text)));
    return concat(text, utf8(`\n— ${ORIGIN} ${signature}\n`));
  }

  readonly http: Pick<Http, "get" | "text" | "postOnce"> = {
    text: (path: string) => {
      this.paths.push(path);
      return Promise.resolve(this.#file(path.slice("log/ops/".length)));
    },
    get: <T>(path: string, _: unknown, asking: Question) => {
      const query = new URLSearchParams(asking?.query as Record<string, string>);
      return Promise.resolve(this.#prove(path, query) as T);
    },
    postOnce: <T>(_path: string, body: object) => {
      this.sent.push(body);
      const answer = { entries: this.entries, entry: this.asked };
      return Promise.resolve(answer as T);
    },
  };

  #file(name: string): Uint8Array {
    if (name === "checkpoint") return this.checkpoint();
    const { edge, full } = new Edge().append(this.hashes);
    for (const { id, hashes } of [...full, ...edge.partial()]) {
      if (name === pathOf(id)) return concat(...hashes);
    }
    for (const id of tilesOf(this.size)) {
      const leaves = this.leaves.slice(id.index * 256, id.index * 256 + id.width);
      if (id.level === 0 && name === entriesPathOf(id)) return encodeBundle(leaves);
    }
    throw new Refused("UNKNOWN_ID");
  }

  #prove(path: string, query: URLSearchParams): Proof {
    const over = ([start, end]: Range): Digest => hashOf(root(this.hashes.slice(start, end)));
    if (path.endsWith("consistency")) {
      const [old, size] = [Number(query.get("from")), Number(query.get("to"))];
      return { index: null, size, hashes: consistencyRanges({ old, size }).map(over) };
    }
    const size = Number(query.get("size"));
    const index = this.hashes.findIndex((hash) => hashOf(hash) === query.get("hash"));
    if (index < 0) throw new Refused("UNKNOWN_ID");
    return { index, size, hashes: inclusionRanges({ index, size }).map(over) };
  }
}

interface OpeningOnDisk {
  readonly i: number;
  readonly f: string;
  readonly h: Digest;
  readonly v: EntryOut["leaf"];
}

/** What the server answers about some leaves, with the openings of the folder. */
export function entriesOf(...indexes: number[]): EntryOut[] {
  const lines = readFileSync(new URL("openings.jsonl", FOLDER), "utf8").trim().split("\n");
  const openings = lines.map((line) => JSON.parse(line) as OpeningOnDisk);
  return indexes.map((index) => ({
    index,
    leaf: blobOf(LEAVES[index] ?? new Uint8Array()),
    openings: openings
      .filter(({ i }) => i === index)
      .map(({ f, h, v }) => ({ field: f, hmac: h, value: v })),
  }));
}

/** Leaf hash of one leaf. */
export function hashAt(index: number): Digest {
  return hashOf(leafHash(LEAVES[index] ?? new Uint8Array()));
}

/** The bytes of a hash with one bit changed. */
export function flipped(hash: Digest): Digest {
  const bytes = bytesOf(hash);
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  return hashOf(bytes);
}
