/** Kept evidence of a server that said two things, and how to hand it on. */
import { codeWords, t } from "../../../text/catalogue";
import type { EvidenceView } from "../../../worker/api";
import { useCommand } from "../../api";
import { download } from "../../download";
import { Button } from "../../parts/button";
import { Card } from "../../parts/card";
import { CodeReason } from "../../parts/notice";
import { Empty } from "../../parts/progress";
import { Table, type Column } from "../../parts/table";
import { Time } from "../../parts/time";
import { toast } from "../../parts/toast";
import type { PartProps } from "./settings";

function columns(): readonly Column<EvidenceView>[] {
  return [
    {
      key: "at",
      title: t("evidence.at"),
      cell: ({ at }) => <Time at={at} />,
      order: ({ at }) => at,
    },
    { key: "code", title: t("evidence.code"), cell: ({ code }) => codeWords(code) },
    { key: "about", title: t("evidence.about"), cell: ({ about }) => <code>{about}</code> },
  ];
}

/** The evidence. */
export function Evidence({ view }: PartProps) {
  const save = useCommand("evidence.export");
  const go = async () => {
    const made = await save.run({});
    if (!made) return;
    download(made.out, "entaku-evidence.json");
    toast(t("evidence.saved"));
  };
  return (
    <Card title={t("settings.part.evidence")}>
      <p class="soft">{t("evidence.lead")}</p>
      <Table
        caption={t("settings.part.evidence")}
        hideCaption
        cards
        columns={columns()}
        rows={view.evidence}
        id={({ at, about }) => `${at}${about}`}
        sorting={{ key: "at", down: true }}
        empty={<Empty title={t("evidence.none")} />}
      />
      {save.trouble && <CodeReason trouble={save.trouble} />}
      {view.evidence.length > 0 && (
        <div class="row">
          <Button
            weight="main"
            busy={save.busy}
            onClick={() => {
              void go();
            }}
          >
            {t("evidence.export")}
          </Button>
        </div>
      )}
    </Card>
  );
}
