/** The one door to libsodium; `ready()` must have been awaited before anything else is called. */

import sodium from "libsodium-wrappers-sumo";

export { sodium };

/** Load and start the WebAssembly module, once; rejects where WebAssembly is blocked. */
export async function ready(): Promise<void> {
  await sodium.ready;
}
