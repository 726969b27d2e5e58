/** Answers the screens: every command, its progress, its end; what fails is told as a code. */

import type { Command, FromWorker, Progress, ToWorker } from "./api";
import type { Around } from "./around";
import { AUDIT } from "./commands/audit";
import { BASES } from "./commands/bases";
import { BOARDS } from "./commands/boards";
import type { Call, Commands } from "./commands/command";
import { JOINING } from "./commands/joining";
import { PEOPLE } from "./commands/people";
import { REGISTRAR } from "./commands/registrar";
import { ROOMS } from "./commands/rooms";
import { SITTINGS } from "./commands/sittings";
import { VAULT } from "./commands/vault";
import { Desk } from "./desk";
import { toTrouble } from "./failing";

const ALL: Commands<Command> = {
  ...VAULT,
  ...JOINING,
  ...ROOMS,
  ...SITTINGS,
  ...BOARDS,
  ...PEOPLE,
  ...BASES,
  ...REGISTRAR,
  ...AUDIT,
};

type Say = (message: FromWorker) => void;

/** The worker without the browser around it. */
export class Host {
  readonly desk: Desk;
  readonly #say: Say;
  readonly #running = new Map<number, AbortController>();

  constructor(around: Around, say: Say) {
    this.#say = say;
    this.desk = new Desk(around, (topic, value) => {
      say({ topic, value });
    });
  }

  /** Starts cryptography and storage, and shows where the program stands. */
  async start(): Promise<void> {
    await this.desk.start();
  }

  /** Takes a message of the screens. */
  take(message: ToWorker): void {
    if ("stop" in message) this.#running.get(message.id)?.abort();
    else void this.#answer(message);
  }

  async #answer(asked: Extract<ToWorker, { do: Command }>): Promise<void> {
    const { id } = asked;
    const stop = new AbortController();
    this.#running.set(id, stop);
    const progress = (told: Progress) => {
      this.#say({ id, progress: told });
    };
    try {
      const ok = await this.#do(asked.do, asked.with, { progress, signal: stop.signal });
      this.#say({ id, ok });
    } catch (error) {
      this.#say({ id, refused: toTrouble(error) });
    } finally {
      this.#running.delete(id);
    }
  }

  #do(command: Command, input: unknown, call: Call): unknown {
    this.desk.idle.heard(command);
    // The message came from this very program's screens, which are checked against the same types.
    const doing = ALL[command] as (desk: Desk, input: unknown, call: Call) => unknown;
    return doing(this.desk, input, call);
  }

  /** Ends everything: for tests, and before the worker goes. */
  async close(): Promise<void> {
    for (const stop of this.#running.values()) stop.abort();
    await this.desk.lock();
    this.desk.close();
  }
}
