/** Writing an issue of the priority board. */
import { useState } from "preact/hooks";
import type { PriorityView } from "../../../worker/api";
import { t, term } from "../../../text/catalogue";
import { lastOrder } from "../../logic/boards";
import { markOf } from "../../logic/changes";
import { useCommand } from "../../api";
import { RadioGroup } from "../../parts/choice";
import { Field, TextArea } from "../../parts/field";
import { useScene } from "./context";
import { useDraft, type Draft } from "./draft";
import { Clash, InlineForm, emptyError, useClash } from "./form";

export interface IssueFormProps {
  /** The row to change; null for a new one. */
  readonly row: PriorityView | null;
  readonly onDone: () => void;
}

type Words = Pick<PriorityView, "issue" | "reason" | "urgency">;

const EMPTY: Words = { issue: "", reason: "", urgency: "" };

/** A new issue goes to the end; an edited one keeps its place. */
export function IssueForm({ row, onDone }: IssueFormProps) {
  const { room } = useScene();
  const clash = useClash(row?.seq ?? null);
  const [isTried, setTried] = useState(false);
  const draft = useDraft<Words>(`prio/${room.caseId}/${row?.row ?? ""}`, wordsOf(row ?? EMPTY));
  const finish = () => {
    draft.drop();
    onDone();
  };
  const { command, send, it } = useSending(row, draft.value, finish);
  return (
    <InlineForm
      label={row ? t("prio.edit", { issue: row.issue }) : t("prio.add")}
      send={t("common.save")}
      busy={command.busy}
      trouble={command.trouble}
      blocked={it === null ? t("prio.closed") : null}
      onSend={() => {
        setTried(true);
        void send();
      }}
      onCancel={finish}
    >
      {row && clash.isClash && (
        <Clash theirs={`${row.issue} ― ${row.reason}`} onTake={finish} onKeep={clash.accept} />
      )}
      <IssueFields draft={draft} isTried={isTried} />
    </InlineForm>
  );
}

function wordsOf({ issue, reason, urgency }: Words): Words {
  return { issue, reason, urgency };
}

function useSending(row: PriorityView | null, words: Words, finish: () => void) {
  const { room, powers, sent } = useScene();
  const command = useCommand("priority.set");
  const it = powers.current?.it ?? row?.it ?? null;
  const send = async () => {
    const issue = words.issue.trim();
    if (issue === "" || it === null) return;
    const { urgency } = words;
    const order = row?.order ?? lastOrder(room.priorities);
    const input = { row: row?.row ?? null, it, issue, reason: words.reason.trim(), urgency, order };
    sent.add(markOf({ ...input, row: "", seq: 0 }));
    if (await command.run({ caseId: room.caseId, ...input })) finish();
  };
  return { command, send, it };
}

const URGENCIES = ["high", "middle", "low"] as const;

interface FieldsProps {
  readonly draft: Draft<Words>;
  readonly isTried: boolean;
}

function IssueFields({ draft, isTried }: FieldsProps) {
  const { issue, reason, urgency } = draft.value;
  return (
    <>
      <Field
        label={t("prio.issue")}
        required
        value={issue}
        error={emptyError(isTried, issue)}
        onInput={(value) => {
          draft.change({ issue: value });
        }}
      />
      <RadioGroup
        label={t("prio.urgency")}
        flow="row"
        value={urgency}
        options={URGENCIES.map((value) => ({ value, label: term("urgency", value) }))}
        onChange={(value) => {
          draft.change({ urgency: value });
        }}
      />
      <TextArea
        label={t("prio.reason")}
        rows={2}
        value={reason}
        onInput={(value) => {
          draft.change({ reason: value });
        }}
      />
    </>
  );
}
