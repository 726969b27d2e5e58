/**
 * Key schedule: what is derived from an epoch key E and a document key D (section 5.8).
 *
 * One purpose, one key; no key is both an AEAD key and a parent. E and D are 32 random bytes.
 */

import { utf8 } from "../crypto/bytes";
import { kdf, keyed, parts, u32 } from "../crypto/hashing";
import { bytesOf, hashOf, type CaseId, type Digest, type DocId } from "./ids";

/** The roster an epoch key belongs to. */
export interface EpochPlace {
  readonly caseId: CaseId;
  readonly n: number;
}

/** The document's generation that a document key belongs to. */
export interface DocPlace {
  readonly caseId: CaseId;
  readonly doc: DocId;
  readonly g: number;
}

/** `kc`: what the roster says of its epoch key, 32 bytes. */
export function epochCommitment(epochKey: Uint8Array, place: EpochPlace): Digest {
  return hashOf(kdf(epochKey, "commit", epoch(place)));
}

/** `K_wrap`: seals the `dk` envelopes of epoch n. */
export function wrapKey(epochKey: Uint8Array, place: EpochPlace): Uint8Array {
  return kdf(epochKey, "wrap", epoch(place));
}

/** `dc`: what `sect` says of the key of a document's generation, 32 bytes. */
export function docCommitment(docKey: Uint8Array, place: DocPlace): Digest {
  return hashOf(kdf(docKey, "commit", generation(place)));
}

/** `K_body`: seals all content of a document's generation. */
export function bodyKey(docKey: Uint8Array, place: DocPlace): Uint8Array {
  return kdf(docKey, "body", generation(place));
}

/** `nh`: a worker's name under its 32-byte salt; both travel beside the certificate. */
export function nameCommitment(salt: Uint8Array, { name }: { readonly name: string }): Digest {
  return hashOf(keyed(salt, utf8(name)));
}

/** `subc`: whom a basis is about, under its 32-byte key; `birth` is YYYY-MM-DD or unknown. */
export function subjectCommitment(
  key: Uint8Array,
  { name, birth }: { readonly name: string; readonly birth: string | null },
): Digest {
  return hashOf(keyed(key, parts(utf8(name), utf8(birth ?? ""))));
}

/** `evc`: the J1 bytes of a consent's evidence under its 32-byte key. */
export function evidenceCommitment(
  key: Uint8Array,
  { evidence }: { readonly evidence: Uint8Array },
): Digest {
  return hashOf(keyed(key, evidence));
}

function epoch({ caseId, n }: EpochPlace): Uint8Array {
  return parts(bytesOf(caseId), u32(n));
}

function generation({ caseId, doc, g }: DocPlace): Uint8Array {
  return parts(bytesOf(caseId), bytesOf(doc), u32(g));
}
