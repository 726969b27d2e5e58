import { readFileSync, writeFileSync } from "node:fs";

import { beforeAll, expect, it } from "vitest";

import { ready } from "../../src/crypto/sodium";
import { text } from "./vault";

const FILE = new URL("../../../vectors/ts-14-vault.json", import.meta.url);

beforeAll(ready);

it("the file is what its maker writes", () => {
  const made = text();
  if (process.env["ENTAKU_WRITE"] === "1") writeFileSync(FILE, made);

  expect(readFileSync(FILE, "utf8")).toBe(made);
});
