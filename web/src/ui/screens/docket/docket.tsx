/** 進行管理: every open case in one line, the most pressing first. */
import { useState } from "preact/hooks";
import { codeWords, lang, t } from "../../../text/catalogue";
import type { AnyCode } from "../../../text/codes";
import type { AgencyView, DocketLine } from "../../../worker/api";
import { shortDate, timeWords } from "../../logic/dates";
import {
  ALL,
  basisDay,
  FLAGS,
  flagsOf,
  inOrder,
  sieved,
  tally,
  type Flag,
  type Sieve,
} from "../../logic/docket";
import { Badge, type Tone } from "../../parts/badge";
import { Button, LinkButton } from "../../parts/button";
import { Checkbox } from "../../parts/choice";
import { Field, Select } from "../../parts/field";
import { Page } from "../../parts/page";
import { Agency } from "../../parts/person";
import { Empty, Loading } from "../../parts/progress";
import { Table, type Column } from "../../parts/table";
import { Time } from "../../parts/time";
import { href, hrefCase } from "../../router";
import { docket, minute, session } from "../../state";
import "./docket.css";

const TONES: Readonly<Record<Flag, Tone>> = {
  overdue: "bad",
  locked: "bad",
  review: "warn",
  "no-main": "warn",
  "no-next": "plain",
};

/** Flags that have a column of their own and need no badge beside it. */
const SHOWN_ELSEWHERE: readonly Flag[] = ["no-main", "no-next"];

function Code({ line }: { readonly line: DocketLine }) {
  if (!line.member) return <span class="docket-code number">{line.code}</span>;
  return (
    <a class="docket-code number" href={hrefCase(line.caseId)}>
      {line.code}
    </a>
  );
}

/** The badges of a line; a lock says already why its basis matters. */
function badges(line: DocketLine): readonly Flag[] {
  return flagsOf(line, minute.value).filter(
    (flag) =>
      !SHOWN_ELSEWHERE.includes(flag) &&
      (line.member || flag !== "locked") &&
      (flag !== "review" || line.locked === null),
  );
}

function State({ line }: { readonly line: DocketLine }) {
  const flags = badges(line);
  const isFine = !line.closed && line.member && flags.length === 0;
  return (
    <span class="docket-state">
      <span class="row">
        {line.closed && <Badge>{t("docket.state.closed")}</Badge>}
        {!line.member && <Badge>{t("docket.state.outside")}</Badge>}
        {flags.map((flag) => (
          <Badge key={flag} tone={TONES[flag]}>
            {t(`docket.flag.${flag}`)}
          </Badge>
        ))}
        {isFine && <span class="soft">{t("docket.state.fine")}</span>}
      </span>
      {line.locked !== null && <Lock line={line} code={line.locked} />}
    </span>
  );
}

function Lock({ line, code }: { readonly line: DocketLine; readonly code: AnyCode }) {
  const isChair = session.value?.caps.includes("chair") === true;
  return (
    <>
      <span class="small">{codeWords(code)}</span>
      {line.member && isChair && (
        <a class="small docket-fix" href={hrefCase(line.caseId, "consent")}>
          {t("docket.lock.fix")}
        </a>
      )}
    </>
  );
}

function Main({ line }: { readonly line: DocketLine }) {
  if (line.main) return <Agency agency={line.main} />;
  return line.closed ? <>―</> : <Badge tone="warn">{t("docket.main.none")}</Badge>;
}

function Actions({ line }: { readonly line: DocketLine }) {
  return (
    <span class="row docket-actions">
      {line.overdue > 0 && <Badge tone="bad">{t("docket.overdue", { n: line.overdue })}</Badge>}
      <span class={line.open > 0 ? "number" : "soft"}>
        {line.open > 0 ? t("docket.open", { n: line.open }) : t("docket.open.none")}
      </span>
    </span>
  );
}

function Next({ line }: { readonly line: DocketLine }) {
  if (line.next === null)
    return line.closed ? <>―</> : <span class="soft">{t("docket.next.none")}</span>;
  return (
    <span class="number">
      {shortDate(line.next, lang.value)} {timeWords(line.next)}
      {line.next < minute.value && <span class="small docket-warn">{t("docket.next.gone")}</span>}
    </span>
  );
}

function Basis({ line }: { readonly line: DocketLine }) {
  const day = basisDay(line);
  if (day === null) return <span class="soft">{t("docket.basis.none")}</span>;
  return (
    <span class="number docket-basis">
      <span class="small soft">{t(day === line.review ? "docket.review" : "docket.until")}</span>{" "}
      <Time at={day} form="day" />
      {day < minute.value && !line.closed && (
        <span class="small docket-bad">{t("docket.basis.past")}</span>
      )}
    </span>
  );
}

