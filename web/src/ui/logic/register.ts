/** The bases register as the screens offer it: laws, categories, kinds of sitting. */
import { BASES } from "../../consent/bases.generated";
import type { Entry } from "../../consent/register";

/** Codes of the categories of information, in the order of the form. */
export const CATEGORIES: readonly string[] = Object.keys(BASES.categories);

/** Codes of the purposes that a basis may name. */
export const PURPOSES: readonly string[] = Object.keys(BASES.purposes);

/** Kinds of agency, in the order of the access matrix. */
export const AGENCY_KINDS: readonly string[] = Object.keys(BASES.matrix);

/** Kinds of sitting that some basis allows. */
export const SITTINGS: readonly string[] = Object.keys(BASES.sittings);

/** Facts that fields of their own ask for, so that nobody types them twice. */
const ASKED_ELSEWHERE: readonly string[] = ["approval", "review"];

/** The bases of one kind, in the order in which a chair is offered them. */
export function lawsOf(kind: "consent" | "law"): readonly string[] {
  return Object.keys(BASES.bases).filter((law) => BASES.bases[law]?.kind === kind);
}

/** What the register says of a basis; null for one that it does not know. */
export function entryOf(law: string): Entry | null {
  return BASES.bases[law] ?? null;
}

/** Kinds of sitting that a basis allows, in the order of the register. */
export function sittingsOf(law: string): readonly string[] {
  const kinds = entryOf(law)?.kinds ?? [];
  return SITTINGS.filter((sitting) => kinds.includes(sitting));
}

/** Whether an agency of this kind may be named at all; auditors, for instance, never are. */
export function mayReceive(law: string, kind: string): boolean {
  const column = BASES.columns.indexOf(entryOf(law)?.column ?? "");
  const rows: Readonly<Record<string, readonly string[]>> = BASES.matrix;
  return (rows[kind]?.[column] ?? "none") !== "none";
}

/** What must be recorded in words before such a basis is signed. */
export function recordsOf(law: string): readonly string[] {
  return (entryOf(law)?.needs ?? []).filter((need) => !ASKED_ELSEWHERE.includes(need));
}
