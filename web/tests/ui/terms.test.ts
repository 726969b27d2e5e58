import { describe, expect, test } from "vitest";
import { readAnswer, writeAnswer } from "../../src/ui/logic/record";
import { lawsOf, mayReceive, recordsOf, sittingsOf } from "../../src/ui/logic/register";
import {
  blank,
  bySubject,
  changesOf,
  faultsOf,
  firstOpen,
  isUntouched,
  movedBy,
  nextOf,
  STEPS,
  takesAnything,
  termsOf,
  withCat,
  withCats,
  withLaw,
  withoutAgency,
  type TermsForm,
} from "../../src/ui/logic/terms";
import { AGENCIES, at, NOW, PEOPLE } from "./fixtures/people";
import { CONSENT } from "./fixtures/room";

function filled(kind: "consent" | "law", law: string): TermsForm {
  const form = withLaw({ ...blank(NOW), name: "照夫" }, kind, law);
  const said = Object.fromEntries(recordsOf(law).map((need) => [need, "記録"]));
  return {
    ...withCats(form, AGENCIES.houkatsu.aid, ["c1", "c2"]),
    purposes: ["advice"],
    approver: kind === "law" ? PEOPLE.honjo.wid : "",
    evidence: said,
  };
}

describe("a form of a basis", () => {
  test("is open at its first step until something is filled in", () => {
    expect(faultsOf(blank(NOW), "who")).toEqual(["subject", "kind"]);
    expect(firstOpen(blank(NOW))).toBe("who");
    expect(STEPS.filter((step) => isUntouched(blank(NOW), step))).toEqual(["record"]);
    expect(isUntouched(withLaw(blank(NOW), "law", "swa-106-6"), "record")).toBe(false);
  });

  test.each([
    ["consent", "consent"],
    ["consent", "consent-juso"],
    ["law", "swa-106-6"],
    ["law", "child-25-2"],
  ] as const)("is done when everything the register asks for is there: %s %s", (kind, law) => {
    const form = filled(kind, law);
    expect(STEPS.flatMap((step) => faultsOf(form, step))).toEqual([]);
    expect(firstOpen(form)).toBe("check");
  });

  test("asks a decision for a review within its days, and for an approver", () => {
    const form = filled("law", "swa-106-6");
    expect(form.review).toBe("2026-01-12");
    expect(faultsOf({ ...form, review: "2026-01-13" }, "time")).toEqual(["review-late"]);
    expect(faultsOf({ ...form, review: form.start }, "time")).toEqual(["review"]);
    expect(faultsOf({ ...form, approver: "" }, "time")).toEqual(["approver"]);
  });

  test("wants at least one category for each agency named", () => {
    const form = withCat(filled("consent", "consent"), AGENCIES.yoake.aid, "c1", true);
    expect(faultsOf(form, "scope")).toEqual([]);
    const empty = withCat(form, AGENCIES.yoake.aid, "c1", false);
    expect(faultsOf(empty, "scope")).toEqual(["scope-empty"]);
    expect(faultsOf(withoutAgency(empty, AGENCIES.yoake.aid), "scope")).toEqual([]);
  });

  test("leaves sittings out that a law does not allow, and a review that a consent has not", () => {
    const law = filled("law", "swa-106-6");
    expect(law.sittings).toEqual(["shien"]);
    const juso = withLaw(law, "consent", "consent-juso");
    expect(juso.sittings).toEqual(["juso"]);
    expect([juso.review, juso.approver]).toEqual(["", ""]);
  });

  test("becomes terms: the last day counts to its end, a review stops reading as it begins", () => {
    const terms = termsOf(filled("law", "swa-106-6"));
    expect(terms.until).toBe(at("2026-04-12T23:59"));
    expect(terms.review).toBe(at("2026-01-12T00:00"));
    expect(terms.subject).toEqual({ name: "照夫", birth: "" });
    expect(terms.scope).toEqual([{ aid: AGENCIES.houkatsu.aid, cats: ["c1", "c2"] }]);
    expect(termsOf(filled("consent", "consent")).approver).toBeNull();
  });
});

