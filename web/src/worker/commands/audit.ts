/** The auditor's questions, the verification of both logs, and exports. */

import { evidenceFiles } from "../../audit/evidence";
import type { File } from "../../audit/export";
import type { Line } from "../../audit/lines";
import type { Report } from "../../audit/verify";
import { zip } from "../../audit/zip";
import { Auditor, type Question, type Span } from "../../client/auditor";
import { utf8 } from "../../crypto/bytes";
import { Refused } from "../../crypto/errors";
import { bytesOf, hashOf } from "../../protocol/ids";
import type { Aid, Hash, Wid } from "../../protocol/ids";
import { instantText, SECOND } from "../../protocol/times";
import type { AuditQuestion, FindingView, VerifyView } from "../api";
import type { Desk } from "../desk";
import type { Office } from "../office";
import { answerOf } from "../views/audit";
import type { Call, Commands } from "./command";

type Names = "audit.ask" | "audit.verify" | "audit.export" | "evidence.export";
type Log = VerifyView["log"];

const LOGS: readonly Log[] = ["id", "ops"];

const auditors = new WeakMap<Office, Auditor>();

function auditorOf(office: Office): Auditor {
  const known = auditors.get(office) ?? new Auditor(office.session);
  auditors.set(office, known);
  return known;
}

// --- asking ----------------------------------------------------------------------------------------

/** What the server is asked; what it has no question for is looked for among all openings. */
function questionOf({ by, subject }: AuditQuestion): Question {
  switch (by) {
    case "case":
      return { purpose: "audit.case-timeline", subject };
    case "person":
      return { purpose: "audit.person-timeline", subject: subject as Wid };
    case "denied":
      return { purpose: "audit.denied" };
    case "agency":
    case "object":
    case "period":
      return { purpose: "audit.openings" };
  }
}

function spanOf({ since, until }: AuditQuestion): Span {
  const text = (at: number | null) => (at === null ? "" : instantText(at));
  return { since: text(since), until: text(until) };
}

function fits(office: Office, { by, subject }: AuditQuestion, line: Line): boolean {
  if (by === "agency") {
    const people = office.people();
    const wids = [line.actor, ...line.to.map((did) => auditorOf(office).ownerOf(did))];
    return wids.some((wid) => wid !== null && people.agencyOf(wid) === (subject as Aid));
  }
  if (by !== "object") return true;
  return line.bound.includes(subject as Hash) || line.objects.some((each) => isSame(each, subject));
}

function isSame(object: Uint8Array, subject: string): boolean {
  try {
    const wanted = bytesOf(subject as Hash);
    return wanted.length === object.length && wanted.every((byte, at) => byte === object[at]);
  } catch (error) {
    if (error instanceof Refused) return false;
    throw error;
  }
}

async function ask(desk: Desk, question: AuditQuestion) {
  const office = desk.office();
  const auditor = auditorOf(office);
  const all = await auditor.ask(questionOf(question), spanOf(question));
  const lines = all.filter((line) => fits(office, question, line));
  await office.learnNames(lines.flatMap(({ actor }) => actor ?? []));
  return answerOf(lines, {
    ...{ people: office.people(), codes: office.codes(), known: auditor.known() },
    ...{ stamps: auditor.stamps(), now: office.now() },
    ownerOf: (did) => auditor.ownerOf(did),
  });
}

// --- verifying -------------------------------------------------------------------------------------

const CHECKPOINT = "checkpoint/";

/** Verifies both logs from the checkpoint seen last; the new one is kept where all is well. */
async function verify(desk: Desk, call: Call): Promise<readonly VerifyView[]> {
  const views: VerifyView[] = [];
  for (const log of LOGS) views.push(await verifyOne(desk.office(), log, call));
  return views;
}

async function verifyOne(office: Office, log: Log, call: Call): Promise<VerifyView> {
  const { drafts } = office.session.vault;
  const kept = await drafts.get(CHECKPOINT + log);
  const old = kept === null ? null : utf8(kept.text);
  const started = office.now();
  const auditor = auditorOf(office);
  const progress = (done: number, total: number) => {
    call.progress({ done, total, about: log });
  };
  try {
    const report = await auditor.verify(log, { old, progress, signal: call.signal });
    await drafts.put(CHECKPOINT + log, await noteOf(auditor, log), started);
    return viewOf(log, report, office.now() - started);
  } catch (error) {
    if (!(error instanceof Refused) || error.facts["place"] === undefined) throw error;
    const seconds = (office.now() - started) / SECOND;
    return { log, from: 0, to: 0, root: "", seconds, findings: [findingOf(log, error)] };
  }
}

async function noteOf(auditor: Auditor, log: Log): Promise<string> {
  return new TextDecoder().decode((await auditor.checkpoints())[log]);
}

function viewOf(log: Log, { checkpoint, oldSize }: Report, spent: number): VerifyView {
  const root = hashOf(checkpoint.root);
  const to = checkpoint.size;
  return { log, from: oldSize ?? 0, to, root, seconds: spent / SECOND, findings: [] };
}

function findingOf(log: Log, { code, facts }: Refused): FindingView {
  const { place, index } = facts;
  return {
    log,
    place: typeof place === "string" ? place : "",
    index: typeof index === "number" ? index : null,
    code,
    facts,
  };
}

// --- taking away -----------------------------------------------------------------------------------

function archive(files: Iterable<File>): Blob {
  const pieces = [...zip(files)].map((piece) => piece.slice());
  return new Blob(pieces, { type: "application/zip" });
}

function* inside(folder: string, files: Iterable<File>): Generator<File> {
  for (const { name, data } of files) yield { name: `${folder}/${name}`, data };
}

async function exported(office: Office, codes: readonly string[]): Promise<Blob> {
  const auditor = auditorOf(office);
  const lines = new Map<number, Line>();
  for (const subject of codes) {
    const found = await auditor.ask({ purpose: "audit.case-timeline", subject });
    for (const line of found) lines.set(line.index, line);
  }
  const ops = await auditor.exportOps([...lines.values()]);
  const id = await auditor.exportId();
  return archive([...inside("ops", ops), ...inside("id", id)]);
}

/** Commands of an auditor, and of whoever has evidence to show. */
export const AUDIT: Commands<Names> = {
  "audit.ask": ask,
  "audit.verify": (desk, _input, call) => verify(desk, call),
  "audit.export": (desk, { codes }) => exported(desk.office(), codes),
  "evidence.export": async (desk) => archive(evidenceFiles(await desk.evidence())),
};
