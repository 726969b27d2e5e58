/** Stacked bars by uPlot: one for each hour or day, by family of entries. */
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { stacked, type Bars, type Family } from "../../logic/audit";

const ZONE = "Asia/Tokyo";
const HEIGHT = 280;
const SECOND = 1000;
const LEAST = 12;

/** Contrast with white is 3:1 or more for each; the list beside the chart names them in this order. */
export const COLOURS: Readonly<Record<Family, string>> = {
  read: "#0017c1",
  change: "#197a4b",
  push: "#008bf2",
  key: "#8843e1",
  presence: "#6b6b6b",
  denied: "#ce0000",
  other: "#a07600",
};

const CLOCK = new Intl.DateTimeFormat("ja-JP", {
  timeZone: ZONE,
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});
const DATE = new Intl.DateTimeFormat("ja-JP", { timeZone: ZONE, month: "numeric", day: "numeric" });

/** Days at midnight and at the first mark, hours elsewhere. */
function marks(times: readonly number[]): string[] {
  return times.map((time, at) => {
    const clock = CLOCK.format(time * SECOND);
    return at === 0 || clock === "00:00" ? DATE.format(time * SECOND) : clock;
  });
}

/** The whole of lower bars is drawn over by the next one, so the highest sums come first. */
function seriesOf(families: readonly Family[]): uPlot.Series[] {
  const bars = uPlot.paths.bars?.({ size: [0.9, 60], align: 1 });
  return families.toReversed().map((family) => ({
    label: family,
    fill: COLOURS[family],
    stroke: "#fff",
    width: 1,
    points: { show: false },
    ...(bars && { paths: bars }),
  }));
}

/** From the first bar to the end of the last, twelve bars at least: uPlot makes years of a single one. */
function spanOf(times: ArrayLike<number>, step: number): [number, number] {
  const first = times[0] ?? 0;
  const last = times[times.length - 1] ?? first;
  return [first, Math.max(last + step, first + LEAST * step)];
}

function optionsOf(bars: Bars, families: readonly Family[], width: number): uPlot.Options {
  const font = getComputedStyle(document.body).fontFamily;
  const axis = { font: `12px ${font}`, stroke: "#333", grid: { stroke: "#e6e6e6", width: 1 } };
  const step = bars.unit === "day" ? 86_400 : 3600;
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    tzDate: (time) => uPlot.tzDate(new Date(time * SECOND), ZONE),
    scales: {
      x: { time: true, range: ({ data }) => spanOf(data[0], step) },
      y: { range: (_, __, most) => [0, Math.max(1, most * 1.05)] },
    },
    axes: [
      { ...axis, values: (_, times) => marks(times), space: 64 },
      { ...axis, size: 48, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000, 10_000] },
    ],
    series: [{}, ...seriesOf(families)],
  };
}

/** Draw into an element and follow its width. Returns how to stop. */
export function draw(place: HTMLElement, bars: Bars, families: readonly Family[]): () => void {
  const columns = stacked(bars, families).toReversed();
  const data = [bars.starts.map((start) => start / SECOND), ...columns] as uPlot.AlignedData;
  const plot = new uPlot(optionsOf(bars, families, place.clientWidth), data, place);
  const sizes = new ResizeObserver(() => {
    plot.setSize({ width: place.clientWidth, height: HEIGHT });
  });
  sizes.observe(place);
  return () => {
    sizes.disconnect();
    plot.destroy();
  };
}
