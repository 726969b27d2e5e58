/** A calendar entry of a sitting that tells nothing about the case (RFC 5545). */

export interface CalendarEntry {
  /** Start of the sitting, ms. */
  readonly starts: number;
  readonly minutes: number;
  /** A random id, so that a second import replaces the first. */
  readonly uid: string;
  /** Case code, only when the person asks for it; null leaves it out. */
  readonly code: string | null;
  /** When the entry was made, ms. */
  readonly made: number;
}

// One word for every kind of sitting: a shared calendar is read by many.
const TITLE = "支援会議";

/** Write the entry; lines end with CRLF, none is longer than 75 octets. */
export function calendar(entry: CalendarEntry): string {
  const title = entry.code === null ? TITLE : `${TITLE} ${escaped(entry.code)}`;
  const lines = [
    "BEGIN:VCALENDAR",
    "VERSION:2.0",
    "PRODID:-//Entaku//JA",
    "METHOD:PUBLISH",
    "BEGIN:VEVENT",
    `UID:${entry.uid}@entaku.invalid`,
    `DTSTAMP:${utc(entry.made)}`,
    `DTSTART:${utc(entry.starts)}`,
    `DTEND:${utc(entry.starts + entry.minutes * 60_000)}`,
    `SUMMARY:${title}`,
    "CLASS:PRIVATE",
    "TRANSP:OPAQUE",
    "END:VEVENT",
    "END:VCALENDAR",
  ];
  return lines.map((line) => `${line}\r\n`).join("");
}

function utc(at: number): string {
  return new Date(at)
    .toISOString()
    .replaceAll(/[-:]/g, "")
    .replace(/\.\d{3}/, "");
}

function escaped(text: string): string {
  return text.replaceAll(/[\r\n]+/g, " ").replaceAll(/[\\;,]/g, (mark) => `\\${mark}`);
}
