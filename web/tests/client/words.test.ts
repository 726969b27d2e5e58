/** Words of a document: sealed, opened, folded, carried over by a snapshot. */

import { beforeAll, describe, expect, test } from "vitest";

import type { Sealed } from "../../src/conference/content";
import { rowRecord } from "../../src/conference/room";
import { openText, plainOf, type Text } from "../../src/client/opening";
import { said, saysSame, subject, type Row } from "../../src/client/words";
import { utf8 } from "../../src/crypto/bytes";
import { sha256 } from "../../src/crypto/hashing";
import { SigningKey } from "../../src/crypto/signing";
import { ready } from "../../src/crypto/sodium";
import * as envelope from "../../src/protocol/envelope";
import { write, type AnyHeader } from "../../src/protocol/headers";
import { hashOf, idOf } from "../../src/protocol/ids";
import type { CaseId, DocId, Hash, RowHash, Sid } from "../../src/protocol/ids";
import { bodyKey } from "../../src/protocol/keys";
import { generationOf } from "../../src/protocol/room";

const hash = (name: string): Hash => hashOf(sha256(utf8(name)));
const id = (name: string) => idOf(sha256(utf8(name)).slice(0, 16));
const CASE = id("case") as CaseId;
const DOC = id("doc") as DocId;
const KEY = sha256(utf8("D"));
const GENERATION = generationOf(DOC, 1);

beforeAll(ready);

function header(kind: "op" | "note" | "sum", more: object): AnyHeader {
  return {
    ...{ v: 1, c: CASE, e: 0, k: kind, d: DOC, g: 1, dev: hash("dev") as Sid, n: 1, p: null },
    ...{ f: [0, hash("fh") as RowHash], t: 0, ...more },
  } as unknown as AnyHeader;
}

const op = (name: string, facts: object) => header("op", { op: name, m: facts });
const note = header("note", { item: null });

/** A row of the generation under test, as it stands in a feed. */
function row(name: string, of: AnyHeader, g = 1): Row {
  const record = rowRecord({
    seq: 1,
    id: hash(name),
    kind: of.k,
    generation: generationOf(DOC, g),
  });
  return [record, { header: of, env: null as never } satisfies Sealed];
}

function fold(...rows: readonly (readonly [Row, Text])[]) {
  const texts = new Map(rows.map(([[{ id: of }], text]) => [of, text]));
  return said(
    rows.map(([each]) => each),
    texts,
    { generation: GENERATION },
  );
}

const ROW = id("row");
const ROLE = op("role.set", { row: ROW, part: "main", ag: id("ag"), w: null, it: id("it") });

describe("what a document says", () => {
  test("is named by what an operation is about", () => {
    const [sit, wid] = [id("sit"), id("wid")];
    const seat = { sit, wid, duty: "member", late: 0 };

    expect(subject("seat.inv", seat as never)).toBe(`seat.inv:${sit}+${wid}`);
    expect(subject("role.set", { row: ROW, it: id("it") } as never)).toBe(`role.set:${ROW}`);
    expect(subject("act.new", { act: id("act"), it: null } as never)).toBe(`act.new:${id("act")}`);
    expect(subject("item.open", { it: id("it") } as never)).toBe(`item.open:${id("it")}`);
  });

  test("is the newest word on each thing; what was said without words says nothing", () => {
    const words = fold(
      [row("1", ROLE), { text: "前" }],
      [row("2", ROLE), { text: "後" }],
      [row("3", note), { text: "覚え", fact: true }],
      [row("4", op("item.open", { it: id("it") })), {}],
    );

    expect(words).toEqual({
      [`role.set:${ROW}`]: { text: "後" },
      [`note:${hash("3")}`]: { text: "覚え", fact: true },
    });
  });

  test("ends with what it is about", () => {
    const words = fold(
      [row("1", ROLE), { text: "前" }],
      [row("2", op("role.ans", { row: ROW, ans: "decline", why: "capacity" })), { reason: "人手" }],
      [row("3", op("role.del", { row: ROW })), {}],
    );

    expect(words).toEqual({});
  });

  test("goes on from a snapshot, and leaves other generations out", () => {
    const carried = { [`role.set:${ROW}`]: { text: "前", deep: { list: [1, { a: null }] } } };
    const words = fold(
      [row("0", ROLE, 2), { text: "他" }],
      [row("1", note), { text: "消える", fact: false }],
      [row("2", op("snap", { upto: 1, rows: 1 })), { rows: carried }],
    );

    expect(words).toEqual(carried);
    expect(fold([row("1", op("snap", {})), { rows: { a: "not words" } }])).toEqual({});
  });

  test("is compared whatever its order", () => {
    const [one, other] = [{ a: { x: 1, y: [1, 2] } }, { a: { y: [1, 2], x: 1 } }];

    expect(saysSame(one, other)).toBe(true);
    expect(saysSame(one, { a: { x: 1, y: [2, 1] } })).toBe(false);
    expect(saysSame(one, { ...other, b: {} })).toBe(false);
  });
});

describe("words of an envelope", () => {
  function sealed(of: AnyHeader, plaintext: Uint8Array): Sealed {
    const key = bodyKey(KEY, { caseId: CASE, doc: DOC, g: 1 });
    const signer = SigningKey.fromSeed(sha256(utf8("dk")));
    const wire = envelope.seal({
      ...{ key, header: write(of), plaintext, signer },
      nonce: new Uint8Array(24),
    });
    return { header: of, env: envelope.parse(wire) };
  }

  const item = op("item.open", { it: id("it") });

  test("come back as they were typed", () => {
    const text = { issue: "住まい", items: { [id("it")]: "入居", more: [1, true, null] } };

    expect(openText(sealed(item, plainOf(text)), KEY)).toEqual(text);
    const remark = { text: "覚え", fact: true, x: new Map([["y", 1]]) } as unknown as Text;
    const found = openText(sealed(note, plainOf(remark)), KEY);
    expect(plainOf(found)).toEqual(utf8('{"text":"覚え","fact":true,"x":{"y":1}}'));
  });

  test("are read strictly", () => {
    expect(() => openText(sealed(item, utf8('{"a":1,"a":2}')), KEY)).toThrow("BAD_J1");
    expect(() => openText(sealed(note, utf8('{"text":"a"}')), KEY)).toThrow("BAD_J1");
    expect(() => openText(sealed(item, utf8("{}")), sha256(KEY))).toThrow("BAD_COMMITMENT");
    const dk = { ...header("op", {}), k: "dk" } as AnyHeader;
    expect(() => openText({ header: dk, env: null as never }, KEY)).toThrow("WRONG_PLACE");
  });
});
