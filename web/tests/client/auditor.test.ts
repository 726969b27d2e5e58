/** The auditor believes no answer that does not stand in the log. */

import { beforeAll, describe, expect, it } from "vitest";

import { filesIn } from "../../src/audit/files";
import { verifyFolder } from "../../src/audit/verify";
import { Auditor } from "../../src/client/auditor";
import { Clock } from "../../src/client/clock";
import { OpsLog } from "../../src/client/receipts";
import type { Session } from "../../src/client/session";
import type { Refused } from "../../src/crypto/errors";
import { ready } from "../../src/crypto/sodium";
import { ZERO_HASH, ZERO_ID, type Did, type Sid, type Wid } from "../../src/protocol/ids";
import { entriesOf, hashAt, LEAVES, LogServer } from "./log_server";

const NOW = Date.UTC(2026, 10, 21, 1);
const CASE = { purpose: "audit.case-timeline", subject: "K-104" } as const;

beforeAll(ready);

interface Stage {
  readonly server: LogServer;
  readonly auditor: Auditor;
  readonly ops: OpsLog;
}

/** An auditor at a made-up server; her clock jumps so that nobody waits for a minute. */
function stage(): Stage {
  const server = new LogServer();
  let now = NOW;
  const clock = new Clock(() => (now += 10_000));
  const ops = new OpsLog({ http: server.http, pin: null });
  const session = {
    council: { http: server.http, clock, net: ZERO_HASH, root: () => server.root },
    ops,
    dk: { sign: () => Promise.resolve(new Uint8Array(64)) },
    me: { device: ZERO_HASH },
    requestNonce: () => ZERO_ID,
  } as unknown as Session;
  return { server, auditor: new Auditor(session), ops };
}

async function refusalOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "nothing";
  } catch (error) {
    return (error as Refused).code;
  }
}

describe("who is who", () => {
  it("comes from the verified identity log", () => {
    const versions = (...bodies: object[]): object => ({
      versions: bodies.map((body) => ({ body })),
    });
    const basis = {
      ...{ typ: "basis", kind: "law", from: 1, until: 9, rev: 5, case: "case" },
      scope: [{ ag: ["city", "clinic"], cats: [] }],
    };
    const logged = (index: number, body: object): object => ({ index, statement: { body } });
    const withdraw = { basis: "second", ag: ["clinic"], cats: null };
    const directory = {
      devices: new Map([["pc", versions({ wid: "haruna" })]]),
      workers: new Map([["haruna", versions({ aid: "old" }, { aid: "city" })]]),
      agencies: new Map([["city", versions({ name: "水瀬市" })]]),
      logged: new Map([
        ["first", logged(0, basis)],
        ["second", logged(1, basis)],
        ["away", logged(2, { typ: "withdraw" })],
        ["part", logged(3, { typ: "withdraw" })],
      ]),
      succeeded: new Map([["first", "second"]]),
      withdrawals: new Map([
        [
          "case",
          new Map<string, object>([
            ["away", withdraw],
            ["part", { ...withdraw, cats: ["c1"] }],
          ]),
        ],
      ]),
      time: (n: number) => 100 * n,
    };
    const session = { council: { log: { directory } } } as unknown as Session;
    const auditor = new Auditor(session);

    expect(auditor.ownerOf("pc" as Did)).toBe("haruna");
    expect(auditor.ownerOf("phone" as Did)).toBeNull();
    expect(auditor.agencyOf("haruna" as Wid)).toEqual({ aid: "city", name: "水瀬市" });
    expect(auditor.agencyOf("akagi" as Wid)).toBeNull();
    const { agencies, bases, hours } = auditor.known({ hours: { from: 7, to: 20 } });
    expect([agencies.get("haruna" as Wid), hours]).toEqual(["city", { from: 7, to: 20 }]);
    expect([...bases.keys()]).toEqual(["first", "second"]);
    expect(bases.get("first" as Sid)).toEqual({
      ...{ kind: "law", from: 1, until: 9, review: 5 },
      agencies: new Set(["city", "clinic"]),
      withdrawn: [{ at: 300, agencies: ["clinic"] }],
    });
  });
});

