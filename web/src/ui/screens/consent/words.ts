/** Words that several parts of this screen share. */
import { basisName, categoryName, lang, needName, t } from "../../../text/catalogue";
import type { BasisView } from "../../../worker/api";
import { dateWords } from "../../logic/dates";
import { latestReview, type Fault, type TermsForm } from "../../logic/terms";

/** Names in one line. */
export function listed(names: readonly string[]): string {
  return names.join(lang.value === "ja" ? "、" : ", ");
}

/** Names of categories in one line. */
export function catList(cats: readonly string[]): string {
  return listed(cats.map(categoryName));
}

/** A basis by its law and the day it runs to, or on which it is looked at again: two may be alike in all else. */
export function basisWithEnd({ law, review, until }: BasisView): string {
  const day = dateWords(review ?? until, lang.value);
  const end = t(review === null ? "bases.until" : "bases.review", { day });
  return t("bases.short", { words: basisName(law), until: end });
}

/** A day typed in a form, as it is read; the typed text where it is none. */
export function dayWords(day: string): string {
  const at = Date.parse(`${day}T00:00:00+09:00`);
  return Number.isNaN(at) ? day : dateWords(at, lang.value);
}

type Named = Exclude<Fault, `need.${string}`>;

function isNeed(fault: Fault): fault is `need.${string}` {
  return fault.startsWith("need.");
}

/** What a fault asks for; a record that is missing is named. */
export function faultWords(fault: Fault, form: TermsForm): string {
  if (!isNeed(fault)) return ofNamed(fault, form);
  return `${needName(fault.slice("need.".length))}：${t("terms.fault.need")}`;
}

function ofNamed(fault: Named, form: TermsForm): string {
  return t(`terms.fault.${fault}`, { day: dayWords(latestReview(form) ?? "") });
}
