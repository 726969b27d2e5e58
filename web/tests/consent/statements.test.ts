/** Who may make a basis or take it back, and what a change takes from whom. */

import { describe, expect, test } from "vitest";
import { covers, inForce, namesAnyone, without, type BasisView } from "../../src/consent/model";
import { load } from "../../src/consent/register";
import {
  losses,
  requireBasis,
  requireBasisSigners,
  requireWithdrawal,
  type Signer,
} from "../../src/consent/statements";
import { Refused } from "../../src/crypto/errors";
import type { Basis, Cap, Withdraw } from "../../src/protocol/generated";
import type { Aid, CaseId, Digest, NetId, Nonce, Sid, SubId, Wid } from "../../src/protocol/ids";
import { DAY, parseInstant } from "../../src/protocol/times";

const id = (digit: string) => digit.repeat(32);
const hash = (letter: string) => letter.repeat(42) + "A";

const CSW = id("2") as Aid;
const ELDER = id("3") as Aid;
const STRANGER = id("d") as Aid;
const PROPOSER = id("1") as Wid;
const CHAIR = id("c") as Wid;
const OTHER = id("e") as Wid;
const START = parseInstant("2025-09-29T04:30:00Z");

const DECISION: Basis = {
  v: 1,
  typ: "basis",
  net: hash("A") as NetId,
  nce: id("0") as Nonce,
  iat: START,
  case: id("a") as CaseId,
  prev: null,
  ver: 1,
  kind: "law",
  law: "swa-106-6",
  kinds: ["shien"],
  sub: id("5") as SubId,
  subc: hash("A") as Digest,
  scope: [{ ag: [CSW, ELDER], cats: ["c1", "c2"] }],
  purp: ["advice"],
  prop: PROPOSER,
  apr: CHAIR,
  evc: null,
  from: START,
  until: START + 180 * DAY,
  rev: START + 90 * DAY,
};
const CONSENT: Basis = { ...DECISION, kind: "consent", law: "consent", apr: null, rev: null };
const NEXT: Basis = { ...CONSENT, ver: 2, prev: hash("B") as Sid };

function check(made: Basis, newest: Basis | null): () => void {
  return () => {
    requireBasis(made, { newest, register: load() });
  };
}

function ruleBroken(run: () => void): unknown {
  try {
    run();
  } catch (refusal) {
    if (refusal instanceof Refused && refusal.code === "RULE_DENIED") return refusal.facts["rule"];
    throw refusal;
  }
  return null;
}

describe("a basis", () => {
  test.each([
    ["a decision", DECISION, null],
    ["a consent", CONSENT, null],
    ["its next version", NEXT, CONSENT],
    ["a decision reviewed on the last day", { ...DECISION, rev: START + 90 * DAY }, null],
    ["a consent with a far review", { ...CONSENT, rev: START + 170 * DAY }, null],
  ] as const)("passes: %s", (_, made, newest) => {
    expect(ruleBroken(check(made, newest))).toBe(null);
  });

  test.each([
    ["law", { law: "unknown" }, null],
    ["law", { law: "consent" }, null],
    ["law", { kind: "consent", law: "pf" }, null],
    ["law", { law: "constructor" }, null],
    ["kinds", { kinds: ["shien", "support"] }, null],
    ["approver", { apr: PROPOSER }, null],
    ["review", { rev: START + 90 * DAY + 1 }, null],
    ["review", { rev: START }, null],
    ["version", { prev: hash("B") as Sid, ver: 2 }, null],
    ["version", { prev: null }, DECISION],
    ["version", { prev: hash("B") as Sid, ver: 3 }, DECISION],
    ["version", { prev: hash("B") as Sid, ver: 2, case: id("b") as CaseId }, DECISION],
    ["version", { prev: hash("B") as Sid, ver: 2, sub: id("6") as SubId }, DECISION],
    ["version", { prev: hash("B") as Sid, ver: 2 }, CONSENT],
  ] as const)("is refused by the rule %s: %o", (rule, changes, newest) => {
    expect(ruleBroken(check({ ...DECISION, ...changes }, newest))).toBe(rule);
  });
});

