import { beforeAll, describe, expect, it, vi } from "vitest";

import { EMPTY, roomOf, withRoom, type Contents, type RoomKeys } from "../../src/client/contents";
import { publicOf } from "../../src/client/signer";
import { LocalOwners, MemoryMarks, MemoryStore, type Store } from "../../src/client/stores";
import { Trouble, troubleOf } from "../../src/client/troubles";
import { Vault, type Place } from "../../src/client/vault";
import * as fmt from "../../src/client/vault_format";
import { utf8 } from "../../src/crypto/bytes";
import { system } from "../../src/crypto/entropy";
import { Refused } from "../../src/crypto/errors";
import { parts } from "../../src/crypto/hashing";
import { verify } from "../../src/crypto/signing";
import { ready, sodium } from "../../src/crypto/sodium";
import { b64u } from "../../src/protocol/codec";
import type { CaseId, Did, DocId } from "../../src/protocol/ids";
import { bytesOf, hashOf, idOf } from "../../src/protocol/ids";

const CHEAP = { memoryBytes: 8 * 1024, passes: 1 };
const COSTS = { profile: CHEAP, floor: CHEAP };
const DID: Did = idOf(new Uint8Array(16).fill(1));
const CASE: CaseId = idOf(new Uint8Array(16).fill(2));
const PASS = "合言葉";
const seed = (byte: number) => new Uint8Array(32).fill(byte);

beforeAll(ready);

function place(changed: Partial<Place> = {}): Place {
  return {
    store: new MemoryStore(),
    name: "v",
    entropy: system,
    costs: COSTS,
    owners: new LocalOwners(),
    marks: new MemoryMarks(),
    ...changed,
  };
}

const named = (name: string) => (contents: Contents) => ({
  ...contents,
  keys: [{ name, seed: hashOf(seed(7)) }],
});

async function refusal(asked: Promise<unknown>): Promise<Refused> {
  return asked.then(
    () => {
      throw new Error("was not refused");
    },
    (error: unknown) => error as Refused,
  );
}

/** A disk that is full from some moment on, or that is cut while it is written. */
class Failing implements Store {
  readonly #inner = new MemoryStore();
  fails: Error | null = null;

  read(name: string) {
    return this.#inner.read(name);
  }

  write(name: string, bytes: Uint8Array) {
    return this.fails === null ? this.#inner.write(name, bytes) : Promise.reject(this.fails);
  }

  list() {
    return this.#inner.list();
  }

  remove(name: string) {
    return this.#inner.remove(name);
  }
}

