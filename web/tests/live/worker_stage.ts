/** The worker in this very process: the screens' end of the wire, and what surrounds it. */

import { expect } from "vitest";

import { machineClock } from "../../src/client/clock";
import { LocalOwners, MemoryMarks, MemoryStore } from "../../src/client/stores";
import { pause } from "../../src/client/transport";
import { system } from "../../src/crypto/entropy";
import type {
  Api,
  FromWorker,
  ItemView,
  RoomView,
  SessionView,
  ToWorker,
  Topics,
} from "../../src/worker/api";
import type { Profile } from "../../src/worker/around";
import { Host } from "../../src/worker/host";
import { Link } from "../../src/worker/link";
import { Tabs, type Channel, type Said } from "../../src/worker/tabs";
import { given } from "./stage";

export const PASS = "あさがお くじら 三角 定規";
const CHEAP = { memoryBytes: 8 * 1024, passes: 1 };

/** One browser profile with its tabs. */
export class Machine {
  readonly owners = new LocalOwners();
  readonly profile: Profile = memory();
  readonly #channels = new Set<(said: Said) => void>();

  /** A channel as all tabs of the machine share it. */
  channel(): Channel {
    let own: (said: Said) => void = () => undefined;
    return {
      postMessage: (said) => {
        const others = [...this.#channels].filter((hear) => hear !== own);
        for (const hear of others) {
          queueMicrotask(() => {
            hear(said);
          });
        }
      },
      addEventListener: (_type, heard) => {
        own = (data) => {
          heard({ data });
        };
        this.#channels.add(own);
      },
    };
  }
}

function memory(): Profile {
  const [store, marks] = [new MemoryStore(), new MemoryMarks()];
  return {
    read: (name) => store.read(name),
    write: (name, bytes) => store.write(name, bytes),
    list: () => store.list(),
    remove: (name) => store.remove(name),
    get: (kind, key) => marks.get(kind, key),
    put: (kind, key, bytes) => marks.put(kind, key, bytes),
    keys: (kind, prefix) => marks.keys(kind, prefix),
    drop: (kind, key) => marks.drop(kind, key),
  };
}

/** One tab: a worker, and the Api over it. */
export class Tab {
  readonly api: Api;
  readonly host: Host;
  readonly #values: Partial<Topics> = {};

  constructor(machine: Machine) {
    const wire = new EventTarget();
    this.host = new Host(
      {
        url: given("ENTAKU_URL"),
        clock: machineClock,
        entropy: system,
        costs: { profile: CHEAP, floor: CHEAP },
        openProfile: () => Promise.resolve(machine.profile),
        storage: undefined,
        owners: machine.owners,
        tabs: new Tabs(machine.channel()),
        version: "0.0.0",
        ask: () => Promise.reject(new TypeError("no page is served here")),
        pledges: ["誓約書"],
      },
      (message: FromWorker) => {
        // What crosses to a screen must survive cloning.
        wire.dispatchEvent(new MessageEvent("message", { data: structuredClone(message) }));
      },
    );
    const link = new Link({
      postMessage: (message: ToWorker) => {
        this.host.take(structuredClone(message));
      },
      addEventListener: (type, heard) => {
        wire.addEventListener(type, heard as (event: Event) => void);
      },
    });
    this.api = link;
    for (const topic of ["app", "home", "docket", "room"] as const) this.#keep(topic);
  }

  #keep(topic: keyof Topics): void {
    this.api.hear(topic, (value) => {
      Object.assign(this.#values, { [topic]: value });
    });
  }

  /** What topics showed last. */
  get shown(): Readonly<Partial<Topics>> {
    return this.#values;
  }

  /** The session on the screen; throws while nobody is signed in. */
  get session(): SessionView {
    const { app } = this.#values;
    if (app?.phase !== "open") throw new Error(JSON.stringify(app));
    return app.session;
  }

  /** The room on the screen; throws while none is there. */
  get room(): RoomView {
    const { room } = this.#values;
    return sure(room);
  }

  /** The first item of the room's sitting. */
  get item(): ItemView {
    return sure(this.room.sitting?.items[0]);
  }

  /** Waits until a topic shows something that holds; gives it. */
  async until<T extends keyof Topics>(
    topic: T,
    holds: (value: NonNullable<Topics[T]>) => boolean,
  ): Promise<NonNullable<Topics[T]>> {
    for (let tries = 0; tries < 1_500; tries += 1) {
      const value = this.#values[topic] ?? null;
      if (value !== null && holds(value)) return value;
      await pause(20);
    }
    const shown = JSON.stringify(this.#values[topic] ?? null);
    throw new Error(`${topic} shows ${shown.slice(0, 4_000)}`);
  }

  /** Joins as a person would, screen by screen. */
  async join(text: string, vault: string): Promise<SessionView> {
    await this.api.do("join.begin", { text, vault, place: "browser", passphrase: PASS });
    const asked = await this.until("app", ({ phase }) => phase === "joining");
    expect(asked).toMatchObject({ joining: { stage: "spoken", vault } });
    await this.api.do("join.finish", { vault, passphrase: PASS });
    await this.until("app", (app) => app.phase === "joining" && app.joining.stage === "pledge");
    await this.api.do("join.pledge", {});
    await this.until("app", ({ phase }) => phase === "open");
    return this.session;
  }
}

/** Something that must be there. */
export function sure<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error("it is not there");
  return value;
}
