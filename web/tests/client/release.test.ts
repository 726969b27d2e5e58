/** The bundle's manifest, its files and its place in the log. */

import { createHash } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import {
  alteredFiles,
  fetchBundle,
  readManifest,
  standing,
  type Ask,
} from "../../src/client/release";
import { ready } from "../../src/crypto/sodium";
import { Directory } from "../../src/protocol/directory";
import type { Digest, Sid } from "../../src/protocol/ids";

beforeAll(ready);

const encoder = new TextEncoder();

function hash(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}

/** An origin that serves these files. */
function origin(files: Readonly<Record<string, string>>): Ask {
  return (path) => {
    const text = files[path];
    return Promise.resolve(new Response(text ?? null, { status: text === undefined ? 404 : 200 }));
  };
}

const FILES = { "assets/page-1.js": "one", "assets/worker-2.js": "two", "index.html": "<html>" };
const MANIFEST = JSON.stringify({
  version: "1.2.3",
  files: Object.fromEntries(Object.entries(FILES).map(([path, text]) => [path, hash(text)])),
});
const SERVED = {
  "/": FILES["index.html"],
  "/assets/page-1.js": FILES["assets/page-1.js"],
  "/assets/worker-2.js": FILES["assets/worker-2.js"],
  "/manifest.json": MANIFEST,
};

test("a manifest is named by the hash of its bytes", async () => {
  const bundle = await fetchBundle(origin(SERVED));

  expect(bundle.version).toBe("1.2.3");
  expect(bundle.manifest).toBe(hash(MANIFEST));
  expect([...bundle.files.keys()]).toEqual(Object.keys(FILES));
});

test.each(["", "null", "[]", "7", "{}", '{"version":"1"}', '{"version":1,"files":{}}', "\xff"])(
  "no manifest: %j",
  (text) => {
    expect(() => readManifest(encoder.encode(text))).toThrow("BAD_J1");
  },
);

test.each(["x", "", 7, null, "A".repeat(42), "=".repeat(43)])("no hash: %j", (bad) => {
  const text = JSON.stringify({ version: "1", files: { "a.js": bad } });
  expect(() => readManifest(encoder.encode(text))).toThrow("BAD_J1");
});

test("an origin without a manifest, or out of reach", async () => {
  await expect(fetchBundle(origin({}))).rejects.toThrow("UNAVAILABLE");
  await expect(fetchBundle(() => Promise.reject(new TypeError("network")))).rejects.toThrow(
    "UNAVAILABLE",
  );
});

test("a whole bundle has no altered file", async () => {
  const bundle = await fetchBundle(origin(SERVED));
  const running = ["https://a.example/assets/worker-2.js?worker_file", "/assets/page-1.js"];

  expect(await alteredFiles(bundle, origin(SERVED), running)).toEqual([]);
});

test("changed, missing and foreign files are named", async () => {
  const bundle = await fetchBundle(origin(SERVED));
  const served = { ...SERVED, "/": "<html><script>", "/assets/page-1.js": undefined };

  const altered = await alteredFiles(
    bundle,
    origin(JSON.parse(JSON.stringify(served)) as Record<string, string>),
    ["https://a.example/assets/other.js"],
  );
  expect(altered).toEqual(["assets/other.js", "assets/page-1.js", "index.html"]);
});

test("the log knows releases from their leaf on, the last one as the newest", () => {
  const directory = new Directory();
  const release = (index: number, ver: string) => {
    const base = { v: 1, typ: "release", net: "n", nce: "c", iat: 0, app: "web" } as const;
    const body = { ...base, ver, manifest: hash(ver) as Digest } as never;
    directory.releases.push({ index, sid: hash(`${ver} sid`) as Sid, body, signatures: [] });
  };
  release(3, "1.0.0");
  release(7, "1.1.0");
  const first = hash("1.0.0") as Digest;

  expect(standing(first, directory, 3)).toEqual({ logged: false, newest: null });
  expect(standing(first, directory, 4)).toEqual({ logged: true, newest: "1.0.0" });
  expect(standing(first, directory, 8)).toEqual({ logged: true, newest: "1.1.0" });
  expect(standing(hash("other") as Digest, directory, 8)).toEqual({
    logged: false,
    newest: "1.1.0",
  });
});
