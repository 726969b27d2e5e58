/** Sittings, seats, items, hands, and digits read aloud. */

import type { Member, Step } from "../../client/member";
import * as seating from "../../client/seating";
import type { Duty, ItemBasis, PlannedItem } from "../../protocol/generated";
import type { CaseId, ItemId, SitId, Wid } from "../../protocol/ids";
import type { In } from "../api";
import type { Desk } from "../desk";
import { bareDigits, convened, itemWords, nextWords, NO_WORDS } from "../typed";
import { memberOf, wrote, type Commands } from "./command";

type Names =
  | ("sitting.convene" | "sitting.invite" | "sitting.answer" | "sitting.open" | "sitting.close")
  | ("sitting.next" | "sitting.end-seat" | "sitting.hand")
  | ("item.add" | "item.open" | "item.close" | "code.read");

type Convening = In<"sitting.convene">;

/** What a chair convenes, with fresh ids. */
function convening(member: Member, input: Convening): { sit: SitId; step: Step } {
  const { kind, no, starts, purpose, place } = input;
  const sit = member.newId<SitId>();
  const numbered = input.items.map((item, at) => {
    return { ...item, it: member.newId<ItemId>(), no: at + 1 };
  });
  const items = numbered.map((item): PlannedItem => {
    return { it: item.it, no: item.no, typ: item.typ, bases: basesOf(item.bases) };
  });
  const words = convened({ purpose, place, items: numbered });
  return { sit, step: [{ op: "sit.conv", m: { sit, kind, no, starts, items } }, words] };
}

function basesOf(pairs: Convening["items"][number]["bases"]): readonly ItemBasis[] {
  return (pairs as readonly ItemBasis[]).toSorted((one, other) => (one.sub < other.sub ? -1 : 1));
}

function invitations(sit: SitId, seats: Convening["seats"]): readonly Step[] {
  return seats.map(({ wid, duty, late }): Step => {
    const m = { sit, wid: wid as Wid, duty: duty as Duty, late: late ? 1 : 0 } as const;
    return [{ op: "seat.inv", m }, NO_WORDS];
  });
}

/** Who is not in the room yet answers without seeing anything of it. */
async function answer(desk: Desk, input: In<"sitting.answer">): Promise<null> {
  const office = desk.office();
  const [caseId, sit] = [input.caseId as CaseId, input.sit as SitId];
  const answering = { ans: input.answer, why: input.why, to: input.to as Wid | null };
  const member = office.client.members.get(caseId);
  const row = member?.room.state.member(member.room.person);
  if (member !== undefined && row !== undefined) await member.answer(sit, answering);
  else await seating.answerSeat(office.session, caseId, sit, answering);
  office.refreshSoon();
  return wrote(desk);
}

async function act(desk: Desk, caseId: string, ...steps: readonly Step[]): Promise<null> {
  await memberOf(desk, caseId).act(...steps);
  return wrote(desk);
}

/** Commands on sittings and their items. */
export const SITTINGS: Commands<Names> = {
  "sitting.convene": async (desk, input) => {
    const member = memberOf(desk, input.caseId);
    const { sit, step } = convening(member, input);
    await member.act(step, ...invitations(sit, input.seats));
    wrote(desk);
    return { sit };
  },
  "sitting.invite": (desk, { caseId, sit, seats }) =>
    act(desk, caseId, ...invitations(sit as SitId, seats)),
  "sitting.answer": answer,
  "sitting.open": (desk, { caseId, sit }) =>
    act(desk, caseId, [{ op: "sit.open", m: { sit: sit as SitId } }, NO_WORDS]),
  "sitting.close": (desk, { caseId, sit }) =>
    act(desk, caseId, [{ op: "sit.close", m: { sit: sit as SitId } }, { note: "" }]),
  "sitting.next": (desk, { caseId, sit, when, note }) =>
    act(desk, caseId, [{ op: "next.set", m: { sit: sit as SitId, at: when } }, nextWords(note)]),
  "sitting.end-seat": (desk, { caseId, sit, wid, why }) => {
    const m = { sit: sit as SitId, wid: wid as Wid, why };
    return act(desk, caseId, [{ op: "seat.end", m }, NO_WORDS]);
  },
  "sitting.hand": async (desk, { caseId, up }) => {
    await desk.office().client.raiseHand(caseId as CaseId, { up });
    return null;
  },
  "item.add": (desk, { caseId, sit, title, typ, minutes, bases }) => {
    const member = memberOf(desk, caseId);
    const numbers = [...member.items().values()].flatMap((item) => {
      return item.sit === sit ? item.no : [];
    });
    const no = Math.max(0, ...numbers) + 1;
    const it = member.newId<ItemId>();
    const m = { sit: sit as SitId, it, no, typ, bases: basesOf(bases) };
    return act(desk, caseId, [{ op: "item.add", m }, itemWords({ title, minutes })]);
  },
  "item.open": async (desk, { caseId, it }) => {
    await memberOf(desk, caseId).openItemOf(it as ItemId);
    return wrote(desk);
  },
  "item.close": (desk, { caseId, it, out }) =>
    act(desk, caseId, [{ op: "item.close", m: { it: it as ItemId, out } }, { summary: "" }]),
  "code.read": async (desk, { caseId }) => {
    const { digits } = await memberOf(desk, caseId).readAloud();
    wrote(desk);
    return { digits: bareDigits(digits) };
  },
};
