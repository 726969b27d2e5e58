/** What a command is: a function from what it takes to what it gives. */

import type { Member } from "../../client/member";
import { Refused } from "../../crypto/errors";
import type { CaseId } from "../../protocol/ids";
import type { Command, In, Out, Progress } from "../api";
import type { Desk } from "../desk";

/** How a long command tells where it is, and how it is given up. */
export interface Call {
  readonly progress: (progress: Progress) => void;
  readonly signal: AbortSignal;
}

/** Does one command; rejects with what was refused. */
export type Doing<C extends Command> = (
  desk: Desk,
  input: In<C>,
  call: Call,
) => Promise<Out<C>> | Out<C>;

/** Several commands, by name. */
export type Commands<C extends Command> = { readonly [K in C]: Doing<K> };

/** The room of a case that was folded; UNKNOWN_ID otherwise. */
export function memberOf(desk: Desk, caseId: string): Member {
  const member = desk.office().client.members.get(caseId as CaseId);
  if (member?.room.state.current === undefined) throw new Refused("UNKNOWN_ID");
  return member;
}

/** Something was written: the screens of the room and all lists follow. */
export function wrote(desk: Desk): null {
  desk.topics.changed("app", "room", "home", "docket");
  return null;
}
