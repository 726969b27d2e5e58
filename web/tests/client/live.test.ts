/** What the server pushes is taken under a token that holds: one that ended is renewed, once. */

import { beforeAll, beforeEach, expect, it, vi } from "vitest";

import { Clock } from "../../src/client/clock";
import { EMPTY } from "../../src/client/contents";
import type { Council } from "../../src/client/council";
import type { Hearing } from "../../src/client/line";
import { Client, type Happening } from "../../src/client/live";
import { Session } from "../../src/client/session";
import { signerOf } from "../../src/client/signer";
import type { Vault } from "../../src/client/vault";
import { load } from "../../src/consent/register";
import { Refused } from "../../src/crypto/errors";
import { ready } from "../../src/crypto/sodium";
import { idOf, ZERO_HASH, type CaseId } from "../../src/protocol/ids";

const START = Date.UTC(2026, 10, 21, 1);
const SOON = { timeout: 20_000 };
const NEWS = JSON.stringify({ size: 1 });

/** The line of the client that was made last: what the server pushes comes in there. */
const line = vi.hoisted(() => ({ hearing: null as Hearing | null }));

vi.mock("../../src/client/line", async (original) => ({
  ...(await original<typeof import("../../src/client/line")>()),
  Line: class {
    readonly isUp = true;
    constructor(_session: Session, hearing: Hearing) {
      line.hearing = hearing;
    }
  },
}));

let happened: Happening[];
let signIns: number;
/** How often somebody found out that the token had ended. */
let found: number;
/** Held until a test lets the server answer a sign-in. */
let answering: PromiseWithResolvers<null>;
let session: Session;
let client: Client;

beforeAll(ready);

beforeEach(async () => {
  [happened, signIns, found] = [[], 0, 0];
  answering = Promise.withResolvers();
  const dk = await signerOf(new Uint8Array(32));
  const identity = { device: ZERO_HASH, worker: ZERO_HASH };
  const vault = { dk, contents: { ...EMPTY, identity } } as unknown as Vault;
  session = new Session({ vault, council: council() });
  client = new Client(session, { register: load(), happened: (each) => happened.push(each) });
});

/** A server that takes no token that has ended, not even for what is asked without one. */
function council(): Council {
  const http = {
    token: "ended" as string | null,
    post: () => Promise.resolve({ nonce: ZERO_HASH, time: START }),
    postOnce: async () => {
      await answering.promise;
      signIns += 1;
      return { token: "fresh", expires: START + 600_000 };
    },
  };
  const rest = {
    ...{ http, net: ZERO_HASH, clock: new Clock(() => START) },
    log: { requireValid: () => undefined, logRoot: () => ZERO_HASH, directory: null },
    root: () => ({ origin: "https://minase.example" }),
    sync: () => {
      if (http.token !== "ended") return Promise.resolve(false);
      found += 1;
      return Promise.reject(new Refused("BAD_TOKEN"));
    },
  };
  return rest as unknown as Council;
}

it("signs in again once for all who find out", async () => {
  line.hearing?.onEvent("idhead", NEWS);
  line.hearing?.onEvent("idhead", NEWS);
  const other = session.signedIn(() => session.sync());
  await vi.waitFor(() => {
    expect(found).toBeGreaterThan(1);
  }, SOON);
  answering.resolve(null);
  await other;

  await vi.waitFor(() => {
    expect(happened.map(({ what }) => what)).toEqual(["log", "log"]);
  }, SOON);
  expect(signIns).toBe(1);
});

it("says so when nobody can be signed in", async () => {
  line.hearing?.onEvent("idhead", NEWS);
  await vi.waitFor(() => {
    expect(found).toBe(2);
  }, SOON);
  answering.reject(new Refused("REVOKED"));

  await vi.waitFor(() => {
    expect(happened.map(({ what, code }) => [what, code])).toEqual([["forged", "REVOKED"]]);
  }, SOON);
});

it("says in which room something is not sent any more", () => {
  const caseId = idOf<CaseId>(new Uint8Array(16));
  client.member(caseId).onDropped();

  expect(happened).toEqual([{ what: "dropped", caseId, code: "", wid: null }]);
});
