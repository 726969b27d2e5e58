/** The charts, each with a table that says the same. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { lang, t } from "../../../text/catalogue";
import type { ChartsView } from "../../../worker/api";
import { dateWords, timeWords } from "../../logic/dates";
import { barsOf, familiesIn, fullest, shade, type Bars, type Family } from "../../logic/audit";
import { lazy } from "../../lazy";
import { Card } from "../../parts/card";
import { Facts } from "../../parts/facts";
import { Notice } from "../../parts/notice";
import { Coverage } from "./coverage";
import { nameWords, useNames } from "./names";

function whenWords(start: number, unit: Bars["unit"]): string {
  const day = dateWords(start, lang.value);
  return unit === "day" ? day : `${day} ${timeWords(start)}`;
}

/** The bars themselves; uPlot comes with a chunk of its own. */
function Plot({ bars, families }: { readonly bars: Bars; readonly families: readonly Family[] }) {
  const place = useRef<HTMLDivElement>(null);
  const [failed, fail] = useState(false);
  useEffect(() => {
    let stop: (() => void) | null = null;
    let gone = false;
    lazy("plot", () => import("./plot")).then(
      ({ draw }) => {
        if (!gone && place.current) stop = draw(place.current, bars, families);
      },
      () => {
        fail(true);
      },
    );
    return () => {
      gone = true;
      stop?.();
    };
  }, [bars]);
  if (failed) return <Notice kind="warn">{t("chart.failed")}</Notice>;
  return <div class="plot" ref={place} role="img" aria-label={mostWords(bars)} />;
}

function mostWords(bars: Bars): string {
  const most = fullest(bars);
  if (!most) return t("chart.hours.none");
  return t("chart.hours.most", { when: whenWords(most.start, bars.unit), n: most.count });
}

function BarsTable({
  bars,
  families,
}: {
  readonly bars: Bars;
  readonly families: readonly Family[];
}) {
  const rows = bars.starts.flatMap((start, at) =>
    (bars.totals[at] ?? 0) > 0 ? [{ start, at }] : [],
  );
  return (
    <Scrolled label={t("chart.table")}>
      <table class="table">
        <thead>
          <tr>
            <th scope="col">{t("chart.when")}</th>
            {families.map((family) => (
              <th key={family} scope="col" data-number="true">
                {t(`family.${family}`)}
              </th>
            ))}
            <th scope="col" data-number="true">
              {t("chart.total")}
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ start, at }) => (
            <tr key={start}>
              <th scope="row">{whenWords(start, bars.unit)}</th>
              {families.map((family) => (
                <td key={family} data-number="true">
                  {bars.counts[family][at]}
                </td>
              ))}
              <td data-number="true">{bars.totals[at]}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scrolled>
  );
}

function Scrolled({
  label,
  children,
}: {
  readonly label: string;
  readonly children: ComponentChildren;
}) {
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, by keyboard too
    <div class="table-frame scrolled" role="region" aria-label={label} tabIndex={0}>
      {children}
    </div>
  );
}

function Hours({ hours }: { readonly hours: ChartsView["hours"] }) {
  const bars = barsOf(hours);
  const families = familiesIn(bars);
  const title = t("chart.hours", { unit: t(`chart.unit.${bars.unit}`) });
  if (families.length === 0) return <Card title={title}>{t("chart.hours.none")}</Card>;
  return (
    <Card title={title}>
      <ul class="bare legend">
        {families.map((family) => (
          <li key={family} data-family={family}>
            {t(`family.${family}`)}
          </li>
        ))}
      </ul>
      <Plot bars={bars} families={families} />
      <p class="small">{mostWords(bars)}</p>
      <details class="basis-more">
        <summary>{t("chart.table")}</summary>
        <BarsTable bars={bars} families={families} />
      </details>
    </Card>
  );
}

/** People shown in the heat map; those with most entries come first. */
const PEOPLE = 15;
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

/** A table is the chart: each cell has its number, and a shade that only supports it. */
function Heat({ heat }: { readonly heat: ChartsView["heat"] }) {
  const names = useNames();
  const shown = heat.slice(0, PEOPLE);
  const most = Math.max(0, ...shown.flatMap(({ hours }) => hours));
  return (
    <Card title={t("chart.heat")}>
      <p class="small soft">{t("chart.heat.lead")}</p>
      <Scrolled label={t("chart.heat")}>
        <table class="heat">
          <thead>
            <tr>
              <th scope="col">{t("chart.heat.person")}</th>
              {HOURS.map((hour) => (
                <th key={hour} scope="col" class="number">
                  <span aria-hidden="true">{hour}</span>
                  <span class="unseen">{t("chart.heat.hour", { n: hour })}</span>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map(({ wid, hours }) => (
              <tr key={wid}>
                <th scope="row">{nameWords(names, { wid, agency: null })}</th>
                {HOURS.map((hour) => (
                  <td key={hour} class="number" data-shade={shade(hours[hour] ?? 0, most)}>
                    {hours[hour] === 0 ? "" : hours[hour]}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </Scrolled>
      {heat.length > shown.length && (
        <p class="small soft">{t("chart.heat.others", { n: shown.length })}</p>
      )}
    </Card>
  );
}

const AGES = [
  ["days", 86_400_000],
  ["hours", 3_600_000],
  ["minutes", 60_000],
  ["seconds", 1000],
] as const;

function ageWords(age: number): string {
  const [unit, size] = AGES.find(([, least]) => age >= least) ?? AGES[3];
  return t(`age.${unit}`, { n: Math.floor(age / size) });
}

function Ages({ charts }: { readonly charts: ChartsView }) {
  const { checkpointAge, witnessAge } = charts;
  const checkpoint =
    checkpointAge === null ? t("chart.age.checkpoint.none") : ageWords(checkpointAge);
  const witness = witnessAge === null ? t("chart.age.witness.none") : ageWords(witnessAge);
  return (
    <Card title={t("chart.age")}>
      <Facts
        facts={[
          [t("chart.age.checkpoint"), <strong class="number">{checkpoint}</strong>],
          [t("chart.age.witness"), <strong class="number">{witness}</strong>],
        ]}
      />
      <p class="small soft">{t("chart.age.checkpoint.note")}</p>
      {witnessAge === null && <p class="small soft">{t("chart.age.witness.note")}</p>}
    </Card>
  );
}

/** All charts of an answer. */
export function Charts({ charts }: { readonly charts: ChartsView }) {
  return (
    <div class="charts">
      <div class="charts-wide">
        <Hours hours={charts.hours} />
      </div>
      <div class="charts-wide">
        <Heat heat={charts.heat} />
      </div>
      <Card title={t("chart.coverage")}>
        <p class="small soft">{t("chart.coverage.lead")}</p>
        <Coverage coverage={charts.coverage} />
      </Card>
      <Ages charts={charts} />
    </div>
  );
}
