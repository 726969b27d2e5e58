/** The bases of a case, person by person: what is in force, and what came before. */
import {
  basisName,
  lang,
  needName,
  purposeName,
  sittingName,
  t,
  term,
} from "../../../text/catalogue";
import type { BasisView, RoomView } from "../../../worker/api";
import { dateWords, dayOf, daysBetween } from "../../logic/dates";
import { bySubject, type SubjectBases } from "../../logic/terms";
import { Badge, type Tone } from "../../parts/badge";
import { Button } from "../../parts/button";
import { Card } from "../../parts/card";
import { Facts, type Fact } from "../../parts/facts";
import { Notice } from "../../parts/notice";
import { Empty } from "../../parts/progress";
import { go, hrefCase } from "../../router";
import { minute } from "../../state";
import { chosen } from "./chosen";
import { ScopeList } from "./scope_list";
import { listed } from "./words";

const TONES: Readonly<Record<BasisView["state"], Tone>> = {
  live: "good",
  "not-yet": "warn",
  expired: "bad",
  overdue: "bad",
  withdrawn: "bad",
  partly: "warn",
};

function leftWords(at: number): string {
  const days = daysBetween(dayOf(minute.value), dayOf(at));
  return days >= 0 ? t("consent.days", { n: days }) : t("consent.over", { n: -days });
}

function Day({ at, counts }: { readonly at: number; readonly counts?: boolean }) {
  return (
    <span class="number">
      {dateWords(at, lang.value)} {counts && <span class="soft small">{leftWords(at)}</span>}
    </span>
  );
}

function factsOf(basis: BasisView): readonly Fact[] {
  const by = basis.by.map(({ name, agency }) =>
    name === "" ? agency.name : `${name}（${agency.name}）`,
  );
  const review: readonly Fact[] =
    basis.review === null
      ? []
      : [[t("consent.review"), <Day key="review" at={basis.review} counts={basis.current} />]];
  return [
    [t("consent.from"), <Day key="from" at={basis.start} />],
    [t("consent.until"), <Day key="until" at={basis.until} counts={basis.current} />],
    ...review,
    [t("consent.sittings"), listed(basis.sittings.map(sittingName))],
    [t("consent.purposes"), listed(basis.purposes.map(purposeName))],
    [t(`consent.by.${basis.kind}`), listed(by)],
  ];
}

function Evidence({ basis }: { readonly basis: BasisView }) {
  return (
    <details class="basis-more">
      <summary>{t("consent.record")}</summary>
      {basis.evidence === null ? (
        <p class="soft">{t("consent.record.closed")}</p>
      ) : (
        <Facts
          facts={Object.entries(basis.evidence).map(([need, said]) => [needName(need), said])}
        />
      )}
    </details>
  );
}

interface BasisProps {
  readonly room: RoomView;
  readonly basis: BasisView;
  readonly mayChange: boolean;
}

function Acts({ room, basis, mayChange }: BasisProps) {
  if (!mayChange || !basis.current) return null;
  const start = (part: "consent-change" | "consent-withdraw") => {
    chosen.value = basis.sid;
    go(hrefCase(room.caseId, part));
  };
  const about = `${basis.subject || t("consent.subjectClosed")} ${basisName(basis.law)}`;
  const change = t(basis.kind === "law" ? "consent.change.law" : "consent.change");
  return (
    <div class="row">
      <Button
        small
        aria-label={`${change}：${about}`}
        onClick={() => {
          start("consent-change");
        }}
      >
        {change}
      </Button>
      <Button
        small
        weight="danger"
        aria-label={`${t("consent.withdraw")}：${about}`}
        onClick={() => {
          start("consent-withdraw");
        }}
      >
        {t("consent.withdraw")}
      </Button>
    </div>
  );
}

function Basis(props: BasisProps) {
  const { basis } = props;
  return (
    <article class="basis-sheet" data-current={basis.current}>
      <div class="row" data-between="true">
        <h3 class="row">
          {basisName(basis.law)}
          <Badge tone={basis.current ? TONES[basis.state] : "plain"}>
            {term("basis", basis.state)}
          </Badge>
          <span class="small soft">{t("consent.ver", { n: basis.ver })}</span>
        </h3>
        <Acts {...props} />
      </div>
      <div class="basis-sides">
        <Facts facts={factsOf(basis)} />
        <section aria-label={t("consent.scope")}>
          <h4 class="small soft">{t("consent.scope")}</h4>
          <ScopeList scope={basis.scope} />
        </section>
      </div>
      <Evidence basis={basis} />
    </article>
  );
}

interface SubjectProps {
  readonly room: RoomView;
  readonly subject: SubjectBases;
  readonly mayChange: boolean;
}

function Subject({ room, subject, mayChange }: SubjectProps) {
  const { current, past } = subject;
  return (
    <Card title={subject.name || t("consent.subjectClosed")}>
      {current.length === 0 && <Notice kind="warn">{t("consent.noCurrent")}</Notice>}
      {current.map((basis) => (
        <Basis key={basis.sid} room={room} basis={basis} mayChange={mayChange} />
      ))}
      {past.length > 0 && (
        <details class="basis-more">
          <summary>{t("consent.past", { n: past.length })}</summary>
          <div class="stack">
            {past.map((basis) => (
              <Basis key={basis.sid} room={room} basis={basis} mayChange={false} />
            ))}
          </div>
        </details>
      )}
    </Card>
  );
}

/** All bases of the case. */
export function Register({
  room,
  mayChange,
}: {
  readonly room: RoomView;
  readonly mayChange: boolean;
}) {
  const subjects = bySubject(room.bases);
  if (subjects.length === 0)
    return <Empty title={t("consent.none")}>{t("consent.none.what")}</Empty>;
  return (
    <>
      {subjects.map((subject) => (
        <Subject key={subject.sub} room={room} subject={subject} mayChange={mayChange} />
      ))}
      <p class="small soft">{t("consent.history")}</p>
    </>
  );
}
