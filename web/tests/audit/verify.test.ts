/** Exports verify from their files alone; every tampering is refused with its place. */

import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { beforeAll, describe, expect, it } from "vitest";

import { exportsIn, filesIn } from "../../src/audit/files";
import { filesOf } from "../../src/audit/export";
import { decodeBundle } from "../../src/audit/tiles";
import { verifyFolder, type Files, type Report } from "../../src/audit/verify";
import { concat, fromHex, utf8 } from "../../src/crypto/bytes";
import { Refused } from "../../src/crypto/errors";
import { ready } from "../../src/crypto/sodium";

interface Change {
  readonly file: string;
  readonly gone?: true;
  readonly at: number;
  readonly cut: number;
  readonly hex: string;
}
interface Way {
  readonly id: string;
  readonly log: "ops" | "id";
  readonly vkey: string;
  readonly old: string | null;
  readonly changes: readonly Change[];
  readonly expect: object;
}

const FOLDER = fileURLToPath(new URL("../../../vectors/log-folder/", import.meta.url));
const TOLD = JSON.parse(readFileSync(`${FOLDER}tamperings.json`, "utf8")) as { cases: Way[] };

function read(folder: string): Map<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  for (const each of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const path = `${each.parentPath}/${each.name}`.replaceAll("//", "/");
    if (each.isFile()) found.set(path.slice(folder.length), new Uint8Array(readFileSync(path)));
  }
  return found;
}

function tampered({ log, changes }: Way): Map<string, Uint8Array> {
  const files = read(`${FOLDER}${log}/`);
  for (const { file, gone, at, cut, hex } of changes) {
    const whole = files.get(file) ?? new Uint8Array();
    if (gone) files.delete(file);
    else files.set(file, concat(whole.subarray(0, at), fromHex(hex), whole.subarray(at + cut)));
  }
  return files;
}

function told(report: Report): object {
  return {
    size: report.checkpoint.size,
    early: report.earlySize,
    old: report.oldSize,
    kinds: Object.fromEntries(report.kinds),
    openings: report.openings,
    statements: report.statements,
  };
}

async function verdict(files: Files, way: Way): Promise<object> {
  const old = way.old === null ? null : utf8(way.old);
  try {
    return told(await verifyFolder(files, { vkey: way.vkey, old }));
  } catch (error) {
    if (error instanceof Refused) return { code: error.code, facts: error.facts };
    throw error;
  }
}

const [good] = TOLD.cases as [Way];

beforeAll(ready);

describe("an export", () => {
  it.each(TOLD.cases.map((way) => [way.id, way] as const))("%s", async (_, way) => {
    expect(await verdict(filesIn(tampered(way)), way)).toEqual(way.expect);
  });

  it("is told in as many ways as the file has", () => {
    expect(TOLD.cases).toHaveLength(21);
  });

  it("counts its leaves while it verifies", async () => {
    const seen: [number, number][] = [];
    const progress = (done: number, total: number): void => void seen.push([done, total]);

    await verifyFolder(filesIn(tampered(good)), { vkey: good.vkey, progress });

    expect(seen).toEqual([
      [256, 260],
      [260, 260],
    ]);
  });

  it("stops when it is told to", async () => {
    const stop = new AbortController();
    const progress = (): void => {
      stop.abort();
    };

    const verifying = verifyFolder(filesIn(tampered(good)), {
      vkey: good.vkey,
      progress,
      signal: stop.signal,
    });

    await expect(verifying).rejects.toThrow(/abort/u);
  });

  it("reads a picked file no further than it must", async () => {
    const files = tampered(good);
    const picked = new Map<string, Blob>();
    for (const [name, data] of files) picked.set(name, new Blob([data.slice()]));
    picked.set("checkpoint", new Blob([new Uint8Array((1 << 20) + 1)]));

    const found = await verdict(filesIn(picked), good);

    expect(found).toEqual({ code: "OVERSIZE", facts: { place: "checkpoint" } });
  });

  it("is found in a picked folder by its checkpoint", () => {
    const found = exportsIn(read(FOLDER));

    expect([...found.keys()].toSorted()).toEqual(["id/", "ops/"]);
    expect(found.get("ops/")?.has("tile/entries/000")).toBe(true);
  });

  it("is written with the same bytes as in Python", () => {
    const files = read(`${FOLDER}ops/`);
    const bundles = ["tile/entries/000", "tile/entries/001.p/4"];
    const leaves = bundles.flatMap((name) => decodeBundle(files.get(name) ?? new Uint8Array()));
    const [checkpoint, early] = [files.get("checkpoint"), files.get("checkpoint.early") ?? null];
    if (checkpoint === undefined) throw new Error("no checkpoint");

    const made = [...filesOf({ leaves, checkpoint, early, vkey: good.vkey })];

    expect(made.at(-1)?.name).toBe("checkpoint");
    files.delete("openings.jsonl");
    expect(new Map(made.map(({ name, data }) => [name, data]))).toEqual(files);
  });
});
