/** 監査: ask the log, look at what it says, verify it; never a word of content. */
import { useState } from "preact/hooks";
import { t } from "../../../text/catalogue";
import type { AuditAnswer, AuditQuestion } from "../../../worker/api";
import { useCommand } from "../../api";
import { useDirectory } from "../../directory";
import { EvidenceButton } from "../../evidence";
import { Page } from "../../parts/page";
import { Empty } from "../../parts/progress";
import { href, route } from "../../router";
import { session } from "../../state";
import { Answer } from "./answer";
import { ExportButton } from "./export";
import { NamesProvider } from "./names";
import { Question } from "./question";
import { Verify } from "./verify";
import "../consent/consent.css";
import "./audit.css";

const PARTS = ["ask", "verify"] as const;
type Part = (typeof PARTS)[number];

function addressOf(part: Part): string {
  return href("audit", part === "ask" ? "" : part);
}

function Parts({ part }: { readonly part: Part }) {
  return (
    <nav class="audit-parts" aria-label={t("audit.parts")}>
      {PARTS.map((each) => (
        <a key={each} href={addressOf(each)} aria-current={each === part ? "page" : undefined}>
          {t(`audit.part.${each}`)}
        </a>
      ))}
    </nav>
  );
}

function Ask() {
  const { directory } = useDirectory();
  const { run, busy, trouble, progress, stop } = useCommand("audit.ask");
  const [answer, setAnswer] = useState<AuditAnswer | null>(null);
  const names = new Map((directory?.people ?? []).map((person) => [person.wid, person]));
  const codes = [...new Set((answer?.lines ?? []).flatMap(({ code }) => code ?? []))];
  return (
    <NamesProvider value={names}>
      <Question
        directory={directory}
        busy={busy}
        far={progress}
        trouble={trouble}
        onAsk={(question) => {
          void run(question).then((found) => {
            if (found) setAnswer(withCode(found.out, question));
          });
        }}
        onStop={stop}
      />
      {answer ? (
        <>
          <Answer answer={answer} />
          <div class="row" data-end="true">
            <ExportButton codes={codes} />
            <EvidenceButton count={session.value?.evidence.length ?? 0} />
          </div>
        </>
      ) : (
        !busy && <p class="soft">{t("ask.before")}</p>
      )}
    </NamesProvider>
  );
}

/** An auditor sits in no room, so the worker knows no codes but the one that was asked for. */
function withCode(answer: AuditAnswer, question: AuditQuestion): AuditAnswer {
  if (question.by !== "case") return answer;
  const lines = answer.lines.map((line) => ({ ...line, code: line.code ?? question.subject }));
  return { ...answer, lines };
}

/** The screen 監査. */
export function AuditScreen() {
  const part = route.value.part === "verify" ? "verify" : "ask";
  const may = session.value?.caps.includes("audit") === true;
  return (
    <Page title={t("audit.title")} lead={t("audit.lead")} width={may ? "wide" : "text"}>
      {may ? (
        <>
          <Parts part={part} />
          {part === "ask" ? <Ask /> : <Verify />}
        </>
      ) : (
        <Empty title={t("audit.forbidden")}>{t("audit.forbidden.what")}</Empty>
      )}
    </Page>
  );
}
