/** A registrar's work: invite, approve a join, pledge for the agency, revoke (section 5.4). */

import { Refused } from "../crypto/errors";
import { asSet } from "../protocol/checks";
import { ekHash, workerId } from "../protocol/derived";
import type {
  Cap,
  Invite,
  Join,
  Payload,
  Pending,
  Pledge,
  Revoke,
  RevokeWhat,
  RevokeWhy,
  Worker,
} from "../protocol/generated";
import type { Aid, Digest, InvId, Sid, Wid } from "../protocol/ids";
import { blobOf, bytesOf, bytesOfBlob, hashOf, HASH_SIZE } from "../protocol/ids";
import { enrolmentDigits, grouped, requireMac, Secret, SECRET_SIZE } from "../protocol/invitation";
import { nameCommitment } from "../protocol/keys";
import { compose, match, parse, type Statement } from "../protocol/statement";
import type { Contents } from "./contents";
import type { Council } from "./council";
import type { Waiting } from "./enrol";
import { signStatement, type Signer } from "./signer";
import type { Vault } from "./vault";

/** What the registrar hands over: a link, or a code to be typed; one of them once. */
export interface Invitation {
  readonly inv: InvId;
  readonly sid: Sid;
  readonly link: string;
  readonly code: string;
}

/** A checked request to join, and the twelve digits both sides read aloud. */
export interface Request {
  readonly join: Join;
  readonly invite: Invite;
  readonly digits: string;
}

/** Whose registrar it is: `key` is named by the agency's newest certificate. */
export interface Office {
  readonly vault: Vault;
  readonly key: Signer;
  readonly aid: Aid;
}

/** Signs for one agency; the secrets of its invitations stay in the vault. */
export class Registrar {
  readonly #council: Council;
  readonly #vault: Vault;
  readonly #key: Signer;
  readonly #aid: Aid;

  constructor(council: Council, { vault, key, aid }: Office) {
    this.#council = council;
    this.#vault = vault;
    this.#key = key;
    this.#aid = aid;
  }

