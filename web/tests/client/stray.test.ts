/** Keys that were kept for rows that never came to stand. */

import { beforeAll, expect, it } from "vitest";

import { dropStray, dropWrong, type Held } from "../../src/client/stray";
import { ready } from "../../src/crypto/sodium";
import { idOf, type CaseId, type DocId } from "../../src/protocol/ids";
import { docCommitment, epochCommitment } from "../../src/protocol/keys";
import { generationOf, type RoomState } from "../../src/protocol/room";

const caseId = idOf<CaseId>(new Uint8Array(16).fill(1));
const doc = idOf<DocId>(new Uint8Array(16).fill(2));
const first = generationOf(doc, 1);
const next = generationOf(doc, 2);

beforeAll(ready);

function key(byte: number): Uint8Array {
  return new Uint8Array(32).fill(byte);
}

/** A room with roster 0 under key 1 and a document under key 2. */
function holding(epochs: Held["epochs"], docs: Held["docs"]): Held {
  const kc = epochCommitment(key(1), { caseId, n: 0 });
  const dc = docCommitment(key(2), { caseId, doc, g: 1 });
  const state = {
    epoch: 0,
    rosters: [{ body: { case: caseId, n: 0, kc } }],
    documents: new Map([[first, { body: { case: caseId, doc, g: 1, dc } }]]),
  };
  return { state: state as unknown as RoomState, epochs, docs };
}

it("keeps what fits, and what is for rows still to come", () => {
  const epochs = new Map([
    [0, key(1)],
    [1, key(9)],
  ]);
  const docs = new Map([
    [first, key(2)],
    [next, key(9)],
  ]);
  dropWrong(holding(epochs, docs));

  expect([...epochs.keys()]).toEqual([0, 1]);
  expect([...docs.keys()]).toEqual([first, next]);
});

it("drops a key whose place somebody else took", () => {
  const [epochs, docs] = [new Map([[0, key(8)]]), new Map([[first, key(8)]])];
  dropWrong(holding(epochs, docs));

  expect([epochs.size, docs.size]).toEqual([0, 0]);
});

it("drops keys for rows that were refused", () => {
  const epochs = new Map([
    [0, key(1)],
    [1, key(9)],
  ]);
  const docs = new Map([
    [first, key(2)],
    [next, key(9)],
  ]);
  dropStray(holding(epochs, docs));

  expect([...epochs.keys()]).toEqual([0]);
  expect([...docs.keys()]).toEqual([first]);
});
