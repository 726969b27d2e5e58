/**
 * The bases register: what may justify a conference, for whom, and what must be recorded.
 *
 * Bases are data (`bases.generated.ts`); nothing here knows a statute by name.
 */

import type { AgencyKind, BasisKind } from "../protocol/generated";
import { BASES } from "./bases.generated";

export type Lang = "ja" | "en";
export type Part = "secrecy" | "penalty";

/**
 * What one kind of agency may see under one class of basis (domain, section 1.4): what the item
 * needs, the named categories for a named recipient, the card without identity, nothing.
 */
export type Access = "full" | "named" | "anon" | "none";

/** A cell of the matrix; two words are what a guest and what a member with a seat may see. */
export type Cell = Access | "anon/full" | "anon/named";

/** A name on the screen. */
export interface Label {
  readonly ja: string;
  readonly en: string;
}

/** A sentence on the law; shown only once somebody compared it with the statute. */
export interface LawText extends Label {
  readonly verified: boolean;
}

/** One legal basis; a gathering without `kind` can never be named by a statement. */
export interface Entry {
  readonly column: string;
  readonly label: Label;
  readonly needs: readonly string[];
  readonly kinds: readonly string[];
  readonly kind: BasisKind | null;
  readonly statute: Label | null;
  readonly article: Label | null;
  readonly reviewDays: number | null;
  readonly secrecy: LawText | null;
  readonly penalty: LawText | null;
}

type Labels = Readonly<Record<string, Label>>;

/** 誓約書 in this build; SHA-256 of the Japanese text in UTF-8 is what is signed. */
export interface Pledge extends Label {
  readonly ver: number;
}

/** The register as its file holds it; the order of `bases` is that in which a chair is offered them. */
export interface RegisterData {
  readonly sittings: Labels;
  readonly categories: Labels;
  readonly purposes: Labels;
  readonly needs: Labels;
  readonly columns: readonly string[];
  readonly matrix: Readonly<Record<AgencyKind, readonly Cell[]>>;
  readonly neutral: Label;
  readonly pledge: Pledge;
  readonly bases: Readonly<Record<string, Entry>>;
}

/** The whole register, with the names of the codes that bases and sections use. */
export class Register {
  readonly sittings: ReadonlyMap<string, Label>;
  readonly categories: ReadonlyMap<string, Label>;
  readonly purposes: ReadonlyMap<string, Label>;
  readonly needs: ReadonlyMap<string, Label>;
  readonly bases: ReadonlyMap<string, Entry>;
  readonly #data: RegisterData;

  constructor(data: RegisterData) {
    this.#data = data;
    this.sittings = table(data.sittings);
    this.categories = table(data.categories);
    this.purposes = table(data.purposes);
    this.needs = table(data.needs);
    this.bases = table(data.bases);
  }

  /** Look up the matrix; a basis that the register does not know admits nobody. */
  access(law: string, kind: AgencyKind, asked: { readonly guest: boolean }): Access {
    const entry = this.bases.get(law);
    if (entry === undefined) return "none";
    const cell = this.#data.matrix[kind][this.#data.columns.indexOf(entry.column)];
    return cell === undefined ? "none" : accessOf(cell, asked.guest);
  }

  /** Give a sentence on the law; the neutral one unless the text is verified. */
  lawText(law: string, part: Part, lang: Lang): string {
    const text = this.bases.get(law)?.[part];
    return (text?.verified === true ? text : this.#data.neutral)[lang];
  }

  /** Give the short name of a basis, with statute and article where it has them; its code if unknown. */
  citation(law: string, lang: Lang): string {
    const entry = this.bases.get(law);
    if (entry === undefined) return law;
    const label = entry.label[lang];
    const source = [entry.statute, entry.article].flatMap((name) => (name ? [name[lang]] : []));
    if (source.length === 0) return label;
    return lang === "ja" ? `${label}(${source.join("")})` : [label, ...source].join(", ");
  }
}

// A map, since a law or category from the wire may be spelled like a member of every object.
function table<T>(entries: Readonly<Record<string, T>>): ReadonlyMap<string, T> {
  return new Map(Object.entries(entries));
}

function accessOf(cell: Cell, guest: boolean): Access {
  switch (cell) {
    case "anon/full":
      return guest ? "anon" : "full";
    case "anon/named":
      return guest ? "anon" : "named";
    case "full":
    case "named":
    case "anon":
    case "none":
      return cell;
  }
}

let shipped: Register | null = null;

/** Give the register that ships with the program. */
export function load(): Register {
  shipped ??= new Register(BASES);
  return shipped;
}
