/** The passphrase just typed, so that nobody types it twice within one enrolment; never stored. */

let kept: { readonly vault: string; readonly passphrase: string } | null = null;

/** Remember it until the page closes or it was used. */
export function keepPassphrase(vault: string, passphrase: string): void {
  kept = { vault, passphrase };
}

/** What was typed for this vault, or null after a reload. */
export function keptPassphrase(vault: string): string | null {
  return kept?.vault === vault ? kept.passphrase : null;
}

/** Forget it. */
export function forgetPassphrase(): void {
  kept = null;
}
