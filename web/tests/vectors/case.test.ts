/** Replays `vectors/18-case.json`, a whole case: what stands after each row, who can read what. */

import { beforeAll, expect, test } from "vitest";
import { isSealed, type Content, type Sealed } from "../../src/conference/content";
import { fold, type Room } from "../../src/conference/fold";
import type { Conference } from "../../src/conference/records";
import { viewOf } from "../../src/conference/visibility";
import { fromHex } from "../../src/crypto/bytes";
import { SealingKey } from "../../src/crypto/sealing";
import { ready } from "../../src/crypto/sodium";
import * as bundle from "../../src/protocol/bundle";
import { decode } from "../../src/protocol/codec";
import * as envelope from "../../src/protocol/envelope";
import { DkText, type Grant } from "../../src/protocol/generated";
import * as grants from "../../src/protocol/grants";
import { bytesOf, bytesOfBlob, type Did, type DocId, type Sid } from "../../src/protocol/ids";
import * as keys from "../../src/protocol/keys";
import {
  docOf,
  docsOf,
  epochsOf,
  generationOf,
  numberOf,
  type Generation,
} from "../../src/protocol/room";
import { instantText } from "../../src/protocol/times";
import { vectors, type Story } from "./told_log";
import { contentOf, rowOf, ToldRoom } from "./told_room";

interface Step {
  readonly code: string | null;
  readonly epoch: number;
  readonly stale: boolean;
  readonly due: readonly string[];
  readonly views: readonly string[];
  readonly more: readonly string[];
  readonly less: readonly string[];
}

interface Told {
  readonly viewers: Readonly<Record<string, Did>>;
  readonly keys: Readonly<Record<Did, { readonly ek: string }>>;
  readonly made: Readonly<Record<Did, readonly (readonly [DocId, number, string])[]>>;
  readonly bundles: Readonly<Record<number, string>>;
  readonly story: Story;
  readonly reads: Readonly<Record<string, readonly number[]>>;
  readonly steps: readonly Step[];
}

const FILE = vectors("18-case") as Told;

beforeAll(ready);

test("every leaf and row is judged as the file says", () => {
  const told = new ToldRoom(FILE.story, []);

  for (const { what, said, got } of told.all()) expect(got, what).toEqual(said);
  expect(FILE.story.rows).toHaveLength(125);
});

test("what stands after each row is as the file says", () => {
  const { leaves, rows } = FILE.story;
  const told = new ToldRoom({ ...FILE.story, leaves: leaves.slice(0, 1), rows: [] }, []);
  let before = new Set<string>();
  for (const [at, record] of rows.entries()) {
    for (const leaf of leaves.slice(told.directory.size, record.idn)) told.learn(leaf);
    const code = fold(told.room, rowOf(record), contentOf(record));
    const after = new Set(shown(told.room.conference));
    const [more, less] = [without(after, before), without(before, after)];
    expect({ code, ...standing(told.room), more, less }, record.what).toEqual(FILE.steps[at]);
    before = after;
  }
});

test("each viewer opens what the file says and nothing else", () => {
  const { room } = new ToldRoom(FILE.story, []);
  for (const [name, did] of Object.entries(FILE.viewers)) {
    expect(new Reader(room, did).reads(), name).toEqual(FILE.reads[name]);
  }
});

// --- steps ------------------------------------------------------------------------------------

function without(all: ReadonlySet<string>, some: ReadonlySet<string>): string[] {
  return [...all].filter((one) => !some.has(one)).sort();
}

function standing(room: Room): Pick<Step, "epoch" | "stale" | "due" | "views"> {
  const held = room.willing(room.valid().now);
  const due = [...room.state.documents.keys()].filter((one) => held.isDue(one)).sort();
  const views = Object.values(FILE.viewers).map((did) =>
    room.state.directory.devices.has(did)
      ? runs(room.records.map((record) => viewOf(room, held, record, did).charAt(0)))
      : "",
  );
  return { epoch: room.state.epoch, stale: held.isStale(), due, views };
}

/** Equal letters in a row as one letter with their number. */
function runs(letters: readonly string[]): string {
  const found = letters.join("").match(/(.)\1*/g) ?? [];
  return found.map((run) => `${run.charAt(0)}${run.length}`).join(" ");
}

