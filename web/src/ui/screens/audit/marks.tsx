/** What the rules point at, in words; a person decides what it means. */
import { useState } from "preact/hooks";
import { t, term } from "../../../text/catalogue";
import type { AuditLine, ChartsView } from "../../../worker/api";
import { isGrave, marked, type Marked } from "../../logic/audit";
import { Badge } from "../../parts/badge";
import { Button } from "../../parts/button";
import { Notice } from "../../parts/notice";
import { Empty } from "../../parts/progress";
import { Coverage } from "./coverage";
import { Entries } from "./timeline";

function Rule({ rule, lines }: Marked) {
  const [open, setOpen] = useState(false);
  return (
    <li class="mark" data-grave={isGrave(rule)}>
      <div class="row" data-between="true">
        <div>
          <h3 class="row">
            {term("mark", rule)}
            <Badge tone={isGrave(rule) ? "bad" : "warn"}>
              {t(isGrave(rule) ? "marks.grave" : "marks.look")}
            </Badge>
            <span class="number">{t("marks.n", { n: lines.length })}</span>
          </h3>
          <p class="soft">{term("mark", `${rule}.what`)}</p>
        </div>
        <Button
          small
          aria-expanded={open}
          aria-label={`${t("marks.show")}：${term("mark", rule)}`}
          onClick={() => {
            setOpen(!open);
          }}
        >
          {t("marks.show")}
        </Button>
      </div>
      {open && <Entries lines={lines} />}
    </li>
  );
}

/** The rules that found something. */
export function Marks({ lines }: { readonly lines: readonly AuditLine[] }) {
  const groups = marked(lines);
  if (groups.length === 0) return <Empty title={t("marks.none")}>{t("marks.none.what")}</Empty>;
  return (
    <div class="stack">
      <Notice>{t("marks.lead")}</Notice>
      <ul class="bare stack">
        {groups.map((group) => (
          <Rule key={group.rule} {...group} />
        ))}
      </ul>
    </div>
  );
}

/** What was given without consent, and after the review of the decision was due. */
export function WithoutConsent({
  lines,
  charts,
}: {
  readonly lines: readonly AuditLine[];
  readonly charts: ChartsView;
}) {
  const past = lines.filter(({ anomalies }) => anomalies.includes("review"));
  return (
    <div class="stack">
      <p class="soft">{t("law.lead")}</p>
      <Coverage coverage={charts.coverage} />
      <section class="stack" data-gap="small" aria-label={t("law.past")}>
        <h3>
          {t("law.past")} {past.length > 0 && <Badge tone="bad">{past.length}</Badge>}
        </h3>
        {past.length === 0 ? <Empty title={t("law.past.none")} /> : <Entries lines={past} />}
      </section>
    </div>
  );
}
