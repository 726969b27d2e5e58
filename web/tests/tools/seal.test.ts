// Delivery: the build is sealed, and the same every time.
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Manifest, manifestOf, planLinks } from "../../tools/seal";

const WEB = fileURLToPath(new URL("../..", import.meta.url));
const folders: string[] = [];

function read(folder: string, path: string): Buffer {
  return readFileSync(join(folder, path));
}

async function built(): Promise<string> {
  const outDir = mkdtempSync(join(tmpdir(), "entaku-build-"));
  folders.push(outDir);
  await build({ root: WEB, logLevel: "error", build: { outDir, emptyOutDir: true } });
  return outDir;
}

let first = "";
let second = "";

beforeAll(async () => {
  first = await built();
  second = await built();
});

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

test("two builds are equal, byte for byte", () => {
  expect(read(second, "manifest.json").equals(read(first, "manifest.json"))).toBe(true);
});

test("the manifest names every file by its hash", () => {
  const manifest = JSON.parse(read(first, "manifest.json").toString()) as Manifest;
  expect(manifest).toEqual(manifestOf(first, manifest.version));
  expect(Object.keys(manifest.files)).toContain("index.html");
  expect(Object.keys(manifest.files).length).toBeGreaterThanOrEqual(4);
});

test("the page holds no inline script or style, and integrity that fits", () => {
  const page = read(first, "index.html").toString();
  expect(page).not.toMatch(/<script(?![^>]*\ssrc=)|<style|\sstyle=|\son[a-z]+=/);
  const sealed = [...page.matchAll(/(?:href|src)="\/([^"]+)" integrity="sha384-([^"]+)"/g)];
  for (const [, path = "", hash] of sealed)
    expect(createHash("sha384").update(read(first, path)).digest("base64")).toBe(hash);
  const assets = readdirSync(join(first, "assets")).map((name) => `assets/${name}`);
  expect(sealed.map(([, path]) => path).sort()).toEqual(assets.sort());
});

test("WebAssembly's cryptography is in the worker alone", () => {
  const holding = readdirSync(join(first, "assets")).filter((name) =>
    read(join(first, "assets"), name).includes("crypto_pwhash"),
  );
  expect(holding).toEqual([expect.stringMatching(/^worker-/)]);
});

type Chunk = Parameters<typeof planLinks>[0] extends ReadonlyMap<string, infer C> ? C : never;

/** Only what the plan reads of a chunk. */
function chunk(fileName: string, imports: string[], kind: Partial<Chunk> = {}): [string, Chunk] {
  const bare = { fileName, imports, name: fileName, isEntry: false, isDynamicEntry: false };
  return [fileName, { ...bare, ...kind } as Chunk];
}

test("modules that load later are named by those who want them", () => {
  const plan = planLinks(
    new Map([
      chunk("page", ["shared"], { isEntry: true }),
      chunk("shared", []),
      chunk("charts", ["shared", "axes"], { isDynamicEntry: true }),
      chunk("heat", ["axes"], { isDynamicEntry: true }),
      chunk("axes", []),
    ]),
  );
  expect(plan.entry).toBe("page");
  expect(plan.first).toEqual(["shared"]);
  expect(Object.fromEntries(plan.later)).toEqual({
    axes: ["charts", "heat"],
    charts: ["charts"],
    heat: ["heat"],
  });
});

test("a page of two entries is refused", () => {
  const two = [chunk("a", [], { isEntry: true }), chunk("b", [], { isEntry: true })];
  expect(() => planLinks(new Map(two))).toThrow("exactly one entry");
});
