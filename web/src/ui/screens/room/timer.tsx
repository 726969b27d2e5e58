/** The clock of the current item and the phases that it suggests. */
import type { ItemView } from "../../../worker/api";
import { t } from "../../../text/catalogue";
import { PHASES, clockText, itemClock, type ItemClock } from "../../logic/timer";
import { now } from "../../state";

/** Time left or over, with the suggested phase; nothing is read out each second. */
export function Timer({ item }: { readonly item: ItemView }) {
  const clock = itemClock(item.opened, item.minutes, now.value);
  return (
    <div class="timer" data-over={clock.isOver}>
      <p class="timer-words" role="timer" aria-live="off">
        <strong class="number">{timeWords(clock)}</strong>
        {item.minutes !== null && (
          <span class="small soft">{t("timer.of", { n: item.minutes })}</span>
        )}
      </p>
      {clock.planned !== null && (
        <progress max={clock.planned} value={Math.min(clock.elapsed, clock.planned)}>
          {timeWords(clock)}
        </progress>
      )}
      {item.typ !== "form" && <Phases clock={clock} />}
    </div>
  );
}

function timeWords(clock: ItemClock): string {
  if (clock.left === null) return t("timer.elapsed", { time: clockText(clock.elapsed) });
  return t(clock.isOver ? "timer.over" : "timer.left", { time: clockText(clock.left) });
}

function Phases({ clock }: { readonly clock: ItemClock }) {
  return (
    <>
      <ol class="bare phases" aria-label={t("timer.phases")}>
        {PHASES.map((phase) => (
          <li key={phase} aria-current={phase === clock.phase ? "step" : undefined}>
            {t(`timer.phase.${phase}`)}
          </li>
        ))}
      </ol>
      <p class="small soft phase-hint">{t(`timer.hint.${clock.phase}`)}</p>
    </>
  );
}
