// Seals a build: integrity for everything the page loads, and one manifest of all its files.
//
// The page may hold no inline script, so there is no import map. Instead the first modules are
// `modulepreload` links with integrity before the entry; modules that load later are `x-lazy`
// links which `ui/lazy.ts` turns into `modulepreload` before it imports them; the worker is an
// `x-worker` link, checked by `ui/start.ts`. The server's Integrity-Policy blocks all others.
import { createHash } from "node:crypto";
import { copyFileSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import type { Plugin, Rolldown } from "vite";

type Chunk = Rolldown.OutputChunk;

/** What `manifest.json` says: the version, and base64url(SHA-256) of every other file by path. */
export interface Manifest {
  readonly version: string;
  readonly files: Readonly<Record<string, string>>;
}

const MANIFEST = "manifest.json";

/** Name the files under a folder, sorted, with forward slashes. */
function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join("/"))
    .sort();
}

function digest(folder: string, path: string, hash: string, form: "base64" | "base64url"): string {
  return createHash(hash)
    .update(readFileSync(join(folder, path)))
    .digest(form);
}

/** List all files of a finished build; a function of their names and bytes alone. */
export function manifestOf(folder: string, version: string): Manifest {
  const paths = filesUnder(folder).filter((path) => path !== MANIFEST);
  const files = paths.map((path) => [path, digest(folder, path, "sha256", "base64url")] as const);
  return { version, files: Object.fromEntries(files) };
}

/** Everything that a chunk imports before it runs, itself last. */
function closure(chunk: Chunk, chunks: ReadonlyMap<string, Chunk>): string[] {
  const found = new Set<string>();
  const visit = (name: string): void => {
    if (found.has(name)) return;
    for (const next of chunks.get(name)?.imports ?? []) visit(next);
    found.add(name);
  };
  visit(chunk.fileName);
  return [...found];
}

/** Which link each script of a build needs: first modules, later ones by the names that want them. */
export function planLinks(chunks: ReadonlyMap<string, Chunk>): {
  entry: string;
  first: string[];
  later: Map<string, string[]>;
} {
  const entries = [...chunks.values()].filter((chunk) => chunk.isEntry);
  const [main] = entries;
  if (!main || entries.length > 1) throw new Error("The page must have exactly one entry");
  const first = closure(main, chunks);
  const later = new Map<string, string[]>();
  for (const chunk of chunks.values()) {
    if (!chunk.isDynamicEntry) continue;
    for (const path of closure(chunk, chunks).filter((each) => !first.includes(each)))
      later.set(path, [...(later.get(path) ?? []), chunk.name]);
  }
  return { entry: main.fileName, first: first.slice(0, -1), later };
}

/** Write integrity into the built page; throws when a script or style is left without. */
function sealPage(folder: string, chunks: ReadonlyMap<string, Chunk>): void {
  const plan = planLinks(chunks);
  const sri = (path: string): string =>
    `href="/${path}" integrity="sha384-${digest(folder, path, "sha384", "base64")}"`;
  const workers = filesUnder(folder).filter((path) => /^assets\/worker-[^/]+\.js$/.test(path));
  const links = [
    ...plan.first.map((path) => `<link rel="modulepreload" ${sri(path)}>`),
    ...workers.map((path) => `<link rel="x-worker" ${sri(path)}>`),
    ...[...plan.later].map(
      ([path, names]) => `<link rel="x-lazy" data-for="${names.sort().join(" ")}" ${sri(path)}>`,
    ),
  ];
  const page = readFileSync(join(folder, "index.html"), "utf8")
    .replaceAll(
      /<link rel="stylesheet"[^>]*href="\/([^"]+)">/g,
      (_, path: string) => `<link rel="stylesheet" ${sri(path)}>`,
    )
    .replace(/<script [^>]*src="\/([^"]+)"><\/script>/, (_, path: string) =>
      [...links, `<script type="module" ${sri(path).replace("href", "src")}></script>`].join(
        "\n    ",
      ),
    );
  requireSealed(page, chunks, plan);
  writeFileSync(join(folder, "index.html"), page);
}

function requireSealed(
  page: string,
  chunks: ReadonlyMap<string, Chunk>,
  plan: ReturnType<typeof planLinks>,
): void {
  const known = new Set([plan.entry, ...plan.first, ...plan.later.keys()]);
  const open = [...chunks.keys()].filter((path) => !known.has(path));
  const bare = page.match(
    /<(script|link rel="(stylesheet|modulepreload)")(?![^>]*integrity)[^>]*>/g,
  );
  if (open.length > 0 || bare)
    throw new Error(`Not sealed: ${[...open, ...(bare ?? [])].join(" ")}`);
}

/** The build step; `version` goes into the manifest, and the file `from` becomes `index.html`. */
export function seal(version: string, from = "index.html"): Plugin {
  let folder = "";
  const chunks = new Map<string, Chunk>();
  return {
    name: "seal",
    apply: "build",
    enforce: "post",
    configResolved(config) {
      folder = resolve(config.root, config.build.outDir);
    },
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle))
        if (file.type === "chunk") chunks.set(file.fileName, file);
    },
    closeBundle() {
      rmSync(join(folder, MANIFEST), { force: true });
      if (from !== "index.html") copyFileSync(join(folder, from), join(folder, "index.html"));
      sealPage(folder, chunks);
      const text = JSON.stringify(manifestOf(folder, version), null, 1);
      writeFileSync(join(folder, MANIFEST), `${text}\n`);
    },
  };
}
