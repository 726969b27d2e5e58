/** Proposing a part on the role board to an agency and a person of the room. */
import { useState } from "preact/hooks";
import type { Part, RoleView } from "../../../worker/api";
import { t } from "../../../text/catalogue";
import { useCommand } from "../../api";
import { TextArea } from "../../parts/field";
import { useScene } from "./context";
import { useDraft } from "./draft";
import { Clash, InlineForm, useClash } from "./form";
import { OwnerFields, ownerFrom, type OwnerDraft } from "./owner";

export interface RoleFormProps {
  readonly part: Part;
  /** The row to change; null for a new one. */
  readonly row: RoleView | null;
  readonly onDone: () => void;
}

interface RoleDraft extends OwnerDraft {
  readonly words: string;
}

/** A change of the owner is a new proposal, which she answers anew. */
export function RoleForm({ part, row, onDone }: RoleFormProps) {
  const { room } = useScene();
  const clash = useClash(row?.seq ?? null);
  const [isTried, setTried] = useState(false);
  const draft = useDraft<RoleDraft>(`role/${room.caseId}/${row?.row ?? part}`, roleDraft(row));
  const finish = () => {
    draft.drop();
    onDone();
  };
  const { command, send, it } = useSending(part, row, draft.value, finish);
  return (
    <InlineForm
      label={t(row ? "roles.change" : "roles.propose", { part: t(`part.${part}`) })}
      send={t("roles.save")}
      busy={command.busy}
      trouble={command.trouble}
      blocked={it === null ? t("write.item") : null}
      onSend={() => {
        setTried(true);
        void send();
      }}
      onCancel={finish}
    >
      {row && clash.isClash && (
        <Clash theirs={theirsOf(row)} onTake={finish} onKeep={clash.accept} />
      )}
      <OwnerFields draft={draft} isWrong={isTried} needsPerson={part === "key"} />
      <TextArea
        label={t("roles.words")}
        rows={2}
        value={draft.value.words}
        onInput={(words) => {
          draft.change({ words });
        }}
      />
    </InlineForm>
  );
}

function roleDraft(row: RoleView | null): RoleDraft {
  return { ...ownerFrom(row?.owner ?? null), words: row?.words ?? "" };
}

function theirsOf({ owner, words }: RoleView): string {
  return `${owner.agency.name} ${owner.person?.name ?? ""} ― ${words}`;
}

function useSending(part: Part, row: RoleView | null, draft: RoleDraft, finish: () => void) {
  const { room, powers, sent } = useScene();
  const command = useCommand("role.set");
  const it = powers.current?.it ?? null;
  const send = async () => {
    const { aid, wid, words } = draft;
    if (aid === "" || it === null) return;
    sent.add(`role:${part}/${aid}/${wid}/proposed`);
    const place = { caseId: room.caseId, row: row?.row ?? null, it, part };
    const owner = { aid, wid: wid === "" ? null : wid };
    if (await command.run({ ...place, ...owner, words: words.trim() })) finish();
  };
  return { command, send, it };
}
