/** 役割分担: who is in charge, and what is still missing before the item can be closed as decided. */
import { useRef, useState } from "preact/hooks";
import type { Part, RoleView } from "../../../worker/api";
import { t, term } from "../../../text/catalogue";
import { PARTS, checklist, isIn, type RuleLine } from "../../logic/boards";
import { isFresh, markOf } from "../../logic/changes";
import { useApi, useCommand } from "../../api";
import { Badge, type Tone } from "../../parts/badge";
import { Button } from "../../parts/button";
import { Card } from "../../parts/card";
import { Confirm } from "../../parts/dialog";
import { TextArea } from "../../parts/field";
import { AnswerOffer } from "./answer";
import { useScene } from "./context";
import { useDraft } from "./draft";
import { Clash, FreshMark, InlineForm } from "./form";
import { OwnerFields, ownerFrom, type OwnerDraft } from "./owner";

/** The role board: the four parts with their rows, and the rules as a checklist. */
export function Roles() {
  const { room } = useScene();
  const missing = checklist(room.roles, room.members).filter((line) => !line.isMet).length;
  return (
    <Card
      title={t("roles.title")}
      aside={
        missing === 0 ? (
          <Badge tone="good">{t("roles.complete")}</Badge>
        ) : (
          <Badge tone="warn">{t("roles.lacking", { n: missing })}</Badge>
        )
      }
    >
      <RuleList />
      <div class="role-parts">
        {PARTS.map((part) => (
          <PartRows key={part} part={part} />
        ))}
      </div>
    </Card>
  );
}

/** What a decision needs, each line met or not and why. */
export function RuleList({ onlyMissing = false }: { readonly onlyMissing?: boolean }) {
  const { room } = useScene();
  const lines = checklist(room.roles, room.members).filter((line) => !onlyMissing || !line.isMet);
  return (
    <ul class="bare rules" aria-label={t("roles.check")}>
      {lines.map((line) => (
        <li key={line.rule} data-met={line.isMet}>
          <span
            class="rule-mark"
            role="img"
            aria-label={t(line.isMet ? "roles.met" : "roles.unmet")}
          >
            {line.isMet ? "✓" : "–"}
          </span>
          <span>{t(`roles.rule.${line.rule}`)}</span>
          {line.lack && <span class="small rule-lack">{lackWords(line)}</span>}
        </li>
      ))}
    </ul>
  );
}

function lackWords(line: RuleLine): string {
  return line.lack === null ? "" : t(`roles.lack.${line.lack}`, { n: line.count });
}

function PartRows({ part }: { readonly part: Part }) {
  const { room, powers } = useScene();
  const [isAdding, setAdding] = useState(false);
  const rows = room.roles.filter((role) => role.part === part);
  const isOpen = powers.current !== null && powers.blocked === null;
  const name = t(`part.${part}`);
  return (
    <section class="role-part" data-part={part} aria-label={name}>
      <h3>{name}</h3>
      {part === "interim" && rows.length > 0 && <p class="small soft">{t("roles.interim.why")}</p>}
      {rows.map((role) => (
        <Role key={role.row} role={role} isOpen={isOpen} />
      ))}
      {rows.length === 0 && !isAdding && <p class="small soft">{t("roles.none")}</p>}
      {isOpen && !isAdding && (rows.length === 0 || part === "deputy") && (
        <div>
          <Button
            small
            weight="quiet"
            onClick={() => {
              setAdding(true);
            }}
          >
            {t("roles.propose", { part: name })}
          </Button>
        </div>
      )}
      {isAdding && (
        <RoleForm
          part={part}
          role={null}
          onDone={() => {
            setAdding(false);
          }}
        />
      )}
    </section>
  );
}

const TONES: Readonly<Record<RoleView["state"], Tone>> = {
  proposed: "warn",
  accepted: "good",
  declined: "bad",
};

