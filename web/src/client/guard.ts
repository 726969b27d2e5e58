/**
 * What must never be written down here, judged before sealing, since the server cannot look.
 *
 * 番号法 forbids the use of マイナンバー for this work: twelve digits whose last one is the check
 * digit of the first eleven are refused, however they are grouped or typed.
 */

import { Refused } from "../crypto/errors";

const SEPARATOR = "[\\s\\-\\u2010-\\u2015\\u2212\\u30fc・.]?";
// Not beside a hexadecimal digit: words name rows and items by ids of 32 such digits.
const TWELVE = new RegExp(
  `(?<![0-9a-f])\\p{Nd}(?:${SEPARATOR}\\p{Nd}){11}(?![a-f])(?!${SEPARATOR}\\p{Nd})`,
  "gu",
);
const LAST_OF_FIRST = 6;

/** Refuses (FORBIDDEN) words that hold a マイナンバー, in a value or a key. */
export function requireAllowed(text: unknown): void {
  for (const each of strings(text)) {
    if (holdsMyNumber(each)) throw new Refused("FORBIDDEN", { why: "my-number" });
  }
}

/** Tells whether a text holds twelve digits with a valid check digit. */
export function holdsMyNumber(text: string): boolean {
  const found = [...text.normalize("NFKC").matchAll(TWELVE)];
  return found.some(([match]) => isMyNumber(match.replaceAll(/\P{Nd}/gu, "")));
}

/** Judges the check digit of twelve digits (総務省令第85号 第5条). */
export function isMyNumber(digits: string): boolean {
  const values = Array.from(digits, valueOf);
  const last = values.pop();
  const total = values.reverse().reduce((sum, digit, place) => sum + digit * weight(place + 1), 0);
  const rest = total % 11;
  return last === (rest <= 1 ? 0 : 11 - rest);
}

function weight(place: number): number {
  return place <= LAST_OF_FIRST ? place + 1 : place - 5;
}

/** The value of a decimal digit of any script: they stand in blocks of ten, zero first. */
function valueOf(digit: string): number {
  let before = 0;
  const at = digit.codePointAt(0) ?? 0;
  while (before < 100 && /^\p{Nd}$/u.test(String.fromCodePoint(at - before - 1))) before += 1;
  return before % 10;
}

function* strings(value: unknown): Generator<string> {
  if (typeof value === "string") {
    yield value;
  } else if (typeof value === "object" && value !== null) {
    for (const [key, each] of Object.entries(value)) {
      yield key;
      yield* strings(each);
    }
  }
}
