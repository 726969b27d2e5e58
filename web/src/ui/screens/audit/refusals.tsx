/** What was refused, by reason: refusals are what an auditor looks at first. */
import { codeWords, t } from "../../../text/catalogue";
import type { AuditLine } from "../../../worker/api";
import { byReason, isDenied } from "../../logic/audit";
import { Empty } from "../../parts/progress";
import { Table } from "../../parts/table";
import { Time } from "../../parts/time";
import { Entries } from "./timeline";

type Row = ReturnType<typeof byReason>[number];

function last({ lines }: Row): number {
  return lines.reduce((latest, { at }) => Math.max(latest, at), 0);
}

function people({ lines }: Row): number {
  return new Set(lines.flatMap(({ actor }) => actor?.wid ?? [])).size;
}

/** Reasons with their counts, and the refusals themselves. */
export function Refusals({ lines }: { readonly lines: readonly AuditLine[] }) {
  const denied = lines.filter(isDenied);
  if (denied.length === 0) return <Empty title={t("denied.none")} />;
  return (
    <div class="stack">
      <Table<Row>
        caption={t("denied.title")}
        cards
        rows={byReason(lines)}
        id={({ reason }) => reason}
        columns={[
          {
            key: "reason",
            title: t("denied.reason"),
            head: true,
            cell: ({ reason }) => (
              <span class="reason">
                <span>{codeWords(reason)}</span> <code class="small soft">{reason}</code>
              </span>
            ),
          },
          {
            key: "times",
            title: t("denied.times"),
            number: true,
            cell: (row) => row.lines.length,
            order: (row) => -row.lines.length,
          },
          { key: "people", title: t("denied.people"), number: true, cell: people, order: people },
          {
            key: "last",
            title: t("denied.last"),
            cell: (row) => <Time at={last(row)} />,
            order: (row) => -last(row),
          },
        ]}
      />
      <Entries lines={denied} />
    </div>
  );
}
