/** Who may see what under a basis, agency by agency. */
import { t } from "../../../text/catalogue";
import type { BasisView } from "../../../worker/api";
import { Agency } from "../../parts/person";
import { catList } from "./words";

/** Agencies with their categories; what was withdrawn stays visible as such. */
export function ScopeList({ scope }: { readonly scope: BasisView["scope"] }) {
  return (
    <ul class="bare scope-lines">
      {scope.map(({ agency, cats, withdrawn }) => {
        const open = cats.filter((cat) => !withdrawn.includes(cat));
        return (
          <li key={agency.aid} data-gone={open.length === 0}>
            <strong>
              <Agency agency={agency} />
            </strong>
            {open.length > 0 && <span>{catList(open)}</span>}
            {withdrawn.length > 0 && (
              <span class="change-gone">{t("consent.gone", { cats: catList(withdrawn) })}</span>
            )}
          </li>
        );
      })}
    </ul>
  );
}
