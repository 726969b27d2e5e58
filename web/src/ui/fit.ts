// Whether this browser can do what the program needs, asked before anything starts.
import type { ClientCode } from "../client/troubles";

/** The smallest module there is: a blocked WebAssembly refuses it too. */
const EMPTY_MODULE = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);

function modern(): boolean {
  const has = [
    typeof HTMLDialogElement === "function" && "showModal" in HTMLDialogElement.prototype,
    "subtle" in crypto,
    "indexedDB" in globalThis,
    "locks" in navigator,
    "toSorted" in Array.prototype && "groupBy" in Map,
  ];
  return has.every(Boolean);
}

function compiles(): boolean {
  try {
    return new WebAssembly.Module(EMPTY_MODULE) instanceof WebAssembly.Module;
  } catch {
    return false;
  }
}

/** What stands in the way: OLD_BROWSER, WASM_BLOCKED, or null. */
export function misfit(): Extract<ClientCode, "OLD_BROWSER" | "WASM_BLOCKED"> | null {
  if (!modern()) return "OLD_BROWSER";
  return compiles() ? null : "WASM_BLOCKED";
}
