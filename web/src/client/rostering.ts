/** Parts of a batch that change who is in a room: rosters with their key bundles (5.6, 5.7). */

import { Refused } from "../crypto/errors";
import { pruneBases, pruneMembers, recipients } from "../protocol/basis";
import * as bundle from "../protocol/bundle";
import { asSet } from "../protocol/checks";
import type { Device, DocClass, MemberRow, Policy, Roster, Why } from "../protocol/generated";
import type { Digest, DocId, ItemId, Sid, Wid } from "../protocol/ids";
import { HASH_SIZE, ZERO_HASH } from "../protocol/ids";
import { epochCommitment } from "../protocol/keys";
import { docOf, numberOf } from "../protocol/room";
import { renew } from "./documents";
import type { Draft } from "./draft";
import type { Said } from "./words";

/** What the next roster says; whatever is left out stays as it was. */
export interface Change {
  readonly why: Why;
  readonly mem?: readonly MemberRow[];
  readonly basis?: readonly Sid[];
  readonly chair?: Wid;
  readonly act?: readonly Wid[];
  readonly ref?: Sid;
  readonly void?: readonly Sid[];
}

/** What only the first roster says: the nonce behind the case id, and the policy. */
export interface Genesis {
  readonly nonce: Digest;
  readonly pol: Policy;
}

/** Adds roster 0 with its bundle. */
export async function firstRoster(draft: Draft, genesis: Genesis, change: Change): Promise<Sid> {
  return addRoster(draft, change, genesis);
}

/** Adds the next roster with its bundle; its key is fresh. */
export async function nextRoster(draft: Draft, change: Change): Promise<Sid> {
  return addRoster(draft, change, null);
}

async function addRoster(draft: Draft, change: Change, genesis: Genesis | null): Promise<Sid> {
  const { caseId } = draft.state;
  const epochKey = draft.session.council.entropy(HASH_SIZE);
  const bare = bodyOf(draft, change, genesis);
  const { n } = bare;
  const entries = await sealedFor(draft, bare, epochKey);
  const data = bundle.encode({ caseId, n, entries });
  const kc = epochCommitment(epochKey, { caseId, n });
  draft.bundles.push(data);
  draft.epochs.set(n, epochKey);
  const { sid } = await draft.statement({ ...bare, kc, bun: bundle.bundleHash(data) });
  draft.rosters.push(sid);
  return sid;
}

/** All of a roster but its key. */
function bodyOf(draft: Draft, change: Change, genesis: Genesis | null): Roster {
  const { council } = draft.session;
  const { state } = draft;
  return {
    ...{ v: 1, typ: "roster", net: council.net, nce: council.nonce(), iat: council.iat() },
    ...{ case: state.caseId, n: state.epoch + 1, prev: state.current?.sid ?? null },
    ...saidBy(draft, change, genesis),
    ...{ kc: ZERO_HASH as Digest, bun: ZERO_HASH as Digest },
    ...{ lh: council.log.head(), fd: draft.base, void: asSet(change.void ?? []), why: change.why },
    ...(change.ref !== undefined && { ref: change.ref }),
  };
}

type Contents = Pick<Roster, "chair" | "act" | "mem" | "basis" | "pol" | "nonce">;

function saidBy({ state }: Draft, change: Change, genesis: Genesis | null): Contents {
  const before = state.current?.body ?? null;
  if ((before === null) !== (genesis !== null)) throw new Refused("FORK_OR_GAP");
  const mem = change.mem ?? given(before).mem;
  return {
    chair: change.chair ?? given(before).chair,
    act: change.act ?? actsLeft(before, mem),
    mem: [...mem].sort((left, right) => (left.wid < right.wid ? -1 : 1)),
    basis: asSet(change.basis ?? given(before).basis),
    ...(genesis ?? { pol: given(before).pol }),
  };
}

/** A first roster says everything itself. */
function given(before: Roster | null): Roster {
  if (before === null) throw new Refused("WRONG_PLACE");
  return before;
}

function actsLeft(before: Roster | null, mem: readonly MemberRow[]): readonly Wid[] {
  const left = new Set(mem.map(({ wid }) => wid));
  return (before?.act ?? []).filter((wid) => left.has(wid));
}

/** Seals the key (32 bytes) to exactly the devices that everybody computes. */
async function sealedFor(
  draft: Draft,
  body: Roster,
  epochKey: Uint8Array,
): Promise<readonly bundle.Entry[]> {
  const { session, state } = draft;
  const { entropy } = session.council;
  const epoch = { net: body.net, caseId: body.case, n: body.n, prev: body.prev };
  const sids = [...recipients(state, body, body.lh.n)];
  const devices = sids.map((sid) => ({ sid, device: deviceOf(draft, sid) }));
  const eks = await session.eks(new Set(devices.map(({ device }) => device.ekh)));
  return devices.map(({ sid, device: { eg, ekh } }) =>
    bundle.sealEpochKey(epochKey, { epoch, sid, eg, ek: ekOf(eks, ekh), entropy }),
  );
}

function ekOf(eks: ReadonlyMap<Digest, Uint8Array>, ekh: Digest): Uint8Array {
  const ek = eks.get(ekh);
  if (ek === undefined) throw new Refused("UNKNOWN_ID");
  return ek;
}

function deviceOf(draft: Draft, sid: Sid): Device {
  const versions = draft.state.directory.chains.get(sid)?.versions ?? [];
  const body = versions.find((cert) => cert.sid === sid)?.body;
  if (body?.typ !== "device") throw new Refused("UNKNOWN_ID");
  return body;
}

// --- what is computed ---------------------------------------------------------------------------

/** What may stay in a roster. */
export interface Pruned {
  readonly mem: readonly MemberRow[];
  readonly basis: readonly Sid[];
}

/** Rows and bases that may stay, at the log head and feed row that I name. */
export function pruned(draft: Draft): Pruned {
  const { state } = draft;
  const n = draft.session.council.log.size;
  const point = { n, s: draft.base[0] };
  const now = state.directory.time(n);
  const mem = pruneMembers(state, state.roster, point, now);
  return { mem, basis: pruneBases(state, state.roster, point, now) };
}

/** Gives the room a fresh key for whoever may stay; the contents are computed. */
export async function rotate(draft: Draft, lost: { readonly void: readonly Sid[] }): Promise<Sid> {
  return nextRoster(draft, { why: "rotate", ...pruned(draft), ...lost });
}

/** Agenda, board, and the text of the open item, as far as they exist. */
export function wholeRoom(draft: Draft, openItem: ItemId | null): readonly DocId[] {
  const wanted: readonly (readonly [DocClass, ItemId | null])[] = [
    ["agd", null],
    ["brd", null],
    ["itm", openItem],
  ];
  const found = [...draft.state.documents].filter(
    ([generation, { body }]) =>
      numberOf(generation) === 1 &&
      wanted.some(([cls, item]) => body.cls === cls && body.item === item),
  );
  return found.map(([generation]) => docOf(generation)).sort();
}

/** Carries whole-room documents into a new generation where somebody lost them. */
export async function renewDue(
  draft: Draft,
  words: ReadonlyMap<DocId, Said>,
  docs: readonly DocId[],
): Promise<void> {
  for (const doc of docs) {
    if (!draft.gate().isDue(draft.newest(doc))) continue;
    await renew(draft, doc, { words: words.get(doc) ?? {} });
  }
}
