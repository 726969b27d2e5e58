/** Named costs of the password hash; none of them is ever read from a message. */

/** What one Argon2id call costs; p is always 1. */
export interface Argon2Profile {
  readonly memoryBytes: number;
  readonly passes: number;
}

/** Answer whether neither cost of a profile is below the floor's. */
export function reaches(profile: Argon2Profile, floor: Argon2Profile): boolean {
  return profile.memoryBytes >= floor.memoryBytes && profile.passes >= floor.passes;
}

/** Protocol, section 5.1: well under a second on an office PC, and it fits into a phone's page. */
export const STANDARD: Argon2Profile = { memoryBytes: 128 * 1024 * 1024, passes: 3 };

/** Nothing cheaper opens a vault: a file that asks for less was tampered with. */
export const FLOOR: Argon2Profile = STANDARD;
