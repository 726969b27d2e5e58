/** On what deliveries rested: bars with their numbers. */
import { useId } from "preact/hooks";
import { t } from "../../../text/catalogue";
import type { ChartsView } from "../../../worker/api";

const PARTS = ["withBasis", "statutory", "pastReview", "without"] as const;

/** Four shares of all deliveries; the third is a part of the second. */
export function Coverage({ coverage }: { readonly coverage: ChartsView["coverage"] }) {
  const id = useId();
  const total = coverage.withBasis + coverage.statutory + coverage.without;
  return (
    <ul class="bare shares">
      {PARTS.map((part) => (
        <li key={part} data-part={part}>
          <label for={`${id}-${part}`}>{t(`chart.coverage.${part}`)}</label>
          <progress id={`${id}-${part}`} max={Math.max(1, total)} value={coverage[part]} />
          <span class="number">
            {t("answer.n", { n: coverage[part].toLocaleString("ja") })}
            {total > 0 && (
              <span class="soft small"> {Math.round((coverage[part] / total) * 100)}%</span>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
