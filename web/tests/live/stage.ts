/** What pytest hands to the tests here, and what they hand back: files in a folder. */

import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { machineClock } from "../../src/client/clock";
import { Council } from "../../src/client/council";
import { MemoryStore, type Store } from "../../src/client/stores";
import { Http, pause } from "../../src/client/transport";
import { Vault, type Place } from "../../src/client/vault";
import { system } from "../../src/crypto/entropy";

/** A setting of this run. */
export function given(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set; tests/edges/web sets it`);
  return value;
}

export const PASS = "合言葉";
const CHEAP = { memoryBytes: 8 * 1024, passes: 1 };

/** A place for a cheap vault. */
export function placeOf(name: string, store: Store = new MemoryStore()): Place {
  return { store, name, entropy: system, costs: { profile: CHEAP, floor: CHEAP } };
}

/** A council that nothing is known of but where it is served. */
export function stranger(): Council {
  const http = new Http({ url: given("ENTAKU_URL"), slug: given("ENTAKU_SLUG") });
  return new Council({ http, clock: machineClock(), entropy: system, net: null });
}

/** A new vault. */
export function freshVault(name: string): Promise<Vault> {
  return Vault.create(placeOf(name), PASS);
}

/** A file that the other side made, or will read. */
export function shared(name: string): string {
  return join(given("ENTAKU_FOLDER"), name);
}

/** Leaves something for the other side, whole at once. */
export function leave(name: string, content: string | Uint8Array = ""): void {
  const made = shared(`.${name}`);
  writeFileSync(made, content);
  renameSync(made, shared(name));
}

/** Reads what the other side left. */
export function left(name: string): Uint8Array {
  return new Uint8Array(readFileSync(shared(name)));
}

/** Waits until the other side left something; gives its text. */
export async function untilLeft(name: string): Promise<string> {
  while (!existsSync(shared(name))) await pause(50);
  return new TextDecoder().decode(left(name));
}
