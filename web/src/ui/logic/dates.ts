/** Dates and times in Japan, whatever the machine's own zone is. */
import { t } from "../../text/catalogue";
import type { Lang } from "../../worker/api";

const ZONE = "Asia/Tokyo";
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const OFFSET = 9 * HOUR;

const LONG: Readonly<Record<Lang, Intl.DateTimeFormat>> = {
  ja: new Intl.DateTimeFormat("ja-JP", {
    timeZone: ZONE,
    year: "numeric",
    month: "long",
    day: "numeric",
    weekday: "short",
  }),
  en: new Intl.DateTimeFormat("en-GB", {
    timeZone: ZONE,
    year: "numeric",
    month: "short",
    day: "numeric",
    weekday: "short",
  }),
};

const SHORT: Readonly<Record<Lang, Intl.DateTimeFormat>> = {
  ja: new Intl.DateTimeFormat("ja-JP", {
    timeZone: ZONE,
    month: "long",
    day: "numeric",
    weekday: "short",
  }),
  en: new Intl.DateTimeFormat("en-GB", {
    timeZone: ZONE,
    month: "short",
    day: "numeric",
    weekday: "short",
  }),
};

const CLOCK = new Intl.DateTimeFormat("ja-JP", {
  timeZone: ZONE,
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});

const ERA = new Intl.DateTimeFormat("ja-JP-u-ca-japanese", {
  timeZone: ZONE,
  era: "long",
  year: "numeric",
  month: "long",
  day: "numeric",
  weekday: "short",
});

/** The day with its weekday: 2025年10月14日(火). */
export function dateWords(at: number, lang: Lang): string {
  return LONG[lang].format(at);
}

/** The day without its year: 10月14日(火). */
export function shortDate(at: number, lang: Lang): string {
  return SHORT[lang].format(at);
}

/** Hours and minutes: 13:30. */
export function timeWords(at: number): string {
  return CLOCK.format(at);
}

/** The day in the Japanese calendar, for printed records: 令和7年10月14日(火). The first year is 元年. */
export function wareki(at: number): string {
  const parts = ERA.formatToParts(at);
  return parts.map(({ type, value }) => (type === "year" && value === "1" ? "元" : value)).join("");
}

/** The instant in ISO 8601 with Japan's offset. */
export function isoOf(at: number): string {
  return `${new Date(at + OFFSET).toISOString().slice(0, 19)}+09:00`;
}

/** The day in Japan, as in the wire: 2025-10-14. */
export function dayOf(at: number): string {
  return isoOf(at).slice(0, 10);
}

/** The instant of a day, or of a day and time, typed in Japan; NaN for what is none. */
export function instantOf(typed: string): number {
  return Date.parse(typed.length > 10 ? `${typed}:00+09:00` : `${typed}T00:00:00+09:00`);
}

/** Whole days from one day to another; negative when it lies before. */
export function daysBetween(from: string, to: string): number {
  return Math.round((instantOf(to) - instantOf(from)) / DAY);
}

/** How long ago or ahead: 5分前, 2時間後, 3日前. */
export function relativeWords(at: number, now: number): string {
  const away = Math.abs(now - at);
  const past = at <= now;
  if (away < MINUTE) return t("time.now");
  if (away < HOUR)
    return t(past ? "time.minutesAgo" : "time.minutesOn", { n: Math.floor(away / MINUTE) });
  if (away < DAY) return t(past ? "time.hoursAgo" : "time.hoursOn", { n: Math.floor(away / HOUR) });
  return t(past ? "time.daysAgo" : "time.daysOn", { n: Math.floor(away / DAY) });
}

/** What a due day means today: words and how pressing it is. */
export function dueWords(
  day: string | null,
  today: string,
): { words: string; tone: "plain" | "warn" | "bad" } {
  if (day === null) return { words: t("time.noDate"), tone: "plain" };
  const left = daysBetween(today, day);
  if (left < 0) return { words: t("time.overdue", { n: -left }), tone: "bad" };
  if (left === 0) return { words: t("time.today"), tone: "warn" };
  if (left === 1) return { words: t("time.tomorrow"), tone: "warn" };
  return { words: t("time.daysOn", { n: left }), tone: left <= 3 ? "warn" : "plain" };
}
