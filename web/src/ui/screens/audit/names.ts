/** Who is who, as far as it is known; whoever is not known keeps her id. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { AgencyView, PersonView } from "../../../worker/api";

/** People by id. */
export type Names = ReadonlyMap<string, PersonView>;

const Context = createContext<Names>(new Map());

export const NamesProvider = Context.Provider;

export function useNames(): Names {
  return useContext(Context);
}

const SHORT = 8;

/** Name and agency in one line: 名(機関), else the first digits of the id. */
export function nameWords(
  names: Names,
  who: { readonly wid: string; readonly agency: AgencyView | null },
): string {
  const person = names.get(who.wid);
  const agency = (person?.agency ?? who.agency)?.name ?? "";
  const name = person && person.name !== "" ? person.name : `${who.wid.slice(0, SHORT)}…`;
  return agency === "" ? name : `${name}（${agency}）`;
}