  /** Makes and logs a single-use invitation, good until `exp` (ms); `wid` names a person who lost all her devices. */
  async invite(
    caps: readonly Cap[],
    { exp, wid = null }: { readonly exp: number; readonly wid?: Wid | null },
  ): Promise<Invitation> {
    const { net } = this.#council;
    const seed = this.#council.entropy(SECRET_SIZE);
    const secret = new Secret(seed);
    const { inv } = secret;
    const kept = { inv, s: blobOf(seed) };
    await this.#vault.update((held) => ({ ...held, invites: [...held.invites, kept] }));
    const am = secret.inviteNet(net);
    const said = { inv, aid: this.#aid, wid, caps: asSet(caps), exp, am };
    const sid = await this.#logged({ ...this.#base(), typ: "invite", ...said });
    const { origin } = this.#council.root();
    return { inv, sid, link: secret.link({ origin, net }), code: grouped(secret.code()) };
  }

  /**
   * Fetches and checks what waits under an invitation.
   *
   * Refused: UNKNOWN_ID while nothing waits, BAD_TAG for a foreign mac, RULE_DENIED for other caps
   * or another person, EXPIRED, BAD_SIG.
   */
  async request(inv: InvId, waiting: Waiting = { patience: 0 }): Promise<Request> {
    const pending = await this.#council.waitFor(inv, waiting);
    const statement = parse(bytesOfBlob(pending.statement));
    const join = joinIn(statement);
    const invite = this.#invite(inv);
    this.#requireMac(pending, statement, inv);
    this.#requireFit(join, invite);
    const keys = new Set([join.ik, join.dk]);
    if (match(statement, keys).length !== keys.size) throw new Refused("BAD_SIG");
    const { ik, dk, ek } = join;
    const ekh = ekHash(bytesOfBlob(ek));
    return { join, invite, digits: enrolmentDigits({ net: join.net, inv, ik, dk, ekh }) };
  }

  #invite(inv: InvId): Invite {
    const { log, clock } = this.#council;
    const body = log.directory.invites.get(inv)?.newest(log.size)?.body;
    if (body?.aid !== this.#aid) throw new Refused("UNKNOWN_ID");
    if (clock.now() >= body.exp) throw new Refused("EXPIRED");
    return body;
  }

  #requireMac({ mac }: Pending, statement: Statement, inv: InvId): void {
    const kept = this.#vault.contents.invites.find((each) => each.inv === inv);
    if (kept === undefined || mac === null) throw new Refused("BAD_TAG");
    const secret = new Secret(bytesOfBlob(kept.s));
    const ours = bytesOf(secret.join(this.#council.net, { tbs: statement.tbs }));
    requireMac({ ours, theirs: bytesOf(mac) });
  }

  #requireFit(join: Join, invite: Invite): void {
    const { net, log } = this.#council;
    const wid = invite.wid ?? workerId({ net, aid: this.#aid, inv: invite.inv });
    const isFor = join.net === net && join.inv === invite.inv && join.wid === wid;
    const isOffered = join.caps.join() === invite.caps.join();
    const isRooted = join.root === log.directory.roots.at(-1)?.sid;
    if (!isFor || !isOffered || !isRooted) throw new Refused("RULE_DENIED");
  }

  /** Signs the worker's certificate (from `nbf` to `exp`, ms) and leaves it for her own signature. */
  async certify(
    { join }: Request,
    { name, nbf, exp }: { readonly name: string; readonly nbf: number; readonly exp: number },
  ): Promise<Sid> {
    const { log, entropy } = this.#council;
    const salt = hashOf(entropy(HASH_SIZE));
    const before = log.directory.workers.get(join.wid)?.newest(log.size);
    const { wid, ik, caps, inv } = join;
    const body: Worker = {
      ...{ ...this.#base(), typ: "worker", wid, aid: this.#aid },
      ...{ nh: nameCommitment(bytesOf(salt), { name }), ik, caps, inv, nbf, exp },
      ...{ gen: before === undefined ? 0 : before.body.gen + 1, prev: before?.sid ?? null },
    };
    const made = compose(body);
    const signed = [await signStatement(made, this.#key)];
    await this.#council.pend(made.sid, made, signed, { name: { name, salt } });
    await this.#vault.update((held) => without(held, inv));
    return made.sid;
  }

  /** Logs the agency's 誓約書: the hash of its text, its version, until when (ms). */
  async pledge(
    text: Digest,
    { ver, until }: { readonly ver: number; readonly until: number },
  ): Promise<Sid> {
    const said = { aid: this.#aid, wid: null, text, ver, until };
    const body: Pledge = { ...this.#base(), typ: "pledge", ...said };
    return this.#logged(body);
  }

  /** Ends a certificate's whole chain, or an unused invitation. */
  async revoke(
    what: RevokeWhat,
    sid: Sid,
    { why, since = null }: { readonly why: RevokeWhy; readonly since?: number | null },
  ): Promise<Sid> {
    const body: Revoke = { ...this.#base(), typ: "revoke", what, id: sid, why, since };
    return this.#logged(body);
  }

  /** What every statement carries. */
  #base() {
    const { net } = this.#council;
    return { v: 1, net, nce: this.#council.nonce(), iat: this.#council.iat() } as const;
  }

  async #logged(body: Payload): Promise<Sid> {
    const made = compose(body);
    await this.#council.admitLogged(made, [await signStatement(made, this.#key)]);
    return made.sid;
  }
}

function joinIn({ body }: Statement): Join {
  if (body.typ !== "join") throw new Refused("UNKNOWN_TYPE");
  return body;
}

function without(contents: Contents, inv: InvId | null): Contents {
  return { ...contents, invites: contents.invites.filter((kept) => kept.inv !== inv) };
}
