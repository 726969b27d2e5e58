/** Entries, anomalies and sums as the auditor's screen shows them. */

import type { Finding, Known } from "../../audit/anomalies";
import { anomalies } from "../../audit/anomalies";
import { coverage, heatMap, perHour, stateOf, type Stamp } from "../../audit/figures";
import type { Line } from "../../audit/lines";
import type { Code } from "../../crypto/errors";
import type { CaseId, Did, Wid } from "../../protocol/ids";
import type { AuditAnswer, AuditLine, ChartsView } from "../api";
import type { People } from "./people";

/** What gives names to ids. */
export interface Named {
  readonly people: People;
  readonly ownerOf: (did: Did) => Wid | null;
  readonly codes: ReadonlyMap<CaseId, string>;
}

/** Lines with the anomalies that rest on them, and the charts. */
export function answerOf(
  lines: readonly Line[],
  {
    known,
    stamps,
    now,
    ...named
  }: Named & { readonly known: Known; readonly stamps: readonly Stamp[]; readonly now: number },
): AuditAnswer {
  const found = byIndex(anomalies(lines, known));
  return {
    lines: lines.map((line) => lineOf(line, found.get(line.index) ?? [], named)),
    charts: chartsOf(lines, { known, stamps, now }),
  };
}

function byIndex(findings: readonly Finding[]): ReadonlyMap<number, readonly string[]> {
  const found = new Map<number, string[]>();
  for (const { rule, indexes } of findings) {
    for (const index of indexes) found.set(index, [...(found.get(index) ?? []), rule]);
  }
  return found;
}

function lineOf(
  line: Line,
  rules: readonly string[],
  { people, ownerOf, codes }: Named,
): AuditLine {
  const person = (wid: Wid) => {
    const aid = people.agencyOf(wid);
    return { wid, agency: aid === null ? null : people.agency(aid) };
  };
  const owners = line.to.flatMap((did) => ownerOf(did) ?? []);
  return {
    index: line.index,
    at: line.at,
    kind: line.kind,
    reason: line.reason as Code | "",
    actor: line.actor === null ? null : person(line.actor),
    caseId: line.case,
    code: line.case === null ? null : (codes.get(line.case) ?? null),
    to: [...new Set(owners)].map(person),
    purpose: line.purpose,
    basis: line.basis,
    objects: line.objects.length,
    anomalies: [...new Set(rules)],
  };
}

function chartsOf(
  lines: readonly Line[],
  {
    known,
    stamps,
    now,
  }: { readonly known: Known; readonly stamps: readonly Stamp[]; readonly now: number },
): ChartsView {
  const heat = heatMap(lines);
  const { consent, law, unknown, none, pastReview } = coverage(lines, known.bases);
  const { checkpointAge, witnessAge } = stateOf(stamps, lines, now);
  return {
    hours: perHour(stamps).map(({ start, kinds }) => ({
      at: start,
      kinds: Object.fromEntries(kinds),
    })),
    heat: heat.people.map((wid, row) => ({ wid, hours: heat.cells[row] ?? [] })),
    coverage: { withBasis: consent, statutory: law, without: none + unknown, pastReview },
    checkpointAge,
    witnessAge,
  };
}
