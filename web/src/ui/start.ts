// Starts the worker that holds keys and cryptography.
import workerUrl from "../worker/main.ts?worker&url";

interface ScriptPolicy {
  createScriptURL(url: string): string;
}

interface Policies {
  createPolicy(name: string, rules: ScriptPolicy): ScriptPolicy;
}

/** The one policy that the page's CSP allows; it lets exactly one address through. */
export const POLICY = "entaku-worker";

function onlyWorker(url: string): string {
  if (url !== workerUrl) throw new TypeError(url);
  return url;
}

/** A browser without Trusted Types takes the plain address. */
function allowed(): string {
  const policies = (globalThis as { trustedTypes?: Policies }).trustedTypes;
  const policy = policies?.createPolicy(POLICY, { createScriptURL: onlyWorker });
  return policy ? policy.createScriptURL(workerUrl) : onlyWorker(workerUrl);
}

/** The worker's file is there, and is not the one that the page names. */
export class Altered extends Error {}

async function requireWhole({ href, integrity }: HTMLLinkElement): Promise<void> {
  try {
    await fetch(href, { integrity, credentials: "omit" });
  } catch (cause) {
    // What can be fetched without its integrity failed by it; what cannot, failed on the way.
    await fetch(href, { credentials: "omit", cache: "no-store" });
    throw new Altered("worker", { cause });
  }
}

/**
 * Start the worker after its file met the integrity that the page names.
 *
 * The constructor itself knows no integrity; the file it then loads is the one just checked, since
 * it is cached as immutable. Call once: a second policy of the name is refused by the CSP.
 * Rejects with Altered when the file is another one, with TypeError when it cannot be fetched.
 */
export async function startWorker(): Promise<Worker> {
  const link = document.querySelector<HTMLLinkElement>('link[rel="x-worker"]');
  if (link) await requireWhole(link);
  return new Worker(allowed(), { type: "module" });
}