function Role({ role, isOpen }: { readonly role: RoleView; readonly isOpen: boolean }) {
  const { room, powers, seen, sent } = useScene();
  const [isEditing, setEditing] = useState(false);
  const mayEdit = isOpen && (powers.leads || powers.records || role.owner.mine);
  const done = () => {
    setEditing(false);
  };
  if (isEditing) return <RoleForm part={role.part} role={role} onDone={done} />;
  return (
    <div class="role" data-state={role.state}>
      <p class="role-owner">
        <strong>{role.owner.agency.name}</strong>
        {role.owner.person && <span>{role.owner.person.name}</span>}
        <Badge tone={TONES[role.state]}>{t(`roles.state.${role.state}`)}</Badge>
        <FreshMark show={isFresh(role.seq, seen) && !sent.has(markOf(role))} />
      </p>
      {role.why && <p class="small">{t("people.why", { why: term("why", role.why) })}</p>}
      {!isIn(role.owner, room.members) && <p class="small role-gone">{t("roles.gone")}</p>}
      {role.words !== "" && <p class="small">{role.words}</p>}
      {isMine(role) && role.state === "proposed" && powers.blocked === null && (
        <Answer role={role} />
      )}
      {mayEdit && (
        <RoleTools
          role={role}
          edit={() => {
            setEditing(true);
          }}
        />
      )}
    </div>
  );
}

/** Offered to me by name, or to my agency without a name. */
function isMine(role: RoleView): boolean {
  return role.owner.mine && role.owner.person?.me !== false;
}

function Answer({ role }: { readonly role: RoleView }) {
  const { room, sent } = useScene();
  const command = useCommand("role.answer");
  return (
    <AnswerOffer
      what={t(`part.${role.part}`)}
      busy={command.busy}
      trouble={command.trouble}
      answer={async (accept, why) => {
        sent.add(markOf({ ...role, state: accept ? "accepted" : "declined" }));
        return (await command.run({ caseId: room.caseId, row: role.row, accept, why })) !== null;
      }}
    />
  );
}

function RoleTools({ role, edit }: { readonly role: RoleView; readonly edit: () => void }) {
  const { room } = useScene();
  const api = useApi();
  const [isAsking, setAsking] = useState(false);
  const facts = { part: t(`part.${role.part}`), agency: role.owner.agency.name };
  return (
    <div class="row role-tools">
      <Button small weight="quiet" onClick={edit}>
        {t("roles.change", facts)}
      </Button>
      <Button
        small
        weight="quiet"
        onClick={() => {
          setAsking(true);
        }}
      >
        {t("roles.remove", facts)}
      </Button>
      <Confirm
        open={isAsking}
        danger
        title={t("roles.remove.ask", facts)}
        act={t("roles.remove.do")}
        onAct={() => api.do("role.remove", { caseId: room.caseId, row: role.row })}
        onClose={() => {
          setAsking(false);
        }}
      >
        <p>{t("roles.remove.what", facts)}</p>
      </Confirm>
    </div>
  );
}

interface FormProps {
  readonly part: Part;
  readonly role: RoleView | null;
  readonly onDone: () => void;
}

interface RoleDraft extends OwnerDraft {
  readonly words: string;
}

function RoleForm({ part, role, onDone }: FormProps) {
  const { room, powers, sent } = useScene();
  const command = useCommand("role.set");
  const base = useRef(role?.seq ?? null);
  const [, redraw] = useState(0);
  const [isWrong, setWrong] = useState(false);
  const draft = useDraft<RoleDraft>(`role/${room.caseId}/${role?.row ?? part}`, {
    ...ownerFrom(role?.owner ?? null),
    words: role?.words ?? "",
  });
  const finish = () => {
    draft.drop();
    onDone();
  };
  const it = powers.current?.it ?? null;
  const send = async () => {
    const { aid, wid, words } = draft.value;
    setWrong(aid === "");
    if (aid === "" || it === null) return;
    const input = { row: role?.row ?? null, it, part, aid, wid: wid === "" ? null : wid };
    sent.add(`role:${part}/${aid}/${wid}/proposed`);
    if (await command.run({ caseId: room.caseId, ...input, words: words.trim() })) finish();
  };
  const name = t(`part.${part}`);
  return (
    <InlineForm
      label={t(role ? "roles.change" : "roles.propose", { part: name })}
      send={t("roles.save")}
      busy={command.busy}
      trouble={command.trouble}
      blocked={it === null ? t("write.item") : null}
      onSend={() => void send()}
      onCancel={finish}
    >
      {role && role.seq !== base.current && (
        <Clash
          theirs={`${role.owner.agency.name} ${role.owner.person?.name ?? ""} ― ${role.words}`}
          onTake={finish}
          onKeep={() => {
            base.current = role.seq;
            redraw((n) => n + 1);
          }}
        />
      )}
      <OwnerFields draft={draft} isWrong={isWrong} needsPerson={part === "key"} />
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
