/** Entries in their order; of many only those in view are drawn. */
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { t } from "../../../text/catalogue";
import type { AuditLine } from "../../../worker/api";
import { FAMILIES, familyOf, inView, isDenied, MANY, type Family } from "../../logic/audit";
import { Select } from "../../parts/field";
import { Empty } from "../../parts/progress";
import { Detail, Entry } from "./line";

interface ListProps {
  readonly lines: readonly AuditLine[];
  readonly onOpen: (line: AuditLine) => void;
}

/** Heights in px: what is scrolled past, what is seen, one line. */
interface Place {
  readonly top: number;
  readonly height: number;
  readonly row: number;
}

function placeIn(frame: HTMLElement): Place {
  const row = frame.querySelector("li")?.getBoundingClientRect().height ?? 0;
  return { top: frame.scrollTop, height: frame.clientHeight, row: Math.max(row, 24) };
}

/** A list that draws what is in view; blocks above and below keep its whole height. */
function Long({ lines, onOpen }: ListProps) {
  const frame = useRef<HTMLDivElement>(null);
  const [above, below] = [useRef<HTMLDivElement>(null), useRef<HTMLDivElement>(null)];
  const [place, setPlace] = useState<Place>({ top: 0, height: 800, row: 48 });
  const look = () => {
    if (frame.current) setPlace(placeIn(frame.current));
  };
  useEffect(() => {
    look();
    const sizes = new ResizeObserver(look);
    if (frame.current) sizes.observe(frame.current);
    return () => {
      sizes.disconnect();
    };
  }, []);
  const { from, to } = inView({ ...place, count: lines.length });
  useLayoutEffect(() => {
    // Heights by the object model: the policy of the page allows no style in markup.
    if (above.current) above.current.style.height = `${from * place.row}px`;
    if (below.current) below.current.style.height = `${(lines.length - to) * place.row}px`;
  }, [from, to, place.row, lines.length]);
  return (
    <div
      ref={frame}
      class="entries entries-long"
      role="region"
      aria-label={t("time.list")}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, by keyboard too
      tabIndex={0}
      onScroll={look}
    >
      <div ref={above} />
      <ol class="bare">
        {lines.slice(from, to).map((line, at) => (
          <li key={line.index} aria-setsize={lines.length} aria-posinset={from + at + 1}>
            <Entry line={line} onOpen={onOpen} />
          </li>
        ))}
      </ol>
      <div ref={below} />
    </div>
  );
}

/** Lines in a list, short or long. */
export function Entries({ lines }: { readonly lines: readonly AuditLine[] }) {
  const [open, setOpen] = useState<AuditLine | null>(null);
  return (
    <>
      <div class="entry entry-head" aria-hidden="true">
        <span>{t("time.col.at")}</span>
        <span>{t("time.col.what")}</span>
        <span>{t("time.col.who")}</span>
        <span>{t("time.col.case")}</span>
        <span>{t("time.col.to")}</span>
        <span />
      </div>
      {lines.length > MANY ? (
        <Long lines={lines} onOpen={setOpen} />
      ) : (
        <ol class="bare entries" aria-label={t("time.list")}>
          {lines.map((line) => (
            <li key={line.index}>
              <Entry line={line} onOpen={setOpen} />
            </li>
          ))}
        </ol>
      )}
      <Detail
        line={open}
        onClose={() => {
          setOpen(null);
        }}
      />
    </>
  );
}

const ALL = "all";

/** All lines of an answer, to be narrowed by family. */
export function Timeline({ lines }: { readonly lines: readonly AuditLine[] }) {
  const [family, setFamily] = useState<Family | typeof ALL>(ALL);
  const families = FAMILIES.filter((each) => lines.some((line) => fits(line, each)));
  const shown = family === ALL ? lines : lines.filter((line) => fits(line, family));
  return (
    <div class="stack">
      <div class="timeline-tools">
        <Select
          label={t("time.filter")}
          value={family}
          options={[
            { value: ALL, label: t("time.all") },
            ...families.map((value) => ({ value, label: t(`family.${value}`) })),
          ]}
          onChange={setFamily}
        />
        <p class="number" role="status">
          {t("answer.n", { n: shown.length.toLocaleString("ja") })}
        </p>
      </div>
      {shown.length === 0 ? <Empty title={t("ask.none")} /> : <Entries lines={shown} />}
    </div>
  );
}

function fits(line: AuditLine, family: Family): boolean {
  return family === "denied" ? isDenied(line) : familyOf(line.kind) === family;
}
