/** ホーム: what today asks of me. */
import { useState } from "preact/hooks";
import { basisName, sittingName, t, term } from "../../text/catalogue";
import type { ActionLine, BasisLine, HomeView, SittingLine, WaitingLine } from "../../worker/api";
import { dateWords, shortDate, timeWords } from "../logic/dates";
import { answerAt, grouped, inOrder } from "../logic/home";
import { lang } from "../../text/catalogue";
import { Badge } from "../parts/badge";
import { LinkButton } from "../parts/button";
import { Card } from "../parts/card";
import { Page } from "../parts/page";
import { Empty, Loading } from "../parts/progress";
import { Due, Time } from "../parts/time";
import { hrefCase } from "../router";
import { home, minute } from "../state";
import { Invitations } from "./home_invitations";
import "./home.css";

function Kind({ line }: { readonly line: SittingLine }) {
  return (
    <span class="soft small">
      {sittingName(line.kind)}
      {line.no !== null && ` ${t("home.no", { no: line.no })}`}
    </span>
  );
}

function doorOf(line: SittingLine): "home.enter" | "home.prepare" | "home.result" {
  if (line.state === "closed") return "home.result";
  return line.state === "open" ? "home.enter" : "home.prepare";
}

function Sitting({ line }: { readonly line: SittingLine }) {
  const open = line.state === "open";
  return (
    <li class="sitting" data-open={open}>
      <div class="sitting-time number">{timeWords(line.starts)}</div>
      <div class="sitting-what">
        <span class="row">
          <strong class="case-code">{line.code}</strong>
          {open && <Badge tone="accent">{t("home.open")}</Badge>}
          {line.duty !== "member" && <Badge>{term("duty", line.duty)}</Badge>}
          {line.seat !== "accepted" && <Badge tone="warn">{term("seat", line.seat)}</Badge>}
        </span>
        <Kind line={line} />
      </div>
      <LinkButton weight={open ? "main" : "plain"} small href={hrefCase(line.caseId)}>
        {t(doorOf(line))}
        <span class="unseen">（{line.code}）</span>
      </LinkButton>
    </li>
  );
}

function Today({ lines }: { readonly lines: readonly SittingLine[] }) {
  const open = lines.some(({ state }) => state === "open");
  return (
    <Card title={t("home.today")} tone={open ? "accent" : "plain"}>
      {lines.length === 0 ? (
        <Empty title={t("home.today.none")} />
      ) : (
        <ul class="bare lines">
          {inOrder(lines).map((line) => (
            <Sitting key={line.sit} line={line} />
          ))}
        </ul>
      )}
    </Card>
  );
}

function Coming({ lines }: { readonly lines: readonly SittingLine[] }) {
  return (
    <Card title={t("home.coming")}>
      {lines.length === 0 ? (
        <Empty title={t("home.coming.none")} />
      ) : (
        <ul class="bare lines">
          {inOrder(lines).map((line) => (
            <li key={line.sit} class="coming">
              <span class="number">
                {shortDate(line.starts, lang.value)} {timeWords(line.starts)}
              </span>
              <a href={hrefCase(line.caseId)}>{line.code}</a>
              <Kind line={line} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function Waiting({ lines }: { readonly lines: readonly WaitingLine[] }) {
  if (lines.length === 0) return null;
  return (
    <Card
      title={t("home.waiting")}
      tone="warn"
      aside={<Badge tone="warn">{t("home.actions.count", { n: lines.length })}</Badge>}
    >
      <ul class="bare lines">
        {lines
          .toSorted((a, b) => a.since - b.since)
          .map((line) => (
            <li key={`${line.what}${line.id}`} class="waiting">
              <Badge>{t(`home.what.${line.what}`)}</Badge>
              <a href={answerAt(line)}>
                {line.code !== null && <strong>{line.code} </strong>}
                {line.words}
              </a>
              <span class="soft small">
                <Time at={line.since} form="relative" />
              </span>
            </li>
          ))}
      </ul>
    </Card>
  );
}

function ActionRow({ line }: { readonly line: ActionLine }) {
  const { act } = line;
  const tone = act.state === "needs-owner" ? "bad" : act.state === "accepted" ? "plain" : "warn";
  return (
    <li class="action">
      <a class="action-what" href={hrefCase(line.caseId, "actions")}>
        {act.what}
      </a>
      <span class="row small">
        <Due day={act.due} />
        <span class="case-code">{line.code}</span>
        <Badge tone={tone}>{term("act", act.state)}</Badge>
        {act.owner.person === null && <span class="soft">{t("home.agency")}</span>}
      </span>
    </li>
  );
}

function Actions({ lines, now }: { readonly lines: readonly ActionLine[]; readonly now: number }) {
  const groups = grouped(lines, now);
  return (
    <Card title={t("home.actions")}>
      {groups.length === 0 && <Empty title={t("home.actions.none")} />}
      {groups.map(([urgency, actions]) => (
        <section
          key={urgency}
          class="stack"
          data-gap="small"
          aria-label={t(`home.actions.${urgency}`)}
        >
          <h3 class="group-head" data-urgency={urgency}>
            {t(`home.actions.${urgency}`)}
            <span class="small"> {t("home.actions.count", { n: actions.length })}</span>
          </h3>
          <ul class="bare lines">
            {actions.map((line) => (
              <ActionRow key={line.act.act} line={line} />
            ))}
          </ul>
        </section>
      ))}
    </Card>
  );
}

function Ending({ lines }: { readonly lines: readonly BasisLine[] }) {
  return (
    <Card title={t("home.ending")}>
      {lines.length === 0 ? (
        <Empty title={t("home.ending.none")} />
      ) : (
        <>
          <ul class="bare lines">
            {lines.map(({ caseId, code, basis }) => (
              <li key={basis.sid} class="ending">
                <a href={hrefCase(caseId, "consent")}>
                  <strong>{code}</strong> {basis.subject || t("home.subjectClosed")}
                </a>
                <span class="small soft">{basisName(basis.law)}</span>
                <span class="row small number">
                  {t("home.ending.until", { day: dateWords(basis.until, lang.value) })}
                  {basis.review !== null && (
                    <span>
                      {t("home.ending.review", { day: dateWords(basis.review, lang.value) })}
                    </span>
                  )}
                  {basis.state !== "live" && (
                    <Badge tone="warn">{term("basis", basis.state)}</Badge>
                  )}
                </span>
              </li>
            ))}
          </ul>
          <p class="small soft">{t("home.ending.closed")}</p>
        </>
      )}
    </Card>
  );
}

function Board({ view }: { readonly view: HomeView }) {
  // An invitation that was answered stays away until the worker says so itself.
  const [answered, answer] = useState<readonly string[]>([]);
  const open = view.invitations.filter(({ sit }) => !answered.includes(sit));
  return (
    <div class="home">
      <div class="stack home-main">
        <Today lines={view.today} />
        <Invitations
          lines={open}
          onAnswered={(sit) => {
            answer([...answered, sit]);
          }}
        />
        <Actions lines={view.actions} now={minute.value} />
      </div>
      <div class="stack home-side">
        <Waiting lines={view.waiting} />
        <Coming lines={view.coming} />
        <Ending lines={view.ending} />
      </div>
    </div>
  );
}

/** The home screen. */
export function Home() {
  return (
    <Page title={t("home.title")} lead={dateWords(minute.value, lang.value)}>
      {home.value === null ? <Loading /> : <Board view={home.value} />}
    </Page>
  );
}
