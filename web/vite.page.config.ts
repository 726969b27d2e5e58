import { defineConfig } from "vite";
import { define } from "./vite.config.ts";

// Used by tests/browser: modules of the program on a page of the test's own.
export default defineConfig({
  define,
  build: {
    target: "es2023",
    emptyOutDir: false,
    rolldownOptions: { input: "tests/page/vault.ts", output: { entryFileNames: "vault.js" } },
  },
});
