/** One entry: in a line of the list, and in full. */
import { codeWords, lang, t, term } from "../../../text/catalogue";
import type { AuditLine } from "../../../worker/api";
import { dateWords, isoOf, shortDate, timeWords } from "../../logic/dates";
import { familyOf, isDenied, isGrave } from "../../logic/audit";
import { Badge, type Tone } from "../../parts/badge";
import { Dialog } from "../../parts/dialog";
import { Facts, type Fact } from "../../parts/facts";
import { nameWords, useNames, type Names } from "./names";

/** The name of a kind; new ones keep their code. */
export function kindWords(kind: string): string {
  const words = term("entry", kind);
  return words === kind ? kind : words;
}

/** Seconds matter here: entries of one minute are many. */
function clockWords(at: number): string {
  return isoOf(at).slice(11, 19);
}

function Marks({ line }: { readonly line: AuditLine }) {
  const tone: Tone = line.anomalies.some(isGrave) ? "bad" : "warn";
  return (
    <span class="row entry-marks">
      {line.reason !== "" && <Badge tone="bad">{t("time.denied")}</Badge>}
      {line.anomalies.length > 0 && <Badge tone={tone}>{t("time.marked")}</Badge>}
    </span>
  );
}

function caseWords(line: AuditLine): string {
  if (line.code !== null) return line.code;
  return line.caseId === null ? "―" : `${line.caseId.slice(0, 8)}…`;
}

function actorWords(line: AuditLine, names: Names): string {
  return line.actor ? nameWords(names, line.actor) : t("time.nobody");
}

export interface EntryProps {
  readonly line: AuditLine;
  readonly onOpen: (line: AuditLine) => void;
}

/** A line of the list; all of it opens the full entry. */
export function Entry({ line, onOpen }: EntryProps) {
  const names = useNames();
  return (
    <button
      type="button"
      class="entry"
      data-family={isDenied(line) ? "denied" : familyOf(line.kind)}
      onClick={() => {
        onOpen(line);
      }}
    >
      <span class="entry-at number">
        {shortDate(line.at, lang.value)} {clockWords(line.at)}
      </span>
      <span class="entry-kind">{kindWords(line.kind)}</span>
      <span class="entry-who">{actorWords(line, names)}</span>
      <span class="entry-case number">{caseWords(line)}</span>
      <span class="entry-to number">
        {line.to.length > 0 ? t("time.given", { n: line.to.length }) : t("time.givenNone")}
      </span>
      <Marks line={line} />
    </button>
  );
}

function factsOf(line: AuditLine, names: Names): readonly Fact[] {
  const facts: Fact[] = [
    [t("line.index"), <span class="number">{line.index}</span>],
    [t("line.at"), `${dateWords(line.at, lang.value)} ${timeWords(line.at)}（${isoOf(line.at)}）`],
    [t("line.kind"), kindWords(line.kind)],
    [t("line.actor"), actorWords(line, names)],
    [t("line.case"), <Case line={line} />],
    [t("line.to"), <Receivers line={line} />],
  ];
  if (line.purpose !== null) facts.push([t("line.purpose"), term("purpose", line.purpose)]);
  if (line.basis !== null) facts.push([t("line.basis"), <code>{line.basis}</code>]);
  if (line.objects > 0) facts.push([t("line.objects"), String(line.objects)]);
  return facts;
}

/** The code; where nobody told it, the whole id, by which an entry can be found again. */
function Case({ line }: { readonly line: AuditLine }) {
  if (line.code !== null || line.caseId === null) return <>{caseWords(line)}</>;
  return (
    <>
      {t("time.case.unknown")} <code>{line.caseId}</code>
    </>
  );
}

function Receivers({ line }: { readonly line: AuditLine }) {
  const names = useNames();
  if (line.to.length === 0) return <>{t("line.to.none")}</>;
  return (
    <ul class="bare">
      {line.to.map((who) => (
        <li key={who.wid}>{nameWords(names, who)}</li>
      ))}
    </ul>
  );
}

/** The whole entry, in a dialog. */
export function Detail({
  line,
  onClose,
}: {
  readonly line: AuditLine | null;
  readonly onClose: () => void;
}) {
  const names = useNames();
  if (!line) return null;
  return (
    <Dialog open title={t("line.title", { index: line.index })} wide onClose={onClose}>
      {line.reason !== "" && (
        <div class="entry-reason">
          <strong>{t("line.reason")}</strong>
          <p>{codeWords(line.reason)}</p>
          <p class="small soft">
            {t("common.code")}: <code>{line.reason}</code>
          </p>
        </div>
      )}
      {line.anomalies.map((rule) => (
        <div key={rule} class="entry-reason" data-grave={isGrave(rule)}>
          <strong>{term("mark", rule)}</strong>
          <p>{term("mark", `${rule}.what`)}</p>
        </div>
      ))}
      <Facts facts={factsOf(line, names)} />
      <p class="small soft">{t("line.content")}</p>
    </Dialog>
  );
}
