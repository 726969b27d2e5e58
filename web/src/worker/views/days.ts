/** Days as people in Japan count them. */

import { DAY, HOUR } from "../../protocol/times";

const ZONE = 9 * HOUR;

/** The day of an instant (ms) in Japan, as "YYYY-MM-DD". */
export function dayOf(at: number): string {
  return new Date(at + ZONE).toISOString().slice(0, 10);
}

/** The first instant, ms, of the day after that of an instant. */
export function nextDay(at: number): number {
  return (Math.floor((at + ZONE) / DAY) + 1) * DAY - ZONE;
}
