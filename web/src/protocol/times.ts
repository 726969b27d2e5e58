/** Points in time on the wire: `YYYY-MM-DDThh:mm:ssZ` in JSON, milliseconds inside. */

import { Refused } from "../crypto/errors";

/** Milliseconds since 1970 UTC; the text form drops the fraction of a second. */
export type Instant = number;

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

// No hour 24, which ISO 8601 would read as the next day, and no leap second.
const SHAPE = /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])Z$/;

/** Read the text form; `BAD_J1` for another shape or a day that does not exist. */
export function parseInstant(text: string): Instant {
  const [year, month, day, hour, minute, second] = fields(text);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day); // unlike Date.UTC, years below 100 are themselves
  date.setUTCHours(hour, minute, second);
  if (year === 0 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) {
    throw new Refused("BAD_J1");
  }
  return date.getTime();
}

function fields(text: string): [number, number, number, number, number, number] {
  const found = SHAPE.exec(text);
  if (found === null) throw new Refused("BAD_J1");
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found
    .slice(1)
    .map(Number);
  return [year, month, day, hour, minute, second];
}

/** Write the text form. */
export function instantText(instant: Instant): string {
  return `${new Date(Math.floor(instant / SECOND) * SECOND).toISOString().slice(0, -5)}Z`;
}