describe("signers", () => {
  const signer = (wid: Wid, said: Partial<Signer> = {}): Signer => {
    const caps: ReadonlySet<Cap> = new Set();
    return { wid, aid: CSW, caps, member: false, host: false, ...said };
  };
  const chair = signer(CHAIR, { caps: new Set<Cap>(["chair"]) });
  const signed = (made: Basis, signers: Signer[], newest: Basis | null = null) =>
    ruleBroken(() => {
      requireBasisSigners(made, signers, { newest });
    });

  test.each([
    ["the proposer of a consent", CONSENT, [signer(PROPOSER)]],
    ["proposer and chair of a decision", DECISION, [signer(PROPOSER), chair]],
    ["a member of any agency", CONSENT, [signer(PROPOSER, { aid: STRANGER, member: true })]],
    ["the host agency", CONSENT, [signer(PROPOSER, { aid: STRANGER, host: true })]],
  ])("%s may", (_, made, signers) => {
    expect(signed(made, signers)).toBe(null);
  });

  test.each([
    ["signers", "nobody", CONSENT, []],
    ["signers", "somebody else", CONSENT, [signer(OTHER)]],
    ["signers", "one too many", CONSENT, [signer(PROPOSER), signer(OTHER)]],
    ["signers", "no approver", DECISION, [signer(PROPOSER)]],
    ["chair", "an approver who is no chair", DECISION, [signer(PROPOSER), signer(CHAIR)]],
    ["standing", "a stranger", CONSENT, [signer(PROPOSER, { aid: STRANGER })]],
  ])("by the rule %s, %s may not", (rule, _, made, signers) => {
    expect(signed(made, signers)).toBe(rule);
  });

  test("a version is for those whom the version before names, not for whom it names itself", () => {
    const wider: Basis = { ...NEXT, scope: [{ ag: [STRANGER], cats: ["c1"] }] };
    const stranger = signer(PROPOSER, { aid: STRANGER });

    expect(signed(wider, [stranger], CONSENT)).toBe("standing");
    expect(signed(wider, [signer(PROPOSER)], CONSENT)).toBe(null);
  });

  test("a withdrawal is for the case and its people", () => {
    const { net, nce, iat } = DECISION;
    const made = {
      v: 1,
      typ: "withdraw",
      net,
      nce,
      iat,
      basis: hash("B") as Sid,
      ag: null,
      cats: null,
    };
    const own = { ...made, case: DECISION.case } as Withdraw;
    const foreign = { ...made, case: id("b") as CaseId } as Withdraw;
    const by = (body: Withdraw, who: Signer) => () => {
      requireWithdrawal(body, who, { basis: DECISION });
    };

    expect(ruleBroken(by(own, signer(OTHER)))).toBe(null);
    expect(ruleBroken(by(own, signer(OTHER, { aid: STRANGER })))).toBe("standing");
    expect(by(foreign, signer(OTHER))).toThrow("WRONG_PLACE");
  });
});

describe("what a change takes", () => {
  const view: BasisView = {
    sid: hash("B") as Sid,
    ver: 1,
    law: "consent",
    kinds: new Set(["shien"]),
    sub: DECISION.sub,
    scope: new Map([
      [CSW, new Set(["c1", "c2"])],
      [ELDER, new Set(["c1"])],
    ]),
    withdrawn: new Map(),
    start: START,
    until: START + 180 * DAY,
    review: START + 90 * DAY,
  };
  const people = new Map([
    [OTHER, ELDER],
    [PROPOSER, CSW],
  ]);

  test("a basis runs from its start to the earlier of its ends", () => {
    const runs = [START - 1, START, START + 90 * DAY - 1, START + 90 * DAY];

    expect(runs.map((now) => inForce(view, now))).toEqual([false, true, true, false]);
    expect(inForce({ ...view, review: null }, START + 90 * DAY)).toBe(true);
  });

  test("a withdrawal of some categories from some agencies takes those", () => {
    const after = without(view, { agencies: [CSW], cats: ["c2", "c9"] });

    expect([...covers(after, CSW)]).toEqual(["c1"]);
    expect([...covers(after, ELDER)]).toEqual(["c1"]);
    expect([...(after.withdrawn.get(CSW) ?? [])].sort()).toEqual(["c2", "c9"]);
    expect(view.withdrawn.size).toBe(0);
  });

  test("a withdrawal of all leaves nobody", () => {
    const after = without(view, { agencies: null, cats: null });

    expect(namesAnyone(view)).toBe(true);
    expect(namesAnyone(after)).toBe(false);
  });

  test("losses name person, subject and categories, by wid, and who leaves", () => {
    const after = [without(view, { agencies: null, cats: ["c1"] })];

    expect(losses(START, { people, before: [view], after })).toEqual([
      { wid: PROPOSER, aid: CSW, sub: view.sub, cats: new Set(["c1"]), leaves: false },
      { wid: OTHER, aid: ELDER, sub: view.sub, cats: new Set(["c1"]), leaves: true },
    ]);
  });

  test("what another basis still covers is not lost, nor what had run out", () => {
    const other = { ...view, sid: hash("C") as Sid };

    expect(losses(START, { people, before: [view, other], after: [other] })).toEqual([]);
    expect(losses(view.until, { people, before: [view], after: [] })).toEqual([]);
  });
});
