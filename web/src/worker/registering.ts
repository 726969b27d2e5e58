/** The register of one agency, for whoever keeps its key in her vault. */

import { Registrar, type Request } from "../client/registrar";
import { signerOf } from "../client/signer";
import { Refused } from "../crypto/errors";
import { bytesOf, type Aid, type InvId } from "../protocol/ids";
import type { Office } from "./office";

const held = new WeakMap<Office, Promise<Registrar>>();

/** The registrar whose key lies in this vault; UNTRUSTED without one. */
export function registrarOf(office: Office): Promise<Registrar> {
  let registrar = held.get(office);
  if (registrar === undefined) {
    registrar = made(office);
    held.set(office, registrar);
  }
  return registrar;
}

async function made({ session }: Office): Promise<Registrar> {
  const { vault, council } = session;
  const { agencies } = council.log.directory;
  const kept = vault.contents.keys.find(({ name }) => agencies.has(name as Aid));
  if (kept === undefined) throw new Refused("UNTRUSTED", { why: "no-registrar" });
  const key = await signerOf(bytesOf(kept.seed));
  return new Registrar(council, { vault, key, aid: kept.name as Aid });
}

/** Tell whether an agency's key lies in this vault. */
export function isRegistrar({ session }: Office): boolean {
  const { agencies } = session.council.log.directory;
  return session.vault.contents.keys.some(({ name }) => agencies.has(name as Aid));
}

// The digits are slow to compute on purpose; a request under an invitation never changes.
const requests = new WeakMap<Office, Map<InvId, Request>>();

/** Everybody who waits under an invitation of mine; who asked wrongly is passed over. */
export async function requestsOf(office: Office): Promise<ReadonlyMap<InvId, Request>> {
  const known = requests.get(office) ?? new Map<InvId, Request>();
  requests.set(office, known);
  const registrar = await registrarOf(office);
  const invites = office.session.vault.contents.invites.map(({ inv }) => inv);
  for (const inv of invites) {
    if (known.has(inv)) continue;
    const found = await orNull(() => registrar.request(inv));
    if (found !== null) known.set(inv, found);
  }
  for (const inv of known.keys()) if (!invites.includes(inv)) known.delete(inv);
  return known;
}

async function orNull(ask: () => Promise<Request>): Promise<Request | null> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof Refused && error.code !== "UNAVAILABLE") return null;
    throw error;
  }
}
