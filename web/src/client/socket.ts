/** The live socket: every payload is one JSON text, every call has one answer (section 5.24). */

import { io, type Socket as Engine } from "socket.io-client";

import { Refused } from "../crypto/errors";
import { decode } from "../protocol/codec";
import { Failure } from "../protocol/generated";
import type { Shape } from "../protocol/kinds";
import { ANSWER_LIMIT, answered, patiently, refused } from "./transport";

/** Events that the server sends by itself. */
export const EVENTS = ["push", "idhead", "notice", "gone", "head", "cut"] as const;

/** One of them. */
export type EventName = (typeof EVENTS)[number];

const READING = { limit: ANSWER_LIMIT };
const PATIENCE = 30_000;

/** What somebody needs to say to open a socket; the functions must not throw. */
export interface Listening {
  readonly url: string;
  readonly slug: string;
  /** Takes the name of an event and its JSON text. */
  readonly onEvent: (event: EventName, text: string) => void;
  /** Called once when the connection is lost or was cut. */
  readonly onEnd: () => void;
}

/** One connection; it is not mended here, but by whoever holds the session. */
export class Socket {
  readonly #engine: Engine;
  readonly #slug: string;
  readonly #ended = new AbortController();
  #token = "";

  constructor(listening: Listening) {
    this.#slug = listening.slug;
    this.#engine = io(listening.url, {
      transports: ["websocket"],
      forceNew: true,
      autoConnect: false,
      reconnection: false,
      timeout: PATIENCE,
      withCredentials: false,
      auth: (give: (said: object) => void) => {
        give({ token: this.#token, slug: this.#slug });
      },
    });
    for (const event of EVENTS) {
      this.#engine.on(event, (payload: unknown) => {
        if (typeof payload === "string") listening.onEvent(event, payload);
      });
    }
    this.#engine.on("disconnect", () => {
      this.#ended.abort();
      listening.onEnd();
    });
  }

  /** Tells whether calls can be made. */
  get isConnected(): boolean {
    return this.#engine.connected;
  }

  /** Connects with an access token; BAD_TOKEN, or what else the server says; UNAVAILABLE. */
  connect(token: string): Promise<void> {
    this.#token = token;
    return new Promise((resolve, reject) => {
      this.#engine.once("connect", resolve);
      this.#engine.once("connect_error", (error: Error) => {
        this.#engine.close();
        reject(rejected(error));
      });
      this.#engine.connect();
    });
  }

  /** Sends something and waits for the answer, and as long as the server tells. */
  async call<T>(event: string, body: object, kind: Shape<T>): Promise<T> {
    const text = JSON.stringify(body);
    return patiently(async () => {
      const answer = await this.#answer(event, text);
      if (typeof answer !== "string") throw new Refused("UNAVAILABLE", { why: "answer" });
      return readAnswer(answer, kind);
    }, this.#ended.signal);
  }

  /** Waits for the answer, but not on a connection that has ended. */
  #answer(event: string, text: string): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const lost = (): void => {
        reject(new Refused("UNAVAILABLE", { why: "socket" }));
      };
      if (!this.isConnected || this.#ended.signal.aborted) {
        lost();
        return;
      }
      this.#ended.signal.addEventListener("abort", lost, { once: true });
      const done = (error: Error | null, answer: unknown): void => {
        this.#ended.signal.removeEventListener("abort", lost);
        if (error === null) resolve(answer);
        else lost();
      };
      this.#engine.timeout(PATIENCE).emit(event, text, done);
    });
  }

  /** Disconnects. */
  close(): void {
    this.#engine.close();
  }
}

/** Reads an answer, or throws the refusal that came in its place. */
export function readAnswer<T>(text: string, kind: Shape<T>): T {
  const data = new TextEncoder().encode(text);
  if (isFailure(text)) throw refused(answered(() => decode(data, Failure, READING)));
  return answered(() => decode(data, kind, READING));
}

/** Only looks: what is then read is read strictly. */
function isFailure(text: string): boolean {
  try {
    const seen: unknown = JSON.parse(text);
    return typeof seen === "object" && seen !== null && "code" in seen && "ja" in seen;
  } catch {
    return false;
  }
}

/** The server refuses a connection with a Failure as message; anything else is the network. */
function rejected(error: Error): Refused {
  try {
    return refused(decode(new TextEncoder().encode(error.message), Failure, READING));
  } catch {
    return new Refused("UNAVAILABLE", { why: "socket" }, { cause: error });
  }
}
