/** What a form says, in short, and how it differs from the version before. */
import { basisName, lang, purposeName, sittingName, t } from "../../../text/catalogue";
import type { BasisView } from "../../../worker/api";
import { agencyOf, personOf, type Directory } from "../../directory";
import { changesOf, movedBy, type TermsForm } from "../../logic/terms";
import { Facts, type Fact } from "../../parts/facts";
import { catList, dayWords, listed } from "./words";

interface SummaryProps {
  readonly form: TermsForm;
  readonly subject: string;
  readonly directory: Directory;
  readonly basis: BasisView | null;
}

function scopeFact({ form, directory }: SummaryProps): Fact {
  return [
    t("consent.scope"),
    <ul key="scope" class="bare scope-lines">
      {Object.entries(form.scope).map(([aid, cats]) => (
        <li key={aid}>
          <strong>{agencyOf(directory, aid)?.name ?? aid}</strong>
          <span>{catList(cats)}</span>
        </li>
      ))}
    </ul>,
  ];
}

function lawFacts({ form, directory }: SummaryProps): readonly Fact[] {
  if (form.kind !== "law") return [];
  const approver = personOf(directory, form.approver);
  return [
    [t("sum.review"), dayWords(form.review)],
    [t("sum.approver"), approver ? `${approver.name}（${approver.agency.name}）` : "―"],
  ];
}

/** The form in facts; a next version also shows what it changes. */
export function Summary(props: SummaryProps) {
  const { form, subject, basis } = props;
  const period = { from: dayWords(form.start), until: dayWords(form.until) };
  return (
    <>
      {basis && <Changes {...props} basis={basis} />}
      <Facts
        facts={[
          [t("sum.subject"), subject],
          [t("sum.law"), basisName(form.law)],
          scopeFact(props),
          [t("sum.sittings"), listed(form.sittings.map(sittingName))],
          [t("sum.purposes"), listed(form.purposes.map(purposeName))],
          [t("sum.time"), t("sum.period", period)],
          ...lawFacts(props),
        ]}
      />
    </>
  );
}

function movedWords(days: number): string {
  if (days === 0) return t("change.same");
  return t(days > 0 ? "change.later" : "change.earlier", { n: Math.abs(days) });
}

function Changes({ form, basis, directory }: SummaryProps & { readonly basis: BasisView }) {
  const changes = changesOf(basis, form);
  const nameOf = (aid: string) =>
    agencyOf(directory, aid)?.name ??
    basis.scope.find((part) => part.agency.aid === aid)?.agency.name ??
    aid;
  return (
    <section class="changes" aria-label={t("change.title")} lang={lang.value}>
      <h3>{t("change.title")}</h3>
      {changes.length === 0 && <p class="soft">{t("change.none")}</p>}
      <ul class="bare">
        {changes.map(({ aid, added, gone }) => (
          <li key={aid}>
            <strong>{nameOf(aid)}</strong>
            {added.length > 0 && (
              <span class="change-added">{t("change.added", { cats: catList(added) })}</span>
            )}
            {gone.length > 0 && (
              <span class="change-gone">{t("change.gone", { cats: catList(gone) })}</span>
            )}
          </li>
        ))}
      </ul>
      <p>{movedWords(movedBy(basis, form))}</p>
    </section>
  );
}
