/** A device that has just started, and a server that shows it a story of the vectors. */

import { Clock } from "../../src/client/clock";
import { EMPTY, roomOf, withRoom } from "../../src/client/contents";
import type { Contents, RoomKeys } from "../../src/client/contents";
import { Room } from "../../src/client/room";
import { Session } from "../../src/client/session";
import { load } from "../../src/consent/register";
import { fromHex, utf8 } from "../../src/crypto/bytes";
import { sha256 } from "../../src/crypto/hashing";
import { SigningKey } from "../../src/crypto/signing";
import type { Frame, Payload, Receipted, Rows, Served } from "../../src/protocol/generated";
import { blobOf, hashOf, idOf, ZERO_ID } from "../../src/protocol/ids";
import type { CaseId, Did, Hash, Key, NetId, Nonce, RowHash, Wid } from "../../src/protocol/ids";
import { compose, sign, toDsse } from "../../src/protocol/statement";
import { stories } from "../vectors/told_log";
import type { RowTold, Story } from "../vectors/told_log";
import { rowOf, ToldRoom } from "../vectors/told_room";

/** The hash of a row that nobody wrote. */
export const OTHER = hashOf<RowHash>(sha256(utf8("another row")));

const srv = () => SigningKey.fromSeed(sha256(utf8("srv")));

interface Asking {
  readonly query: { readonly start: string };
}

/** What a test changes of the server's answers, and what a device holds. */
export class Told {
  readonly room: ToldRoom;
  readonly net: NetId;
  readonly caseId: CaseId;
  contents: Contents = EMPTY;
  frames: readonly Frame[];
  /** How many of them one answer holds. */
  page = 1_000;
  head: { seq: number; fh: RowHash; idn: number };
  signer = srv();
  asked = 0;
  /** The time, in ms; the story's newest leaf by default. */
  now: number;
  completing: () => Promise<boolean> = () => Promise.resolve(false);
  /** What happens between an answer being given and its being read. */
  meanwhile: () => Promise<void> = () => Promise.resolve();
  /** What is read by ticket. */
  served: (ids: readonly Hash[]) => Pick<Served, "frames" | "bundles"> = () => ({
    frames: [],
    bundles: [],
  });
  /** What is sent is answered with. */
  posted: () => Promise<Receipted> = () => Promise.reject(new Error("nobody sends"));

  /** Begin with a story of the vectors. */
  constructor(isWanted: (story: Story) => boolean = isLong, file = "15-rows") {
    const story = stories(file).find(isWanted);
    if (story === undefined) throw new Error("the vectors have such a story");
    this.room = new ToldRoom(story);
    if (this.room.directory.net === null) throw new Error("the story has a network");
    this.net = this.room.directory.net;
    const { seq, fh, idn, caseId } = this.room.room.state;
    this.caseId = caseId;
    this.frames = story.rows.map(frameOf);
    this.head = { seq, fh, idn };
    this.now = this.room.directory.time(this.room.directory.size);
  }

  /** The room on a device that has just started. */
  roomNow(): Room {
    return new Room(this.session(), this.caseId, { register: load() });
  }

  /** A signed-in stranger to the room: no key is for her, so only rows, heads and pins are met. */
  session(): Session {
    const { directory, logRoot } = this.room;
    const keys = [hashOf<Key>(srv().public)];
    const log = {
      ...{ directory, logRoot, size: directory.size },
      complete: () => this.completing(),
    };
    const council = {
      ...{ net: this.net, log, clock: new Clock(() => this.now) },
      root: () => ({ srv: keys, req: 1 }),
      http: {
        get: (_path: string, _kind: unknown, asking: Asking) => this.rows(asking),
        post: () => this.posted(),
      },
    };
    const me = { did: idOf<Did>(new Uint8Array(16)), wid: ZERO_ID as Wid, ik: keys[0] };
    const rest = {
      read: (_case: CaseId, _purpose: string, ids: readonly Hash[]) =>
        Promise.resolve(this.served(ids)),
      heard: () => undefined,
      logAge: () => 0,
      sync: () => Promise.resolve(false),
      contradicted: null,
      signedIn: <T>(work: () => Promise<T>) => work(),
      /* eslint-disable-next-line @typescript-eslint/unbound-method -- bound to what it is put into */
      accuse: Session.prototype.accuse,
    };
    const session = Object.assign(rest, { vault: this.vault(), council, me });
    Object.defineProperty(session, "evidence", { get: () => this.contents.evidence });
    return session as unknown as Session;
  }

  /** A vault that is a variable. */
  private vault() {
    const contents = () => this.contents;
    const update = (change: (held: Contents) => Contents) => {
      this.contents = change(this.contents);
      return Promise.resolve();
    };
    return {
      update,
      get contents() {
        return contents();
      },
    };
  }

  private async rows({ query }: Asking): Promise<Rows> {
    this.asked += 1;
    const start = Number(query.start) - 1;
    const frames = this.frames.slice(start, start + this.page);
    const answer = { frames, head: blobOf(this.headNow()) };
    await this.meanwhile();
    return answer;
  }

  /** Of a row the place alone is shown. */
  hide(seq: number): void {
    this.frames = this.frames.map((frame): Frame => {
      return frame.seq === seq ? { ...frame, view: "skel", bytes: null } : frame;
    });
  }

  /** The server's head of a room, signed. */
  headNow(caseId: CaseId = this.caseId): Uint8Array {
    return this.signed({ typ: "head", case: caseId, ...this.head });
  }

  /** Something under the server's key. */
  signed(body: object): Uint8Array {
    const nce = idOf<Nonce>(new Uint8Array(16));
    const made = compose({ v: 1, net: this.net, nce, iat: 0, ...body } as Payload);
    return toDsse(made, [sign(made, this.signer)]);
  }

  /** Put pins into the vault. */
  keep(pins: Partial<RoomKeys>): void {
    this.contents = withRoom(this.contents, { ...this.held, ...pins });
  }

  /** What the vault holds of the room. */
  get held(): RoomKeys {
    return roomOf(this.contents, this.caseId);
  }
}

function isLong({ rows }: Story): boolean {
  return rows.length > 15 && rows.every(({ code }) => code !== "EQUIVOCATION");
}

function frameOf(record: RowTold): Frame {
  const { form, bytes } = record;
  const view = form === "none" ? "skel" : form === "bare" ? "bare" : "full";
  const data = form === "stm" ? utf8(bytes) : fromHex(form === "none" ? "" : bytes);
  const kind = form === "stm" ? "stm" : "env";
  return { ...rowOf(record), form: kind, view, bytes: form === "none" ? null : blobOf(data) };
}
