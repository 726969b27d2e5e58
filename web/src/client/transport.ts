/**
 * HTTP to one council: structs out, structs in, refusals as `Refused` (section 5.24).
 *
 * Every request may be sent again: ids make them idempotent. Those with a nonce are not: the
 * caller makes a new one.
 */

import { CODES, Refused, type Code } from "../crypto/errors";
import { decode } from "../protocol/codec";
import { Done, Failure } from "../protocol/generated";
import type { Shape } from "../protocol/kinds";

/** Longest answer that is read, in bytes. */
export const ANSWER_LIMIT = 16 * 1024 * 1024;
/** How often a request is sent before its failure is told. */
export const ATTEMPTS = 5;
/** How often a request is sent while the server tells to wait. */
export const TRIES = 6;
/** Longest time, in ms, that a server may tell to wait. */
export const LONGEST_TOLD = 10_000;
/** First pause between two attempts, in ms; doubled each time. */
export const FIRST_WAIT = 100;

const KNOWN: ReadonlyMap<string, Code> = new Map(CODES.map((code) => [code, code]));
const READING = { limit: ANSWER_LIMIT };
const PATIENCE = 30_000;
const CLIENT_ERRORS = 400;

/** Parameters of a question; as pairs where one is repeated. */
export type Query = Readonly<Record<string, string>> | readonly (readonly [string, string])[];

/** Headers beside those of every request. */
export type Headers = Readonly<Record<string, string>>;

/** What may go with a question. */
export interface Asking {
  readonly query?: Query;
  readonly headers?: Headers;
}

/** Turns an answered failure into the refusal that the server raised. */
export function refused(failure: Failure): Refused {
  const code = KNOWN.get(failure.code);
  if (code === undefined) return new Refused("UNAVAILABLE", { unknown: failure.code });
  const facts = Object.entries(failure.facts).filter(([name]) => name !== "code");
  return new Refused(code, Object.fromEntries(facts));
}

/** Reads an answer; UNAVAILABLE when it cannot be read, since what it would say is not known. */
export function answered<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    throw new Refused("UNAVAILABLE", { why: "answer", found: error.code }, { cause: error });
  }
}

/**
 * Sends, and while told to wait, waits and sends again.
 *
 * A limit of the server's edge has judged nothing. In the end UNAVAILABLE, as for every outcome
 * that is not known: an earlier attempt of the caller may have been stored.
 */
export async function patiently<T>(send: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    try {
      return await send();
    } catch (error) {
      const wait = toldWait(error);
      if (wait === null) throw error;
      await pause(wait, signal);
    }
  }
  throw new Refused("UNAVAILABLE", { why: "busy" });
}

/** A rule of a room is called RATE_LIMITED too, and tells no time. */
function toldWait(error: unknown): number | null {
  if (!(error instanceof Refused) || error.code !== "RATE_LIMITED") return null;
  const { wait } = error.facts;
  return typeof wait === "number" ? Math.min(Math.max(wait, 1), LONGEST_TOLD) : null;
}

/** Requests to one council of one server; `token` is sent once there is one. */
export class Http {
  /** Scheme, host and port. */
  readonly url: string;
  readonly slug: string;
  token: string | null = null;
  readonly #fetch: typeof fetch;
  readonly #closed = new AbortController();

  constructor(at: { readonly url: string; readonly slug: string; readonly fetch?: typeof fetch }) {
    this.url = at.url.replace(/\/+$/, "");
    this.slug = at.slug;
    this.#fetch = at.fetch ?? globalThis.fetch.bind(globalThis);
  }

  /** Gives up what is under way and sends nothing any more. */
  close(): void {
    this.#closed.abort();
  }

  /** Asks for something. */
  async get<T>(path: string, kind: Shape<T>, asking: Asking = {}): Promise<T> {
    const data = await this.#send("GET", this.#path(path), null, asking);
    return answered(() => decode(data, kind, READING));
  }

  /** Asks for a file of a log: a checkpoint, a tile. */
  async text(path: string, asking: Pick<Asking, "headers"> = {}): Promise<Uint8Array> {
    return this.#send("GET", this.#path(path), null, asking);
  }

