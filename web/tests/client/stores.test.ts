import { describe, expect, it } from "vitest";

import {
  CarriedStore,
  FileStore,
  LocalOwners,
  MemoryMarks,
  MemoryStore,
  openProfile,
  profileHealth,
  TabOwners,
} from "../../src/client/stores";
import { Trouble, troubleOf } from "../../src/client/troubles";

const bytes = (text: string) => new TextEncoder().encode(text);

/** A file of the File System Access API; `full` lets the disk run full while it is written. */
class FakeFile {
  readonly name = "vault.entaku";
  content: Uint8Array<ArrayBuffer> = new Uint8Array();
  full = false;

  getFile() {
    return Promise.resolve(new Blob([this.content]));
  }

  createWritable() {
    let beside: Uint8Array<ArrayBuffer> = new Uint8Array();
    return Promise.resolve({
      write: (data: Uint8Array<ArrayBuffer>) => {
        if (this.full) return Promise.reject(new DOMException("", "QuotaExceededError"));
        beside = data;
        return Promise.resolve();
      },
      abort: () => Promise.resolve(),
      close: () => {
        this.content = beside;
        return Promise.resolve();
      },
    });
  }
}

function fileStore(): [FakeFile, FileStore] {
  const file = new FakeFile();
  return [file, new FileStore(file as unknown as FileSystemFileHandle)];
}

describe("stores", () => {
  it("keep several names in memory, and give copies", async () => {
    const store = new MemoryStore();
    await store.write("b", bytes("2"));
    await store.write("a", bytes("1"));
    (await store.read("a"))?.fill(0);

    expect(await store.list()).toEqual(["a", "b"]);
    expect(await store.read("a")).toEqual(bytes("1"));
    await store.remove("a");
    expect(await store.read("a")).toBeNull();
  });

  it("write a file as a whole or not at all", async () => {
    const [file, store] = fileStore();
    expect(await store.list()).toEqual([]);
    await store.write(file.name, bytes("first"));
    file.full = true;

    await expect(store.write(file.name, bytes("second"))).rejects.toThrow(
      new Trouble("STORAGE_FULL"),
    );
    expect(await store.read(file.name)).toEqual(bytes("first"));
    expect(await store.list()).toEqual([file.name]);
  });

  it("never delete or rename a person's file", async () => {
    const [, store] = fileStore();

    await expect(store.remove()).rejects.toThrow(new Trouble("FILE_DENIED"));
    await expect(store.write("other", bytes(""))).rejects.toThrow("UNKNOWN_ID");
  });

  it("tell of every change that only a download keeps", async () => {
    const told: Uint8Array[] = [];
    const store = new CarriedStore("v", null, (changed) => told.push(changed));
    await store.write("v", bytes("x"));

    expect(told).toEqual([bytes("x")]);
    expect(await store.read("v")).toEqual(bytes("x"));
    expect(await store.read("w")).toBeNull();
    expect(await store.list()).toEqual(["v"]);
  });

  it("say so where the browser keeps nothing", async () => {
    await expect(openProfile()).rejects.toThrow(new Trouble("STORAGE_BLOCKED"));
  });
});

describe("one owner at a time", () => {
  it.each([
    ["in a page", () => new LocalOwners()],
    ["among tabs", () => new TabOwners(navigator.locks)],
  ])("%s", async (_name, make) => {
    const owners = make();
    const release = await owners.take("v");

    expect(await owners.take("v")).toBeNull();
    const other = await owners.take("w");
    expect(other).not.toBeNull();
    release?.();
    await new Promise((resolve) => setTimeout(resolve, 0));
    const again = await owners.take("v");
    expect(again).not.toBeNull();
    again?.();
    other?.();
  });
});

describe("the profile", () => {
  it("is fresh once", async () => {
    const marks = new MemoryMarks();
    const storage = {
      persisted: () => Promise.resolve(false),
      persist: () => Promise.resolve(true),
      estimate: () => Promise.resolve({ usage: 1, quota: 9 }),
    } as StorageManager;

    const first = await profileHealth(marks, storage);
    const second = await profileHealth(marks, undefined);

    expect(first).toEqual({ fresh: true, persisted: true, used: 1, room: 9 });
    expect(second).toEqual({ fresh: false, persisted: false, used: null, room: null });
  });
});

describe("troubles", () => {
  it("are named from what the browser throws", () => {
    expect(troubleOf(new DOMException("", "QuotaExceededError"))).toBe("STORAGE_FULL");
    expect(troubleOf(new DOMException("", "NotAllowedError"))).toBe("FILE_DENIED");
    expect(troubleOf(new Trouble("OLD_BROWSER"))).toBe("OLD_BROWSER");
    expect(troubleOf(new RangeError())).toBeNull();
  });
});
