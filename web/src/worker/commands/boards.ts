/** Sections and notes, priorities, parts, actions, decisions. */

import type { Step } from "../../client/member";
import type { Audience, SumText } from "../../protocol/generated";
import type {
  ActId,
  Aid,
  DecId,
  DocId,
  ItemId,
  RowId,
  SubId,
  SumId,
  Wid,
} from "../../protocol/ids";
import type { CaseId } from "../../protocol/ids";
import type { In } from "../api";
import type { Desk } from "../desk";
import { actionWords, NO_WORDS, priorityWords, reasonWords, textWords } from "../typed";
import { readersOf } from "../views/gate";
import { memberOf, wrote, type Commands } from "./command";

type Names =
  | ("section.readers" | "section.share" | "section.revise" | "section.carry" | "note.add")
  | ("priority.set" | "priority.remove" | "role.set" | "role.remove" | "role.answer")
  | ("action.new" | "action.answer" | "action.report" | "action.hand" | "action.cancel")
  | "decision.record";

async function act(desk: Desk, caseId: string, step: Step): Promise<null> {
  await memberOf(desk, caseId).act(step);
  return wrote(desk);
}

type Typed = Pick<In<"section.share">, "prov" | "hidden" | "title" | "text">;

function sumText({ prov, hidden, title, text }: Typed): SumText {
  return { prov, hid: hidden, title, text };
}

/** The people named, and whoever writes; null is everybody whom the gate lets read it. */
function audienceOf(readers: readonly string[] | null, me: Wid): Audience | null {
  if (readers === null) return null;
  return { ag: [], w: [...new Set([...(readers as readonly Wid[]), me])].sort() };
}

/** Without a subject it is a card, which names nobody. */
async function share(desk: Desk, input: In<"section.share">): Promise<{ doc: DocId }> {
  const member = memberOf(desk, input.caseId);
  const sub = input.sub === "" ? null : (input.sub as SubId);
  const cls = sub === null ? "card" : "sec";
  const plan = { cls, item: input.it as ItemId | null, sub, cats: input.cats } as const;
  const audience = audienceOf(input.readers, desk.office().session.me.wid);
  const { doc } = await member.share(plan, sumText(input), { audience });
  wrote(desk);
  return { doc };
}

function ownerOf({ aid, wid }: { readonly aid: string; readonly wid: string | null }) {
  return { ag: aid as Aid, w: wid as Wid | null };
}

function answerOf(accept: boolean) {
  return accept ? "accept" : "decline";
}

/** Commands on what is written in a room. */
export const BOARDS: Commands<Names> = {
  "section.readers": (desk, { caseId, it, sub, cats }) => {
    const seen = desk.office().requireSeen(caseId as CaseId);
    const about = sub === "" ? null : (sub as SubId);
    const cls = about === null ? "card" : "sec";
    return readersOf(seen, { cls, it: it === "" ? null : (it as ItemId), sub: about, cats });
  },
  "section.share": share,
  "section.revise": async (desk, { caseId, sm, ...typed }) => {
    await memberOf(desk, caseId).revise(sm as SumId, sumText(typed));
    return wrote(desk);
  },
  "section.carry": async (desk, { caseId, docs }) => {
    await memberOf(desk, caseId).carry(...(docs as readonly DocId[]));
    return wrote(desk);
  },
  "note.add": async (desk, { caseId, doc, text, fact }) => {
    await memberOf(desk, caseId).note(doc as DocId, { text, fact });
    return wrote(desk);
  },
  "priority.set": (desk, { caseId, row, it, ...typed }) => {
    const wanted = (row as RowId | null) ?? memberOf(desk, caseId).newId<RowId>();
    const m = { row: wanted, it: it as ItemId };
    return act(desk, caseId, [{ op: "prio.set", m }, priorityWords(typed)]);
  },
  "priority.remove": (desk, { caseId, row }) =>
    act(desk, caseId, [{ op: "prio.del", m: { row: row as RowId } }, NO_WORDS]),
  "role.set": (desk, { caseId, row, it, part, aid, wid, words }) => {
    const wanted = (row as RowId | null) ?? memberOf(desk, caseId).newId<RowId>();
    const m = { row: wanted, part, ...ownerOf({ aid, wid }), it: it as ItemId };
    return act(desk, caseId, [{ op: "role.set", m }, textWords(words)]);
  },
  "role.remove": (desk, { caseId, row }) =>
    act(desk, caseId, [{ op: "role.del", m: { row: row as RowId } }, NO_WORDS]),
  "role.answer": (desk, { caseId, row, accept, why }) => {
    const m = { row: row as RowId, ans: answerOf(accept), why } as const;
    return act(desk, caseId, [{ op: "role.ans", m }, reasonWords()]);
  },
  "action.new": (desk, { caseId, it, aid, wid, due, external, origin, ...typed }) => {
    const m = {
      ...{ act: memberOf(desk, caseId).newId<ActId>(), it: it as ItemId | null },
      ...ownerOf({ aid, wid }),
      ...{ due, from: origin as ActId | null, ext: external ? 1 : 0 },
    } as const;
    return act(desk, caseId, [{ op: "act.new", m }, actionWords(typed)]);
  },
  "action.answer": (desk, { caseId, act: id, accept, why }) => {
    const m = { act: id as ActId, ans: answerOf(accept), why } as const;
    return act(desk, caseId, [{ op: "act.ans", m }, reasonWords()]);
  },
  "action.report": (desk, { caseId, act: id, state, words }) =>
    act(desk, caseId, [{ op: "act.rep", m: { act: id as ActId, st: state } }, textWords(words)]),
  "action.hand": (desk, { caseId, act: id, aid, wid }) => {
    const m = { act: id as ActId, ...ownerOf({ aid, wid }) };
    return act(desk, caseId, [{ op: "act.hand", m }, reasonWords()]);
  },
  "action.cancel": (desk, { caseId, act: id }) =>
    act(desk, caseId, [{ op: "act.can", m: { act: id as ActId } }, reasonWords()]),
  "decision.record": (desk, { caseId, it, typ, text }) => {
    const m = { dec: memberOf(desk, caseId).newId<DecId>(), it: it as ItemId, typ };
    return act(desk, caseId, [{ op: "dec.rec", m }, textWords(text)]);
  },
};
