/** First step: what kind of sitting, when, what for. */
import { sittingName, t } from "../../../text/catalogue";
import { firstBases, usableBases } from "../../logic/convene";
import { SITTINGS } from "../../logic/register";
import { Card } from "../../parts/card";
import { DateField, Field, Select, TextArea } from "../../parts/field";
import { Notice } from "../../parts/notice";
import type { CallProps } from "./call";

/** A change of kind takes bases off the agenda that do not allow it. */
function withKind({ room, form, change }: CallProps, kind: string): void {
  const allowed = firstBases(room, kind);
  const items = form.items.map((item) => ({
    ...item,
    bases: Object.fromEntries(
      Object.keys(item.bases).flatMap((sub) => {
        const basis = allowed[sub];
        return basis === undefined ? [] : [[sub, basis] as const];
      }),
    ),
  }));
  change({ kind, items });
}

function Words({ form, change, wrong }: CallProps) {
  return (
    <>
      <TextArea
        label={t("convene.purpose")}
        hint={t("convene.purpose.hint")}
        required
        rows={2}
        maxLength={500}
        error={wrong("purpose")}
        value={form.purpose}
        onInput={(purpose) => {
          change({ purpose });
        }}
      />
      <Field
        label={t("convene.place")}
        hint={t("convene.place.hint")}
        maxLength={200}
        value={form.place}
        onInput={(place) => {
          change({ place });
        }}
      />
      <p class="small soft">{t("convene.sealed")}</p>
    </>
  );
}

/** Kind, number, time, purpose, place. */
export function When(props: CallProps) {
  const { room, form, change, wrong } = props;
  return (
    <Card>
      <div class="pair">
        <Select
          label={t("convene.kind")}
          required
          error={wrong("kind")}
          value={form.kind}
          options={SITTINGS.map((value) => ({ value, label: sittingName(value) }))}
          onChange={(kind) => {
            withKind(props, kind);
          }}
        />
        <Field
          label={t("convene.no")}
          required
          inputMode="numeric"
          maxLength={4}
          error={wrong("no")}
          value={form.no}
          onInput={(no) => {
            change({ no: no.normalize("NFKC") });
          }}
        />
        <DateField
          label={t("convene.starts")}
          required
          time
          error={wrong("starts") ?? wrong("past")}
          value={form.starts}
          onChange={(starts) => {
            change({ starts });
          }}
        />
      </div>
      {usableBases(room, form.kind).length === 0 && (
        <Notice kind="warn">{t("convene.kind.noBasis")}</Notice>
      )}
      <Words {...props} />
    </Card>
  );
}
