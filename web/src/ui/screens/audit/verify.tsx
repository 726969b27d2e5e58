/** The logs, checked on this machine from where it last looked until now; what is wrong is named. */
import { signal } from "@preact/signals";
import { useState } from "preact/hooks";
import { codeWords, lang, t, term } from "../../../text/catalogue";
import type { FindingView, Progress as Far, VerifyView } from "../../../worker/api";
import { useCommand } from "../../api";
import { dateWords, timeWords } from "../../logic/dates";
import { placeOf } from "../../logic/audit";
import { Button } from "../../parts/button";
import { Card } from "../../parts/card";
import { Facts, type Fact } from "../../parts/facts";
import { CodeReason, Notice } from "../../parts/notice";
import { Progress } from "../../parts/progress";
import { Table } from "../../parts/table";
import { session } from "../../state";
import { ExportButton } from "./export";

/** Stays while one looks at something else: to verify takes a while. */
const found = signal<readonly VerifyView[] | null>(null);

/** What is wrong, in words; the rule's own words where there are some, else those of the code. */
function findingWords({ code, facts }: FindingView): string {
  const why = typeof facts["why"] === "string" ? facts["why"] : "";
  const words = term("found", why);
  return words === why ? codeWords(code, facts) : words;
}

function Where({ finding }: { readonly finding: FindingView }) {
  return (
    <span class="found-where">
      <strong>{t(`place.${placeOf(finding.place)}`)}</strong>
      {finding.index !== null && (
        <span>{t("place.leaf", { index: finding.index.toLocaleString("ja") })}</span>
      )}
      <code class="small soft">{finding.place}</code>
    </span>
  );
}

function Findings({ view }: { readonly view: VerifyView }) {
  return (
    <Table<FindingView>
      caption={t("verify.findings")}
      cards
      rows={view.findings}
      id={({ place, index, code }) => `${place} ${index ?? ""} ${code}`}
      tone={() => "bad"}
      columns={[
        {
          key: "where",
          title: t("verify.place"),
          head: true,
          cell: (finding) => <Where finding={finding} />,
        },
        {
          key: "what",
          title: t("verify.reason"),
          cell: (finding) => (
            <>
              {findingWords(finding)} <code class="small soft">{finding.code}</code>
            </>
          ),
        },
      ]}
    />
  );
}

function factsOf(view: VerifyView): readonly Fact[] {
  const number = (n: number) => n.toLocaleString("ja");
  const took: Fact = [t("verify.seconds"), t("verify.took", { n: view.seconds.toFixed(1) })];
  // Of a log that could not be read to its end there is neither span nor root.
  if (view.root === "") return [took];
  return [
    [t("verify.from"), t("verify.span", { from: number(view.from), to: number(view.to) })],
    [t("verify.root"), <code>{view.root}</code>],
    took,
  ];
}

function Log({ view }: { readonly view: VerifyView }) {
  const isGood = view.findings.length === 0;
  return (
    <Card title={t(`verify.about.${view.log}`)} tone={isGood ? "plain" : "bad"}>
      <Notice
        kind={isGood ? "good" : "bad"}
        live
        title={isGood ? t("verify.good") : t("verify.bad", { n: view.findings.length })}
      >
        {!isGood && t("verify.bad.what")}
      </Notice>
      {!isGood && <Findings view={view} />}
      <Facts facts={factsOf(view)} />
    </Card>
  );
}

function lastWords(): string {
  const log = session.value?.id;
  const at = log?.at ?? null;
  if (!log || at === null) return t("verify.last.none");
  const when = `${dateWords(at, lang.value)} ${timeWords(at)}`;
  return t("verify.last.at", { n: log.size.toLocaleString("ja"), when });
}

/** Which of the two logs is being read; the worker names it by its code. */
function busyWords(far: Far | null): string {
  const log = far?.about === "id" || far?.about === "ops" ? far.about : null;
  return log ? `${t("verify.busy")}：${t(`verify.about.${log}`)}` : t("verify.busy");
}

/** The verification, with progress and a way to stop. */
export function Verify() {
  const { run, busy, trouble, progress, stop } = useCommand("audit.verify");
  const [stopped, setStopped] = useState(false);
  const start = () => {
    setStopped(false);
    found.value = null;
    void run({}).then((answer) => {
      if (answer) found.value = answer.out;
    });
  };
  return (
    <>
      <Card title={t("verify.title")}>
        <p>{t("verify.lead")}</p>
        <ul class="tell">
          <li>{t("verify.what.same")}</li>
          <li>{t("verify.what.signed")}</li>
          <li>{t("verify.what.whole")}</li>
        </ul>
        <Facts facts={[[t("verify.last"), lastWords()]]} />
        {busy && <Progress label={busyWords(progress)} far={progress} />}
        {stopped && !busy && <Notice live>{t("verify.stopped")}</Notice>}
        {trouble && <CodeReason trouble={trouble} />}
        <div class="row">
          <Button weight="main" busy={busy} onClick={start}>
            {t(found.value ? "verify.again" : "verify.act")}
          </Button>
          {busy && (
            <Button
              onClick={() => {
                setStopped(true);
                stop();
              }}
            >
              {t("verify.stop")}
            </Button>
          )}
          <ExportButton codes={[]} />
        </div>
      </Card>
      {found.value?.map((view) => (
        <Log key={view.log} view={view} />
      ))}
    </>
  );
}
