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

/**
 * Start the worker after its file met the integrity that the page names.
 *
 * The constructor itself knows no integrity; the file it then loads is the one just checked, since
 * it is cached as immutable. Call once: a second policy of the name is refused by the CSP.
 * Rejects with TypeError when the file is missing or is another one.
 */
export async function startWorker(): Promise<Worker> {
  const link = document.querySelector<HTMLLinkElement>('link[rel="x-worker"]');
  if (link) await fetch(link.href, { integrity: link.integrity, credentials: "omit" });
  return new Worker(allowed(), { type: "module" });
}