describe("a vault", () => {
  it("gives back what was saved, and counts its saves", async () => {
    const at = place();
    const vault = await Vault.create(at, PASS);
    await vault.update(named("registrar"));
    await vault.close();

    const again = await Vault.open(at, PASS);

    expect(again.contents).toEqual(named("registrar")(EMPTY));
    expect(again.rev).toBe(2);
    expect(again.file()).toEqual(await at.store.read("v"));
  });

  it("shows nothing of its contents", async () => {
    const at = place();
    const vault = await Vault.create(at, PASS);
    await vault.keepDeviceKey(seed(5), { did: DID });
    await vault.update(named("registrar"));

    const file = Buffer.from((await at.store.read("v")) ?? []);

    expect(file.includes(Buffer.from(seed(5)))).toBe(false);
    expect(file.includes(Buffer.from(b64u(seed(7))))).toBe(false);
    expect(file.includes(Buffer.from("registrar"))).toBe(false);
  });

  it("keeps changes in the order in which they were asked for", async () => {
    const vault = await Vault.create(place(), PASS);
    const add = (name: string) =>
      vault.update((contents) => ({
        ...contents,
        keys: [...contents.keys, { name, seed: hashOf(seed(7)) }],
      }));
    await Promise.all(["a", "b", "c"].map(add));

    expect(vault.contents.keys.map((key) => key.name)).toEqual(["a", "b", "c"]);
    expect(vault.rev).toBe(4);
  });

  it.each([
    ["a full disk", new Trouble("STORAGE_FULL"), "STORAGE_FULL"],
    ["a stick that was pulled out", new Trouble("FILE_DENIED"), "FILE_DENIED"],
  ])("is unharmed by %s, and goes on afterwards", async (_name, error, code) => {
    const store = new Failing();
    const at = place({ store });
    const vault = await Vault.create(at, PASS);
    store.fails = error;

    const failure = await refusal(vault.update(named("lost")));
    expect(troubleOf(failure)).toBe(code);
    expect(vault.contents).toEqual(EMPTY);
    expect(vault.rev).toBe(1);
    store.fails = null;
    await vault.update(named("kept"));
    await vault.close();

    expect((await Vault.open(at, PASS)).contents.keys[0]?.name).toBe("kept");
  });

  it("opens by its passphrase alone", async () => {
    const at = place();
    await (await Vault.create(at, PASS)).close();

    const wrong = await refusal(Vault.open(at, "ちがう"));

    expect(wrong.code).toBe("BAD_COMMITMENT");
    expect(troubleOf(wrong)).toBe("WRONG_PASSPHRASE");
    await (await Vault.open(at, PASS)).close();
  });

  it("is neither made nor opened below the floor", async () => {
    const at = place();
    await (await Vault.create(at, PASS)).close();
    const { store, name, entropy } = at;

    expect((await refusal(Vault.open({ store, name, entropy }, PASS))).code).toBe("KDF_FLOOR");
    const cheap = { profile: CHEAP, floor: { memoryBytes: 9 * 1024, passes: 1 } };
    const made = Vault.create({ store, name: "w", entropy, costs: cheap }, PASS);
    expect((await refusal(made)).code).toBe("KDF_FLOOR");
    expect(await store.list()).toEqual(["v"]);
  });

  it("names a machine that lacks the memory for the passphrase step", async () => {
    const at = place();
    await (await Vault.create(at, PASS)).close();
    const short = vi.spyOn(sodium, "crypto_pwhash").mockImplementationOnce(() => {
      throw new WebAssembly.RuntimeError("out of memory");
    });

    expect(troubleOf(await refusal(Vault.open(at, PASS)))).toBe("MEMORY_SHORT");
    short.mockRestore();
    await (await Vault.open(at, PASS)).close();
  });

  it("has one owner at a time", async () => {
    const at = place();
    const vault = await Vault.create(at, PASS);

    const second = await refusal(Vault.open(at, PASS));
    await vault.close();
    await (await Vault.open(at, PASS)).close();

    expect(second.code).toBe("CONFLICT");
    expect(troubleOf(second)).toBe("VAULT_IN_USE");
  });

  it("is never overwritten by a new one", async () => {
    const at = place();
    await (await Vault.create(at, PASS)).close();
    const before = await at.store.read("v");

    const second = await refusal(Vault.create(at, "other"));

    expect(troubleOf(second)).toBe("VAULT_EXISTS");
    expect(await at.store.read("v")).toEqual(before);
    expect(troubleOf(await refusal(Vault.open(place(), PASS)))).toBe("VAULT_MISSING");
  });

  it("notices that an older copy was put back, under any name", async () => {
    const at = place();
    await (await Vault.create(at, PASS)).close();
    const old = (await at.store.read("v")) ?? new Uint8Array();
    const vault = await Vault.open(at, PASS);
    await vault.update(named("newer"));
    await vault.close();
    await at.store.write("copy", old);

    const back = await refusal(Vault.open({ ...at, name: "copy" }, PASS));
    const elsewhere = { ...at, name: "copy", marks: new MemoryMarks() };

    expect(back.code).toBe("ROLLBACK");
    expect(back.facts).toEqual({ saved: 1, known: 2 });
    expect((await refusal(Vault.open(elsewhere, PASS, { atLeast: 2 }))).code).toBe("ROLLBACK");
    await (await Vault.open(elsewhere, PASS)).close();
  });

  it("says that it was damaged, whichever byte it was", async () => {
    const at = place();
    await (await Vault.create(at, PASS)).close();
    const good = (await at.store.read("v")) ?? new Uint8Array();
    for (const from of [1, 40]) {
      const bad = good.slice();
      bad[bad.length - from] = (bad[bad.length - from] ?? 0) ^ 1;
      await at.store.write("v", bad);
      expect(troubleOf(await refusal(Vault.open(at, PASS)))).toBe("VAULT_DAMAGED");
    }
    await at.store.write("v", good.slice(0, -1));
    expect(troubleOf(await refusal(Vault.open(at, PASS)))).toBe("VAULT_DAMAGED");
    await at.store.write("v", good);
    await (await Vault.open(at, PASS)).close();
  });

  it("cuts large contents into pieces", async () => {
    const at = place();
    const vault = await Vault.create(at, PASS);
    const epochs = Array.from({ length: 12_000 }, (_, n) => ({ n, E: hashOf(seed(n % 256)) }));
    const room: RoomKeys = { ...roomOf(EMPTY, CASE), epochs };
    await vault.update((contents) => withRoom(contents, room));
    await vault.close();

    expect(fmt.parseSealed((await at.store.read("v")) ?? new Uint8Array()).body).toHaveLength(2);
    expect(roomOf((await Vault.open(at, PASS)).contents, CASE)).toEqual(room);
  });

  it("locks for good", async () => {
    const vault = await Vault.create(place(), PASS);
    await vault.keepDeviceKey(seed(5), { did: DID });
    await vault.close();
    await vault.close();

    expect((await refusal(vault.update(named("x")))).facts).toEqual({ why: "locked" });
    expect(() => vault.dk).toThrow("UNTRUSTED");
  });
});

