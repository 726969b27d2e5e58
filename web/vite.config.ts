import { defineConfig } from "vitest/config";
import meta from "./package.json" with { type: "json" };
import { seal } from "./tools/seal.ts";

export default defineConfig({
  base: "/",
  define: { __VERSION__: JSON.stringify(meta.version) },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    target: "es2023",
    sourcemap: false,
    modulePreload: false, // the links that `seal` writes carry integrity, Vite's would not
    cssCodeSplit: false,
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    rolldownOptions: {
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
  plugins: [seal(meta.version)],
  test: { include: ["tests/**/*.test.ts"], environment: "node", testTimeout: 120_000 },
});
