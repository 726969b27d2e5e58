/** How hard a passphrase is to guess, roughly and on the safe side. */

export type Strength = 0 | 1 | 2 | 3;

/** Shorter ones are refused whatever they are made of. */
export const SHORTEST = 12;

const LEAST_BITS: readonly [number, number, number] = [45, 60, 80];

/** Alphabets, with how many characters an attacker has to try. */
const POOLS: readonly (readonly [RegExp, number])[] = [
  [/[a-z]/, 26],
  [/[A-Z]/, 26],
  [/[0-9]/, 10],
  [/[\p{Script=Hiragana}]/u, 80],
  [/[\p{Script=Katakana}]/u, 80],
  [/[\p{Script=Han}]/u, 1000],
  [/[^\p{L}\p{N}]/u, 20],
];

/** What people choose first, and what keyboards suggest. */
const COMMON =
  /password|passw0rd|qwerty|asdfgh|zxcvbn|iloveyou|letmein|admin|welcome|entaku|円卓|えんたく|パスワード|ぱすわーど|あいうえお|しえんかいぎ|支援会議|(?:19|20)\d{2}|令和|平成|昭和/giu;

/** Each guessable piece counts as this many characters. */
const PIECE = 1;

function poolOf(words: string): number {
  return POOLS.reduce((sum, [alphabet, count]) => sum + (alphabet.test(words) ? count : 0), 0);
}

/** A repeated or running character (aaa, 123, cba) adds next to nothing. */
function runs(characters: readonly string[]): number {
  const codes = characters.map((each) => each.codePointAt(0) ?? 0);
  return codes.filter((code, at) => {
    const step = code - (codes[at - 1] ?? Number.NaN);
    return Math.abs(step) <= 1;
  }).length;
}

/** A passphrase that repeats a part of itself counts once: "ねこねこねこ" is "ねこ". */
function folded(words: string): string {
  return /^(.+?)\1+$/su.exec(words)?.[1] ?? words;
}

/** Bits that guessing costs, from the outside; a rough lower estimate. */
export function bits(passphrase: string): number {
  const words = folded(passphrase);
  const pieces = words.match(COMMON)?.length ?? 0;
  const rest = Array.from(words.replaceAll(COMMON, ""));
  const length = rest.length - runs(rest) * 0.8 + pieces * PIECE;
  // Japanese words are not random signs; a character of a word is worth less than one of a mix.
  const each = Math.min(Math.log2(Math.max(poolOf(words), 2)), 6);
  return length * each * (pieces > 0 ? 0.8 : 1) * 0.85;
}

/** 0 is refused, 1 will do, 2 is strong, 3 is very strong. */
export function strength(passphrase: string): Strength {
  const count = Array.from(passphrase).length;
  const cost = bits(passphrase);
  if (count < SHORTEST || cost < LEAST_BITS[0]) return 0;
  if (cost < LEAST_BITS[1]) return 1;
  return cost < LEAST_BITS[2] ? 2 : 3;
}
