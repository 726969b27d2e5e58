/** A signed-in person: her line, the rooms folded here, names, and what waits for her. */

import type { Offer, Request } from "../client/link";
import { Client, type Happening, type What } from "../client/live";
import type { Member } from "../client/member";
import { PASSING } from "../client/line";
import type { Standing } from "../client/release";
import type { Session } from "../client/session";
import { Turns } from "../client/turns";
import { troubleOf } from "../client/troubles";
import { load } from "../consent/register";
import { Refused, type Code } from "../crypto/errors";
import { Cases, type CaseLine } from "../protocol/generated";
import type { CaseId, Did, SitId, Wid } from "../protocol/ids";
import { SECOND } from "../protocol/times";
import type { SessionView, WaitingLine } from "./api";
import { Admitting } from "./admitting";
import { toTrouble } from "./failing";
import type { Topic } from "./topics";
import { seenOf, sitFor, standsFor } from "./seeing";
import { homeReads } from "./reading";
import { People } from "./views/people";
import type { Case } from "./views/lines";
import type { Seen } from "./views/seen";

/** How often, in ms, the list of rooms is asked for without a reason. */
const LOOK = 20 * SECOND;
/** How long, in ms, a lost line counts as being mended before it counts as offline. */
const PATIENCE = 3 * SECOND;
const SOON = 300;
/** The same while I wait to be let into a room. */
const SOON_IN = 2 * SECOND;
/** After these the server's list of rooms may say something else. */
const RELISTED: ReadonlySet<What> = new Set(["gone", "back", "log", "notice"]);
/** Where names of devices are kept among the drafts. */
const DEVICE = "device/";
const NAMES_AT_ONCE = 150;

/** What the office tells the desk. */
export interface Telling {
  readonly changed: (...topics: readonly Topic[]) => void;
  /** Only a person can help: why, in one code. */
  readonly ended: (code: Code) => void;
}

/** Somebody at work. */
export class Office {
  readonly session: Session;
  readonly client: Client;
  /** The room on the screen. */
  current: CaseId | null = null;
  line: SessionView["line"] = "connecting";
  standing: Standing | null = null;
  manifest = "";
  /** An offer for a further device that is shown now, and what came under it. */
  offered: Offer | null = null;
  /** What came last that does not verify. */
  doubt: SessionView["doubt"] = null;
  dropped: SessionView["dropped"] = null;
  asked: Request | null = null;
  /** What I called my devices, here. */
  readonly deviceNames = new Map<Did, string>();
  /** What waits elsewhere than in rooms: approvals, enrolments, the pledge. */
  waiting: readonly WaitingLine[] = [];
  readonly #reading = new Turns();
  readonly #admitting = new Admitting(this);
  readonly #newDevices = new Set<Did>();
  readonly #telling: Telling;
  readonly #names = new Map<Wid, string>();
  readonly #unnamed = new Set<Wid>();
  readonly #sits = new Map<CaseId, SitId | null>();
  readonly #hands = new Map<CaseId, ReadonlyMap<Wid, number>>();
  readonly #troubles = new Map<CaseId, Code>();
  readonly #refreshed: (() => Promise<void>)[] = [];
  #lines: ReadonlyMap<CaseId, CaseLine> = new Map();
  #people: People | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #offline: ReturnType<typeof setTimeout> | null = null;
  #refreshing: Promise<void> | null = null;
  #closed = false;

  constructor(session: Session, telling: Telling) {
    this.session = session;
    this.#telling = telling;
    this.client = new Client(session, {
      register: load(),
      happened: (happening) => {
        if (!this.#closed) this.#heard(happening);
      },
    });
  }

  /** The server's time, ms. */
  now(): number {
    return this.session.council.clock.now();
  }

  /** Signs in and listens; rooms follow by themselves. */
  async open(): Promise<void> {
    await this.client.connect();
    this.line = "online";
    void this.quietly(() => this.nameDevices());
    this.refreshSoon(0);
  }

  // --- my devices --------------------------------------------------------------------------------

  /** A further device of mine is certified: it gets what I hold, once it is logged. */
  async welcome(did: Did, name: string): Promise<void> {
    this.#newDevices.add(did);
    await this.session.vault.drafts.put(DEVICE + did, name, this.now());
    this.deviceNames.set(did, name);
    this.refreshSoon();
  }

  /** Learns what I called my devices, here. */
  async nameDevices(): Promise<void> {
    const { wid } = this.session.me;
    for (const did of this.session.council.log.directory.owned.get(wid) ?? []) {
      const kept = await this.session.vault.drafts.get(DEVICE + did);
      if (kept !== null) this.deviceNames.set(did, kept.text);
    }
    this.#telling.changed("app");
  }

  /** Passes all that I hold in my rooms to devices of mine that are new. */
  async #passOn(): Promise<void> {
    const { directory, size } = this.session.council.log;
    for (const did of this.#newDevices) {
      const cert = directory.devices.get(did)?.newest(size);
      if (cert === undefined) continue;
      this.#newDevices.delete(did);
      for (const { line } of this.cases()) {
        const member = this.client.members.get(line.case);
        if (line.member !== 1 || member === undefined || line.locked !== "") continue;
        await this.quietly(() => member.grantSibling(cert.sid));
      }
    }
  }

