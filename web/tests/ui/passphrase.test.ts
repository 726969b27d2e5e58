import { expect, test } from "vitest";
import { bits, strength } from "../../src/ui/logic/passphrase";

test.each([
  "",
  "short",
  "password1234",
  "aaaaaaaaaaaaaaaa",
  "123456789012",
  "abcdefghijklmnop",
  "qwertyqwerty",
  "ねこねこねこねこねこねこ",
  "令和7年10月14日です",
  "支援会議支援会議支援会議",
])("%j is refused", (words) => {
  expect(strength(words)).toBe(0);
});

test.each([
  ["correct horse battery staple", 2],
  ["あさがお くじら 三角 定規", 1],
  ["朝顔の鉢に鯨が三頭、定規で測る", 2],
  ["tR7!kd92-Qmw5zz", 1],
] as const)("%j is at least %d", (words, least) => {
  expect(strength(words)).toBeGreaterThanOrEqual(least);
});

test("more words are never weaker", () => {
  const words = ["あさがお", "くじら", "三角", "定規", "やかん"];
  const costs = words.map((_, at) => bits(words.slice(0, at + 1).join(" ")));
  expect(costs.toSorted((a, b) => a - b)).toEqual(costs);
});
