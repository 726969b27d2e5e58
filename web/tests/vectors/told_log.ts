/** The identity log of a story, read from its JSON alone, and the questions asked of it. */

import { readFileSync } from "node:fs";
import { leafHash, root } from "../../src/audit/merkle";
import { fromHex } from "../../src/crypto/bytes";
import { Refused } from "../../src/crypto/errors";
import { Directory, asPerson } from "../../src/protocol/directory";
import { hashOf } from "../../src/protocol/ids";
import type { Aid, Digest, Key, Wid } from "../../src/protocol/ids";
import { Leaf } from "../../src/protocol/leaf";
import { append } from "../../src/protocol/replica";
import { parse } from "../../src/protocol/statement";

/** A leaf of 93 bytes in hex, with the DSSE text behind it. */
export interface LeafRecord {
  readonly leaf: string;
  readonly stm: string | null;
  readonly code?: string | null;
  readonly what?: string;
}

/** A row of the feed as a reader gets it; `code` is null where it is accepted. */
export interface RowTold {
  readonly seq: number;
  readonly id: string;
  readonly sg: string;
  readonly idn: number;
  readonly fh: string;
  readonly form: "none" | "bare" | "env" | "stm";
  readonly bytes: string;
  readonly code: string | null;
  readonly what: string;
}

/** A question; what it is about, and `out` or `code`. */
export interface Ask {
  readonly what: string;
  readonly ask: string;
  readonly out?: unknown;
  readonly code?: string;
  readonly n: number;
  readonly s: number;
  readonly now: number | null;
  readonly typ: string;
  readonly pk: Key;
  readonly ik: Key;
  readonly wid: Wid;
  readonly aid: Aid;
  readonly basis: string;
  readonly doc: string;
  readonly g: number;
}

export interface Story {
  readonly id: string;
  readonly case: string | null;
  readonly leaves: readonly LeafRecord[];
  readonly rows: readonly RowTold[];
  readonly asks: readonly Ask[];
}

/** Read one file of `vectors/`. */
export function vectors(name: string): unknown {
  const path = new URL(`../../../vectors/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(path, "utf8"));
}

const ENCODER = new TextEncoder();
const COUNCIL = (vectors("council") as { readonly leaves: readonly LeafRecord[] }).leaves;

/** The stories of one file. */
export function stories(name: string): readonly Story[] {
  return (vectors(name) as { readonly stories: readonly Story[] }).stories;
}

/** How many leaves, rows and questions a file has, so that a test can say that it met them all. */
export function counts(name: string): readonly number[] {
  const all = stories(name);
  const sum = (of: (story: Story) => number) => all.reduce((total, one) => total + of(one), 0);
  const [leaves, rows] = [sum((one) => one.leaves.length), sum((one) => one.rows.length)];
  return [all.length, leaves, rows, sum((one) => one.asks.length)];
}

/** What was expected of something told, and what this program makes of it. */
export interface Verdict {
  readonly what: string;
  readonly said: unknown;
  readonly got: unknown;
}

/** The council's log, or another, and the story's own leaves after it. */
export class ToldLog {
  readonly directory = new Directory();
  readonly story: Story;
  readonly #begins: number;
  readonly #hashes: Uint8Array[] = [];

  constructor(story: Story, before: readonly LeafRecord[] = COUNCIL) {
    this.story = story;
    this.#begins = before.length;
    for (const record of [...before, ...story.leaves]) this.learn(record);
  }

  /** Read one more leaf. */
  learn({ leaf, stm }: LeafRecord): void {
    const raw = fromHex(leaf);
    this.#hashes.push(leafHash(raw));
    const statement = stm === null ? null : parse(ENCODER.encode(stm));
    append(this.directory, Leaf.parse(raw), statement);
  }

  readonly logRoot = (n: number): Digest | null =>
    n > this.#hashes.length ? null : hashOf<Digest>(root(this.#hashes.slice(0, n)));

  /** Verdict on each leaf. */
  leaves(): Verdict[] {
    return this.story.leaves.map(({ what, code }, at) => ({
      what: `leaf: ${what ?? ""}`,
      said: code ?? null,
      got: this.directory.flaws.get(this.#begins + at) ?? null,
    }));
  }

  /** Verdict on each question: an output, or a code. */
  asks(): Verdict[] {
    return this.story.asks.map((ask) => ({
      what: `ask: ${ask.what}`,
      said: "out" in ask ? { out: ask.out } : { code: ask.code },
      got: this.#answer(ask),
    }));
  }

  #answer(ask: Ask): unknown {
    try {
      return { out: this.asked(ask) };
    } catch (error) {
      if (error instanceof Refused) return { code: error.code };
      throw error;
    }
  }

  /** Answer a question to the log. */
  protected asked(ask: Ask): unknown {
    const { directory } = this;
    switch (ask.ask) {
      case "trust": {
        const { wid, ik } = directory.trust(ask.pk, ask.typ, ask.n);
        return { wid, ik };
      }
      case "pledge":
        directory.requirePledge(ask.aid, ask.wid, ask.n);
        return true;
      case "worker":
        return directory.requireWorker(ask.wid, ask.ik, ask.n).sid;
      case "devices":
        return sorted(directory.recipientsOf(asPerson(ask), ask.n).map((cert) => cert.sid));
      case "time":
        return directory.time(ask.n);
      default:
        throw new Error(`no such question: ${ask.ask}`);
    }
  }
}

/** Sort by text, as the files hold sets. */
export function sorted(items: Iterable<string>): string[] {
  return [...items].sort();
}

/** Those that did not come out as said. */
export function wrong(verdicts: readonly Verdict[]): Verdict[] {
  return verdicts.filter(({ said, got }) => JSON.stringify(said) !== JSON.stringify(got));
}
