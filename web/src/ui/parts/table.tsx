/** Tables with a caption; columns that say how to order them can be sorted. */
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { t } from "../../text/catalogue";
import "./table.css";

export interface Column<Row> {
  readonly key: string;
  readonly title: string;
  readonly cell: (row: Row) => ComponentChildren;
  /** What rows are ordered by; nothing (null) comes last either way. */
  readonly order?: ((row: Row) => string | number | null) | undefined;
  readonly number?: boolean | undefined;
  /** Holds buttons that say themselves what they do; the title is only read aloud. */
  readonly acts?: boolean | undefined;
  /** The cell names its row. */
  readonly head?: boolean | undefined;
}

export interface Sorting {
  readonly key: string;
  readonly down: boolean;
}

export interface TableProps<Row> {
  readonly caption: string;
  readonly hideCaption?: boolean | undefined;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly id: (row: Row) => string;
  readonly sorting?: Sorting | undefined;
  /** On a phone each row becomes a small card. */
  readonly cards?: boolean | undefined;
  readonly empty?: ComponentChildren;
  /** Marks a row, for instance as overdue. */
  readonly tone?: ((row: Row) => "plain" | "warn" | "bad") | undefined;
}

type Value = string | number | null;

function compare(a: Value, b: Value): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), "ja");
}

/** Order rows by a column; the order of equals stays, nothing comes last. */
export function sorted<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sorting: Sorting | null,
): readonly Row[] {
  const order = columns.find(({ key }) => key === sorting?.key)?.order;
  if (!order || !sorting) return rows;
  return [...rows].sort((left, right) => {
    const [a, b] = [order(left), order(right)];
    if (a === null || b === null) return Number(a === null) - Number(b === null);
    return sorting.down ? compare(b, a) : compare(a, b);
  });
}

interface HeadProps<Row> {
  readonly column: Column<Row>;
  readonly sorting: Sorting | null;
  readonly onSort: (sorting: Sorting) => void;
}

function Head<Row>({ column, sorting, onSort }: HeadProps<Row>) {
  const here = sorting?.key === column.key;
  const down = here && sorting.down;
  const state = here ? (down ? "descending" : "ascending") : "none";
  if (!column.order)
    return (
      <th scope="col" data-number={column.number === true}>
        {column.acts ? <span class="unseen">{column.title}</span> : column.title}
      </th>
    );
  return (
    <th scope="col" aria-sort={state} data-number={column.number === true}>
      <button
        type="button"
        class="table-sort"
        title={t("common.sortNone", { name: column.title })}
        onClick={() => {
          onSort({ key: column.key, down: here && !down });
        }}
      >
        {column.title}
        <span aria-hidden="true" class="table-arrow">
          {here ? (down ? "▼" : "▲") : "↕"}
        </span>
      </button>
    </th>
  );
}

function Cell<Row>({ column, row }: { readonly column: Column<Row>; readonly row: Row }) {
  const attributes = {
    "data-title": column.acts ? "" : column.title,
    "data-number": column.number === true,
  };
  return column.head ? (
    <th scope="row" {...attributes}>
      {column.cell(row)}
    </th>
  ) : (
    <td {...attributes}>
      <div>{column.cell(row)}</div>
    </td>
  );
}

/** A table; the sorting given is where it starts. */
export function Table<Row>(props: TableProps<Row>) {
  const { caption, columns, rows, id, hideCaption, cards, empty, tone } = props;
  const [sorting, sort] = useState<Sorting | null>(props.sorting ?? null);
  if (rows.length === 0 && empty) return <>{empty}</>;
  return (
    <div
      class="table-frame"
      role="group"
      aria-label={caption}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a wide table scrolls inside, by keyboard too
      tabIndex={0}
      data-cards={cards === true}
    >
      <table class="table">
        <caption class={hideCaption ? "unseen" : undefined}>{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <Head key={column.key} column={column} sorting={sorting} onSort={sort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted(rows, columns, sorting).map((row) => (
            <tr key={id(row)} data-tone={tone?.(row) ?? "plain"}>
              {columns.map((column) => (
                <Cell key={column.key} column={column} row={row} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
