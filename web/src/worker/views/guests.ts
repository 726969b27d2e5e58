/** How long a guest is in a room. */

import type { Sitting } from "../../conference/records";
import { DAY } from "../../protocol/times";

/** Until a day after the last sitting that is called and not over, ms; at least a day from now. */
export function guestUntil(
  sittings: Iterable<Pick<Sitting, "state" | "starts">>,
  now: number,
): number {
  const standing = [...sittings].filter(({ state }) => state !== "closed");
  return Math.max(now, ...standing.map(({ starts }) => starts)) + DAY;
}