  /** Sends something to the council. */
  async post<T>(path: string, body: object, kind: Shape<T>): Promise<T> {
    return this.postRoot(this.#path(path), body, kind);
  }

  /** Sends something that must not be sent twice, since it uses a nonce up. */
  async postOnce<T>(path: string, body: object, kind: Shape<T>): Promise<T> {
    const data = await this.#patiently("POST", this.#path(path), body, {});
    return answered(() => decode(data, kind, READING));
  }

  /** Sends something to the server itself. */
  async postRoot<T>(path: string, body: object, kind: Shape<T>): Promise<T> {
    const data = await this.#send("POST", path, body, {});
    return answered(() => decode(data, kind, READING));
  }

  /** Sends something whose answer is empty. */
  async done(path: string, body: object): Promise<void> {
    await this.post(path, body, Done);
  }

  #path(path: string): string {
    return `/v1/${this.slug}/${path}`;
  }

  async #send(method: string, path: string, body: object | null, asking: Asking) {
    for (let attempt = 1, wait = FIRST_WAIT; attempt < ATTEMPTS; attempt += 1, wait *= 2) {
      try {
        return await this.#patiently(method, path, body, asking);
      } catch (error) {
        if (!isUnavailable(error)) throw error;
      }
      await pause(wait, this.#closed.signal);
    }
    return this.#patiently(method, path, body, asking);
  }

  #patiently(method: string, path: string, body: object | null, asking: Asking) {
    return patiently(() => this.#once(method, path, body, asking), this.#closed.signal);
  }

  async #once(
    method: string,
    path: string,
    body: object | null,
    asking: Asking,
  ): Promise<Uint8Array> {
    if (this.#closed.signal.aborted) throw new Refused("UNAVAILABLE", { why: "closed" });
    const url = this.url + path + suffix(asking.query);
    try {
      const answer = await this.#fetch(url, {
        method,
        headers: this.#headers(asking.headers),
        body: body === null ? null : JSON.stringify(body),
        credentials: "omit",
        cache: "no-store",
        redirect: "error",
        referrerPolicy: "no-referrer",
        signal: AbortSignal.any([this.#closed.signal, AbortSignal.timeout(PATIENCE)]),
      });
      const data = await limited(answer);
      if (answer.status >= CLIENT_ERRORS) throw failed(data, answer.status);
      return data;
    } catch (error) {
      if (error instanceof Refused) throw error;
      // What `fetch` throws says nothing more than that no whole answer came.
      throw new Refused("UNAVAILABLE", { why: "network" }, { cause: error });
    }
  }

  #headers(more: Headers = {}): Record<string, string> {
    const token = this.token === null ? {} : { Authorization: `Bearer ${this.token}` };
    return { "Content-Type": "application/json", ...more, ...token };
  }
}

/** Tells whether the outcome of a request is unknown, so that it may be sent again. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof Refused && error.code === "UNAVAILABLE";
}

/** Waits some ms, or until a signal says that nobody waits any more. */
export function pause(wait: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, wait);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

function suffix(query: Query | undefined): string {
  if (query === undefined) return "";
  const pairs = Array.isArray(query) ? query : Object.entries(query);
  return `?${new URLSearchParams(pairs as [string, string][]).toString()}`;
}

/** Reads a body no further than the limit: a server that never ends cannot fill the memory. */
async function limited(answer: Response): Promise<Uint8Array> {
  if (answer.body === null) return new Uint8Array();
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of piecesOf(answer.body)) {
    size += piece.length;
    if (size > ANSWER_LIMIT) throw new Refused("UNAVAILABLE", { why: "answer", found: "OVERSIZE" });
    pieces.push(piece);
  }
  return joined(pieces, size);
}

/** Not every browser can iterate a stream. */
async function* piecesOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}

function joined(pieces: readonly Uint8Array[], size: number): Uint8Array {
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function failed(data: Uint8Array, status: number): Refused {
  try {
    return refused(decode(data, Failure, READING));
  } catch {
    return new Refused("UNAVAILABLE", { status }); // a proxy's page, not our server's word
  }
}
