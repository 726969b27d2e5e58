/**
 * What the worker shows by itself: values are made anew when something changed, at once after a
 * quiet time, else no more often than a pause that is short for what people watch.
 */

import type { Topics as Values } from "./api";

/** One topic. */
export type Topic = keyof Values;

/** How the values of topics are made; undefined where there is nothing to show. */
export type Makers = { readonly [T in Topic]: () => Values[T] | undefined };

/** Pauses in ms: a room is watched, lists are only looked at. */
const PAUSES: Readonly<Record<Topic, number>> = { app: 40, room: 40, home: 400, docket: 400 };

/** Says what changed. */
export class Topics {
  readonly #makers: Makers;
  readonly #say: (topic: Topic, value: unknown) => void;
  readonly #elapsed: () => number;
  readonly #timers = new Map<Topic, ReturnType<typeof setTimeout>>();
  readonly #last = new Map<Topic, number>();
  readonly #said = new Map<Topic, string>();

  /** `elapsed` is a clock in ms that never jumps. */
  constructor(
    makers: Makers,
    say: (topic: Topic, value: unknown) => void,
    elapsed: () => number = () => performance.now(),
  ) {
    this.#makers = makers;
    this.#say = say;
    this.#elapsed = elapsed;
  }

  /** These may have changed. */
  changed(...topics: readonly Topic[]): void {
    for (const topic of topics) {
      if (this.#timers.has(topic)) continue;
      const next = (this.#last.get(topic) ?? -Infinity) + PAUSES[topic];
      const wait = Math.max(0, next - this.#elapsed());
      this.#timers.set(
        topic,
        setTimeout(() => {
          this.now(topic);
        }, wait),
      );
    }
  }

  /** Says a topic now, unless it is as it was. */
  now(topic: Topic): void {
    clearTimeout(this.#timers.get(topic));
    this.#timers.delete(topic);
    this.#last.set(topic, this.#elapsed());
    const value = this.#makers[topic]();
    if (value === undefined) return;
    const text = JSON.stringify(value);
    if (this.#said.get(topic) === text) return;
    this.#said.set(topic, text);
    this.#say(topic, value);
  }

  /** Forgets what was said of these, or of all: it will be said anew even if it is as it was. */
  forget(...topics: readonly Topic[]): void {
    if (topics.length === 0) this.#said.clear();
    for (const topic of topics) this.#said.delete(topic);
  }

  /** Says nothing that is still waiting to be said. */
  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}
