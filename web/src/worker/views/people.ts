/** People and agencies as screens show them: from the verified log, with names where they are known. */

import { Refused, type Code } from "../../crypto/errors";
import type { Directory } from "../../protocol/directory";
import type { Agency } from "../../protocol/generated";
import type { Aid, Wid } from "../../protocol/ids";
import type { AgencyView, PersonView } from "../api";

/** What is known of people at one moment. */
export interface Known {
  readonly directory: Directory;
  /** Size of the identity log. */
  readonly n: number;
  /** Names that fit their certificates. */
  readonly names: ReadonlyMap<Wid, string>;
  readonly me: Wid;
}

/** Makes views of people; each is made once. */
export class People {
  readonly directory: Directory;
  readonly me: Wid;
  /** Size of the identity log. */
  readonly size: number;
  readonly #names: ReadonlyMap<Wid, string>;
  readonly #agencies = new Map<Aid, AgencyView>();
  readonly #persons = new Map<Wid, PersonView>();

  constructor({ directory, n, names, me }: Known) {
    this.directory = directory;
    this.size = n;
    this.#names = names;
    this.me = me;
  }

  /** An agency; without a name when the log does not know it. */
  agency(aid: Aid): AgencyView {
    const known = this.#agencies.get(aid);
    if (known !== undefined) return known;
    const chain = this.directory.agencies.get(aid);
    const body = chain?.newest(this.size)?.body;
    const ended = endOf(() => this.directory.requireAgency(aid, this.size)) !== null;
    const { block, able } = shownOf(body?.x);
    const view = { aid, name: body?.name ?? "", kind: body?.kind ?? "", ended, block, able };
    this.#agencies.set(aid, view);
    return view;
  }

  /** The agency of a person, which no renewal changes; null for somebody the log does not know. */
  agencyOf(wid: Wid): Aid | null {
    return this.directory.workers.get(wid)?.first.body.aid ?? null;
  }

  /** A person by her id. */
  person(wid: Wid): PersonView {
    const known = this.#persons.get(wid);
    if (known !== undefined) return known;
    const view = this.#person(wid);
    this.#persons.set(wid, view);
    return view;
  }

  #person(wid: Wid): PersonView {
    const worker = this.directory.workers.get(wid)?.newest(this.size)?.body;
    const name = this.#names.get(wid);
    const agency = worker === undefined ? NOWHERE : this.agency(worker.aid);
    const ended = endOf(() => {
      if (worker === undefined) throw new Refused("UNTRUSTED");
      this.directory.requireWorker(wid, worker.ik, this.size);
    });
    const verified = name !== undefined;
    return { wid, name: name ?? "", agency, verified, me: wid === this.me, ended };
  }

  /** Several people, in the order given. */
  persons(wids: Iterable<Wid>): readonly PersonView[] {
    return [...wids].map((wid) => this.person(wid));
  }
}

/** Longest text that is shown of an agency, in characters, and how many abilities (protocol, 5.3). */
const WORD = 32;
const ABILITIES = 16;

function isWord(said: unknown): said is string {
  return typeof said === "string" && said !== "" && Array.from(said).length <= WORD;
}

/** What a certificate says for directories only; anything of another shape is as good as absent. */
export function shownOf(x: Agency["x"]): Pick<AgencyView, "block" | "able"> {
  const [block, able] = [x?.["block"], x?.["able"]];
  const isList = Array.isArray(able) && able.length <= ABILITIES && able.every(isWord);
  return { block: isWord(block) ? block : "", able: isList ? [...new Set(able)] : [] };
}

const NOWHERE: AgencyView = { aid: "", name: "", kind: "", ended: true, block: "", able: [] };

function endOf(check: () => unknown): Code | null {
  try {
    check();
    return null;
  } catch (error) {
    if (error instanceof Refused) return error.code;
    throw error;
  }
}
