/** Locks by itself when nobody has done anything for a while. */

import type { Command } from "./api";

/** How long, in ms, an open vault waits for a person. */
export const IDLE = 10 * 60 * 1000;

/** What the page asks by itself tells nothing of a person. */
const PASSIVE: ReadonlySet<Command> = new Set<Command>([
  ...(["link.waiting", "registrar.waiting", "basis.waiting"] as const),
  ...(["draft.get", "people.directory", "people.candidates"] as const),
]);

/** Counts the time since a person did something. */
export class Idle {
  readonly #lock: () => void;
  #limit = IDLE;
  #timer: ReturnType<typeof setTimeout> | null = null;

  constructor(lock: () => void) {
    this.#lock = lock;
  }

  /** Somebody gave a command. */
  heard(command: Command): void {
    if (this.#timer !== null && !PASSIVE.has(command)) this.start(this.#limit);
  }

  /** Somebody is there, and wants to be waited for so long, in ms. */
  stay(limit: number): void {
    if (this.#timer !== null) this.start(limit);
  }

  /** Counts from now, up to a limit in ms. */
  start(limit = IDLE): void {
    this.stop();
    this.#limit = limit;
    this.#timer = setTimeout(this.#lock, limit);
  }

  /** Counts no more. */
  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
