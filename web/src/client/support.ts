/** What this browser must be able to do before anything else is tried. */

import { ready } from "../crypto/sodium";
import { Trouble } from "./troubles";

/** Starts the cryptography: OLD_BROWSER, or WASM_BLOCKED where a policy forbids WebAssembly. */
export async function startCrypto(): Promise<void> {
  await requireModern();
  try {
    await ready();
  } catch (error) {
    throw new Trouble("WASM_BLOCKED", { cause: error });
  }
}

async function requireModern(): Promise<void> {
  const { subtle } = globalThis.crypto as { subtle?: SubtleCrypto }; // absent without https
  const known = typeof WebAssembly === "object" && typeof AbortSignal.any === "function";
  if (subtle === undefined || !known) throw new Trouble("OLD_BROWSER");
  try {
    await subtle.generateKey("Ed25519", false, ["sign"]);
  } catch (error) {
    throw new Trouble("OLD_BROWSER", { cause: error });
  }
}
