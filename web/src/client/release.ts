/**
 * Whether the bundle that runs here is a release that the council's keys signed (section 9.3).
 *
 * This is what a page finds out about itself. A page that lies can lie here too; what helps then
 * is `entaku ui`, and others who compare the manifest. It does catch a wrong or half-renewed
 * deployment, and it gives people the value to compare.
 */

import { sha256 } from "../crypto/hashing";
import { Refused } from "../crypto/errors";
import type { Directory } from "../protocol/directory";
import { hashOf, type Digest, type Hash } from "../protocol/ids";

/** A build: its version, the hash of its manifest, and the hash of each of its files by path. */
export interface Bundle {
  readonly version: string;
  readonly manifest: Digest;
  readonly files: ReadonlyMap<string, Hash>;
}

/** What the identity log says of a bundle; `newest` is the version released last. */
export interface Standing {
  readonly logged: boolean;
  readonly newest: string | null;
}

/** What of the server's files is asked for; `fetch` of the browser fits. */
export type Ask = (path: string, init: RequestInit) => Promise<Response>;

const MANIFEST = "/manifest.json";
const INDEX = "index.html";
const HASH = /^[A-Za-z0-9_-]{43}$/;

/** Read the bytes of `manifest.json`: BAD_J1 for anything else. */
export function readManifest(bytes: Uint8Array): Bundle {
  const told = parsed(bytes);
  const { version, files } = told as { version?: unknown; files?: unknown };
  if (typeof version !== "string" || typeof files !== "object" || files === null)
    throw new Refused("BAD_J1");
  const entries = Object.entries(files as Record<string, unknown>);
  return { version, manifest: hashOf<Digest>(sha256(bytes)), files: new Map(entries.map(entry)) };
}

function parsed(bytes: Uint8Array): object {
  try {
    const told: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    if (typeof told === "object" && told !== null) return told;
  } catch {
    // told below, like any other text that is no manifest
  }
  throw new Refused("BAD_J1");
}

function entry([path, hash]: readonly [string, unknown]): [string, Hash] {
  if (typeof hash !== "string" || !HASH.test(hash)) throw new Refused("BAD_J1");
  return [path, hash as Hash];
}

/** Ask the page's own origin for its manifest; UNAVAILABLE when it gives none. */
export async function fetchBundle(ask: Ask): Promise<Bundle> {
  return readManifest(await bytesAt(ask, MANIFEST, "no-cache"));
}

async function bytesAt(ask: Ask, path: string, cache: RequestCache): Promise<Uint8Array> {
  const reply = await ask(path, { cache, credentials: "omit", redirect: "error" }).catch(
    () => null,
  );
  if (reply?.ok !== true) throw new Refused("UNAVAILABLE");
  return new Uint8Array(await reply.arrayBuffer());
}

/**
 * Compare all files with the manifest; gives the paths of those that differ or are not there.
 *
 * `running` are addresses of scripts that run now: one that the manifest lacks differs too. Files
 * are taken from the browser's cache where they are, since those are the ones that run.
 */
export async function alteredFiles(
  bundle: Bundle,
  ask: Ask,
  running: readonly string[] = [],
): Promise<string[]> {
  const altered = running.map(pathOf).filter((path) => !bundle.files.has(path));
  for (const [path, hash] of bundle.files) {
    const bytes = await bytesAt(ask, addressOf(path), "default").catch(() => null);
    if (bytes === null || hashOf(sha256(bytes)) !== hash) altered.push(path);
  }
  return altered.sort();
}

/** The page is asked for by the address under which it runs. */
function addressOf(path: string): string {
  return path === INDEX ? "/" : `/${path}`;
}

function pathOf(address: string): string {
  return new URL(address, "https://page.invalid").pathname.slice(1);
}

/** Look a manifest up among the releases of a verified log below size `n`. */
export function standing(manifest: Digest, directory: Directory, n: number): Standing {
  const releases = directory.releases.filter(({ index }) => index < n).map(({ body }) => body);
  return {
    logged: releases.some((release) => release.manifest === manifest),
    newest: releases.at(-1)?.ver ?? null,
  };
}