function columns(): readonly Column<DocketLine>[] {
  return [
    {
      key: "code",
      title: t("docket.col.code"),
      head: true,
      cell: (line) => <Code line={line} />,
      order: (line) => line.code,
    },
    { key: "state", title: t("docket.col.state"), cell: (line) => <State line={line} /> },
    {
      key: "main",
      title: t("docket.col.main"),
      cell: (line) => <Main line={line} />,
      order: (line) => line.main?.name ?? null,
    },
    {
      key: "actions",
      title: t("docket.col.actions"),
      cell: (line) => <Actions line={line} />,
      order: (line) => -line.overdue * 1000 - line.open,
    },
    {
      key: "next",
      title: t("docket.col.next"),
      cell: (line) => <Next line={line} />,
      order: (line) => line.next,
    },
    {
      key: "basis",
      title: t("docket.col.basis"),
      cell: (line) => <Basis line={line} />,
      order: basisDay,
    },
    {
      key: "last",
      title: t("docket.col.last"),
      cell: (line) =>
        line.last === null ? (
          <span class="soft">{t("docket.last.none")}</span>
        ) : (
          <Time at={line.last} form="relative" />
        ),
      order: (line) => (line.last === null ? null : -line.last),
    },
  ];
}

interface SieveProps {
  readonly lines: readonly DocketLine[];
  readonly sieve: Sieve;
  readonly change: (part: Partial<Sieve>) => void;
}

/** The counts by what a case calls for; each is a switch. */
function Flags({ lines, sieve, change }: SieveProps) {
  const counts = tally(lines, minute.value);
  const chip = (flag: Flag | null, label: string, count: number) => (
    <button
      key={flag ?? "all"}
      type="button"
      class="chip"
      data-tone={flag !== null && count > 0 ? TONES[flag] : "plain"}
      aria-pressed={sieve.flag === flag}
      onClick={() => {
        change({ flag });
      }}
    >
      <span>{label}</span>
      <span class="chip-count number">{t("docket.count", { n: count })}</span>
    </button>
  );
  return (
    <div class="chips" role="group" aria-label={t("docket.flags")}>
      {chip(null, t("docket.all"), counts.open)}
      {FLAGS.map((flag) => chip(flag, t(`docket.flag.${flag}`), counts.flags[flag]))}
    </div>
  );
}

function mains(lines: readonly DocketLine[]): readonly AgencyView[] {
  const found = new Map(lines.flatMap(({ main }) => (main ? [[main.aid, main] as const] : [])));
  return [...found.values()].toSorted((a, b) => a.name.localeCompare(b.name, "ja"));
}

function Filters({ lines, sieve, change }: SieveProps) {
  const agencies = mains(lines).map(({ aid, name }) => ({ value: aid, label: name }));
  return (
    <div class="docket-filters">
      <Field
        label={t("docket.words")}
        type="search"
        value={sieve.words}
        onInput={(words) => {
          change({ words });
        }}
      />
      <Select
        label={t("docket.main")}
        value={sieve.main ?? "any"}
        options={[{ value: "any", label: t("docket.main.any") }, ...agencies]}
        onChange={(aid) => {
          change({ main: aid === "any" ? null : aid });
        }}
      />
      <Checkbox
        label={t("docket.closed")}
        checked={sieve.closed}
        onChange={(closed) => {
          change({ closed });
        }}
      />
    </div>
  );
}

function rowTone(line: DocketLine): "plain" | "warn" | "bad" {
  const [first] = flagsOf(line, minute.value);
  if (first === undefined) return "plain";
  const tone = TONES[first];
  return tone === "bad" || tone === "warn" ? tone : "plain";
}

function Docket({ lines }: { readonly lines: readonly DocketLine[] }) {
  const [sieve, setSieve] = useState(ALL);
  const change = (part: Partial<Sieve>) => {
    setSieve({ ...sieve, ...part });
  };
  const shown = inOrder(sieved(lines, sieve, minute.value), minute.value);
  return (
    <>
      <Flags lines={lines} sieve={sieve} change={change} />
      <Filters lines={lines} sieve={sieve} change={change} />
      <div class="docket-sheet">
        <Table
          caption={t("docket.caption")}
          hideCaption
          cards
          columns={columns()}
          rows={shown}
          id={(line) => line.caseId}
          tone={rowTone}
          empty={
            <Empty
              title={t("docket.none.found")}
              actions={
                <Button
                  onClick={() => {
                    setSieve(ALL);
                  }}
                >
                  {t("docket.none.clear")}
                </Button>
              }
            />
          }
        />
      </div>
      <p class="small soft" role="status">
        {t("docket.shown", { n: shown.length })}
      </p>
    </>
  );
}

/** The screen 進行管理. */
export function DocketScreen() {
  const lines = docket.value;
  const isChair = session.value?.caps.includes("chair") === true;
  const start = isChair && (
    <LinkButton weight="main" href={href("new")}>
      {t("docket.new")}
    </LinkButton>
  );
  return (
    <Page title={t("docket.title")} lead={t("docket.lead")} width="wide" aside={start}>
      {lines === null && <Loading />}
      {lines?.length === 0 && <Empty title={t("docket.none")}>{t("docket.none.what")}</Empty>}
      {lines !== null && lines.length > 0 && <Docket lines={lines} />}
    </Page>
  );
}