function* shown(conference: Conference): Generator<string> {
  for (const { sit, state } of conference.sittings.values()) yield `sitting ${sit} ${state}`;
  for (const { it, out, state } of conference.items.values()) yield `item ${it} ${out ?? state}`;
  for (const { sit, wid, duty, state } of conference.seats.values()) {
    yield `seat ${sit} ${wid} ${duty} ${state}`;
  }
  for (const { sit, when } of conference.next.values()) {
    yield `next ${sit} ${when === null ? "none" : instantText(when)}`;
  }
  for (const { row, it, deleted } of conference.prio.values()) {
    yield `prio ${row} ${it} ${deleted ? "gone" : "stands"}`;
  }
  for (const { row, part, owner, state } of conference.roles.values()) {
    yield `role ${row} ${part} ${owner.ag} ${state}`;
  }
  for (const { act, owner, state } of conference.actions.values()) {
    yield `action ${act} ${owner.ag} ${state}`;
  }
  for (const { dec, it, typ } of conference.decisions.values())
    yield `decision ${dec} ${it} ${typ}`;
}

// --- reading ----------------------------------------------------------------------------------

/** One device with its private key and every byte that was ever sent. */
class Reader {
  readonly #room: Room;
  readonly #did: Did;
  readonly #key: SealingKey;
  readonly #epochs = new Map<number, Uint8Array>();
  readonly #docs = new Map<Generation, Uint8Array>();
  readonly #accepted: readonly (readonly [number, Content])[];

  constructor(room: Room, did: Did) {
    this.#room = room;
    this.#did = did;
    this.#key = SealingKey.fromSeed(fromHex(FILE.keys[did]?.ek ?? ""));
    this.#accepted = FILE.story.rows.flatMap((record) => {
      const content = record.code === null ? contentOf(record) : null;
      return content === null ? [] : [[record.seq, content] as const];
    });
    for (const [doc, g, key] of FILE.made[did] ?? []) {
      this.#keep(generationOf(doc, g), fromHex(key));
    }
    for (const { n } of room.state.rosters.map(({ body }) => body)) this.#openBundle(n);
    for (const [, content] of this.#accepted) {
      if (!isSealed(content) && content.body.typ === "grant") this.#openGrant(content.body);
    }
    for (const [, content] of this.#accepted) {
      if (isSealed(content) && content.header.k === "dk") this.#openDk(content);
    }
  }

  /** The rows whose words it can read. */
  reads(): number[] {
    return this.#accepted.flatMap(([seq, content]) => {
      if (!isSealed(content) || content.header.k === "dk") return [];
      const { c, d, g } = content.header;
      const key = this.#docs.get(generationOf(d, g));
      if (key === undefined) return [];
      envelope.open(content.env, { key: keys.bodyKey(key, { caseId: c, doc: d, g }) });
      return [seq];
    });
  }

  #isMine(sid: Sid): boolean {
    const { directory } = this.#room.state;
    return directory.chains.get(sid) === directory.devices.get(this.#did);
  }

  #openBundle(n: number): void {
    const roster = this.#room.state.rosters[n]?.body;
    if (roster === undefined) throw new Error(`no roster ${n}`);
    const { net, case: caseId, prev, kc } = roster;
    for (const entry of bundle.parse(fromHex(FILE.bundles[n] ?? "")).entries) {
      if (!this.#isMine(entry.sid)) continue;
      const place = { epoch: { net, caseId, n, prev }, key: this.#key, kc, held: [] };
      this.#epochs.set(n, bundle.openEntry(entry, place));
    }
  }

  #openGrant(body: Grant): void {
    if (!this.#isMine(body.to)) return;
    const [docs, epochs] = [docsOf(body), epochsOf(body)];
    const named = docs.map((one) => [docOf(one), numberOf(one)] as const);
    const ids = docs.length > 0 ? grants.docsHash(named) : grants.epochsHash(epochs);
    const passing = { ...body, caseId: body.case, ids };
    const count = body.ids.length;
    const found = grants.openKeys(bytesOfBlob(body.ct), { passing, key: this.#key, count });
    for (const [at, key] of found.entries()) {
      const [generation, n] = [docs[at], epochs[at]];
      if (generation !== undefined) this.#keep(generation, key);
      if (n !== undefined) this.#epochs.set(n, key);
    }
  }

  #openDk({ env, header }: Sealed): void {
    const key = this.#epochs.get(header.e);
    if (key === undefined) return;
    const wrap = keys.wrapKey(key, { caseId: header.c, n: header.e });
    const text = decode(envelope.open(env, { key: wrap }), DkText);
    this.#keep(generationOf(text.doc, text.g), bytesOf(text.D));
  }

  #keep(generation: Generation, key: Uint8Array): void {
    const { dc, doc, g } = this.#room.state.announced(generation).body;
    const { caseId } = this.#room.state;
    expect(keys.docCommitment(key, { caseId, doc, g })).toBe(dc);
    this.#docs.set(generation, key);
  }
}
