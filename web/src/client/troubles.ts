/** What goes wrong on this machine rather than in the protocol, as stable codes. */

import { Refused } from "../crypto/errors";

/** Troubles of the machine, the browser or the network; their sentences are in `text/troubles`. */
export const CLIENT_CODES = [
  "STORAGE_FULL",
  "STORAGE_BLOCKED",
  "FILE_DENIED",
  "WASM_BLOCKED",
  "OLD_BROWSER",
  "PAGE_ALTERED",
  "MEMORY_SHORT",
  "OFFLINE",
  "CLOCK_OFF",
  "PROFILE_FRESH",
  "VAULT_IN_USE",
  "VAULT_EXISTS",
  "VAULT_MISSING",
  "VAULT_DAMAGED",
  "WRONG_PASSPHRASE",
  "LINK_LOST",
] as const;

/** One of the troubles. */
export type ClientCode = (typeof CLIENT_CODES)[number];

/** Something that no check of the protocol refused, but that stops the client all the same. */
export class Trouble extends Error {
  readonly code: ClientCode;

  constructor(code: ClientCode, options?: ErrorOptions) {
    super(code, options);
    this.name = "Trouble";
    this.code = code;
  }
}

/** Names the trouble behind what was thrown; null where the protocol's own code says it better. */
export function troubleOf(error: unknown): ClientCode | null {
  if (error instanceof Trouble) return error.code;
  if (error instanceof Refused) return fromRefusal(error);
  if (error instanceof DOMException) return fromBrowser(error.name);
  return null;
}

/** Tells whether the network was gone, so that the outcome of a request is unknown. */
export function isOffline(error: unknown): boolean {
  return troubleOf(error) === "OFFLINE";
}

const OF_WHY: Readonly<Record<string, ClientCode>> = {
  network: "OFFLINE",
  socket: "OFFLINE",
  "vault-in-use": "VAULT_IN_USE",
  "vault-exists": "VAULT_EXISTS",
  "no-vault": "VAULT_MISSING",
  "wrong-passphrase": "WRONG_PASSPHRASE",
  "vault-damaged": "VAULT_DAMAGED",
  "machine-clock": "CLOCK_OFF",
  "no-device": "LINK_LOST",
};

function fromRefusal(refusal: Refused): ClientCode | null {
  const why = refusal.facts["why"];
  return typeof why === "string" ? (OF_WHY[why] ?? null) : null;
}

const OF_NAME: Readonly<Record<string, ClientCode>> = {
  QuotaExceededError: "STORAGE_FULL",
  InvalidStateError: "STORAGE_BLOCKED",
  SecurityError: "STORAGE_BLOCKED",
  UnknownError: "STORAGE_BLOCKED",
  NotAllowedError: "FILE_DENIED",
  NotFoundError: "FILE_DENIED",
  NoModificationAllowedError: "VAULT_IN_USE",
};

function fromBrowser(name: string): ClientCode | null {
  return OF_NAME[name] ?? null;
}

/** Runs something that touches the browser's storage, and names its troubles. */
export async function naming<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = error instanceof DOMException ? fromBrowser(error.name) : null;
    throw code === null ? error : new Trouble(code, { cause: error });
  }
}
