/**
 * What a schema's fields cannot say about each other, struct by struct (protocol, 5.2 to 5.23).
 *
 * Each rule runs when its struct has been read; a breach is `BAD_J1`.
 */

import { MAX_U32, require, requireDistinct, requireSet } from "./checks";
import type {
  Ack,
  Agency,
  Audience,
  Basis,
  Device,
  Grant,
  Invite,
  ItemAdd,
  KeySet,
  MemberRow,
  PlannedItem,
  Revoke,
  RoleAns,
  Root,
  Roster,
  Scope,
  Seat,
  Sect,
  SitConv,
  Structs,
  SumHeader,
  Withdraw,
  Worker,
} from "./generated";

const MOST_NAMES = 64;
const MOST_ITEMS = 32;
const HEX_ID = /^[0-9a-f]{32}$/;

type Rules = { readonly [K in keyof Structs]?: (value: Structs[K]) => void };

/** The rules by the struct's name. */
export const RULES: Rules = {
  KeySet: keySet,
  Root: root,
  Agency: agency,
  Invite: ({ caps }: Invite) => {
    requireSet(caps);
  },
  Join: ({ caps }) => {
    requireSet(caps);
  },
  Worker: worker,
  Device: device,
  Revoke: ({ since, what }: Revoke) => {
    require(since === null || what === "device");
  },
  Scope: scope,
  Basis: basis,
  Withdraw: withdraw,
  MemberRow: memberRow,
  Roster: roster,
  Audience: audience,
  Sect: sect,
  Grant: grant,
  Seat: seat,
  Ack: ack,
  PlannedItem: item,
  ItemAdd: item,
  SitConv: sitConv,
  RoleAns: answered,
  ActAns: answered,
  SumHeader: sumHeader,
};

// --- identity -------------------------------------------------------------------------------------

function keySet({ keys, t }: KeySet): void {
  requireSet(keys);
  require(t <= keys.length);
}

/** Root 0 has neither net nor prev, every later one has both. */
function root({ keys, srv, t, n, prev, net }: Root): void {
  requireSet(keys);
  requireSet(srv);
  require(t <= keys.length);
  const first = n === 0;
  require((prev === null) === first && (net === undefined) === first);
}

function agency({ keys, caps, nbf, exp }: Agency): void {
  requireSet(keys);
  requireSet(caps);
  require(keys.length > 0 && nbf < exp);
}

function worker({ caps, nbf, exp }: Worker): void {
  requireSet(caps);
  require(nbf < exp);
}

/** A person's key is never a device's key. */
function device({ ik, dk, nbf, exp }: Device): void {
  require((ik as string) !== dk && nbf < exp);
}

// --- bases ----------------------------------------------------------------------------------------

function scope({ ag, cats }: Scope): void {
  requireSet(ag);
  requireSet(cats);
  require(ag.length > 0 && cats.length > 0);
}

/** Consent has no approver; a decision has another one and a review date. */
function basis(body: Basis): void {
  requireSet(body.kinds);
  requireSet(body.purp);
  const law = body.kind === "law";
  require(body.scope.length > 0 && body.kinds.length > 0 && body.from < body.until);
  require((body.apr !== null) === law && (!law || body.rev !== null));
  require((body.prev === null) === (body.ver === 1));
}

function withdraw({ ag, cats }: Withdraw): void {
  requireSet(ag ?? []);
  requireSet(cats ?? []);
}

// --- rooms ----------------------------------------------------------------------------------------

/** Guests have an end, members do not. */
function memberRow({ until, role }: MemberRow): void {
  require((until !== null) === (role === "guest"));
}

function roster({ act, mem, basis: bases, void: attempts, n, nonce, prev }: Roster): void {
  requireDistinct(act);
  requireSet(mem.map((row) => row.wid));
  requireSet(bases);
  requireSet(attempts);
  const first = n === 0;
  require((nonce !== undefined) === first && (prev === null) === first);
}

function audience({ ag, w }: Audience): void {
  requireSet(ag);
  requireSet(w);
  const names = ag.length + w.length;
  require(names >= 1 && names <= MOST_NAMES);
}

/** Class and subject decide which other fields may be used (section 5.10). */
function sect(body: Sect): void {
  requireSet(body.cats);
  const named = body.sub !== null;
  const bare = !named && body.cats.length === 0;
  switch (body.cls) {
    case "agd":
    case "brd":
      require(bare && isForAll(body));
      break;
    case "itm":
      require(bare && isForAll(body) && body.item !== null);
      break;
    case "card":
      require(bare);
      break;
    case "ev":
      require(named && body.cats.length === 0);
      break;
    case "sec":
      require(body.cats.length > 0 === named);
      break;
  }
}

function isForAll({ aud, cy }: Sect): boolean {
  return aud === null && cy === 1;
}

/** `docs` names [doc, g] pairs, `epoch` names [n]; 1 to 64 of them, none twice. */
function grant({ what, ids }: Grant): void {
  require(ids.every(what === "docs" ? isGeneration : isEpoch));
  require(ids.length >= 1 && ids.length <= MOST_NAMES);
  requireDistinct(ids.map((name) => name.join(" ")));
}

type Name = readonly (string | number)[];

function isGeneration(name: Name): boolean {
  const [doc, g] = name;
  return name.length === 2 && typeof doc === "string" && HEX_ID.test(doc) && isU32(g, 1);
}

function isEpoch(name: Name): boolean {
  return name.length === 1 && isU32(name[0], 0);
}

function isU32(value: string | number | undefined, least: number): boolean {
  return typeof value === "number" && value >= least && value <= MAX_U32;
}

/** Delegating names a colleague, declining a reason. */
function seat({ ans, to, why }: Seat): void {
  require((to !== null) === (ans === "delegate"));
  require((why !== null) === (ans === "decline"));
}

/** Each kind fills exactly its own field. */
function ack({ kind, what, n, until }: Ack): void {
  const act = kind === "act";
  const bad = kind === "bad-bundle";
  require((until !== null) === act && (n !== null) === bad);
  require((what === null) === (act || bad));
}

// --- operations and headers -----------------------------------------------------------------------

/** One basis per subject; whoever talks or decides treats somebody. */
function item({ bases, typ }: PlannedItem | ItemAdd): void {
  requireSet(bases.map((pair) => pair.sub));
  require(typ === "form" || bases.length > 0);
}

function sitConv({ items }: SitConv): void {
  require(items.length >= 1 && items.length <= MOST_ITEMS);
  requireDistinct(items.map((planned) => planned.it));
  require(new Set(items.map((planned) => planned.no)).size === items.length);
}

/** Declining needs a reason, accepting has none. */
function answered({ ans, why }: Pick<RoleAns, "ans" | "why">): void {
  require((why !== null) === (ans === "decline"));
}

/** The first version alone has no predecessor. */
function sumHeader({ pv, ver }: SumHeader): void {
  require((pv === null) === (ver === 1));
}
