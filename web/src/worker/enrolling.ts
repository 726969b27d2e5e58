/** Somebody on her way in: with an invitation, or with a further device of hers. */

import { Council, netHeader } from "../client/council";
import * as enrol from "../client/enrol";
import * as link from "../client/link";
import { Http } from "../client/transport";
import type { Vault } from "../client/vault";
import { sha256 } from "../crypto/hashing";
import { utf8 } from "../crypto/bytes";
import { Refused } from "../crypto/errors";
import { ekHash } from "../protocol/derived";
import { LinkOffer, Where, type Wanted } from "../protocol/generated";
import { blobOf, bytesOf, bytesOfBlob, hashOf, type Digest, type InvId } from "../protocol/ids";
import { enrolmentDigits, requireMac, type Secret } from "../protocol/invitation";
import { DAY } from "../protocol/times";
import type { InvitationView, JoiningView } from "./api";
import type { Around } from "./around";
import { bareDigits } from "./typed";

/** How long, in ms, one waits for a registrar, or for one's other device. */
const PATIENCE = 30 * DAY;
/** Where a begun link is kept among the drafts. */
const LINKING = "linking";

interface Shown {
  readonly joining: Omit<JoiningView, "unsaved">;
  readonly invitation: InvitationView | null;
}

/** An enrolment under way, over an open vault. */
export class Enrolment {
  readonly vault: Vault;
  readonly council: Council;
  stage: JoiningView["stage"] = "keys";
  spoken: string | null = null;
  readonly invitation: InvitationView | null;
  #linking: link.Linking | null = null;

  constructor(at: {
    readonly vault: Vault;
    readonly council: Council;
    readonly invitation: InvitationView | null;
  }) {
    this.vault = at.vault;
    this.council = at.council;
    this.invitation = at.invitation;
  }

  /** What the screens show of it. */
  view(): Shown {
    const { stage, spoken, invitation } = this;
    return { joining: { vault: this.vault.name, stage, spoken }, invitation };
  }

  /** Makes keys and asks the registrar. */
  async ask(ticket: enrol.Ticket, passphrase: string): Promise<void> {
    this.spoken = bareDigits(await enrol.ask(this.council, this.vault, { ticket, passphrase }));
    this.stage = "spoken";
  }

  /** Goes on after the page was closed; UNTRUSTED where nothing says how. */
  async resume(): Promise<void> {
    if (this.vault.contents.joining === null) {
      await this.#resumeSibling();
      return;
    }
    this.spoken = bareDigits(enrol.digitsAgain(this.council, this.vault));
    this.stage = "spoken";
  }

  /**
   * What was asked of the other device is kept under the vault, without the secret of the offer:
   * what waits is a certificate, and that is judged by the keys in the vault alone.
   */
  async #resumeSibling(): Promise<void> {
    const kept = await this.vault.drafts.get(LINKING);
    if (kept === null) throw new Refused("UNTRUSTED", { why: "no-device" });
    this.#asked(JSON.parse(kept.text) as link.Linking);
  }

  /** Waits for the certificate, and takes it. */
  async finish(passphrase: string, signal: AbortSignal): Promise<void> {
    await enrol.finish(this.council, this.vault, { passphrase, patience: PATIENCE, signal });
  }

  /** Makes keys and asks the other device. */
  async askSibling(secret: Secret): Promise<void> {
    const linking = await link.ask(this.council, this.vault, { secret });
    await this.vault.drafts.put(LINKING, JSON.stringify(linking), this.council.clock.now());
    this.#asked(linking);
  }

  #asked(linking: link.Linking): void {
    this.#linking = linking;
    const { ik, net } = linking.offer;
    this.spoken = digitsOf({ ...linking.link, ik, net });
    this.stage = "device";
  }

  /** Waits until the other device vouched for this one. */
  async finishSibling(signal: AbortSignal): Promise<void> {
    if (this.#linking === null) throw new Refused("UNKNOWN_ID");
    const waiting = { linking: this.#linking, patience: PATIENCE, signal };
    await link.finish(this.council, this.vault, waiting);
    await this.vault.drafts.drop(LINKING);
  }

  /** Drops connection and keys. */
  async close(): Promise<void> {
    this.council.http.close();
    await this.vault.close();
  }
}

type Asked = link.Request["link"] & Pick<LinkOffer, "ik" | "net">;

/** Twelve digits that both devices of a person compute from what the new one asks for. */
export function digitsOf({ lid, ik, dk, ek, net }: Asked): string {
  const inv = String(lid) as InvId; // a link takes the place of the invitation
  return bareDigits(enrolmentDigits({ net, inv, ik, dk, ekh: ekHash(bytesOfBlob(ek)) }));
}

// --- finding the council ---------------------------------------------------------------------------

/** The council to which an invitation or an offer belongs; UNKNOWN_ID. */
export async function councilOf(
  { url, clock, entropy }: Pick<Around, "url" | "clock" | "entropy">,
  wanted: Wanted,
  ticket: Pick<enrol.Ticket, "net"> = { net: null },
): Promise<Council> {
  const { slug } = await new Http({ url, slug: "" }).postRoot("/v1/where", wanted, Where);
  const http = new Http({ url, slug });
  return new Council({ http, clock: clock(), entropy, net: ticket.net });
}

/** The council of a vault whose enrolment was begun before. */
export function councilPinned(
  { url, clock, entropy }: Pick<Around, "url" | "clock" | "entropy">,
  vault: Vault,
): Council {
  const { council: pin, id } = vault.contents;
  if (pin === null) throw new Refused("UNTRUSTED", { why: "no-council" });
  const http = new Http({ url, slug: pin.slug });
  const council = new Council({ http, clock: clock(), entropy, net: pin.net, pin: id });
  council.log.headers = netHeader(pin.net);
  return council;
}

/** What an invitation says; the ticket is checked against the council it is for. */
export async function lookAt(
  around: Around,
  text: string,
): Promise<{
  readonly ticket: enrol.Ticket;
  readonly council: Council;
  readonly view: InvitationView;
}> {
  const ticket = enrol.readTicket(text);
  const council = await councilOf(around, { inv: ticket.secret.inv, lid: null }, ticket);
  const { invite, council: name, agency } = await enrol.look(council, ticket);
  const { origin } = council.root();
  const { exp: until, caps } = invite;
  const pledge = pledgeIn(council, around.pledges);
  return { ticket, council, view: { council: name, origin, agency, until, caps, pledge } };
}

/** What a council asks to be signed, as far as this build can show it. */
export function pledgeIn(
  council: Council,
  texts: readonly string[],
): { readonly ver: number; readonly text: string } {
  const { directory, size } = council.log;
  const current = directory.currentPledge(size);
  const text = texts.find((each) => pledgeHash(each) === current?.text);
  return { ver: current?.ver ?? 0, text: text ?? "" };
}

/** The hash under which a text is signed. */
export function pledgeHash(text: string): Digest {
  return hashOf<Digest>(sha256(utf8(text)));
}

/** The council of an offer for a further device, checked to be the one that was meant. */
export async function lookAtOffer(around: Around, text: string) {
  const secret = link.readOffer(text);
  const council = await councilOf(around, { inv: null, lid: secret.lid });
  const offer = await council.http.get(`pend/${blobOf(bytesOf(secret.lid))}/offer`, LinkOffer);
  const { net, wid, ik, mac } = offer;
  requireMac({ ours: bytesOf(secret.linkNet(net, { wid, ik })), theirs: bytesOf(mac) });
  council.log.net = net;
  council.log.headers = netHeader(net);
  await council.sync();
  return { secret, council, name: council.root().name };
}
