/** What runs here, what it was checked against, and what it cannot do. */
import { t } from "../../../text/catalogue";
import type { SessionView } from "../../../worker/api";
import { Badge } from "../../parts/badge";
import { Card } from "../../parts/card";
import { Facts, type Fact } from "../../parts/facts";
import { Time } from "../../parts/time";
import type { PartProps } from "./settings";

function Logged({ logged }: { readonly logged: boolean | null }) {
  if (logged === null) return <Badge>{t("about.logged.unknown")}</Badge>;
  return logged ? (
    <Badge tone="good">{t("about.logged.yes")}</Badge>
  ) : (
    <Badge tone="bad">{t("about.logged.no")}</Badge>
  );
}

function program({ release, council }: SessionView): readonly Fact[] {
  return [
    [t("about.version"), release.version],
    [t("about.manifest"), <code key="manifest">{release.manifest}</code>],
    [t("about.logged"), <Logged key="logged" logged={release.logged} />],
    [t("about.council"), council.name],
    [
      t("about.fingerprint"),
      <span key="fingerprint">
        <code>{council.fingerprint}</code>
        <br />
        <span class="small soft">{t("about.fingerprintHint")}</span>
      </span>,
    ],
    [t("about.server"), <code key="origin">{council.origin}</code>],
  ];
}

function log({ id, receiptsWaiting }: SessionView): readonly Fact[] {
  return [
    [t("about.log"), t("about.log.size", { n: id.size.toLocaleString("ja") })],
    [t("about.log.at"), id.at === null ? t("common.none") : <Time key="at" at={id.at} />],
    [
      t("about.log.witnesses"),
      id.witnesses === 0 ? t("about.log.noWitness") : String(id.witnesses),
    ],
    [t("about.key"), <code key="vkey">{id.vkey}</code>],
    [t("about.receipts"), String(receiptsWaiting)],
  ];
}

const RISKS = [1, 2, 3, 4, 5, 6, 7] as const;

/** About. */
export function About({ view }: PartProps) {
  return (
    <>
      <Card title={t("settings.part.about")}>
        <Facts facts={program(view)} />
      </Card>
      <Card title={t("about.log")}>
        <Facts facts={log(view)} />
      </Card>
      <Card title={t("about.risks")}>
        <p>{t("about.risks.lead")}</p>
        <Facts facts={RISKS.map((n) => [t(`about.risk.${n}.t`), t(`about.risk.${n}`)] as const)} />
      </Card>
    </>
  );
}
