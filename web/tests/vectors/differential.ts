/**
 * Judges cases for a program that compares: one case a line comes in, one verdict a line goes out.
 *
 * Started by `tests/vectors/test_differential.py` through `tools/run.ts`. What succeeds is written
 * again, so that the two languages also agree on what they read.
 */

import { createInterface } from "node:readline";

import { ready } from "../../src/crypto/sodium";
import { run, type Case } from "./cases";
import { JUDGES } from "./judges";

function verdict(line: string): string {
  try {
    return JSON.stringify(run(JSON.parse(line) as Case, JUDGES));
  } catch (error) {
    return JSON.stringify({ error: String(error) });
  }
}

await ready();
for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(verdict(line) + "\n");
}
