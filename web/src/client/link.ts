/**
 * A further device of one person, vouched for by a sibling (section 5.4, step 5).
 *
 * The old device shows a code, as text or as QR; whoever types it into the new one proves nothing
 * but that: the person confirms on the old device, and only then do ik and the old dk sign.
 */

import { Refused } from "../crypto/errors";
import { SealingKey } from "../crypto/sealing";
import { asPerson } from "../protocol/directory";
import { deviceId, ekHash } from "../protocol/derived";
import type { Device, Link } from "../protocol/generated";
import { Done, LinkOffer } from "../protocol/generated";
import type { Id, NetId } from "../protocol/ids";
import { blobOf, bytesOf, bytesOfBlob, hashOf } from "../protocol/ids";
import { grouped, readCode, requireMac, Secret, SECRET_SIZE } from "../protocol/invitation";
import { compose, match, parse, type Statement } from "../protocol/statement";
import type { Identity } from "./contents";
import { netHeader, type Council } from "./council";
import type { Waiting } from "./enrol";
import type { Session } from "./session";
import { publicOf, signStatement } from "./signer";
import type { Vault } from "./vault";
import { newKey } from "./vault_format";

/** What the old device shows: a code to type, the text of its QR, and the secret behind both. */
export interface Offer {
  readonly secret: Secret;
  readonly code: string;
  readonly qr: string;
}

/** What a new device keeps between asking and being certified. */
export interface Linking {
  readonly offer: LinkOffer;
  readonly link: Link;
}

const QR_HEAD = "shk1.link.";

/** On the old device: leaves an offer that only the shown code can read. */
export async function offer(session: Session): Promise<Offer> {
  const { council, me } = session;
  const secret = new Secret(council.entropy(SECRET_SIZE));
  const { net } = council;
  const { wid, ik } = me;
  const mac = secret.linkNet(net, { wid, ik });
  await council.http.post("pend/offer", { key: keyOf(secret.lid), net, wid, ik, mac }, Done);
  return { secret, code: grouped(secret.code()), qr: QR_HEAD + secret.code() };
}

/** On the new device: reads the typed code or the text of the QR; BAD_B64, BAD_LENGTH. */
export function readOffer(text: string): Secret {
  const trimmed = text.trim();
  return readCode(trimmed.startsWith(QR_HEAD) ? trimmed.slice(QR_HEAD.length) : trimmed);
}

/**
 * On the new device: finds the offer, makes keys, and asks the old device for a certificate.
 *
 * Refused: UNKNOWN_ID without an offer, BAD_TAG when it is not of who showed the code.
 */
export async function ask(
  council: Council,
  vault: Vault,
  { secret }: { readonly secret: Secret },
): Promise<Linking> {
  const found = await council.http.get(`pend/${keyOf(secret.lid)}/offer`, LinkOffer);
  const { net, wid, ik, mac: theirs } = found;
  requireMac({ ours: bytesOf(secret.linkNet(net, { wid, ik })), theirs: bytesOf(theirs) });
  council.log.net = net;
  council.log.headers = netHeader(net);
  await council.sync();
  const ek = await keepKeys(council, vault, found);
  const body = linkOf(council, vault, { secret, found, ek });
  const statement = compose(body);
  const mac = secret.linkRequest(net, { tbs: statement.tbs });
  const signed = await signStatement(statement, vault.dk);
  await council.pend(secret.lid, statement, [signed], { mac });
  return { offer: found, link: body };
}

/** The keys are in the vault before anything is sent; gives the public sealing key. */
async function keepKeys(council: Council, vault: Vault, found: LinkOffer): Promise<Uint8Array> {
  const { http, net } = council;
  const [dk, ek] = [newKey(council.entropy), newKey(council.entropy)];
  const did = deviceId({ net, wid: found.wid, dk: publicOf(dk) });
  await vault.keepDeviceKey(dk, { did });
  await vault.update((contents) => ({
    ...contents,
    council: { url: http.url, slug: http.slug, net },
    ek: [{ eg: 0, seed: hashOf(ek) }],
  }));
  return SealingKey.fromSeed(ek).public;
}

