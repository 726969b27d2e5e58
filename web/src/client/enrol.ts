/** Joining a council from a link or a typed code (section 5.4, flow 15.1). */

import { Refused } from "../crypto/errors";
import { SealingKey } from "../crypto/sealing";
import type { Cert } from "../protocol/certificates";
import { deviceId, ekHash, workerId } from "../protocol/derived";
import type { Device, Invite, Join, Pending, Worker } from "../protocol/generated";
import type { Blob, NetId, Sid } from "../protocol/ids";
import { blobOf, bytesOf, bytesOfBlob, hashOf } from "../protocol/ids";
import type { Secret } from "../protocol/invitation";
import { enrolmentDigits, readCode, readLink, requireMac } from "../protocol/invitation";
import { nameCommitment } from "../protocol/keys";
import type { Statement } from "../protocol/statement";
import { compose, match, parse } from "../protocol/statement";
import type { Contents, Identity, Joining } from "./contents";
import { inviteHeader, netHeader, type Council } from "./council";
import { publicOf, signerOf, signStatement, type Signer } from "./signer";
import type { Vault } from "./vault";
import { newKey } from "./vault_format";

/** What somebody was handed: the secret, and the fingerprint if it came as a link. */
export interface Ticket {
  readonly secret: Secret;
  readonly net: NetId | null;
}

/** Reads a link or a typed code; BAD_B64, BAD_LENGTH. */
export function readTicket(text: string): Ticket {
  if (text.includes("://")) {
    const { secret, net } = readLink(text.trim());
    return { secret, net };
  }
  return { secret: readCode(text), net: null };
}

/** Seeds of 32 bytes, fresh for this device. */
interface NewKeys {
  readonly ik: Uint8Array;
  readonly dk: Uint8Array;
  readonly ek: Uint8Array;
}

/** What a person is told before she decides to join. */
export interface Offered {
  readonly invite: Invite;
  /** Names of the council and of the inviting agency. */
  readonly council: string;
  readonly agency: string;
}

/**
 * Finds and checks the invitation, before any key is made.
 *
 * Refused: WRONG_NET or BAD_TAG for a network that is not the inviting one, UNKNOWN_ID, EXPIRED,
 * REVOKED or REPLAY for an invitation that no longer counts.
 */
export async function look(council: Council, ticket: Ticket): Promise<Offered> {
  council.log.headers = inviteHeader(ticket.secret.inv);
  await council.sync();
  if (ticket.net !== null && ticket.net !== council.net) throw new Refused("WRONG_NET");
  const invite = requireInvite(council, ticket.secret);
  const agency = council.log.directory.agency(invite.aid, council.log.size);
  return { invite, council: council.root().name, agency: agency.name };
}

/**
 * Checks the network, makes this device's keys, and asks the registrar for a certificate.
 *
 * The keys are in the vault before anything is sent. Gives the twelve digits to read aloud.
 * Refused: as `look`.
 */
export async function ask(
  council: Council,
  vault: Vault,
  { ticket, passphrase }: { readonly ticket: Ticket; readonly passphrase: string },
): Promise<string> {
  const { invite } = await look(council, ticket);
  const keys: NewKeys = {
    ik: newKey(council.entropy),
    dk: newKey(council.entropy),
    ek: newKey(council.entropy),
  };
  const joining = joiningOf(council, invite, keys);
  const person = await signerOf(keys.ik);
  await vault.keepDeviceKey(keys.dk, { did: joining.did });
  await vault.keepPersonKey(keys.ik, passphrase, { did: joining.did });
  await vault.update((contents) => begun(contents, council, joining, keys.ek));
  return send(council, vault, { secret: ticket.secret, joining, person });
}

/** Finds the invitation live and unused, under a network that knows its secret. */
export function requireInvite(council: Council, secret: Secret): Invite {
  const { directory, size } = council.log;
  const chain = directory.invites.get(secret.inv);
  const cert = chain?.newest(size);
  if (chain === undefined || cert === undefined) throw new Refused("UNKNOWN_ID");
  requireMac({ ours: bytesOf(secret.inviteNet(council.net)), theirs: bytesOf(cert.body.am) });
  if (chain.ended(size)) throw new Refused("REVOKED");
  if (council.clock.now() >= cert.body.exp) throw new Refused("EXPIRED");
  if (directory.used.has(secret.inv)) throw new Refused("REPLAY");
  return cert.body;
}

function joiningOf(council: Council, invite: Invite, keys: NewKeys): Joining {
  const { net, log } = council;
  const wid = invite.wid ?? workerId({ net, aid: invite.aid, inv: invite.inv });
  const before = log.directory.workers.get(wid)?.newest(log.size);
  const dk = publicOf(keys.dk);
  return {
    inv: invite.inv,
    wid,
    aid: invite.aid,
    ik: publicOf(keys.ik),
    dk,
    did: deviceId({ net, wid, dk }),
    caps: invite.caps,
    gen: before === undefined ? 0 : before.body.gen + 1,
    prev: before?.sid ?? null,
  };
}

function begun(contents: Contents, council: Council, joining: Joining, ek: Uint8Array): Contents {
  const { http, net } = council;
  return {
    ...contents,
    council: { url: http.url, slug: http.slug, net },
    joining,
    ek: [{ eg: 0, seed: hashOf(ek) }],
  };
}

/** The sealing key that goes with the newest seed of a vault, 1216 bytes. */
export function sealingPublic(contents: Contents): Uint8Array {
  const newest = contents.ek.at(-1);
  if (newest === undefined) throw new Refused("UNTRUSTED", { why: "no-device" });
  return SealingKey.fromSeed(bytesOf(newest.seed)).public;
}

