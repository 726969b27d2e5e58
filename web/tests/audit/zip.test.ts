/** Archives are read by others; so what they hold is taken apart here by hand. */

import { describe, expect, it } from "vitest";

import { crc32, zip } from "../../src/audit/zip";
import { concat, utf8 } from "../../src/crypto/bytes";

const FILES = [
  { name: "ops/checkpoint", data: utf8("minase\n") },
  { name: "ops/tile/0/000.p/4", data: new Uint8Array(128).fill(7) },
  { name: "監査/空.txt", data: new Uint8Array() },
];

/** Read an archive from its end, as other programs do. */
function unzip(data: Uint8Array): Map<string, Uint8Array> {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const end = data.length - 22;
  expect(view.getUint32(end, true)).toBe(0x06054b50);
  const found = new Map<string, Uint8Array>();
  let at = view.getUint32(end + 16, true);
  expect(at + view.getUint32(end + 12, true)).toBe(end);
  for (let n = 0; n < view.getUint16(end + 10, true); n += 1) {
    expect(view.getUint32(at, true)).toBe(0x02014b50);
    const [sum, size] = [view.getUint32(at + 16, true), view.getUint32(at + 24, true)];
    const nameSize = view.getUint16(at + 28, true);
    const local = view.getUint32(at + 42, true);
    expect(view.getUint32(local, true)).toBe(0x04034b50);
    expect(data.subarray(local + 6, local + 30)).toEqual(data.subarray(at + 8, at + 32));
    const start = local + 30 + nameSize;
    const name = new TextDecoder().decode(data.subarray(at + 46, at + 46 + nameSize));
    found.set(name, data.slice(start, start + size));
    expect(crc32(found.get(name) ?? new Uint8Array())).toBe(sum);
    at += 46 + nameSize;
  }
  return found;
}

describe("an archive", () => {
  it("holds every file under its name", () => {
    const found = unzip(concat(...zip(FILES)));

    expect([...found]).toEqual(FILES.map(({ name, data }) => [name, data]));
  });

  it("may be empty", () => {
    expect(unzip(concat(...zip([]))).size).toBe(0);
  });

  it("has the sums that everybody computes", () => {
    expect(crc32(utf8("123456789"))).toBe(0xcbf43926);
    expect(crc32(new Uint8Array())).toBe(0);
  });
});
