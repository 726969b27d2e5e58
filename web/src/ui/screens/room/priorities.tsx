/** 課題の優先順位: worked by buttons and by Alt with the arrow keys, never by dragging only. */
import { useRef, useState } from "preact/hooks";
import type { PriorityView, Trouble } from "../../../worker/api";
import { t, term } from "../../../text/catalogue";
import { moved, ranked } from "../../logic/boards";
import { isFresh, markOf } from "../../logic/changes";
import { asTrouble, useApi } from "../../api";
import { Badge, type Tone } from "../../parts/badge";
import { Button } from "../../parts/button";
import { Card } from "../../parts/card";
import { Confirm } from "../../parts/dialog";
import { Menu } from "../../parts/menu";
import { CodeReason } from "../../parts/notice";
import { Empty } from "../../parts/progress";
import { announce } from "../../parts/toast";
import { useScene } from "./context";
import { FreshMark } from "./form";
import { IssueForm } from "./issue_form";

type Step = -1 | 1;

/** The board of issues in their order. */
export function Priorities() {
  const { room, powers } = useScene();
  const [isAdding, setAdding] = useState(false);
  const mover = useMover();
  const rows = ranked(room.priorities);
  const isOpen = powers.current !== null && powers.blocked === null;
  return (
    <Card title={t("prio.title")}>
      {rows.length === 0 && !isAdding && <Empty title={t("prio.none")} />}
      <ol class="bare prios">
        {rows.map((row, index) => (
          <Issue
            key={row.row}
            row={row}
            place={index + 1}
            isLast={index === rows.length - 1}
            isOpen={isOpen}
            move={(step) => void mover.move(row, step)}
          />
        ))}
      </ol>
      {mover.trouble && <CodeReason trouble={mover.trouble} />}
      {isOpen && rows.length > 1 && <p class="small soft only-keys">{t("prio.keys")}</p>}
      {isOpen && !isAdding && (
        <div>
          <Button
            small
            onClick={() => {
              setAdding(true);
            }}
          >
            {t("prio.add")}
          </Button>
        </div>
      )}
      {isAdding && (
        <IssueForm
          row={null}
          onDone={() => {
            setAdding(false);
          }}
        />
      )}
    </Card>
  );
}

function useMover() {
  const { room, sent } = useScene();
  const api = useApi();
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const isMoving = useRef(false);
  const move = async (row: PriorityView, step: Step) => {
    if (isMoving.current) return;
    isMoving.current = true;
    setTrouble(null);
    try {
      for (const { row: one, order } of moved(room.priorities, row.row, step)) {
        const { row: id, it, issue, reason, urgency } = one;
        sent.add(markOf({ ...one, order }));
        await api.do("priority.set", {
          caseId: room.caseId,
          row: id,
          it,
          issue,
          reason,
          urgency,
          order,
        });
      }
      const place = ranked(room.priorities).findIndex((one) => one.row === row.row) + 1 + step;
      announce(t("prio.moved", { issue: row.issue, n: place }));
    } catch (error) {
      setTrouble(asTrouble(error));
    } finally {
      isMoving.current = false;
      focusAgain(row.row, step);
    }
  };
  return { move, trouble };
}

// A row that moves in the page loses the focus; it goes back to the button that was pressed.
function focusAgain(row: string, step: Step): void {
  requestAnimationFrame(() => {
    if (document.activeElement !== document.body) return;
    document
      .querySelector<HTMLElement>(`[data-row="${row}"] [data-step="${step}"]`)
      ?.focus({ preventScroll: true });
  });
}

const TONES: Readonly<Record<PriorityView["urgency"], Tone>> = {
  high: "bad",
  middle: "warn",
  low: "plain",
  "": "plain",
};

interface IssueProps {
  readonly row: PriorityView;
  readonly place: number;
  readonly isLast: boolean;
  readonly isOpen: boolean;
  readonly move: (step: Step) => void;
}

function Issue({ row, place, isLast, isOpen, move }: IssueProps) {
  const { seen, sent } = useScene();
  const [isEditing, setEditing] = useState(false);
  const done = () => {
    setEditing(false);
  };
  return (
    // Alt with the arrows works from any button of the row; the row itself takes no part.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <li
      class="prio"
      data-row={row.row}
      onKeyDown={(event) => {
        const step = { ArrowUp: -1, ArrowDown: 1 }[event.key] as Step | undefined;
        if (!event.altKey || step === undefined || !isOpen || isEditing) return;
        event.preventDefault();
        move(step);
      }}
    >
      <span class="prio-place number">{place}</span>
      {isEditing ? (
        <IssueForm row={row} onDone={done} />
      ) : (
        <div class="prio-body">
          <p class="prio-issue">
            {row.issue} <FreshMark show={isFresh(row.seq, seen) && !sent.has(markOf(row))} />
          </p>
          <p class="row">
            {row.urgency !== "" && (
              <Badge tone={TONES[row.urgency]}>{term("urgency", row.urgency)}</Badge>
            )}
            <span class="small soft">{row.reason}</span>
          </p>
        </div>
      )}
      {isOpen && !isEditing && (
        <IssueTools
          row={row}
          isFirst={place === 1}
          isLast={isLast}
          move={move}
          edit={() => {
            setEditing(true);
          }}
        />
      )}
    </li>
  );
}

interface ToolsProps extends Pick<IssueProps, "row" | "isLast" | "move"> {
  readonly isFirst: boolean;
  readonly edit: () => void;
}

function IssueTools({ row, isFirst, isLast, move, edit }: ToolsProps) {
  const { room } = useScene();
  const api = useApi();
  const [isAsking, setAsking] = useState(false);
  const { issue } = row;
  const step = (by: Step) => {
    move(by);
  };
  return (
    <div class="prio-tools" role="group" aria-label={t("prio.move")}>
      <MoveButton label={t("prio.up", { issue })} isEdge={isFirst} step={-1} act={step} />
      <MoveButton label={t("prio.down", { issue })} isEdge={isLast} step={1} act={step} />
      <Menu
        label={t("prio.edit", { issue })}
        items={[
          { label: t("prio.edit", { issue }), act: edit },
          {
            label: t("prio.remove", { issue }),
            danger: true,
            act: () => {
              setAsking(true);
            },
          },
        ]}
      >
        <span aria-hidden="true">⋯</span>
      </Menu>
      <Confirm
        open={isAsking}
        danger
        title={t("prio.remove.ask", { issue })}
        act={t("prio.remove.do")}
        onAct={() => api.do("priority.remove", { caseId: room.caseId, row: row.row })}
        onClose={() => {
          setAsking(false);
        }}
      >
        <p>{t("prio.remove.what")}</p>
      </Confirm>
    </div>
  );
}

interface MoveProps {
  readonly label: string;
  readonly isEdge: boolean;
  readonly step: Step;
  readonly act: (step: Step) => void;
}

// At the edge the button stays, so that the focus is not lost by the last step.
function MoveButton({ label, isEdge, step, act }: MoveProps) {
  return (
    <button
      type="button"
      class="move"
      data-step={step}
      aria-label={label}
      aria-disabled={isEdge}
      onClick={() => {
        if (!isEdge) act(step);
      }}
    >
      <span aria-hidden="true">{step === -1 ? "↑" : "↓"}</span>
    </button>
  );
}
