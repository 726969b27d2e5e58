/**
 * The words of the screens: one catalogue in two languages, chosen by a signal, so that whatever
 * renders words renders again when the language changes.
 */
import { signal } from "@preact/signals";
import { BASES } from "../consent/bases.generated";
import { CODES, type Code } from "../crypto/codes";
import { sentence } from "../protocol/sentences";
import type { Facts, Lang } from "../worker/api";
import type { AnyCode } from "./codes";
import { en } from "./en";
import { ja } from "./ja";
import { troubleSentence } from "./troubles";

/** A key of the catalogue. */
export type Key = keyof typeof ja;

/** What a sentence may name in braces. */
export type Words = Readonly<Record<string, string | number>>;

/** The language in use. */
export const lang = signal<Lang>("ja");

const CATALOGUE: Readonly<Record<Lang, Readonly<Record<Key, string>>>> = { ja, en };

/** Say a key in the language in use; `{name}` in its words becomes the fact of that name. */
export function t(key: Key, facts: Words = {}): string {
  return fill(CATALOGUE[lang.value][key], facts);
}

/** Say a key in a given language. */
export function tIn(language: Lang, key: Key, facts: Words = {}): string {
  return fill(CATALOGUE[language][key], facts);
}

/** Say the name of a code of a family (`"duty"`, `"recorder"`); the code itself where it is new here. */
export function term(family: string, code: string): string {
  const key = `${family}.${code}`;
  return isKey(key) ? t(key) : code;
}

function isKey(key: string): key is Key {
  return Object.hasOwn(ja, key);
}

function fill(words: string, facts: Words): string {
  return words.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(facts[name] ?? whole));
}

/** What a reason code means and what can be done, in the language in use. */
export function codeWords(code: AnyCode, facts: Facts = {}): string {
  const words = isProtocol(code) ? sentence(code, lang.value) : troubleSentence(code, lang.value);
  const given = Object.entries(facts).filter(([, fact]) => fact !== null);
  return fill(words, Object.fromEntries(given) as Words);
}

function isProtocol(code: AnyCode): code is Code {
  return (CODES as readonly string[]).includes(code);
}

type Label = Readonly<Record<Lang, string>>;
type Labels = Readonly<Record<string, Label>>;

function label(labels: Labels, code: string): string {
  return labels[code]?.[lang.value] ?? code;
}

/** Name of a kind of sitting: 支援会議, 重層的支援会議 … */
export function sittingName(kind: string): string {
  return label(BASES.sittings, kind);
}

/** Name of a category of information: 健康・障害・介護 … */
export function categoryName(category: string): string {
  return label(BASES.categories, category);
}

/** Name of a purpose that a consent may name. */
export function purposeName(purpose: string): string {
  return label(BASES.purposes, purpose);
}

/** Name of what a basis needs to have recorded. */
export function needName(need: string): string {
  return label(BASES.needs, need);
}

/** Name of a basis of law with its article, or of a consent. */
export function basisName(law: string): string {
  const basis = BASES.bases[law];
  if (!basis) return law;
  const parts = [basis.statute, basis.article].flatMap((part) => (part ? [part[lang.value]] : []));
  return parts.length > 0 ? parts.join(lang.value === "ja" ? "" : ", ") : basis.label[lang.value];
}
