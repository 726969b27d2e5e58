/** The screens' end of the wire to the worker: commands with numbers, topics that keep their last value. */
import type { ClientCode } from "../client/troubles";
import type { Api, Command, FromWorker, In, Out, Progress, Topics, ToWorker } from "./api";

type Options = NonNullable<Parameters<Api["do"]>[2]>;
type Ear = (value: unknown) => void;

interface Waiting {
  readonly kept: (out: unknown) => void;
  readonly refused: (trouble: unknown) => void;
  readonly progress: ((progress: Progress) => void) | undefined;
}

/** What is needed of a Worker; a message port serves as well. */
export interface Line {
  postMessage(message: ToWorker): void;
  addEventListener(type: "message", heard: (event: MessageEvent<FromWorker>) => void): void;
}

/** The Api over a worker. */
export class Link implements Api {
  private readonly line: Line;
  private readonly waiting = new Map<number, Waiting>();
  private readonly ears = new Map<keyof Topics, Set<Ear>>();
  private readonly values = new Map<keyof Topics, unknown>();
  private last = 0;

  constructor(line: Line) {
    this.line = line;
    line.addEventListener("message", ({ data }) => {
      this.take(data);
    });
  }

  /** Give a command; rejects with a Trouble when it is refused, with an AbortError when it is given up. */
  do<C extends Command>(command: C, input: In<C>, options: Options = {}): Promise<Out<C>> {
    this.last += 1;
    const id = this.last;
    const { progress, signal } = options;
    return new Promise<Out<C>>((resolve, reject) => {
      signal?.throwIfAborted();
      const kept = resolve as (out: unknown) => void;
      this.waiting.set(id, { kept, refused: reject, progress });
      signal?.addEventListener("abort", () => {
        if (this.waiting.delete(id)) this.line.postMessage({ id, stop: true });
        reject(signal.reason as Error);
      });
      this.line.postMessage({ id, do: command, with: input });
    });
  }

  /** Hear a topic from its present value on. Returns how to stop. */
  hear<T extends keyof Topics>(topic: T, heard: (value: Topics[T]) => void): () => void {
    const ears = this.ears.get(topic) ?? new Set<Ear>();
    const ear = heard as Ear;
    this.ears.set(topic, ears.add(ear));
    if (this.values.has(topic)) ear(this.values.get(topic));
    return () => {
      ears.delete(ear);
    };
  }

  /** The worker is gone or could not start: whatever waits is refused, and the program says so. */
  fail(trouble: { readonly code: ClientCode }): void {
    const told = { ...trouble, facts: {} };
    for (const { refused } of this.waiting.values()) refused(told);
    this.waiting.clear();
    this.say("app", { phase: "stopped", trouble: told, evidence: 0 });
  }

  private take(message: FromWorker): void {
    if ("topic" in message) this.say(message.topic, message.value);
    else if ("progress" in message) this.waiting.get(message.id)?.progress?.(message.progress);
    else this.settle(message);
  }

  private settle(message: Extract<FromWorker, { ok: unknown } | { refused: unknown }>): void {
    const waiting = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if ("ok" in message) waiting?.kept(message.ok);
    else waiting?.refused(message.refused);
  }

  private say(topic: keyof Topics, value: unknown): void {
    this.values.set(topic, value);
    for (const heard of this.ears.get(topic) ?? []) heard(value);
  }
}