async function send(
  council: Council,
  vault: Vault,
  asked: { readonly secret: Secret; readonly joining: Joining; readonly person: Signer },
): Promise<string> {
  const { net } = council;
  const { secret, joining, person } = asked;
  const ek = sealingPublic(vault.contents);
  const statement = compose(joinOf(council, joining, blobOf(ek)));
  const mac = secret.join(net, { tbs: statement.tbs });
  const signatures = [
    await signStatement(statement, person),
    await signStatement(statement, vault.dk),
  ];
  await council.pend(joining.inv, statement, signatures, { mac });
  return digitsOf(council, joining, ek);
}

function joinOf(council: Council, joining: Joining, ek: Blob): Join {
  const { inv, wid, ik, dk, caps } = joining;
  const root = council.log.directory.roots.at(-1)?.sid;
  if (root === undefined) throw new Refused("UNTRUSTED");
  return {
    ...{ v: 1, typ: "join", net: council.net, nce: council.nonce(), iat: council.iat() },
    ...{ inv, wid, root, ik, dk, ek, caps },
  };
}

function digitsOf(council: Council, joining: Joining, ek: Uint8Array): string {
  const { inv, ik, dk } = joining;
  return enrolmentDigits({ net: council.net, inv, ik, dk, ekh: ekHash(ek) });
}

/** The twelve digits once more, for a page that was reloaded while it waited. */
export function digitsAgain(council: Council, vault: Vault): string {
  const { contents } = vault;
  if (contents.joining === null) throw new Refused("UNKNOWN_ID");
  return digitsOf(council, contents.joining, sealingPublic(contents));
}

/** How long to wait for somebody else, in ms, and what ends the waiting early. */
export interface Waiting {
  readonly patience: number;
  readonly signal?: AbortSignal;
}

/**
 * Accepts the certificate if it is what was asked for, then logs person and device.
 *
 * Waits for the registrar. Both leaves are verified before the vault calls this device its own.
 * Refused: UNKNOWN_ID while nothing waits, UNTRUSTED for a certificate of somebody else.
 */
export async function finish(
  council: Council,
  vault: Vault,
  { passphrase, ...waiting }: Waiting & { readonly passphrase: string },
): Promise<Identity> {
  const { joining } = vault.contents;
  if (joining === null) throw new Refused("UNKNOWN_ID");
  council.log.headers = netHeader(council.net);
  const person = await vault.personKey(passphrase);
  const [worker, name] = await certificate(council, joining, person, waiting);
  const device = await logDevice(council, vault, { joining, person, worker: worker.body });
  const identity = identityOf(joining, { worker: worker.sid, device, name });
  const id = council.log.pin(council.clock.now());
  await vault.update((contents) => ({ ...contents, joining: null, identity, id }));
  return identity;
}

/** Accepts the waiting certificate, unless that was done before a break. */
async function certificate(
  council: Council,
  joining: Joining,
  person: Signer,
  waiting: Waiting,
): Promise<readonly [Cert<Worker>, string]> {
  await council.sync();
  let name = "";
  if (!council.log.directory.byIk.has(joining.ik)) {
    const pending = await council.waitFor(joining.wid, { ...waiting, person });
    await council.sync();
    const statement = parse(bytesOfBlob(pending.statement));
    const body = ownCertificate(statement, joining, pending);
    const { keys } = council.log.directory.agency(body.aid, council.log.size);
    const signatures = [...match(statement, keys), await signStatement(statement, person)];
    await council.admitLogged(statement, signatures);
    name = pending.name?.name ?? "";
  }
  const { directory, size } = council.log;
  return [directory.requireWorker(joining.wid, joining.ik, size), name];
}

async function logDevice(
  council: Council,
  vault: Vault,
  made: { readonly joining: Joining; readonly person: Signer; readonly worker: Worker },
): Promise<Sid> {
  const known = council.log.directory.devices.get(made.joining.did);
  if (known !== undefined) return known.first.sid;
  const ek = sealingPublic(vault.contents);
  const device = firstDevice(council, made.joining, { worker: made.worker, ek });
  const signatures = [
    await signStatement(device, made.person),
    await signStatement(device, vault.dk),
  ];
  await council.admitLogged(device, signatures, { ek: blobOf(ek) });
  return device.sid;
}

/** The certificate names my keys, my invitation, the caps I was offered, and the name beside it. */
function ownCertificate(statement: Statement, joining: Joining, pending: Pending): Worker {
  const { body } = statement;
  if (body.typ !== "worker") throw new Refused("UNKNOWN_TYPE");
  const keys = ["wid", "aid", "ik", "inv", "gen", "prev"] as const;
  const mine = keys.every((key) => body[key] === joining[key]);
  const caps = body.caps.join() === joining.caps.join();
  const { name } = pending;
  const named = name !== null && body.nh === nameCommitment(bytesOf(name.salt), name);
  if (!mine || !caps || !named) throw new Refused("UNTRUSTED");
  return body;
}

/** The certificate of this device, as long as the person's own. */
export function firstDevice(
  council: Council,
  joining: Joining,
  { worker, ek }: { readonly worker: Worker; readonly ek: Uint8Array },
): Statement {
  const { did, wid, ik, dk } = joining;
  const body: Device = {
    ...{ v: 1, typ: "device", net: council.net, nce: council.nonce(), iat: council.iat() },
    ...{ did, wid, ik, dk, ekh: ekHash(ek), eg: 0, kem: 25722, sig: "ed25519" },
    ...{ nbf: worker.nbf, exp: worker.exp, prev: null },
  };
  return compose(body);
}

function identityOf(
  joining: Joining,
  logged: { readonly worker: Sid; readonly device: Sid; readonly name: string },
): Identity {
  const { wid, aid, ik, did, dk } = joining;
  return { wid, aid, ik, did, dk, ...logged };
}
