/** Runs one TypeScript file in Node as the page's own modules are resolved: `node tools/run.ts FILE`. */

import { runnerImport } from "vite";

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error("name a file");
await runnerImport(file, { configFile: false, logLevel: "error" });
