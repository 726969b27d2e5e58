/** What a member does in a room: meet, share, note, decide, withdraw (flows 15.2 to 15.6). */

import type { Item } from "../agenda/model";
import type { Named } from "../conference/records";
import { Refused } from "../crypto/errors";
import { digits12 } from "../crypto/hashing";
import type { Cert } from "../protocol/certificates";
import { asSet } from "../protocol/checks";
import type { Ack, AckKind, Audience, Device, DocClass } from "../protocol/generated";
import type { EvText, Meet, NoteText, SumText, Withdraw } from "../protocol/generated";
import type {
  Aid,
  DocId,
  Eid,
  Hash,
  Id,
  ItemId,
  Sid,
  SitId,
  SubId,
  SumId,
  Wid,
} from "../protocol/ids";
import { bytesOf, idOf, ID_SIZE } from "../protocol/ids";
import { docOf, generationOf, numberOf, rowsOf, type Generation } from "../protocol/room";
import * as docs from "./documents";
import type { Plan } from "./documents";
import type { Draft } from "./draft";
import type { Words } from "./opening";
import { seatOf, type Answering } from "./seating";
import { Writer } from "./writer";

/** An operation: its facts with their name, and its words. */
export type Step = readonly [Named, Words];

/** A section as it was shared: its document, its summary, and who may read it. */
export interface Shared {
  readonly doc: DocId;
  readonly sm: SumId;
  readonly audience: Audience | null;
}

/** Digits that a person reads aloud; her statement was compared in full with my room. */
export interface Spoken {
  readonly wid: Wid;
  readonly sid: Sid;
  readonly digits: string;
}

/** A person at work in one room. */
export class Member extends Writer {
  /** Draws the id of a sitting, item, row, action or decision. */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the bytes do not know it
  newId<T extends Id>(): T {
    return idOf<T>(this.room.session.council.entropy(ID_SIZE));
  }

  // --- operations --------------------------------------------------------------------------------

  /** Does one or several things at once: facts in clear and signed, words sealed. */
  async act(...steps: readonly Step[]): Promise<readonly Eid[]> {
    return this.submit(async (draft) => {
      const made: Eid[] = [];
      for (const [facts, words] of steps) made.push(await this.#operate(draft, facts, words));
      return made;
    });
  }

  async #operate(draft: Draft, facts: Named, words: Words): Promise<Eid> {
    const generation = await this.current(draft, placeOf(draft, facts));
    return docs.operate(draft, generation, facts, words);
  }

  /** Opens an agenda item; the document for its text is made if there is none. */
  async openItemOf(it: ItemId): Promise<Eid> {
    return this.submit(async (draft) => {
      if (find(draft, "itm", it) === null) {
        await docs.announce(draft, { cls: "itm", item: it, carried: true });
      }
      return this.#operate(draft, { op: "item.open", m: { it } }, {});
    });
  }

  /** Agenda items as the signed headers have them. */
  items(): ReadonlyMap<ItemId, Item> {
    return this.room.conference.items;
  }

  // --- documents ---------------------------------------------------------------------------------

  /** Shares a section: with `audience`, else with everyone whom the gate lets read it. */
  async share(
    plan: Plan,
    text: SumText,
    { audience = null }: { readonly audience?: Audience | null } = {},
  ): Promise<Shared> {
    const sm = this.newId<SumId>();
    const build = async (draft: Draft): Promise<Shared> => {
      const aud = audience ?? docs.audienceFor(draft, plan);
      const doc = await docs.announce(draft, { ...plan, aud });
      await docs.summarise(draft, generationOf(doc, 1), sm, text);
      return { doc, sm, audience: aud };
    };
    return this.submit(build, { writing: "share" });
  }

  /** Writes the next version of a section; under a fresh key where somebody lost it. */
  async revise(sm: SumId, text: SumText): Promise<Eid> {
    return this.submit(async (draft) => {
      const newest = draft.state.versions.get(sm);
      if (newest === undefined) throw new Refused("UNKNOWN_ID");
      const generation = await this.current(draft, docOf(newest.generation));
      return docs.summarise(draft, generation, sm, text);
    });
  }

  /** Remarks on a document, or in an item's text. */
  async note(doc: DocId, text: NoteText): Promise<Eid> {
    return this.submit(async (draft) => {
      return docs.remark(draft, await this.current(draft, doc), text);
    });
  }

  /** Seals what opens a subject's commitments, for everyone (null) or for `readers`. */
  async testify(
    sub: SubId,
    text: EvText,
    { readers }: { readonly readers: Audience | null },
  ): Promise<DocId> {
    const build = async (draft: Draft): Promise<DocId> => {
      const doc = await docs.announce(draft, { cls: "ev", sub, aud: readers });
      await docs.testify(draft, generationOf(doc, 1), sub, text);
      return doc;
    };
    return this.submit(build, { writing: "share" });
  }

  /** Puts keys of whole documents under the current epoch, for those who came later. */
  async carry(...wanted: readonly DocId[]): Promise<void> {
    const build = async (draft: Draft): Promise<void> => {
      for (const doc of wanted) await docs.issue(draft, draft.newest(doc));
    };
    await this.submit(build, { writing: "share" });
  }

  /** Passes keys of documents to somebody of their audience. */
  async grant(wid: Wid, ...generations: readonly Generation[]): Promise<void> {
    const build = (draft: Draft): Promise<void> => docs.grantPerson(draft, wid, generations);
    await this.submit(build, { writing: "share" });
  }

