/** Where the program stands: which vaults there are, which one is open, who joins, who follows. */

import { fetchBundle, standing } from "../client/release";
import { Session } from "../client/session";
import {
  CarriedStore,
  MemoryMarks,
  MemoryStore,
  profileHealth,
  type Health,
} from "../client/stores";
import { startCrypto } from "../client/support";
import { Trouble as Unable, troubleOf } from "../client/troubles";
import type { Place, Vault } from "../client/vault";
import type { Kept } from "../audit/evidence";
import { utf8 } from "../crypto/bytes";
import { Refused, type Code } from "../crypto/errors";
import type { Did } from "../protocol/ids";
import type { AppView, Trouble, VaultLine } from "./api";
import type { Around, Profile } from "./around";
import type { Enrolment } from "./enrolling";
import { toTrouble } from "./failing";
import { Idle } from "./idle";
import { Office } from "./office";
import { Topics, type Topic } from "./topics";
import { lookAround } from "./waiting";
import { docketOf, homeOf } from "./views/lines";
import { roomOf } from "./views/room";
import { sessionOf } from "./views/session";

type Phase = Exclude<AppView["phase"], "stopped">;
type Say = (topic: Topic, value: unknown) => void;

/** How often, in ms, a follower looks whether the owner is gone. */
const LOOK = 2_000;
const OPENED = "opened/";
const NOTHING: Kept = { pairs: [], roots: [] };

/** Reads what a session holds against its server before it is closed. */
async function keptOf(session: Session): Promise<Kept> {
  return { pairs: session.evidence, roots: await session.roots() };
}

/** The state of the whole worker. */
export class Desk {
  readonly around: Around;
  readonly topics: Topics;
  readonly idle: Idle;
  /** Somebody on her way in. */
  enrolment: Enrolment | null = null;
  readonly #say: Say;
  /** Vaults that came as files, until the page closes. */
  readonly #carried = new Map<string, CarriedStore>();
  /** Those of them that changed since they were saved last. */
  readonly #unsaved = new Set<string>();
  /** Contradictions that ended a session: still to be taken away. */
  #kept: Kept = NOTHING;
  #phase: Phase = "starting";
  #trouble: Trouble | null = null;
  #profile: Profile = memoryProfile();
  #health: Health = { fresh: true, persisted: false, used: null, room: null };
  #vaults: readonly VaultLine[] = [];
  /** Names of vaults that an authenticator opens too. */
  #prf: ReadonlySet<string> = new Set();
  #office: Office | null = null;
  #looking: ReturnType<typeof setTimeout> | null = null;

  constructor(around: Around, say: Say) {
    this.around = around;
    this.#say = say;
    const makers = {
      app: () => this.#app(),
      home: () => this.#home(),
      docket: () => this.#docket(),
      room: () => this.#room(),
    };
    this.topics = new Topics(makers, (topic, value) => {
      say(topic, value);
      if (topic !== "app") around.tabs.show(topic, value);
    });
    this.idle = new Idle(() => {
      void this.lock();
    });
    around.tabs.onFollowed = () => {
      this.topics.forget();
      this.topics.changed("home", "docket", "room");
    };
  }

  // --- what is shown -----------------------------------------------------------------------------

  #app(): AppView {
    const evidence = this.#kept.pairs.length;
    if (this.#trouble !== null) return { phase: "stopped", trouble: this.#trouble, evidence };
    const { fresh, persisted } = this.#health;
    switch (this.#phase) {
      case "vaults": {
        const vaults = this.#vaults.map((line) => ({ ...line, ...this.#saved(line.name) }));
        return { phase: "vaults", vaults, fresh, persisted, evidence };
      }
      case "joining": {
        const { joining, invitation } = this.requireEnrolment().view();
        return {
          phase: "joining",
          joining: { ...joining, ...this.#saved(joining.vault) },
          invitation,
        };
      }
      case "open":
        return { phase: "open", session: this.#session(this.office()) };
      case "starting":
      case "follower":
        return { phase: this.#phase };
    }
  }

  #session(office: Office) {
    const { line, standing: found, manifest } = office;
    const { version } = this.around;
    const people = office.people();
    const { name } = office.session.vault;
    const prf = this.#prf.has(name);
    const file = this.#carried.has(name) ? { name, ...this.#saved(name) } : null;
    const { doubt, dropped } = office;
    const beside = { people, line, version, manifest, standing: found, prf, doubt, dropped, file };
    const view = sessionOf(office.session, beside);
    const devices = view.devices.map((each) => ({
      ...each,
      name: office.deviceNames.get(each.did as Did) ?? "",
    }));
    return { ...view, devices };
  }

  #home() {
    const office = this.#office;
    if (office === null || this.#phase !== "open") return undefined;
    return homeOf(office.cases(), { waiting: office.waiting, now: office.now() });
  }

  #docket() {
    const office = this.#office;
    return office === null || this.#phase !== "open" ? undefined : docketOf(office.cases());
  }

  #room() {
    const office = this.#office;
    if (office === null || this.#phase !== "open") return undefined;
    const seen = office.current === null ? null : office.seen(office.current);
    return seen === null ? null : roomOf(seen);
  }

  #go(phase: Phase): void {
    this.#phase = phase;
    this.topics.now("app");
  }

