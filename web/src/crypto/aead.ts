/** XChaCha20-Poly1305-IETF. It does not commit to its key: the envelope adds that (section 5.9). */

import { Refused } from "./errors";
import { sodium } from "./sodium";

export const KEY_SIZE = 32;
export const NONCE_SIZE = 24;
export const TAG_SIZE = 16;

/** Key of 32 bytes, nonce of 24, and what is authenticated beside the message. */
export interface Place {
  readonly key: Uint8Array;
  readonly nonce: Uint8Array;
  readonly aad: Uint8Array;
}

/** Return ciphertext then 16-byte tag. */
export function encrypt({
  key,
  nonce,
  aad,
  plaintext,
}: Place & { readonly plaintext: Uint8Array }): Uint8Array {
  return sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(plaintext, aad, null, nonce, key);
}

/** Return the plaintext; `BAD_TAG` if key, nonce, aad or any byte differs. */
export function decrypt({
  key,
  nonce,
  aad,
  ciphertext,
}: Place & { readonly ciphertext: Uint8Array }): Uint8Array {
  if (ciphertext.length < TAG_SIZE) throw new Refused("BAD_TAG");
  try {
    return sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(null, ciphertext, aad, nonce, key);
  } catch (error) {
    throw new Refused("BAD_TAG", {}, { cause: error });
  }
}