function linkOf(
  council: Council,
  vault: Vault,
  made: { readonly secret: Secret; readonly found: LinkOffer; readonly ek: Uint8Array },
): Link {
  return {
    ...{ v: 1, typ: "link", net: council.net, nce: council.nonce(), iat: council.iat() },
    ...{ lid: made.secret.lid, wid: made.found.wid, dk: vault.dk.publicKey },
    ek: blobOf(made.ek),
  };
}

/** A checked request of a new device, to be shown to the person before she confirms. */
export interface Request {
  readonly link: Link;
}

/**
 * On the old device: fetches and checks what the new one asks for.
 *
 * Refused: UNKNOWN_ID while nothing waits, BAD_TAG, BAD_SIG, RULE_DENIED.
 */
export async function request(
  session: Session,
  offered: Offer,
  waiting: Waiting,
): Promise<Request> {
  const { council, me } = session;
  const pending = await council.waitFor(offered.secret.lid, waiting);
  const statement = parse(bytesOfBlob(pending.statement));
  const { body: link } = statement;
  if (link.typ !== "link" || pending.mac === null || link.wid !== me.wid) {
    throw new Refused("RULE_DENIED");
  }
  const ours = offered.secret.linkRequest(council.net, { tbs: statement.tbs });
  requireMac({ ours: bytesOf(ours), theirs: bytesOf(pending.mac) });
  if (match(statement, [link.dk]).length === 0) throw new Refused("BAD_SIG");
  return { link };
}

/** On the old device, after the person confirmed: certifies the new one with ik and my dk. */
export async function approve(
  session: Session,
  { link }: Request,
  { passphrase }: { readonly passphrase: string },
): Promise<Device> {
  const body = certificateOf(session, link);
  const certificate = compose(body);
  const person = await session.vault.personKey(passphrase);
  const signatures = [
    await signStatement(certificate, person),
    await signStatement(certificate, session.dk),
  ];
  await session.council.pend(certificate.sid, certificate, signatures);
  return body;
}

function certificateOf(session: Session, link: Link): Device {
  const { council, me } = session;
  const { net, log } = council;
  const { body: worker } = log.directory.requireWorker(me.wid, me.ik, log.size);
  return {
    ...{ v: 1, typ: "device", net, nce: council.nonce(), iat: council.iat() },
    ...{ did: deviceId({ net, wid: me.wid, dk: link.dk }), wid: me.wid, ik: me.ik, dk: link.dk },
    ...{ ekh: ekHash(bytesOfBlob(link.ek)), eg: 0, kem: 25722, sig: "ed25519" },
    ...{ nbf: worker.nbf, exp: worker.exp, prev: null },
  };
}

/** On the new device: accepts the certificate if it is mine, logs it, and takes the identity. */
export async function finish(
  council: Council,
  vault: Vault,
  { linking, ...waiting }: Waiting & { readonly linking: Linking },
): Promise<Identity> {
  const { link, offer: found } = linking;
  const did = deviceId({ net: council.net, wid: link.wid, dk: link.dk });
  const pending = await council.waitFor(did, waiting);
  await council.sync();
  const statement = parse(bytesOfBlob(pending.statement));
  requireMine(statement, linking, council.net);
  const { directory, size } = council.log;
  const worker = directory.requireWorker(found.wid, found.ik, size);
  const siblings = directory.devicesOf(asPerson(found), size).map((cert) => cert.body.dk);
  const signed = match(statement, [found.ik, ...siblings]);
  const signatures = [...signed, await signStatement(statement, vault.dk)];
  await council.admitLogged(statement, signatures, { ek: link.ek });
  const identity: Identity = {
    ...{ wid: found.wid, aid: worker.body.aid, ik: found.ik, did, dk: link.dk },
    ...{ worker: worker.sid, device: statement.sid, name: "" },
  };
  const id = council.log.pin(council.clock.now());
  await vault.update((contents) => ({ ...contents, identity, id }));
  return identity;
}

function requireMine({ body }: Statement, { link, offer: found }: Linking, net: NetId): void {
  const mine =
    body.typ === "device" &&
    body.did === deviceId({ net, wid: link.wid, dk: link.dk }) &&
    body.wid === found.wid &&
    body.ik === found.ik &&
    body.dk === link.dk &&
    body.ekh === ekHash(bytesOfBlob(link.ek));
  if (!mine) throw new Refused("UNTRUSTED");
}

function keyOf(lid: Id) {
  return blobOf(bytesOf(lid));
}
