import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { defineConfig } from "vitest/config";
import meta from "./package.json" with { type: "json" };
import { seal } from "./tools/seal.ts";

/** `--mode gallery`: the screens over fixtures, for the tests in a browser; sealed like the page, never shipped. */
const gallery = {
  outDir: "dist-gallery",
  input: "gallery.html",
  plugins: [seal(meta.version, "gallery.html")],
};
const page = { outDir: "dist", input: "index.html", plugins: [seal(meta.version)] };

/** Changes with every rule by which statements are judged: findings of other rules are not taken over. */
const rules = createHash("sha256");
for (const file of globSync("src/{crypto,protocol}/*.ts").sort()) rules.update(readFileSync(file));
export const define = {
  __VERSION__: JSON.stringify(meta.version),
  __RULES__: JSON.stringify(rules.digest("hex")),
};

export default defineConfig(({ mode }) => ({
  base: "/",
  define,
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2023",
    outDir: (mode === "gallery" ? gallery : page).outDir,
    sourcemap: false,
    modulePreload: false, // the links that `seal` writes carry integrity, Vite's would not
    cssCodeSplit: false,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
      input: (mode === "gallery" ? gallery : page).input,
      output: {
        entryFileNames: "assets/page-[hash].js",
        chunkFileNames: "assets/[name]-[hash].js",
        assetFileNames: "assets/[name]-[hash][extname]",
      },
    },
  },
  worker: {
    format: "es",
    rolldownOptions: {
      output: { entryFileNames: "assets/worker-[hash].js", codeSplitting: false },
    },
  },
  plugins: (mode === "gallery" ? gallery : page).plugins,
  test: { include: ["tests/**/*.test.ts"], environment: "node", testTimeout: 120_000 },
}));
