/** PW: Argon2id version 1.3 with p=1 (protocol, section 5.1); it blocks, so only a worker calls it. */

import { utf8 } from "./bytes";
import { Refused } from "./errors";
import { FLOOR, reaches, type Argon2Profile } from "./profiles";
import { sodium } from "./sodium";

export const SALT_SIZE = 16;
export const OUTPUT_SIZE = 32;

/** Salt of 16 bytes and cost; only a test names another floor. */
export interface Stretching {
  readonly salt: Uint8Array;
  readonly profile: Argon2Profile;
  readonly floor?: Argon2Profile;
}

/**
 * Return 32 bytes from a passphrase (text as UTF-8).
 *
 * Throws `KDF_FLOOR` when the profile is cheaper than the floor.
 */
export function stretch(
  passphrase: string | Uint8Array,
  { salt, profile, floor = FLOOR }: Stretching,
): Uint8Array {
  if (!reaches(profile, floor)) throw new Refused("KDF_FLOOR");
  return sodium.crypto_pwhash(
    OUTPUT_SIZE,
    typeof passphrase === "string" ? utf8(passphrase) : passphrase,
    salt,
    profile.passes,
    profile.memoryBytes,
    sodium.crypto_pwhash_ALG_ARGON2ID13,
  );
}
