/** How the sections of a room are laid out: facts apart from interpretation, what is closed apart from both. */
import type { MemberView, PersonView, SectionView } from "../../worker/api";

type Prov = NonNullable<SectionView["prov"]>;

/** Provenances in the order of the page: words of the people first, then facts, then what is thought. */
export const PROVENANCES = [
  "self",
  "family",
  "third",
  "agency",
  "assessment",
  "plan",
] as const satisfies readonly Prov[];

/** What a provenance is: what was said or recorded, what somebody thinks, what is intended. */
export const NATURE: Readonly<Record<Prov, "fact" | "view" | "plan">> = {
  self: "fact",
  family: "fact",
  third: "fact",
  agency: "fact",
  assessment: "view",
  plan: "plan",
};

export interface SectionGroup {
  readonly prov: Prov;
  readonly sections: readonly SectionView[];
}

/** Sections that I can read, by provenance in page order; groups without any are left out. */
export function grouped(sections: readonly SectionView[]): readonly SectionGroup[] {
  const open = sections.filter((section) => section.text !== null);
  return PROVENANCES.map((prov) => ({
    prov,
    sections: open.filter((section) => (section.prov ?? "agency") === prov).sort(byAge),
  })).filter((group) => group.sections.length > 0);
}

/** Sections that are there but closed to me, oldest first. */
export function closedToMe(sections: readonly SectionView[]): readonly SectionView[] {
  return sections.filter((section) => section.text === null).sort(byAge);
}

function byAge(a: SectionView, b: SectionView): number {
  return a.at - b.at || a.seq - b.seq;
}

/** Sections of one item, and those that belong to no item. */
export function ofItem(sections: readonly SectionView[], it: string): readonly SectionView[] {
  return sections.filter((section) => section.item === it || section.item === null);
}

/** Who in the room will not be among the readers, guests left out. */
export function outsideOf(
  members: readonly MemberView[],
  readers: readonly PersonView[],
): readonly PersonView[] {
  const inside = new Set(readers.map((person) => person.wid));
  return members
    .filter((member) => member.role !== "guest" && !inside.has(member.person.wid))
    .map((member) => member.person);
}