  // --- starting ----------------------------------------------------------------------------------

  /** Starts cryptography and storage; what stands in the way is shown instead. */
  async start(): Promise<void> {
    try {
      await startCrypto();
      await this.#openProfile();
      await this.list();
    } catch (error) {
      this.stop(toTrouble(error));
      return;
    }
    const open = await this.around.tabs.find();
    const only = this.#vaults.length === 1 ? this.#vaults[0]?.name : undefined;
    if (open !== null && open === only) this.follow(open);
    else this.#go("vaults");
  }

  /** Where the browser keeps nothing, vaults in files still work. */
  async #openProfile(): Promise<void> {
    try {
      this.#profile = await this.around.openProfile();
    } catch (error) {
      if (troubleOf(error) !== "STORAGE_BLOCKED") throw error;
      return;
    }
    this.#health = await profileHealth(this.#profile, this.around.storage);
  }

  /** Nothing goes on: shows why. */
  stop(trouble: Trouble): void {
    this.#trouble = trouble;
    this.topics.now("app");
  }

  // --- vaults ------------------------------------------------------------------------------------

  /** Looks which vaults there are. */
  async list(): Promise<void> {
    const names = await this.#profile.list();
    this.#prf = new Set(await this.#profile.keys("prf", ""));
    const lines = await Promise.all(
      names.map(async (name): Promise<VaultLine> => {
        return {
          name,
          place: "browser",
          opened: await this.#openedAt(name),
          prf: this.#prf.has(name),
          unsaved: false,
        };
      }),
    );
    const files = [...this.#carried.keys()].filter((name) => !names.includes(name));
    const carried = files.map((name): VaultLine => {
      return { name, place: "file", opened: null, prf: false, unsaved: false };
    });
    this.#vaults = [...lines, ...carried];
    if (this.#phase === "vaults" || this.#phase === "open") this.topics.now("app");
  }

  async #openedAt(name: string): Promise<number | null> {
    const mark = await this.#profile.get("visit", OPENED + name);
    return mark === null ? null : Number(new TextDecoder().decode(mark));
  }

  /** Where a vault lies; a file comes with its bytes, a new one without. */
  place(name: string, file: Uint8Array | "new" | null = null): Place {
    const { entropy, owners, costs } = this.around;
    if (file !== null) this.#carried.set(name, this.#carriedOf(name, file));
    const store = this.#carried.get(name) ?? this.#profile;
    return { store, name, entropy, owners, marks: this.#profile, ...(costs && { costs }) };
  }

  #carriedOf(name: string, file: Uint8Array | "new"): CarriedStore {
    return new CarriedStore(name, file === "new" ? null : file, () => {
      this.#unsaved.add(name);
      this.topics.changed("app");
    });
  }

  #saved(name: string): { readonly unsaved: boolean } {
    return { unsaved: this.#unsaved.has(name) };
  }

  /** The bytes of a vault that lies in a file, to be saved; UNKNOWN_ID for any other. */
  async carry(name: string): Promise<Uint8Array> {
    const bytes = (await this.#carried.get(name)?.read(name)) ?? null;
    if (bytes === null) throw new Refused("UNKNOWN_ID", { why: "no-vault" });
    this.#unsaved.delete(name);
    this.topics.changed("app");
    return bytes;
  }

  /** Forgets a vault on this machine; VAULT_IN_USE while a tab has it open. */
  async remove(name: string): Promise<void> {
    const release = await this.around.owners.take(name);
    if (release === null) throw new Unable("VAULT_IN_USE");
    release();
    this.#unsaved.delete(name);
    if (!this.#carried.delete(name)) await this.#profile.remove(name);
    await this.#profile.drop("visit", OPENED + name);
    await this.#profile.drop("prf", name);
    await this.list();
  }

  /** Does something with a vault; where another tab has it, this one follows. */
  async owning<T>(name: string, work: () => Promise<T>): Promise<T> {
    try {
      const done = await work();
      this.around.tabs.own(name);
      return done;
    } catch (error) {
      if (toTrouble(error).code === "VAULT_IN_USE") this.follow(name);
      throw error;
    }
  }

  // --- somebody at work --------------------------------------------------------------------------

  /** Who is signed in; UNAVAILABLE while nobody is. */
  office(): Office {
    if (this.#office === null) throw new Refused("UNAVAILABLE", { why: "locked" });
    return this.#office;
  }

  /** Signs in with an open vault; it is closed again when that fails. */
  async signIn(vault: Vault): Promise<Office> {
    const { entropy, clock, url } = this.around;
    const session = Session.of(vault, { entropy, clock: clock(), url });
    const office = new Office(session, {
      changed: (...topics) => {
        if (this.#office === office) this.topics.changed(...topics);
      },
      ended: (code) => {
        void this.#end(code);
      },
    });
    try {
      await office.open();
    } catch (error) {
      this.#kept = await keptOf(session);
      await office.close();
      this.topics.changed("app");
      throw error;
    }
    this.#kept = NOTHING;
    this.#office = office;
    office.whenRefreshed(() => lookAround(office));
    return office;
  }

  /** Contradictions that this vault keeps, or that ended the session. */
  async evidence(): Promise<Kept> {
    return this.#office === null ? this.#kept : keptOf(this.#office.session);
  }

  /** The network is back, or the machine woke: looks at once. */
  wake(): void {
    this.#office?.client.wake();
    this.#office?.refreshSoon();
  }

  /** The vault is open and its owner signed in: shows it. */
  async show(): Promise<void> {
    const office = this.office();
    this.enrolment = null;
    this.#go("open");
    this.idle.start();
    this.topics.changed("home", "docket");
    const now = utf8(String(office.now()));
    await this.#profile.put("visit", OPENED + office.session.vault.name, now);
    void office.quietly(() => this.#compareRelease(office));
  }

  /** Whether this page is a release that the council's keys signed. */
  async #compareRelease(office: Office): Promise<void> {
    const bundle = await fetchBundle(this.around.ask);
    const { directory, size } = office.session.council.log;
    office.manifest = bundle.manifest;
    office.standing = standing(bundle.manifest, directory, size);
    this.topics.changed("app");
  }

  /** Somebody is on her way in. */
  join(enrolment: Enrolment): void {
    this.enrolment = enrolment;
    this.#go("joining");
  }

  /** Who is on her way in; UNKNOWN_ID while nobody is. */
  requireEnrolment(): Enrolment {
    if (this.enrolment === null) throw new Refused("UNKNOWN_ID");
    return this.enrolment;
  }

  /** Drops keys, rooms and connections, and asks for a vault again. */
  async lock(): Promise<void> {
    this.idle.stop();
    this.topics.stop();
    this.topics.forget();
    const [office, enrolment] = [this.#office, this.enrolment];
    this.#office = null;
    this.enrolment = null;
    if (this.#trouble === null) this.#go("vaults");
    await office?.close();
    await enrolment?.close();
    this.around.tabs.own(null);
    await this.list();
  }

  async #end(code: Code): Promise<void> {
    if (this.#trouble !== null) return;
    this.#trouble = { code, facts: {} };
    this.#kept = this.#office === null ? NOTHING : await keptOf(this.#office.session);
    this.topics.now("app");
    await this.lock();
  }

  // --- another tab has it ------------------------------------------------------------------------

  /** Shows what the owner of a vault shows, until she lets go. */
  follow(name: string): void {
    this.around.tabs.follow(name, (said) => {
      if (said.tab === "bye") void this.#takeOver(name);
      else if (said.tab === "topic") this.#say(said.topic as Topic, said.value);
    });
    this.#go("follower");
    this.#lookLater(name);
  }

  #lookLater(name: string): void {
    if (this.#looking !== null) clearTimeout(this.#looking);
    this.#looking = setTimeout(() => void this.#takeOver(name), LOOK);
  }

  /** Where the owner let go, or is gone, this tab may open the vault. */
  async #takeOver(name: string): Promise<void> {
    if (this.#phase !== "follower") return;
    const release = await this.around.owners.take(name);
    if (release === null) {
      this.#lookLater(name);
      return;
    }
    release();
    this.around.tabs.unfollow();
    await this.list();
    this.#go("vaults");
  }

  /** Looks for nothing any more. */
  close(): void {
    if (this.#looking !== null) clearTimeout(this.#looking);
    this.idle.stop();
    this.topics.stop();
  }
}

function memoryProfile(): Profile {
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