describe("signing keys", () => {
  it("sign as libsodium verifies, and cannot be carried away", async () => {
    const at = place();
    const vault = await Vault.create(at, PASS);
    const given = seed(5);
    await vault.keepDeviceKey(given, { did: DID });
    await vault.update((contents) => contents);
    await vault.close();

    const importing = vi.spyOn(crypto.subtle, "importKey");
    const { dk } = await Vault.open(at, PASS);
    const held = (await importing.mock.results[0]?.value) as CryptoKey;
    importing.mockRestore();
    const message = utf8("message");
    const signature = await dk.sign(message);

    expect(given).toEqual(seed(0)); // wiped
    await expect(crypto.subtle.exportKey("pkcs8", held)).rejects.toThrow("not extractable");
    expect(dk.publicKey).toBe(publicOf(seed(5)));
    verify({ public: bytesOf(dk.publicKey), message, signature });
    expect(JSON.stringify(dk)).toBe(JSON.stringify({ publicKey: dk.publicKey }));
  });

  it("of the person ask for the passphrase anew", async () => {
    const vault = await Vault.create(place(), PASS);
    await vault.keepPersonKey(seed(6), "別の合言葉", { did: DID });

    expect((await refusal(vault.personKey(PASS))).code).toBe("BAD_COMMITMENT");
    expect((await vault.personKey("別の合言葉")).publicKey).toBe(publicOf(seed(6)));
  });

  it("are missing until somebody enrolled", async () => {
    const vault = await Vault.create(place(), PASS);

    expect(() => vault.dk).toThrow("UNTRUSTED");
    expect((await refusal(vault.personKey(PASS))).code).toBe("UNTRUSTED");
  });
});

describe("ways to unlock", () => {
  it("a new passphrase replaces the old one, for ik too", async () => {
    const at = place();
    const vault = await Vault.create(at, PASS);
    await vault.keepPersonKey(seed(6), PASS, { did: DID });
    expect((await refusal(vault.changePassphrase("ちがう", "新"))).code).toBe("BAD_COMMITMENT");
    await vault.changePassphrase(PASS, "新しい合言葉");
    await vault.close();

    expect((await refusal(Vault.open(at, PASS))).code).toBe("BAD_COMMITMENT");
    const again = await Vault.open(at, "新しい合言葉");
    expect((await again.personKey("新しい合言葉")).publicKey).toBe(publicOf(seed(6)));
  });

  it("an authenticator opens beside the passphrase, never alone", async () => {
    const at = place();
    const vault = await Vault.create(at, PASS);
    await vault.keepPrf(seed(9));
    await vault.update(named("x"));
    await vault.close();

    const opened = await Vault.openWithPrf(at, seed(9));
    expect(opened.contents.keys[0]?.name).toBe("x");
    await opened.close();
    expect((await refusal(Vault.openWithPrf(at, seed(8)))).code).toBe("BAD_COMMITMENT");
    expect((await refusal(Vault.openWithPrf(at, seed(9).slice(1)))).code).toBe("BAD_LENGTH");
    const byPhrase = await Vault.open(at, PASS);
    await byPhrase.dropPrf();
    await byPhrase.close();
    expect((await refusal(Vault.openWithPrf(at, seed(9)))).code).toBe("UNKNOWN_ID");
  });
});

