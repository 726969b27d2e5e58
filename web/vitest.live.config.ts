import { defineConfig } from "vitest/config";
import { define } from "./vite.config.ts";

// Run by tests/edges/web, which starts the server that these talk to and names it in ENTAKU_URL.
export default defineConfig({
  define,
  test: { include: ["tests/live/*.live.ts"], environment: "node", testTimeout: 60_000 },
});
