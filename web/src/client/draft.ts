/**
 * A batch being made: each row is sealed, signed, and judged on a copy of the room at once.
 *
 * What the server checks is checked here first; a refusal leaves nothing behind. Rows carry the
 * place of before the batch, and the epoch of a roster that stands before them in it.
 */

import { isSealed, parseFull, rowId, type Content, type Form } from "../conference/content";
import { fold } from "../conference/fold";
import type { Gate } from "../conference/gate";
import type { Room } from "../conference/room";
import { NONCE_SIZE } from "../crypto/aead";
import { Refused } from "../crypto/errors";
import { sealUnsigned } from "../protocol/envelope";
import { feedHash } from "../protocol/feed";
import type { Payload, RowIn } from "../protocol/generated";
import { write, type AnyHeader } from "../protocol/headers";
import {
  blobOf,
  idOf,
  ID_SIZE,
  type DocId,
  type Eid,
  type Hash,
  type Id,
  type Sid,
} from "../protocol/ids";
import { readJ1 } from "../protocol/j1";
import { bodyKey, wrapKey } from "../protocol/keys";
import {
  docOf,
  generationOf,
  numberOf,
  type FeedPoint,
  type Generation,
  type RoomState,
} from "../protocol/room";
import { compose, signatureHash, toDsse, type Statement } from "../protocol/statement";
import type { ChainHead } from "./contents";
import { requireAllowed } from "./guard";
import { PLAIN_LIMIT, plainOf, type Text } from "./opening";
import type { Session } from "./session";
import { signStatement } from "./signer";

/** What every header says of its author and place; times in ms. */
export type Place = Pick<AnyHeader, "v" | "c" | "e" | "d" | "g" | "dev" | "n" | "p" | "f" | "t">;

/** What a draft begins with: my newest envelope in the room, and the keys I hold. */
export interface Start {
  readonly session: Session;
  readonly room: Room;
  readonly chain: ChainHead | null;
  readonly epochs: ReadonlyMap<number, Uint8Array>;
  readonly docs: ReadonlyMap<Generation, Uint8Array>;
}

/** Rows and bundles, with the keys that they bring, on a trial copy of the room. */
export class Draft {
  readonly session: Session;
  readonly room: Room;
  /** The last row of before the batch. */
  readonly base: FeedPoint;
  readonly rows: RowIn[] = [];
  readonly ids: Hash[] = [];
  readonly sgs: Hash[] = [];
  readonly contents = new Map<Hash, Content>();
  readonly texts = new Map<Hash, Text>();
  readonly bundles: Uint8Array[] = [];
  readonly epochs: Map<number, Uint8Array>;
  readonly docs: Map<Generation, Uint8Array>;
  readonly rosters: Sid[] = [];
  chain: ChainHead | null;

  constructor({ session, room, chain, epochs, docs }: Start) {
    this.session = session;
    this.room = room.fork();
    this.base = room.state.head;
    this.chain = chain;
    this.epochs = new Map(epochs);
    this.docs = new Map(docs);
  }

  // --- the copy ----------------------------------------------------------------------------------

  /** The room as it will be. */
  get state(): RoomState {
    return this.room.state;
  }

  /** The server's time in ms. */
  get now(): number {
    return this.session.council.clock.now();
  }

  /** The gate on the room as it will be, by everything I know now. */
  gate(): Gate {
    return this.room.willing(this.now);
  }

  /** Draws the id of a document, item, row or action. */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the bytes do not know it
  newId<T extends Id>(): T {
    return idOf<T>(this.session.council.entropy(ID_SIZE));
  }

  // --- statements --------------------------------------------------------------------------------

  /** Signs a statement with this device and adds it. */
  async statement(body: Payload): Promise<Statement> {
    const made = compose(body);
    this.signed(toDsse(made, [await signStatement(made, this.session.dk)]));
    return made;
  }

  /** Adds a statement that was signed before (DSSE bytes), unchanged. */
  signed(raw: Uint8Array): void {
    this.#add("stm", raw);
  }

  // --- envelopes ---------------------------------------------------------------------------------

  /** Where the next envelope stands, in a generation of a document. */
  place(generation: Generation): Place {
    const { chain, state } = this;
    return {
      v: 1,
      c: state.caseId,
      e: state.epoch,
      d: docOf(generation),
      g: numberOf(generation),
      dev: this.session.certificate().sid,
      n: chain === null ? 1 : chain.n + 1,
      p: chain?.eid ?? null,
      f: this.base,
      t: this.now,
    };
  }

  /**
   * Seals words under the key that the header names, and adds the envelope.
   *
   * Refused: BAD_BUNDLE or BAD_DOC_KEY when this device does not hold the key, FORBIDDEN for words
   * that must not be written down, BAD_J1 for words that nobody could read.
   */
  async seal(header: AnyHeader, text: Text): Promise<Eid> {
    if (header.k !== "dk") requireAllowed(text);
    const plaintext = plainOf(text);
    readJ1(plaintext, PLAIN_LIMIT);
    const nonce = this.session.council.entropy(NONCE_SIZE);
    const made = sealUnsigned({ key: this.#key(header), header: write(header), plaintext, nonce });
    const wire = made.signed(await this.session.dk.sign(made.tbs));
    const eid = this.#add("env", wire) as Eid;
    this.texts.set(eid, text);
    this.chain = { n: header.n, eid };
    return eid;
  }

  #key(header: AnyHeader): Uint8Array {
    const { c: caseId, d: doc, g } = header;
    if (header.k !== "dk") return bodyKey(this.docKey(generationOf(doc, g)), { caseId, doc, g });
    const epochKey = this.epochs.get(header.e);
    if (epochKey === undefined) throw new Refused("BAD_BUNDLE");
    return wrapKey(epochKey, { caseId, n: header.e });
  }

  /** D (32 bytes) of a document generation; BAD_DOC_KEY when this device does not hold it. */
  docKey(generation: Generation): Uint8Array {
    const found = this.docs.get(generation);
    if (found === undefined) throw new Refused("BAD_DOC_KEY");
    return found;
  }

  // --- rows --------------------------------------------------------------------------------------

  #add(form: Form, data: Uint8Array): Hash {
    const content = parseFull(form, data);
    const id = rowId(content);
    this.#fold(content, id);
    this.rows.push({ form, bytes: blobOf(data) });
    this.ids.push(id);
    this.contents.set(id, content);
    return id;
  }

  #fold(content: Content, id: Hash): void {
    const { state, now } = this;
    const [sg, seq, idn] = [this.#sg(content), state.seq + 1, this.session.council.log.size];
    const fh = feedHash({ before: state.fh, seq, rowId: id, sg, idn });
    // Who is present is the server's to know; here nobody is taken to be absent.
    const present = new Set((state.current?.body.mem ?? []).map(({ wid }) => wid));
    const live = { now, author: this.session.me.did, present };
    fold(this.room, { seq, id, sg, idn, fh }, content, { live });
    this.sgs.push(sg);
  }

  #sg(content: Content): Hash {
    if (isSealed(content)) return content.env.sg(this.session.dk.publicKey);
    const { directory } = this.state;
    const logged = directory.logged.get(content.sid);
    return signatureHash(logged?.signatures ?? directory.matchDevices(content).slice(0, 1));
  }

  // --- documents ---------------------------------------------------------------------------------

  /** The newest generation of a document; UNKNOWN_ID. */
  newest(doc: DocId): Generation {
    return generationOf(doc, this.state.latest(doc).body.g);
  }
}
