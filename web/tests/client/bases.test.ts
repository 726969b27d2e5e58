/** What a basis commits to: the name and the evidence stay on the device that took them. */

import { beforeAll, expect, it } from "vitest";

import {
  commitmentOf,
  evidenceCommitmentOf,
  newEvidence,
  newSubject,
  type Subject,
} from "../../src/client/bases";
import { utf8 } from "../../src/crypto/bytes";
import { ready } from "../../src/crypto/sodium";
import { bytesOf } from "../../src/protocol/ids";
import { evidenceCommitment, subjectCommitment } from "../../src/protocol/keys";

beforeAll(ready);

let drawn = 0;
const session = {
  council: {
    entropy: (size: number): Uint8Array => {
      drawn += 1;
      return new Uint8Array(size).fill(drawn);
    },
  },
};

it("names a subject under fresh keys, with or without a birthday", () => {
  const known = newSubject(session, { name: "美佐江", birth: "1955-02-03" });
  const unknown = newSubject(session, { name: "美佐江" });
  const again: Subject = { ...unknown, key: known.key };

  expect(known.sub).not.toBe(unknown.sub);
  expect(commitmentOf(known)).toBe(
    subjectCommitment(bytesOf(known.key), { name: "美佐江", birth: "1955-02-03" }),
  );
  expect(commitmentOf(again)).not.toBe(commitmentOf(known));
  expect(commitmentOf(unknown)).toBe(
    subjectCommitment(bytesOf(unknown.key), { name: "美佐江", birth: null }),
  );
});

it("commits to the evidence as it will be sealed", () => {
  const evidence = newEvidence(session, { how: "面談", who: "本人" });
  const expected = utf8('{"how":"面談","who":"本人"}');

  expect(evidenceCommitmentOf(evidence)).toBe(
    evidenceCommitment(bytesOf(evidence.key), { evidence: expected }),
  );
});

it("refuses evidence that holds a マイナンバー", () => {
  expect(() => newEvidence(session, { how: "1234-5678-9018" })).toThrow("FORBIDDEN");
});