describe("the next version", () => {
  test("carries over what was not withdrawn", () => {
    const [first, ...rest] = CONSENT.scope;
    if (!first) throw new Error("scope");
    const basis = { ...CONSENT, scope: [{ ...first, withdrawn: first.cats }, ...rest] };
    const form = nextOf(basis, NOW);
    expect(form.prev).toBe(CONSENT.sid);
    expect(Object.keys(form.scope)).toEqual(rest.map(({ agency }) => agency.aid));
    expect(changesOf(basis, form)).toEqual([]);
    expect(movedBy(basis, form)).toBe(0);
  });

  test("says what it adds, takes, and by how many days the end moves", () => {
    const [first] = CONSENT.scope;
    if (!first) throw new Error("scope");
    const aid = first.agency.aid;
    const form = { ...nextOf(CONSENT, NOW), until: "2026-04-10" };
    const changed = withCats(form, aid, ["c1", "c4"]);
    const gone = first.cats.filter((cat) => cat !== "c1");
    expect(changesOf(CONSENT, changed)).toEqual([{ aid, added: ["c4"], gone }]);
    expect(movedBy(CONSENT, changed)).toBe(10);
  });

  test("of something over begins a new period", () => {
    expect(nextOf({ ...CONSENT, until: NOW - 1 }, NOW).until > "2026-01").toBe(true);
  });
});

describe("a withdrawal", () => {
  test("takes something only where something is open", () => {
    const [first] = CONSENT.scope;
    if (!first) throw new Error("scope");
    const { aid } = first.agency;
    expect(takesAnything(CONSENT, { aids: null, cats: null })).toBe(true);
    expect(takesAnything(CONSENT, { aids: [aid], cats: null })).toBe(true);
    expect(takesAnything(CONSENT, { aids: [], cats: null })).toBe(false);
    expect(takesAnything(CONSENT, { aids: null, cats: ["c4"] })).toBe(false);
    const none = CONSENT.scope.map((part) => ({ ...part, withdrawn: part.cats }));
    expect(takesAnything({ ...CONSENT, scope: none }, { aids: null, cats: null })).toBe(false);
  });
});

describe("the register on the screens", () => {
  test("offers laws by kind and never a gathering without a basis", () => {
    expect(lawsOf("law")[0]).toBe("swa-106-6");
    expect([...lawsOf("law"), ...lawsOf("consent")]).not.toContain("pf");
  });

  test("never offers auditors as recipients, volunteers only by consent", () => {
    expect(mayReceive("consent", "audit")).toBe(false);
    expect(mayReceive("swa-106-6", "volunteer")).toBe(false);
    expect(mayReceive("consent", "volunteer")).toBe(true);
  });

  test("keeps the order of sittings", () => {
    expect(sittingsOf("consent")[0]).toBe("shien");
    expect(sittingsOf("unknown")).toEqual([]);
  });
});

describe("bases by person", () => {
  test("tells what is in force from what came before, newest first", () => {
    const old = { ...CONSENT, sid: "old", current: false, start: CONSENT.start - 1, subject: "" };
    const [group] = bySubject([old, CONSENT]);
    expect(group?.name).toBe(CONSENT.subject);
    expect(group?.current.map(({ sid }) => sid)).toEqual([CONSENT.sid]);
    expect(group?.past.map(({ sid }) => sid)).toEqual(["old"]);
  });
});

describe("an answer of the record", () => {
  const choices = [
    { value: "self", says: ["本人", "The person"] },
    { value: "parent", says: ["親権者", "Parent with custody"] },
  ];

  test("goes there and back, in either language", () => {
    const text = writeAnswer("親権者", "戸籍で確認");
    expect(text).toBe("親権者：戸籍で確認");
    expect(readAnswer(text, choices)).toEqual({ choice: "parent", words: "戸籍で確認" });
    expect(readAnswer("The person", choices)).toEqual({ choice: "self", words: "" });
  });

  test("without a choice is all words", () => {
    expect(readAnswer("本人と話した", choices)).toEqual({ choice: "", words: "本人と話した" });
    expect(writeAnswer("", "x")).toBe("");
  });
});
