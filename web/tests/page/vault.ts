/** Loaded by tests/browser/test_vault_store.py into a real browser: a vault in a real profile. */

import { openProfile, profileHealth, TabOwners } from "../../src/client/stores";
import { startCrypto } from "../../src/client/support";
import { troubleOf } from "../../src/client/troubles";
import { Vault, type Place } from "../../src/client/vault";
import { system } from "../../src/crypto/entropy";
import { hex } from "../../src/crypto/bytes";
import { fromHex } from "../../src/crypto/bytes";
import type { Did } from "../../src/protocol/ids";
import { hashOf, idOf } from "../../src/protocol/ids";

const CHEAP = { memoryBytes: 8 * 1024, passes: 1 };
const PASS = "合言葉";
const DID: Did = idOf(new Uint8Array(16));

await startCrypto();
const profile = await openProfile();
let vault: Vault | null = null;

const place: Place = {
  store: profile,
  name: "担当 花子",
  entropy: system,
  costs: { profile: CHEAP, floor: CHEAP },
  owners: new TabOwners(navigator.locks),
  marks: profile,
};

function open(): Vault {
  if (vault === null) throw new Error("no vault is open");
  return vault;
}

/** A save of some bytes that compress to nothing. */
async function save(size: number): Promise<void> {
  const seed = hashOf(system(32));
  const name = hex(system(16));
  const keys = Array.from({ length: Math.ceil(size / 100) }, () => ({ name, seed }));
  await open().update((contents) => ({ ...contents, keys }));
}

/** What the test calls; each gives `ok` or the name of a trouble. */
const steps = {
  create: async (seed: string) => {
    vault = await Vault.create(place, PASS);
    await vault.keepDeviceKey(fromHex(seed), { did: DID });
    await vault.update((contents) => contents);
  },
  open: async () => {
    vault = await Vault.open(place, PASS);
  },
  close: () => open().close(),
  save,
  draft: (text: string) => open().drafts.put("note", text, 1),
};

type Steps = typeof steps;

async function attempt<K extends keyof Steps>(step: K, ...given: Parameters<Steps[K]>) {
  try {
    await (steps[step] as (...given: unknown[]) => Promise<void>)(...given);
    return "ok";
  } catch (error) {
    return troubleOf(error) ?? String(error);
  }
}

Object.assign(globalThis, {
  attempt,
  rev: () => open().rev,
  names: () => profile.list(),
  draft: async () => (await open().drafts.get("note"))?.text ?? null,
  health: () => profileHealth(profile, navigator.storage),
  saveForEver: async () => {
    for (;;) await save(1_000_000);
  },
});
document.title = "ready";
