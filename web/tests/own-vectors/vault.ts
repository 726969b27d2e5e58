/**
 * Vaults that this program seals, for the command line to open: `vectors/ts-14-vault.json`.
 *
 * `vitest run tests/own-vectors` compares; with ENTAKU_WRITE=1 in the environment it writes.
 */

import { EMPTY, withRoom, type Contents } from "../../src/client/contents";
import { Contents as CONTENTS } from "../../src/client/generated";
import { publicOf } from "../../src/client/signer";
import {
  encodeSealed,
  sealBody,
  sealDeviceKey,
  sealPersonKey,
  type Sealed,
  lock,
} from "../../src/client/vault_format";
import { hex, utf8 } from "../../src/crypto/bytes";
import { sha256 } from "../../src/crypto/hashing";
import { STANDARD, type Argon2Profile } from "../../src/crypto/profiles";
import { SigningKey } from "../../src/crypto/signing";
import { encode } from "../../src/protocol/codec";
import type { CaseId, Did } from "../../src/protocol/ids";
import { blobOf, hashOf, idOf } from "../../src/protocol/ids";

const PHRASE = "全角の　合言葉";
const PERSON = "べつの pass phrase";
export const CHEAP: Argon2Profile = { memoryBytes: 8 * 1024, passes: 1 };

const bytes = (first: number, size = 32) => Uint8Array.from({ length: size }, (_, n) => first + n);
const id = (first: number) => idOf(bytes(first, 16));
const hash = (first: number) => hashOf(bytes(first));

/** Bytes that look random and are the same every time. */
export function stream(name: string) {
  let count = 0;
  return (size: number): Uint8Array => {
    count += 1;
    const made = new Uint8Array(size);
    for (let at = 0, n = 0; at < size; at += 32, n += 1) {
      const block = sha256(utf8(`${name}/${count}/${n}`));
      made.set(block.subarray(0, Math.min(32, size - at)), at);
    }
    return made;
  };
}

/** Something of everything a vault may hold. */
function full(): Contents {
  const room = {
    ...{ case: id(1) as CaseId, n: 2, sid: hash(2), seq: 9, fh: hash(3) },
    chain: { n: 1, eid: hash(4) },
    epochs: [{ n: 2, E: hash(5) }],
    docs: [{ doc: id(6), g: 1, D: hash(7) }],
    known: [hash(8)],
    void: [hash(9)],
  };
  const filled = {
    ...EMPTY,
    council: { url: "https://entaku.example.jp", slug: "minato", net: hash(10) },
    identity: {
      ...{ wid: id(11), aid: id(12), ik: hash(13), did: id(14), dk: publicOf(bytes(64)) },
      ...{ worker: hash(15), device: hash(16), name: "担当 花子" },
    },
    joining: {
      ...{ inv: id(17), wid: id(11), aid: id(12), ik: hash(13), dk: hash(18), did: id(14) },
      ...{ caps: ["chair", "member"], gen: 1, prev: hash(15) },
    },
    id: { n: 7, r: hash(19), at: 1_795_222_800_123 },
    ops: { n: 0, r: hash(20), at: 0 },
    ek: [{ eg: 0, seed: hash(21) }],
    reserved: [{ case: id(1), nonce: hash(22), code: "K-101" }],
    unsent: [{ case: id(1), post: blobOf(bytes(23, 100)) }],
    receipts: [{ at: 1_795_222_800_123, rcpt: blobOf(utf8("受領")) }],
    evidence: [{ code: "EQUIVOCATION", first: blobOf(bytes(24, 1)), second: blobOf(bytes(25, 2)) }],
    keys: [{ name: "registrar", seed: hash(26) }],
    invites: [{ inv: id(17), s: blobOf(bytes(27, 16)) }],
  } as unknown as Contents; // brands of ids that stand for nobody
  return withRoom(filled, room as unknown as Contents["rooms"][number]);
}

function sealedFile(name: string, profile: Argon2Profile, plaintext: Uint8Array): Sealed {
  const entropy = stream(name);
  const [key, did, costs] = [bytes(0), id(16) as Did, { profile, floor: CHEAP }];
  return {
    lock: lock(key, PHRASE, { ...costs, entropy }),
    dk: sealDeviceKey(key, bytes(64), { did, entropy }),
    ik: sealPersonKey(bytes(96), PERSON, { did, ...costs, entropy }),
    body: sealBody(key, plaintext, { rev: 12, entropy }),
  };
}

function accepted(name: string, sealed: Sealed, plaintext: Uint8Array, floor: Argon2Profile) {
  const asked = { phrase: PHRASE, person: PERSON, memory_bytes: floor.memoryBytes };
  const publicHex = (seed: Uint8Array) => hex(SigningKey.fromSeed(seed).public);
  return {
    ...{ id: name, op: "vault-open" },
    in: { file: hex(encodeSealed(sealed)), ...asked, passes: floor.passes },
    expect: "accept",
    out: {
      rev: 12,
      text: new TextDecoder().decode(plaintext),
      dk: sealed.dk && publicHex(bytes(64)),
      ik: sealed.ik && publicHex(bytes(96)),
    },
  };
}

/** The text of the file. */
export function text(): string {
  const [filled, empty] = [encode(full(), CONTENTS), encode(EMPTY, CONTENTS)];
  const standard = sealedFile("standard", STANDARD, filled);
  const cheap = sealedFile("cheap", CHEAP, filled);
  const bare = { ...sealedFile("empty", CHEAP, empty), dk: null, ik: null };
  const good = accepted("everything a vault may hold", cheap, filled, CHEAP);
  const cases = [
    accepted("a vault at the standard", standard, filled, STANDARD),
    good,
    accepted("a vault before enrolment", bare, empty, CHEAP),
    {
      ...{ id: "half width instead of full", op: "vault-open" },
      in: { ...good.in, phrase: PHRASE.normalize("NFKC") },
      ...{ expect: "reject", code: "BAD_COMMITMENT" },
    },
  ];
  const lines = cases.map((each) => JSON.stringify(each)).join(",\n");
  return `{"about": "Vault files that the browser's program sealed (section 5.19)",\n"cases": [\n${lines}\n]}\n`;
}