  /** Drops keys and connections. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const timer of [this.#timer, this.#offline]) if (timer !== null) clearTimeout(timer);
    await this.client.close();
  }

  // --- what comes by itself ----------------------------------------------------------------------

  #heard({ what, caseId, code, wid }: Happening): void {
    if (caseId !== null) this.#heardOf(caseId, what);
    if (wid !== null) this.nameSoon([wid]);
    if (what === "lost" || what === "cut") this.#lost();
    if (what === "back") this.#back();
    this.#alarmed(what, code as Code);
    if (RELISTED.has(what)) this.refreshSoon();
    this.#telling.changed("app", "room");
  }

  #heardOf(caseId: CaseId, what: What): void {
    if (what === "rows" || what === "mended") this.#grown(caseId);
    if (what === "hands") this.#raised(caseId);
    if (what === "dropped") this.dropped = { caseId, at: this.now() };
  }

  /** Rows came: what I may read of them and did not come with them is asked for. */
  #grown(caseId: CaseId): void {
    this.#telling.changed("home", "docket");
    void this.quietly(() => this.#admitting.admit(caseId));
    if (caseId !== this.current) return;
    this.nameSoon(standsFor(this.client.member(caseId).room));
    void this.quietly(async () => {
      await this.readAll(caseId);
      await this.#takeSeat(caseId);
    });
  }