  /** Passes all I hold in this room to another device of my own. */
  async grantSibling(device: Sid): Promise<void> {
    const build = async (draft: Draft): Promise<void> => {
      const cert = this.#sibling(device);
      const { wid } = draft.session.me;
      const from = rowsOf(draft.state.roster).get(wid)?.from ?? Infinity;
      const epochs = new Map([...draft.epochs].filter(([n]) => n >= from));
      await docs.grantSibling(draft, cert, epochs);
      const granted = [...draft.docs.keys()].filter((generation) => isForFew(draft, generation));
      if (granted.length > 0) await docs.grantPerson(draft, wid, granted);
    };
    await this.submit(build, { writing: "share" });
  }

  #sibling(sid: Sid): Cert<Device> {
    const { directory } = this.room.state;
    const found = directory.devicesOf(this.room.person, this.room.session.council.log.size);
    const cert = found.find((each) => each.sid === sid);
    if (cert === undefined) throw new Refused("UNKNOWN_ID");
    return cert;
  }

  // --- statements --------------------------------------------------------------------------------

  /** Answers an invitation as somebody who is in the room already. */
  async answer(sit: SitId, answering: Answering): Promise<Sid> {
    const { caseId } = this.room;
    return this.#state((draft) => seatOf(draft.session, { caseId, sit }, answering));
  }

  /** Records a withdrawal, whole (null) or by agencies and categories; it only takes away. */
  async withdraw(
    basis: Sid,
    {
      agencies,
      cats,
    }: { readonly agencies: Iterable<Aid> | null; readonly cats: Iterable<string> | null },
  ): Promise<Sid> {
    const taken = {
      ag: agencies === null ? null : asSet(agencies),
      cats: cats === null ? null : asSet(cats),
    };
    return this.#state((draft): Withdraw => {
      return { ...this.#base(draft), typ: "withdraw", basis, ...taken };
    });
  }

  /** Lets the acting chairs act until an instant (ms); only the chair's own word counts. */
  async letAct(until: number): Promise<Sid> {
    return this.#ack("act", { until });
  }

  /** Says that the bundle of an epoch did not open; another member then rotates. */
  async reportBundle(n: number): Promise<Sid> {
    return this.#ack("bad-bundle", { n });
  }

  async #ack(kind: AckKind, said: Partial<Pick<Ack, "n" | "until">>): Promise<Sid> {
    return this.#state((draft): Ack => {
      const rest = { what: null, n: null, until: null, ...said };
      return { ...this.#base(draft), typ: "ack", fd: draft.base, kind, ...rest };
    });
  }

  /** What every statement of this room carries. */
  #base({ session }: Draft) {
    const { council } = session;
    const { net } = council;
    return {
      ...({ v: 1, net, nce: council.nonce(), iat: council.iat() } as const),
      case: this.room.caseId,
    };
  }

  /** Adds one statement, which needs no key. */
  async #state(bodyOf: (draft: Draft) => Parameters<Draft["statement"]>[0]): Promise<Sid> {
    const build = async (draft: Draft): Promise<Sid> => (await draft.statement(bodyOf(draft))).sid;
    return this.submit(build, { writing: "free" });
  }

  // --- the meeting code --------------------------------------------------------------------------

  /** Posts what this device holds to be true; its digits are read to the others. */
  async readAloud(): Promise<Spoken> {
    const sid = await this.#state((draft): Meet => {
      const { current, seq, fh, idn } = draft.state;
      if (current === undefined) throw new Refused("WRONG_PLACE");
      const lh = draft.session.council.log.head();
      return { ...this.#base(draft), typ: "meet", ros: current.sid, seq, fh, idn, lh };
    });
    return spokenBy(this.room.session.me.wid, sid);
  }

  /** Digits of every `meet` that agrees in full with my own room. */
  spoken(): readonly Spoken[] {
    const { devices } = this.room.state.directory;
    return this.room.feed.room.records.flatMap(({ kind, code, author, id }): readonly Spoken[] => {
      const isAgreed = kind === "meet" && code === null && author !== null;
      const wid = isAgreed ? devices.get(author)?.first.body.wid : undefined;
      return wid === undefined ? [] : [spokenBy(wid, id)];
    });
  }
}

/** A row's id is its statement's. */
function spokenBy(wid: Wid, id: Hash): Spoken {
  return { wid, sid: id as Sid, digits: digits12(bytesOf(id)) };
}

function isForFew(draft: Draft, generation: Generation): boolean {
  const announced = draft.state.documents.get(generation);
  return announced !== undefined && announced.body.aud !== null;
}

function find(draft: Draft, cls: DocClass, item: ItemId | null): DocId | null {
  for (const [generation, { body }] of draft.state.documents) {
    const isFirst = numberOf(generation) === 1;
    if (isFirst && body.cls === cls && body.item === item) return docOf(generation);
  }
  return null;
}

/** The document that an operation belongs to. */
function placeOf(draft: Draft, facts: Named): DocId {
  const doc = foundFor(draft, facts);
  if (doc === null) throw new Refused("UNKNOWN_ID");
  return doc;
}

function foundFor(draft: Draft, facts: Named): DocId | null {
  if (facts.op === "dec.rec") return find(draft, "itm", facts.m.it);
  const isBoard = /^(?:prio|role|act)\./.test(facts.op);
  return find(draft, isBoard ? "brd" : "agd", null);
}
