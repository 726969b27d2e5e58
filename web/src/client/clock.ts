/** The server's time as this client knows it: its own clock and a measured offset (section 5.13). */

import { Refused } from "../crypto/errors";

/** How far, in ms, a clock or a claimed time may be off before it counts as wrong. */
export const TOLERANCE = 10 * 60 * 1000;

/** Local time plus the offset heard from the server; instants are ms since 1970. */
export class Clock {
  /** What the server's clock is ahead of this machine's, in ms. */
  offset = 0;
  readonly #local: () => number;

  constructor(local: () => number) {
    this.#local = local;
  }

  /** Takes the server's word on the time, in ms. */
  heard(server: number): void {
    this.offset = server - this.#local();
  }

  /** The server's time in ms, as near as can be told. */
  now(): number {
    return this.#local() + this.offset;
  }

  /** The same in whole seconds, as signed requests name it. */
  seconds(): number {
    return Math.floor(this.now() / 1000);
  }

  /** Tells whether this machine's clock is more than ten minutes away from the server's. */
  isOff(): boolean {
    return Math.abs(this.offset) > TOLERANCE;
  }

  /** Refuses (CLOCK) a time more than ten minutes from now, in ms. */
  requireNear(t: number): void {
    if (Math.abs(t - this.now()) > TOLERANCE) throw new Refused("CLOCK");
  }
}

/** A clock that starts from this machine's time: the one place where it is read. */
export function machineClock(): Clock {
  return new Clock(() => Date.now());
}
