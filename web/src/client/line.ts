/**
 * Keeps a signed-in device connected: tokens renewed, a lost socket opened anew (section 5.24).
 *
 * What was missed meanwhile is asked for by whoever joins the rooms again in `onUp`, from the last
 * row held.
 */

import { Refused, type Code } from "../crypto/errors";
import { Done } from "../protocol/generated";
import type { Session } from "./session";
import { Socket, type EventName } from "./socket";
import { pause } from "./transport";

/** `up`: calls can be made; `down`: being mended; `ended`: only a person can help. */
export type LineState = "up" | "down" | "ended";

/** What happens on a line; nothing here may throw but `onUp`. */
export interface Hearing {
  /** Takes the name of an event and its JSON text. */
  readonly onEvent: (event: EventName, text: string) => void;
  /** A fresh socket is there: joins the rooms again. Its refusal counts as a lost connection. */
  readonly onUp: (socket: Socket) => Promise<void>;
  /** Tells a change, and what caused it. */
  readonly onState: (state: LineState, why: unknown) => void;
}

/** Pauses, in ms, before each attempt to connect again; the last one is repeated. */
export const WAITS = [100, 300, 1_000, 3_000, 10_000] as const;

/** How long before its end, in ms, a token is renewed. */
export const AHEAD = 60_000;

const LEAST = 1_000;
const LONGEST_WAIT = 10_000;

/** Refusals that another attempt may well overcome. */
export const PASSING: ReadonlySet<Code> = new Set([
  "UNAVAILABLE",
  "BAD_TOKEN",
  "RATE_LIMITED",
  "REPLAY",
]);

/** One line at a time for a session. */
export class Line {
  readonly #session: Session;
  readonly #hearing: Hearing;
  readonly #closed = new AbortController();
  #waking = new AbortController();
  #socket: Socket | null = null;
  #busy = false;

  constructor(session: Session, hearing: Hearing) {
    this.#session = session;
    this.#hearing = hearing;
  }

  /** The live socket; UNAVAILABLE without one. */
  get socket(): Socket {
    if (this.#socket === null) throw new Refused("UNAVAILABLE", { why: "socket" });
    return this.#socket;
  }

  /** Tells whether there is a live socket. */
  get isUp(): boolean {
    return this.#socket !== null;
  }

  /** Signs in and connects; from then on lost connections are mended until `close`. */
  async open(): Promise<void> {
    this.#busy = true;
    try {
      await this.#connect();
    } finally {
      this.#busy = false;
    }
    void this.#renew();
  }

  /** Looks now instead of later: the network is back, the machine woke, the page is seen again. */
  wake(): void {
    this.#waking.abort();
    this.#waking = new AbortController();
  }

  /** Disconnects for good. */
  close(): void {
    this.#closed.abort();
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  async #connect(): Promise<void> {
    const { http } = this.#session.council;
    await this.#session.login();
    const socket = new Socket({
      url: http.url,
      slug: http.slug,
      onEvent: this.#hearing.onEvent,
      onEnd: () => {
        this.#lost(socket);
      },
    });
    await socket.connect(http.token ?? "");
    try {
      this.#socket = socket;
      await this.#hearing.onUp(socket);
    } catch (error) {
      this.#socket = null;
      socket.close();
      throw error;
    }
    if (this.#isClosed()) socket.close();
    else this.#hearing.onState("up", null);
  }

  #lost(socket: Socket): void {
    if (this.#socket !== socket) return;
    this.#socket = null;
    if (this.#busy || this.#isClosed()) return;
    this.#hearing.onState("down", null);
    void this.#mend();
  }

  async #mend(): Promise<void> {
    this.#busy = true;
    for (let attempt = 0; !this.#isClosed(); attempt += 1) {
      await this.#rest(spread(WAITS[attempt] ?? LONGEST_WAIT, this.#session));
      if (await this.#again()) break;
    }
    this.#busy = false;
    if (this.#socket === null) return;
    if (!this.#socket.isConnected) this.#lost(this.#socket); // it ended at once
  }

  /** Tries once; tells whether there is no need to try again. */
  async #again(): Promise<boolean> {
    if (this.#isClosed()) return true;
    try {
      await this.#connect();
      return true;
    } catch (error) {
      const passing = error instanceof Refused && PASSING.has(error.code);
      this.#hearing.onState(passing ? "down" : "ended", error);
      return !passing;
    }
  }

  /** Renews the token ahead of its end; while the line is down, mending it does the same. */
  async #renew(): Promise<void> {
    while (!this.#isClosed()) {
      const { expires, council } = this.#session;
      await this.#rest(Math.max(expires - council.clock.now() - AHEAD, LEAST));
      if (this.#isClosed() || this.#busy || !this.#isDue()) continue;
      try {
        await this.#session.login();
        const token = council.http.token ?? "";
        await this.#socket?.call("token", { token }, Done);
      } catch (error) {
        this.#hearing.onState(this.isUp ? "up" : "down", error);
      }
    }
  }

  #isClosed(): boolean {
    return this.#closed.signal.aborted;
  }

  #isDue(): boolean {
    return this.#session.expires - this.#session.council.clock.now() <= AHEAD;
  }

  async #rest(wait: number): Promise<void> {
    await pause(wait, AbortSignal.any([this.#closed.signal, this.#waking.signal]));
  }
}

/** Up to half as long again, so that a room does not come back all at once. */
function spread(wait: number, session: Session): number {
  const [draw = 0] = session.council.entropy(1);
  return wait * (1 + draw / 512);
}
