/** Kept evidence of a server that said two things, and how to hand it on. */
import { codeWords, t } from "../../../text/catalogue";
import type { EvidenceView } from "../../../worker/api";
import { EvidenceButton } from "../../evidence";
import { Card } from "../../parts/card";
import { Empty } from "../../parts/progress";
import { Table, type Column } from "../../parts/table";
import { Time } from "../../parts/time";
import type { PartProps } from "./settings";

function columns(): readonly Column<EvidenceView>[] {
  return [
    {
      key: "at",
      title: t("evidence.at"),
      cell: ({ at }) => (at === null ? t("common.none") : <Time at={at} />),
      order: ({ at }) => at ?? 0,
    },
    { key: "code", title: t("evidence.code"), cell: ({ code }) => codeWords(code) },
    { key: "about", title: t("evidence.about"), cell: ({ about }) => <code>{about}</code> },
  ];
}

/** The evidence. */
export function Evidence({ view }: PartProps) {
  return (
    <Card title={t("settings.part.evidence")}>
      <p class="soft">{t("evidence.lead")}</p>
      <Table
        caption={t("settings.part.evidence")}
        hideCaption
        cards
        columns={columns()}
        rows={view.evidence}
        id={({ at, about }) => `${at ?? ""}${about}`}
        sorting={{ key: "at", down: true }}
        empty={<Empty title={t("evidence.none")} />}
      />
      <div class="row">
        <EvidenceButton count={view.evidence.length} />
      </div>
    </Card>
  );
}
