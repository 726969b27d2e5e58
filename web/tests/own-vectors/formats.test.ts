import { readFileSync, writeFileSync } from "node:fs";

import { beforeAll, expect, it } from "vitest";

import { ready } from "../../src/crypto/sodium";
import { FILES } from "./formats";

beforeAll(ready);

it.each(Object.entries(FILES))("%s is what its maker writes", (name, make) => {
  const file = new URL(`../../../vectors/${name}`, import.meta.url);
  const made = make();
  if (process.env["ENTAKU_WRITE"] === "1") writeFileSync(file, made);

  expect(readFileSync(file, "utf8")).toBe(made);
});
