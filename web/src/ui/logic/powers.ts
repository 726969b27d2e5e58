/** What I may do in a room, as far as a screen needs to know; the gate decides again. */
import type { Key } from "../../text/catalogue";
import type { ItemView, MemberView, RoomView, SeatView } from "../../worker/api";

export interface Powers {
  readonly me: MemberView | null;
  readonly seat: SeatView | null;
  readonly isGuest: boolean;
  /** The chair or who acts for her. */
  readonly isChair: boolean;
  /** Opens items and proposes roles: chair and facilitator. */
  readonly leads: boolean;
  /** Records decisions and the next date: chair and recorder. */
  readonly records: boolean;
  readonly current: ItemView | null;
  /** Why nothing can be written at all, as a key of the catalogue; null when it can. */
  readonly blocked: Key | null;
}

/** Read my powers from the view; `isOnline` says whether the line is up. */
export function powers(room: RoomView, isOnline: boolean): Powers {
  const me = room.members.find((member) => member.person.me) ?? null;
  const seat = room.sitting?.seats.find((one) => one.person.me) ?? null;
  const isGuest = me?.role === "guest";
  const isLive = seat !== null && seat.state === "accepted";
  return {
    me,
    seat,
    isGuest,
    isChair: room.chair,
    leads: room.chair || (isLive && seat.duty === "facilitator"),
    records: room.chair || (isLive && seat.duty === "recorder"),
    current: currentItem(room),
    blocked: blocked(room, isGuest, isOnline),
  };
}

/** The open item of the sitting, or null. */
export function currentItem(room: RoomView): ItemView | null {
  if (room.sitting?.state !== "open") return null;
  return room.sitting.items.find((item) => item.state === "open") ?? null;
}

function blocked(room: RoomView, isGuest: boolean, isOnline: boolean): Key | null {
  if (room.closed) return "write.closed";
  if (isGuest) return "write.guest";
  if (!isOnline) return "write.offline";
  return room.newcomers.length > 0 ? "write.newcomers" : null;
}

/** The next item to open: the first that is prepared. */
export function nextItem(room: RoomView): ItemView | null {
  return room.sitting?.items.find((item) => item.state === "prepared") ?? null;
}
