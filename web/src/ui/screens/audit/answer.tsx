/** The answer: four numbers, then the same entries seen in five ways. */
import { useState } from "preact/hooks";
import { t } from "../../../text/catalogue";
import type { AuditAnswer } from "../../../worker/api";
import { summed } from "../../logic/audit";
import { Badge } from "../../parts/badge";
import { Empty } from "../../parts/progress";
import { Tabs } from "../../parts/tabs";
import { Charts } from "./charts";
import { Marks, WithoutConsent } from "./marks";
import { Refusals } from "./refusals";
import { Timeline } from "./timeline";

const TABS = ["time", "denied", "marks", "law", "charts"] as const;
type Tab = (typeof TABS)[number];

function Numbers({ answer }: { readonly answer: AuditAnswer }) {
  const { entries, people, denied, marked } = summed(answer.lines);
  const count = (n: number) => t("answer.n", { n: n.toLocaleString("ja") });
  return (
    <dl class="numbers">
      <div>
        <dt>{t("answer.entries")}</dt>
        <dd class="number">{count(entries)}</dd>
      </div>
      <div>
        <dt>{t("answer.people")}</dt>
        <dd class="number">{t("answer.nPeople", { n: people })}</dd>
      </div>
      <div data-tone={denied > 0 ? "warn" : "plain"}>
        <dt>{t("answer.denied")}</dt>
        <dd class="number">{count(denied)}</dd>
      </div>
      <div data-tone={marked > 0 ? "bad" : "plain"}>
        <dt>{t("answer.marked")}</dt>
        <dd class="number">{count(marked)}</dd>
      </div>
    </dl>
  );
}

function Panel({ tab, answer }: { readonly tab: Tab; readonly answer: AuditAnswer }) {
  const { lines, charts } = answer;
  switch (tab) {
    case "time":
      return <Timeline lines={lines} />;
    case "denied":
      return <Refusals lines={lines} />;
    case "marks":
      return <Marks lines={lines} />;
    case "law":
      return <WithoutConsent lines={lines} charts={charts} />;
    case "charts":
      return <Charts charts={charts} />;
  }
}

/** What was found. */
export function Answer({ answer }: { readonly answer: AuditAnswer }) {
  const [tab, setTab] = useState<Tab>("time");
  if (answer.lines.length === 0) return <Empty title={t("ask.none")}>{t("ask.none.what")}</Empty>;
  const { denied, marked } = summed(answer.lines);
  const counts: Partial<Record<Tab, number>> = { denied, marks: marked };
  return (
    <section class="stack" aria-label={t("answer.title")}>
      <Numbers answer={answer} />
      <p class="small soft">{t("answer.verified")}</p>
      <div class="audit-answer">
        <Tabs
          label={t("answer.tabs")}
          tabs={TABS.map((value) => ({
            value,
            label: t(`answer.tab.${value}`),
            mark: counts[value] ? <Badge>{counts[value]}</Badge> : undefined,
          }))}
          value={tab}
          onChange={setTab}
        >
          <Panel tab={tab} answer={answer} />
        </Tabs>
      </div>
    </section>
  );
}
