/** Instants and days as people in Japan read them. */
import { lang } from "../../text/catalogue";
import {
  dateWords,
  dayOf,
  dueWords,
  isoOf,
  relativeWords,
  timeWords,
  wareki,
} from "../logic/dates";
import { minute } from "../state";

export interface TimeProps {
  /** ms of the server's clock. */
  readonly at: number;
  /** `date`: day and time; `day`: day only; `time`: time only; `relative`: how long ago; `wareki`: printed records. */
  readonly form?: "date" | "day" | "time" | "relative" | "wareki" | undefined;
}

function words(at: number, form: NonNullable<TimeProps["form"]>): string {
  switch (form) {
    case "time":
      return timeWords(at);
    case "day":
      return dateWords(at, lang.value);
    case "wareki":
      return wareki(at);
    case "relative":
      return relativeWords(at, minute.value);
    case "date":
      return `${dateWords(at, lang.value)} ${timeWords(at)}`;
  }
}

/** An instant; the full one stands in the title. */
export function Time({ at, form = "date" }: TimeProps) {
  return (
    <time
      class="number"
      dateTime={isoOf(at)}
      title={`${dateWords(at, lang.value)} ${timeWords(at)}`}
    >
      {words(at, form)}
    </time>
  );
}

/** A due day (`2025-10-14`) with how many days are left or over; null is no due day. */
export function Due({ day }: { readonly day: string | null }) {
  const { words: said, tone } = dueWords(day, dayOf(minute.value));
  return (
    <span class="due number" data-tone={tone}>
      {day !== null && (
        <time dateTime={day}>{dateWords(Date.parse(`${day}T00:00:00+09:00`), lang.value)}</time>
      )}{" "}
      {said}
    </span>
  );
}
