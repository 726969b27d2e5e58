/** A person as she is always shown: name, agency, whether her identity is verified. */
import { t } from "../../text/catalogue";
import type { AgencyView, PersonView } from "../../worker/api";
import "./person.css";

export interface PersonProps {
  readonly person: PersonView;
  /** Leave the agency out where it stands beside her anyway. */
  readonly short?: boolean | undefined;
}

/** Name, verified mark, agency; a name that is not confirmed is not made up. */
export function Person({ person, short }: PersonProps) {
  return (
    <span class="person" data-ended={person.ended !== null}>
      <span class="person-name">
        {person.name === "" ? t("common.unknownName") : person.name}
        {person.verified ? (
          <span
            class="person-mark"
            role="img"
            aria-label={t("common.verified")}
            title={t("common.verified")}
          >
            ✓
          </span>
        ) : (
          <span class="person-unverified">{t("common.unverified")}</span>
        )}
        {person.me && <span class="person-me">{t("common.me")}</span>}
        {person.ended !== null && <span class="person-unverified">{t("common.ended")}</span>}
      </span>
      {!short && <span class="person-agency">{person.agency.name}</span>}
    </span>
  );
}

/** The name of an agency, marked when its registration ended. */
export function Agency({ agency }: { readonly agency: AgencyView }) {
  return (
    <span>
      {agency.name}
      {agency.ended && <span class="person-unverified">{t("common.ended")}</span>}
    </span>
  );
}
