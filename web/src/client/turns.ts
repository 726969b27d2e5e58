/** Asynchronous work that must not overlap: one after another, also after one that failed. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /** Does something once all that was asked for before is over. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.catch(() => undefined);
    return done;
  }
}
