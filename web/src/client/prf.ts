/**
 * A second wrap of the vault key, for an authenticator that answers with a secret (WebAuthn PRF).
 *
 * It lies beside the vault in this profile and never in its file: it only spares the passphrase,
 * and losing the authenticator loses nothing (protocol paper, 1.5).
 */

import type { Entropy } from "../crypto/entropy";
import { Refused } from "../crypto/errors";
import { kdf } from "../crypto/hashing";
import { openItem, sealItem } from "./vault_format";

const HEADER = new TextEncoder().encode('{"v":1,"k":"prf"}');
const PRF_SIZE = 32;

/** Wraps V (32 bytes) under an authenticator's answer (32 bytes). */
export function sealPrf(key: Uint8Array, prf: Uint8Array, entropy: Entropy): Uint8Array {
  return sealItem(wrapping(prf), { header: HEADER, plaintext: key, entropy });
}

/** Gives V; BAD_COMMITMENT for another authenticator's answer. */
export function openPrf(item: Uint8Array, prf: Uint8Array): Uint8Array {
  return openItem(wrapping(prf), item);
}

function wrapping(prf: Uint8Array): Uint8Array {
  if (prf.length !== PRF_SIZE) throw new Refused("BAD_LENGTH");
  return kdf(prf, "vault", new TextEncoder().encode("prf"));
}
