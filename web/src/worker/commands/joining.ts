/** Joining a council, and adding or ending devices. */

import { pledge } from "../../client/pledge";
import * as link from "../../client/link";
import { signStatement } from "../../client/signer";
import { Vault } from "../../client/vault";
import { Refused } from "../../crypto/errors";
import type { Revoke } from "../../protocol/generated";
import type { Did } from "../../protocol/ids";
import { deviceId } from "../../protocol/derived";
import { compose } from "../../protocol/statement";
import { DAY, MINUTE } from "../../protocol/times";
import type { Desk } from "../desk";
import { digitsOf, Enrolment, lookAt, lookAtOffer, pledgeHash, pledgeIn } from "../enrolling";
import type { Office } from "../office";
import { pledgeOf } from "../views/session";
import { wrote, type Commands } from "./command";

type Names =
  | ("join.look" | "join.begin" | "join.finish" | "join.pledge" | "link.look" | "link.begin")
  | ("link.finish" | "link.offer" | "link.waiting" | "link.approve" | "device.end");

/** How long an offer for a further device waits on the server, in ms. */
const OFFER_LIFE = 30 * MINUTE;
/** A pledge holds a year at most; it ends with the certificate if that ends before. */
const PLEDGE_LIFE = 365 * DAY;

interface NewVault {
  readonly vault: string;
  readonly place: "browser" | "file";
  readonly passphrase: string;
}

/** Makes a vault and shows the enrolment in it; a failed one is not left behind. */
async function begin(
  desk: Desk,
  { vault: name, place, passphrase }: NewVault,
  ask: (vault: Vault) => Promise<Enrolment>,
): Promise<void> {
  await desk.owning(name, async () => {
    const at = desk.place(name, place === "file" ? "new" : null);
    const vault = await Vault.create(at, passphrase);
    try {
      await ask(vault);
    } catch (error) {
      // What was asked for may have reached the registrar: then it goes on later.
      const isNothing = vault.contents.joining === null;
      await desk.lock();
      await vault.close();
      if (isNothing) await desk.remove(name);
      throw error;
    }
  });
  desk.topics.now("app");
  await desk.list();
}

/** The device is certified: signs in, and shows the pledge where one is asked for. */
async function finished(desk: Desk, enrolment: Enrolment): Promise<void> {
  enrolment.council.http.close();
  const office = await desk.signIn(enrolment.vault);
  if (isPledged(office)) {
    await desk.show();
    return;
  }
  enrolment.stage = "pledge";
  desk.topics.now("app");
}

function isPledged({ session }: Office): boolean {
  const pledged = pledgeOf(session);
  return pledged === "live" || pledged === "not-needed";
}

/** Signs the council's text; PLEDGE_MISSING for one that this build cannot show. */
async function signPledge(desk: Desk, { session }: Office): Promise<void> {
  const { council, me } = session;
  const { ver, text } = pledgeIn(council, desk.around.pledges);
  if (text === "") throw new Refused("PLEDGE_MISSING", { ver });
  const { directory, size } = council.log;
  const end = directory.workers.get(me.wid)?.newest(size)?.body.exp ?? Infinity;
  const until = Math.min(council.iat() + PLEDGE_LIFE, end);
  await pledge(session, pledgeHash(text), { ver, until });
}

/** Ends a device of mine, by my own key. */
async function endDevice({ session }: Office, did: Did, passphrase: string): Promise<void> {
  const { council, vault, me } = session;
  const chain = council.log.directory.devices.get(did);
  if (chain?.first.body.wid !== me.wid) throw new Refused("UNKNOWN_ID");
  const key = await vault.personKey(passphrase);
  const body: Revoke = {
    ...{ v: 1, typ: "revoke", net: council.net, nce: council.nonce(), iat: council.iat() },
    ...{ what: "device", id: chain.first.sid, why: "lost", since: null },
  };
  const made = compose(body);
  await council.admitLogged(made, [await signStatement(made, key)]);
}

/** Commands on who comes in. */
export const JOINING: Commands<Names> = {
  "join.look": async (desk, { text }) => {
    const { council, view } = await lookAt(desk.around, text);
    council.http.close();
    return view;
  },
  "join.begin": async (desk, { text, ...made }) => {
    await begin(desk, made, async (vault) => {
      const { ticket, council, view } = await lookAt(desk.around, text);
      const enrolment = new Enrolment({ vault, council, invitation: view });
      desk.join(enrolment);
      await enrolment.ask(ticket, made.passphrase);
      return enrolment;
    });
    return null;
  },
  "join.finish": async (desk, { passphrase }, { signal }) => {
    const enrolment = desk.requireEnrolment();
    await enrolment.finish(passphrase, signal);
    await finished(desk, enrolment);
    return null;
  },
  "join.pledge": async (desk) => {
    await signPledge(desk, desk.office());
    if (desk.enrolment !== null) await desk.show();
    return wrote(desk);
  },
  "link.look": async (desk, { text }) => {
    const { council, name } = await lookAtOffer(desk.around, text);
    council.http.close();
    return { council: name };
  },
  "link.begin": async (desk, { text, ...made }) => {
    await begin(desk, made, async (vault) => {
      const { secret, council } = await lookAtOffer(desk.around, text);
      const enrolment = new Enrolment({ vault, council, invitation: null });
      desk.join(enrolment);
      await enrolment.askSibling(secret);
      return enrolment;
    });
    return null;
  },
  "link.finish": async (desk, _input, { signal }) => {
    const enrolment = desk.requireEnrolment();
    await enrolment.finishSibling(signal);
    await finished(desk, enrolment);
    return null;
  },
  "link.offer": async (desk) => {
    const office = desk.office();
    office.offered = await link.offer(office.session);
    office.asked = null;
    return { text: office.offered.qr, until: office.now() + OFFER_LIFE };
  },
  "link.waiting": async (desk) => {
    const office = desk.office();
    if (office.offered === null) return { digits: null };
    office.asked ??= await requested(office, office.offered);
    if (office.asked === null) return { digits: null };
    const { net } = office.session.council;
    return { digits: digitsOf({ ...office.asked.link, ik: office.session.me.ik, net }) };
  },
  "link.approve": async (desk, { passphrase, name }) => {
    const office = desk.office();
    if (office.asked === null) throw new Refused("UNKNOWN_ID");
    const { link: asked } = office.asked;
    await link.approve(office.session, office.asked, { passphrase });
    office.offered = null;
    office.asked = null;
    const { wid } = office.session.me;
    await office.welcome(deviceId({ net: office.session.council.net, wid, dk: asked.dk }), name);
    return wrote(desk);
  },
  "device.end": async (desk, { did, passphrase }) => {
    await endDevice(desk.office(), did as Did, passphrase);
    return wrote(desk);
  },
};

/** What the new device asks for; null while it has not. */
async function requested(office: Office, offered: link.Offer): Promise<link.Request | null> {
  try {
    return await link.request(office.session, offered, { patience: 0 });
  } catch (error) {
    if (error instanceof Refused && error.code === "UNKNOWN_ID") return null;
    throw error;
  }
}
