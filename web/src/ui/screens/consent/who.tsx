/** First step: about whom, and on what it rests. */
import { basisName, sittingName, t } from "../../../text/catalogue";
import { lawsOf, sittingsOf } from "../../logic/register";
import { withLaw } from "../../logic/terms";
import { RadioGroup } from "../../parts/choice";
import { DateField, Field } from "../../parts/field";
import { Notice } from "../../parts/notice";
import { listed } from "./words";
import type { StepProps } from "./steps";

const NEW = "new";

/** The person: somebody of the case, or one who comes new to it. */
function Subject({ form, change, subjects, wrong }: StepProps) {
  const known = subjects.map(({ sub, name }) => ({
    value: sub,
    label: name || t("consent.subjectClosed"),
  }));
  return (
    <>
      {known.length > 0 && (
        <RadioGroup
          label={t("terms.who")}
          required
          options={[...known, { value: NEW, label: t("terms.who.new") }]}
          value={form.sub ?? NEW}
          onChange={(sub) => {
            change({ ...form, sub: sub === NEW ? null : sub });
          }}
        />
      )}
      {form.sub === null && (
        <div class="pair">
          <Field
            label={t("terms.name")}
            hint={t("terms.name.hint")}
            required
            maxLength={100}
            error={wrong("subject")}
            value={form.name}
            onInput={(name) => {
              change({ ...form, name });
            }}
          />
          <DateField
            label={t("terms.birth")}
            hint={t("terms.birth.hint")}
            value={form.birth}
            onChange={(birth) => {
              change({ ...form, birth });
            }}
          />
        </div>
      )}
    </>
  );
}

/** The laws, or kinds of consent, that the register offers. */
function Law({ form, change, wrong }: StepProps) {
  const { kind } = form;
  if (kind === "") return null;
  const options = lawsOf(kind).map((law) => ({
    value: law,
    label: basisName(law),
    hint: t("terms.law.sittings", {
      names: listed(sittingsOf(law).map(sittingName)),
    }),
  }));
  return (
    <>
      <RadioGroup
        label={t(kind === "law" ? "terms.law.law" : "terms.law.consent")}
        required
        error={wrong("law")}
        options={options}
        value={form.law}
        onChange={(law) => {
          change(withLaw(form, kind, law));
        }}
      />
      {kind === "law" && <p class="small soft">{t("terms.law.note")}</p>}
    </>
  );
}

/** Who and what; a next version keeps both. */
export function Who(props: StepProps) {
  const { form, change, basis, wrong } = props;
  if (basis)
    return (
      <Notice title={`${basis.subject || t("consent.subjectClosed")}　${basisName(basis.law)}`}>
        {t("terms.kept")}
      </Notice>
    );
  return (
    <>
      <Subject {...props} />
      <RadioGroup
        label={t("terms.kind")}
        required
        error={wrong("kind")}
        options={[
          {
            value: "consent",
            label: t("terms.kind.consent"),
            hint: t("terms.kind.consent.hint"),
          },
          { value: "law", label: t("terms.kind.law"), hint: t("terms.kind.law.hint") },
        ]}
        value={form.kind}
        onChange={(kind) => {
          change(withLaw({ ...form, evidence: {} }, kind, lawsOf(kind)[0] ?? ""));
        }}
      />
      <Law {...props} />
    </>
  );
}
