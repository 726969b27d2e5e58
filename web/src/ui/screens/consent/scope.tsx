/** Second step: to which agencies, and which categories each may see. */
import { useState } from "preact/hooks";
import { categoryName, sittingName, t, term } from "../../../text/catalogue";
import type { AgencyView } from "../../../worker/api";
import { agencyOf } from "../../directory";
import { AGENCY_KINDS, CATEGORIES, mayReceive, sittingsOf } from "../../logic/register";
import { byKind, withCat, withCats, withoutAgency, type TermsForm } from "../../logic/terms";
import { Button } from "../../parts/button";
import { CheckboxGroup } from "../../parts/choice";
import { Field, Select } from "../../parts/field";
import { Agency } from "../../parts/person";
import type { StepProps } from "./steps";

/** The least that an agency needs to know whom a conference is about. */
const FIRST: readonly string[] = CATEGORIES.slice(0, 1);

interface RowProps {
  readonly agency: AgencyView;
  readonly form: TermsForm;
  readonly change: (form: TermsForm) => void;
}

interface CellProps {
  readonly label: string;
  readonly words: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}

function Cell({ label, words, checked, onChange }: CellProps) {
  return (
    <td>
      <label class="matrix-cell">
        <input
          type="checkbox"
          aria-label={label}
          checked={checked}
          onChange={(event) => {
            onChange(event.currentTarget.checked);
          }}
        />
        <span class="matrix-words" aria-hidden="true">
          {words}
        </span>
      </label>
    </td>
  );
}

function Row({ agency, form, change }: RowProps) {
  const cats = form.scope[agency.aid] ?? [];
  return (
    <tr data-wrong={cats.length === 0}>
      <th scope="row">
        <Agency agency={agency} />
      </th>
      {CATEGORIES.map((cat) => (
        <Cell
          key={cat}
          label={t("terms.scope.cell", { agency: agency.name, cat: categoryName(cat) })}
          words={categoryName(cat)}
          checked={cats.includes(cat)}
          onChange={(on) => {
            change(withCat(form, agency.aid, cat, on));
          }}
        />
      ))}
      <Cell
        label={t("terms.scope.allOf", { agency: agency.name })}
        words={t("terms.scope.all")}
        checked={cats.length === CATEGORIES.length}
        onChange={(on) => {
          change(withCats(form, agency.aid, on ? CATEGORIES : FIRST));
        }}
      />
      <td class="matrix-end">
        <Button
          small
          weight="quiet"
          aria-label={t("terms.scope.removeOf", { agency: agency.name })}
          onClick={() => {
            change(withoutAgency(form, agency.aid));
          }}
        >
          {t("terms.scope.remove")}
        </Button>
      </td>
    </tr>
  );
}

function Matrix({ form, change, directory }: StepProps) {
  const agencies = Object.keys(form.scope).flatMap((aid) => agencyOf(directory, aid) ?? []);
  if (agencies.length === 0) return <p class="soft">{t("terms.scope.none")}</p>;
  return (
    <table class="matrix">
      <caption class="unseen">{t("terms.scope")}</caption>
      <thead>
        <tr>
          <th scope="col">{t("terms.scope.agency")}</th>
          {CATEGORIES.map((cat) => (
            <th key={cat} scope="col">
              {categoryName(cat)}
            </th>
          ))}
          <th scope="col">{t("terms.scope.all")}</th>
          <td />
        </tr>
      </thead>
      <tbody>
        {agencies.map((agency) => (
          <Row key={agency.aid} agency={agency} form={form} change={change} />
        ))}
      </tbody>
    </table>
  );
}

function matches(agency: AgencyView, words: string): boolean {
  const wanted = words.normalize("NFKC").trim().toLowerCase();
  return `${agency.name} ${term("agencyKind", agency.kind)}`.toLowerCase().includes(wanted);
}

/** The agencies that are not chosen yet, to be found by name and kind. */
function Others({ form, change, directory }: StepProps) {
  const [words, setWords] = useState("");
  const [kind, setKind] = useState("any");
  const free = directory.agencies.filter(
    ({ aid, ended, kind: of }) => !ended && !(aid in form.scope) && mayReceive(form.law, of),
  );
  const kinds = byKind(free, AGENCY_KINDS).map((group) => group.kind);
  const found = free.filter(
    (agency) => (kind === "any" || agency.kind === kind) && matches(agency, words),
  );
  return (
    <section class="stack" data-gap="small" aria-label={t("terms.scope.others")}>
      <h3>{t("terms.scope.others")}</h3>
      <div class="pair">
        <Field label={t("terms.scope.find")} type="search" value={words} onInput={setWords} />
        <Select
          label={t("terms.scope.kind")}
          value={kind}
          options={[
            { value: "any", label: t("terms.scope.kind.any") },
            ...kinds.map((value) => ({ value, label: term("agencyKind", value) })),
          ]}
          onChange={setKind}
        />
      </div>
      {found.length === 0 && <p class="soft">{t("terms.scope.noOthers")}</p>}
      <ul class="bare picks">
        {byKind(found, AGENCY_KINDS).flatMap(({ agencies }) =>
          agencies.map((agency) => (
            <li key={agency.aid}>
              <span class="picks-name">
                <Agency agency={agency} />
                <span class="small soft">{term("agencyKind", agency.kind)}</span>
              </span>
              <Button
                small
                aria-label={t("terms.scope.addOf", { agency: agency.name })}
                onClick={() => {
                  change(withCats(form, agency.aid, FIRST));
                }}
              >
                {t("terms.scope.add")}
              </Button>
            </li>
          )),
        )}
      </ul>
    </section>
  );
}

/** Sittings, agencies and categories. */
export function Scope(props: StepProps) {
  const { form, change, wrong } = props;
  const error = wrong("scope") ?? wrong("scope-empty");
  return (
    <>
      <CheckboxGroup
        label={t("terms.sittings")}
        required
        flow="row"
        error={wrong("sittings")}
        options={sittingsOf(form.law).map((value) => ({ value, label: sittingName(value) }))}
        value={form.sittings}
        onChange={(sittings) => {
          change({ ...form, sittings });
        }}
      />
      <fieldset class="group" aria-describedby="scope-hint">
        <legend class="group-label">
          {t("terms.scope")}
          <span class="field-required">{t("common.required")}</span>
        </legend>
        <p id="scope-hint" class="field-hint">
          {t("terms.scope.hint")}
        </p>
        <Matrix {...props} />
        {error !== null && <p class="field-error">{error}</p>}
      </fieldset>
      <Others {...props} />
    </>
  );
}
