/** Third step: for which purposes, how long; of a decision also its review and who approves it. */
import { purposeName, t } from "../../../text/catalogue";
import { personOf } from "../../directory";
import { PURPOSES } from "../../logic/register";
import { latestReview } from "../../logic/terms";
import { CheckboxGroup, RadioGroup } from "../../parts/choice";
import { DateField } from "../../parts/field";
import { Notice } from "../../parts/notice";
import { dayWords } from "./words";
import type { StepProps } from "./steps";

function Review({ form, change, wrong }: StepProps) {
  const latest = latestReview(form);
  return (
    <DateField
      label={t("terms.review")}
      hint={
        latest === null
          ? t("terms.review.hintFree")
          : t("terms.review.hint", { day: dayWords(latest) })
      }
      required
      error={wrong("review") ?? wrong("review-late")}
      min={form.start}
      max={latest ?? undefined}
      value={form.review}
      onChange={(review) => {
        change({ ...form, review });
      }}
    />
  );
}

/** Chairs other than me: who proposes cannot approve. */
function Approver({ form, change, directory, wrong }: StepProps) {
  const people = directory.chairs
    .flatMap((wid) => personOf(directory, wid) ?? [])
    .filter((person) => !person.me && person.ended === null);
  if (people.length === 0) return <Notice kind="warn">{t("terms.approver.none")}</Notice>;
  return (
    <RadioGroup
      label={t("terms.approver")}
      hint={t("terms.approver.hint")}
      required
      error={wrong("approver")}
      options={people.map(({ wid, name, agency }) => ({
        value: wid,
        label: name || t("common.unknownName"),
        hint: agency.name,
      }))}
      value={form.approver}
      onChange={(approver) => {
        change({ ...form, approver });
      }}
    />
  );
}

/** Purposes and period. */
export function Period(props: StepProps) {
  const { form, change, wrong } = props;
  return (
    <>
      <CheckboxGroup
        label={t("terms.purposes")}
        required
        error={wrong("purposes")}
        options={PURPOSES.map((value) => ({ value, label: purposeName(value) }))}
        value={form.purposes}
        onChange={(purposes) => {
          change({ ...form, purposes });
        }}
      />
      <div class="pair">
        <DateField
          label={t("terms.start")}
          required
          error={wrong("start")}
          value={form.start}
          onChange={(start) => {
            change({ ...form, start });
          }}
        />
        <DateField
          label={t("terms.until")}
          hint={t("terms.until.hint")}
          required
          error={wrong("until")}
          min={form.start}
          value={form.until}
          onChange={(until) => {
            change({ ...form, until });
          }}
        />
      </div>
      {form.kind === "law" && (
        <>
          <Review {...props} />
          <Approver {...props} />
        </>
      )}
    </>
  );
}
