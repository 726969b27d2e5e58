/** Which basis a form is about: it does not stand in the address, so that nothing is told by a link. */
import { signal } from "@preact/signals";

export const chosen = signal<string | null>(null);