  /** Opens all that I may read in a room; one reading at a time. */
  async readAll(caseId: CaseId): Promise<void> {
    await this.#reading.run(async () => {
      const { room } = this.client.member(caseId);
      const before = room.texts.size;
      await room.read();
      if (room.texts.size !== before) this.#telling.changed("room", "home", "docket");
    });
  }

  /** A sitting began, or my seat was accepted: I am in it from now on. */
  async #takeSeat(caseId: CaseId): Promise<void> {
    if (this.current !== caseId || this.sitOf(caseId) !== null) return;
    const sit = sitFor(this.client.member(caseId).room);
    if (sit !== null) await this.enter(caseId, sit);
  }

  #raised(caseId: CaseId): void {
    const before = this.#hands.get(caseId);
    const { hands } = this.client.member(caseId).room;
    this.#hands.set(caseId, new Map(hands.map((wid) => [wid, before?.get(wid) ?? this.now()])));
    this.nameSoon(hands);
  }

  /** Nothing goes on without a person, or without a log that is one. */
  #alarmed(what: What, code: Code): void {
    const { contradicted } = this.session;
    if (what === "ended" || contradicted !== null) this.#telling.ended(contradicted ?? code);
    else if (what === "forged") this.#doubted(code);
  }

  /** What is missing now is asked for; a network that is gone says nothing about the server. */
  #doubted(code: Code): void {
    if (PASSING.has(code)) return;
    this.doubt = { code, at: this.now() };
    this.refreshSoon(0);
  }

  #lost(): void {
    if (this.line === "online") this.line = "connecting";
    this.#offline ??= setTimeout(() => {
      this.line = "offline";
      this.#telling.changed("app");
    }, PATIENCE);
  }

  #back(): void {
    if (this.#offline !== null) clearTimeout(this.#offline);
    this.#offline = null;
    this.line = "online";
  }

  /** Does something that nobody waits for; what fails is tried again some other time. */
  async quietly(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const isKnown = error instanceof Refused || troubleOf(error) !== null;
      if (!isKnown && !this.#closed) throw error;
    }
  }

  // --- all rooms ---------------------------------------------------------------------------------

  /** Looks at the list of rooms soon; every minute it is looked at anyway. */
  refreshSoon(wait = SOON): void {
    if (this.#closed) return;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.refresh().finally(() => {
        if (this.#timer === null) this.refreshSoon(this.#isExpected() ? SOON_IN : LOOK);
      });
    }, wait);
  }

  /** Tell whether I accepted a seat in a room that has not let me in yet. */
  #isExpected(): boolean {
    const outside = [...this.#lines.values()].filter(({ member }) => member === 0);
    return outside.some((line) => line.invitations.some(({ state }) => state === "accepted"));
  }

  /** Also does this whenever the rooms were looked at. */
  whenRefreshed(work: () => Promise<void>): void {
    this.#refreshed.push(work);
  }

  /** Folds what is new in any of my rooms; what fails in one is told in its line. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async #refresh(): Promise<void> {
    if (this.#closed || !this.client.isUp) return;
    await this.quietly(async () => {
      const { cases } = await this.session.council.http.get("cases", Cases);
      this.#lines = new Map(cases.map((line) => [line.case, line]));
      this.#telling.changed("home", "docket");
      for (const line of cases) await this.#follow(line);
      await this.#passOn();
      for (const work of this.#refreshed) await this.quietly(work);
    });
    this.#telling.changed("app", "home", "docket");
  }

  async #follow(line: CaseLine): Promise<void> {
    if (this.#closed || line.member !== 1 || line.locked !== "") return;
    const { room } = this.client.member(line.case);
    try {
      if (room.state.seq < line.seq || room.state.seq === 0) await this.client.open(line.case);
      for (const doc of homeReads(room, this.session.me)) await room.read(doc);
      await this.quietly(() => this.#admitting.admit(line.case));
      this.#troubles.delete(line.case);
    } catch (error) {
      const { code } = toTrouble(error);
      this.#troubles.set(line.case, code as Code);
    }
    this.nameSoon(standsFor(room));
    this.#telling.changed("home", "docket");
  }

  /** Every room in the list, folded or not. */
  cases(): readonly Case[] {
    return [...this.#lines.values()].map((line) => ({
      line,
      seen: line.member === 1 ? this.seen(line.case) : null,
      trouble: this.#troubles.get(line.case) ?? null,
    }));
  }

  /** The public code of a room; "" for one that is not in the list. */
  codeOf(caseId: CaseId): string {
    const reserved = this.session.vault.contents.reserved.find((each) => each.case === caseId);
    return this.#lines.get(caseId)?.code ?? reserved?.code ?? "";
  }

  /** Codes by case, as far as they are known. */
  codes(): ReadonlyMap<CaseId, string> {
    return new Map([...this.#lines.values()].map((line) => [line.case, line.code]));
  }

  // --- one room ----------------------------------------------------------------------------------

  /** The sitting in which a room is listened to. */
  sitOf(caseId: CaseId): SitId | null {
    return this.#sits.get(caseId) ?? null;
  }

  /** Listens to a room, in a sitting or outside, and lets go of the one before. */
  async enter(caseId: CaseId, sit: SitId | null): Promise<Member> {
    if (this.current !== null && this.current !== caseId) await this.leave();
    const member = this.client.member(caseId);
    const isIn = this.current === caseId && this.sitOf(caseId) === sit && member.room.gone === null;
    this.current = caseId;
    if (!isIn) {
      await this.client.join(caseId, sit);
      this.#sits.set(caseId, sit);
    }
    this.#telling.changed("room");
    this.nameSoon(standsFor(member.room));
    return member;
  }

  /** Leaves the room on the screen. */
  async leave(): Promise<void> {
    const caseId = this.current;
    if (caseId === null) return;
    this.current = null;
    this.#sits.delete(caseId);
    this.#hands.delete(caseId);
    this.#telling.changed("room");
    await this.quietly(() => this.client.leave(caseId));
  }

  /** A room as it stands here; null for one that was never folded. */
  seen(caseId: CaseId): Seen | null {
    const member = this.client.members.get(caseId);
    if (member === undefined || member.room.state.seq === 0) return null;
    return seenOf(member, {
      code: this.codeOf(caseId),
      people: this.people(),
      sit: this.sitOf(caseId),
      now: this.now(),
      hands: this.#hands.get(caseId) ?? new Map(),
    });
  }

  /** A room that was folded; UNKNOWN_ID otherwise. */
  requireSeen(caseId: CaseId): Seen {
    const seen = this.seen(caseId);
    if (seen === null) throw new Refused("UNKNOWN_ID");
    return seen;
  }

  // --- people ------------------------------------------------------------------------------------

  /** People by the log as it is now. */
  people(): People {
    const { directory, size } = this.session.council.log;
    const known = this.#people;
    if (known?.directory === directory && known.size === size) return known;
    const { wid, name } = this.session.me;
    if (name !== "") this.#names.set(wid, name);
    this.#people = new People({ directory, n: size, names: this.#names, me: wid });
    return this.#people;
  }

  /** Asks for names that are not known yet; who stays without one is not asked for again soon. */
  nameSoon(wids: Iterable<Wid>): void {
    void this.quietly(() => this.learnNames(wids));
  }

  /** Asks for names that are not known yet, and waits for them. */
  async learnNames(wids: Iterable<Wid>): Promise<void> {
    const wanted = [...new Set(wids)].filter(
      (wid) => !this.#names.has(wid) && !this.#unnamed.has(wid),
    );
    for (const wid of wanted) this.#unnamed.add(wid);
    for (let at = 0; at < wanted.length; at += NAMES_AT_ONCE) {
      const part = wanted.slice(at, at + NAMES_AT_ONCE);
      const found = await this.session.council.names(part);
      for (const [wid, name] of found) this.#names.set(wid, name);
      if (found.size > 0) this.#named();
    }
  }

  #named(): void {
    this.#people = null;
    this.#telling.changed("app", "home", "docket", "room");
  }

  /** Names may be told by now that were not before: after an hour, or when a room was entered. */
  forgetUnnamed(): void {
    this.#unnamed.clear();
  }
}