describe("drafts", () => {
  it("are there after a crash, oldest first, and gone once they are sent", async () => {
    const at = place();
    const vault = await Vault.create(at, PASS);
    await vault.drafts.put("room/note", "書きかけ二", 2);
    await vault.drafts.put("room/summary", "書きかけ一", 1);
    await vault.close();

    const again = await Vault.open(at, PASS);
    expect((await again.drafts.list()).map((draft) => draft.text)).toEqual([
      "書きかけ一",
      "書きかけ二",
    ]);
    await again.drafts.drop("room/note");
    await again.drafts.put("room/summary", "", 3);
    expect(await again.drafts.list()).toEqual([]);
    expect(await again.drafts.get("room/note")).toBeNull();
  });

  it("of one vault mean nothing to another, nor in another place", async () => {
    const marks = new MemoryMarks();
    const mine = await Vault.create(place({ marks }), PASS);
    const theirs = await Vault.create(place({ marks, name: "w" }), PASS);
    await mine.drafts.put("a", "秘密", 1);
    await mine.drafts.put("b", "ほか", 1);
    const places = await marks.keys("draft", "");
    const [one = "", other = ""] = places;
    await marks.put("draft", one, (await marks.get("draft", other)) ?? new Uint8Array());

    expect(places.join()).not.toContain("a/");
    expect(await theirs.drafts.list()).toEqual([]);
    expect(await mine.drafts.list()).toHaveLength(1);
  });
});

describe("a file that is no vault", () => {
  const key = seed(9);
  const lock = () => fmt.lock(key, "p", { ...COSTS, entropy: system });
  const body = () => fmt.sealBody(key, utf8("x"), { rev: 1, entropy: system });

  it.each([
    ["empty", () => new Uint8Array(), "BAD_LENGTH"],
    ["a byte", () => new Uint8Array(1), "BAD_LENGTH"],
    ["cut", () => parts(lock()).slice(0, -1), "BAD_LENGTH"],
    ["two locks", () => parts(lock(), lock()), "BAD_LENGTH"],
    ["no lock", () => parts(...body()), "BAD_LENGTH"],
    ["no envelope", () => parts(utf8("nothing")), "BAD_MAGIC"],
    ["too large", () => new Uint8Array(fmt.LIMIT + 1), "OVERSIZE"],
    [
      "an item of another kind",
      () => {
        const header = utf8('{"v":1,"k":"other"}');
        return parts(lock(), fmt.sealItem(key, { header, plaintext: key, entropy: system }));
      },
      "UNKNOWN_TYPE",
    ],
  ])("is refused: %s", (_name, make, code) => {
    expect(() => fmt.parseSealed(make())).toThrow(code);
  });

  it("pieces of two saves do not mix", () => {
    const large = new Uint8Array(fmt.CHUNK + 1);
    const save = (rev: number) => fmt.sealBody(key, large, { rev, entropy: system });
    const [one, two] = [save(1), save(2)];
    const mixed = [one.slice(0, 1), [...one].reverse(), [...one.slice(0, 1), ...two.slice(1)], []];

    for (const pieces of mixed) expect(() => fmt.openBody(key, pieces)).toThrow("BAD_LENGTH");
    expect(fmt.openBody(key, one)).toEqual([1, large]);
  });
});

it("a room of a document key is found by its case", () => {
  const room: RoomKeys = {
    ...roomOf(EMPTY, CASE),
    docs: [{ doc: idOf<DocId>(new Uint8Array(16)), g: 1, D: hashOf(seed(1)) }],
  };
  const changed = withRoom(withRoom(EMPTY, roomOf(EMPTY, CASE)), room);

  expect(changed.rooms).toEqual([room]);
});
