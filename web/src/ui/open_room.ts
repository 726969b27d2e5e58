/** One room stays open while one moves between the screens of its case. */
import { useEffect } from "preact/hooks";
import type { Api, RoomView, Trouble } from "../worker/api";
import { useApi, useCommand } from "./api";
import { docket, room } from "./state";

/** Time in ms in which another screen of the same case may take the room over. */
const HANDOVER = 300;

let leaving: { readonly caseId: string; readonly timer: ReturnType<typeof setTimeout> } | null =
  null;

function leave(api: Api): void {
  room.value = null; // a screen that comes now must not begin on what is about to go
  api.do("room.leave", {}).catch(() => undefined);
}

/** Leave the room of a case unless another of its screens takes it over in time. */
export function leaveSoon(api: Api, caseId: string): void {
  const timer = setTimeout(() => {
    leaving = null;
    leave(api);
  }, HANDOVER);
  leaving = { caseId, timer };
}

/** Tell whether the room that was about to be left is this one; another is left at once. */
export function takeOver(api: Api, caseId: string): boolean {
  if (leaving === null) return false;
  const isSame = leaving.caseId === caseId;
  clearTimeout(leaving.timer);
  leaving = null;
  if (!isSame) leave(api);
  return isSame && room.value?.caseId === caseId;
}

export interface OpenRoom {
  /** Null until it is there. */
  readonly view: RoomView | null;
  readonly busy: boolean;
  readonly trouble: Trouble | null;
  readonly retry: () => void;
}

/** The room of a case; it is left when no screen of that case is shown any more. */
export function useRoom(caseId: string): OpenRoom {
  const api = useApi();
  const { run, busy, trouble } = useCommand("room.open");
  const retry = () => {
    void run({ caseId, sit: null });
  };
  useEffect(() => {
    if (!takeOver(api, caseId)) retry();
    return () => {
      leaveSoon(api, caseId);
    };
  }, [caseId]);
  // Who accepted a seat comes to the door before the chair's device lets her in.
  const isMember = docket.value?.some((line) => line.caseId === caseId && line.member) === true;
  useEffect(() => {
    if (isMember && trouble?.code === "NOT_MEMBER") retry();
  }, [isMember]);
  return { view: room.value?.caseId === caseId ? room.value : null, busy, trouble, retry };
}