describe("asking", () => {
  it("gives lines that were opened and checked", async () => {
    const { server, auditor } = stage();
    server.entries = entriesOf(21, 0);
    server.asked = hashAt(150);

    const [change, refusal] = await auditor.ask(CASE, { since: "2026-11-21T00:00:00Z" });

    expect(change).toMatchObject({ index: 21, kind: "change.post", reason: "" });
    expect(change?.to).toHaveLength(2);
    expect(change?.objects.map((each) => new TextDecoder().decode(each))).toEqual([
      "sect",
      "dk",
      "op",
    ]);
    expect(refusal).toMatchObject({ kind: "denied", reason: "CATEGORY_NOT_COVERED", to: [] });
    expect(server.sent).toMatchObject([
      { purpose: CASE.purpose, params: ["K-104", "2026-11-21T00:00:00Z", "", ""] },
    ]);
  });

  it("goes on after a full page, from the last index on", async () => {
    const { server, auditor } = stage();
    const page = Array.from({ length: 500 }, (_, n) => entriesOf(n % 2)).flat();
    server.asked = hashAt(150);
    server.entries = page;
    const { postOnce } = server.http;
    server.http.postOnce = async (path, body, kind) => {
      const answer = await postOnce(path, body, kind);
      server.entries = entriesOf(2);
      return answer;
    };

    expect(await auditor.ask({ purpose: "audit.denied" })).toHaveLength(501);
    expect(server.sent).toMatchObject([{ params: ["", "", ""] }, { params: ["", "", "1"] }]);
  });

  it("refuses an entry that the log does not hold", async () => {
    const { server, auditor } = stage();
    server.asked = hashAt(150);
    for (const index of [3, 230]) {
      server.entries = entriesOf(2).map((each) => ({ ...each, index }));
      expect(await refusalOf(auditor.ask(CASE))).toBe("BAD_PROOF");
    }
  });

  it("refuses an opening of another entry", async () => {
    const { server, auditor } = stage();
    server.asked = hashAt(150);
    const [{ openings } = { openings: [] }] = entriesOf(1);
    server.entries = entriesOf(2).map((each) => ({ ...each, openings }));
    expect(await refusalOf(auditor.ask(CASE))).toBe("BAD_PROOF");
  });

  it("refuses when its own question is not in the log after a minute", async () => {
    const { server, auditor } = stage();
    server.asked = hashAt(240);
    expect(await refusalOf(auditor.ask(CASE))).toBe("NOT_LOGGED");
  });

  it("leaves out what has no place in the log yet", async () => {
    const { server, auditor } = stage();
    server.asked = hashAt(150);
    server.entries = entriesOf(2).map((each) => ({ ...each, index: null }));
    expect(await auditor.ask(CASE)).toEqual([]);
  });
});

describe("the copy of the log", () => {
  it("is made once for two that ask at once", async () => {
    const { auditor } = stage();
    const copies = await Promise.all([auditor.copyOps(), auditor.copyOps()]);

    expect(copies.map(({ leaves }) => leaves.length)).toEqual([200, 200]);
  });

  it("goes with its own checkpoint, though the session sees the log grow meanwhile", async () => {
    const { server, auditor, ops } = stage();
    const checkpoint = server.checkpoint();
    const { text } = server.http;
    server.http.text = async (path) => {
      if (path.includes("tile/entries")) {
        server.http.text = text;
        server.size = 260;
        await ops.sync(server.root, NOW);
        server.size = 200;
      }
      return text(path);
    };

    const copy = await auditor.copyOps();

    expect(ops.pin?.n).toBe(260);
    expect(copy.leaves).toHaveLength(200);
    expect(copy.checkpoint).toEqual(checkpoint);
  });

  it("fetches only bundles that are new", async () => {
    const { server, auditor } = stage();
    await auditor.copyOps();
    server.size = 260;
    const seen: [number, number][] = [];
    const copy = await auditor.copyOps({ progress: (...each) => void seen.push(each) });

    expect(copy.leaves).toEqual(LEAVES);
    expect(seen).toEqual([
      [256, 260],
      [260, 260],
    ]);
    const bundles = server.paths.filter((path) => path.includes("entries"));
    expect(bundles.map((path) => path.slice("log/ops/tile/entries/".length))).toEqual([
      "000.p/200",
      "000",
      "001.p/4",
    ]);
    expect(auditor.stamps().at(-1)).toEqual({
      at: 1_795_222_800_000 + 259 * 60_000,
      kind: "auth.login",
    });
  });

  it("refuses leaves that do not lead to the signed root, and keeps none", async () => {
    const { server, auditor } = stage();
    const { text } = server.http;
    server.http.text = async (path) => {
      const data = (await text(path)).slice();
      if (path.includes("entries")) data[40] = (data[40] ?? 0) ^ 1;
      return data;
    };
    expect(await refusalOf(auditor.copyOps())).toBe("BAD_PROOF");

    server.http.text = text;
    expect((await auditor.copyOps()).leaves).toHaveLength(200);
  });

  it("is verified tile by tile as the server keeps it", async () => {
    const { server, auditor } = stage();
    server.size = 260;
    const report = await auditor.verify("ops", { old: server.checkpoint() });
    expect([report.checkpoint.size, report.oldSize, report.earlySize]).toEqual([260, 260, null]);

    server.leaves = server.leaves.slice(0, 259);
    expect(await refusalOf(auditor.verify("ops"))).toBe("BAD_PROOF");
  });

  it("is taken away as files that verify by themselves", async () => {
    const { server, auditor } = stage();
    const early = server.checkpoint();
    server.size = 260;
    server.asked = hashAt(150);
    server.entries = entriesOf(21, 1);
    const lines = await auditor.ask(CASE);

    const files = await auditor.exportOps(lines, early);

    const picked = new Map([...files].map(({ name, data }) => [name, data]));
    const report = await verifyFolder(filesIn(picked), { vkey: server.vkey });
    expect([report.earlySize, report.openings]).toEqual([200, 12]);
  });
});
