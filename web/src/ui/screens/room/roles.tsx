/** 役割分担: who is in charge, and what is still missing before the item can be closed as decided. */
import { useState } from "preact/hooks";
import type { Part, RoleView } from "../../../worker/api";
import { t, term } from "../../../text/catalogue";
import { PARTS, checklist, isIn, type RuleLine } from "../../logic/boards";
import { isFresh, markOf } from "../../logic/changes";
import { useApi, useCommand } from "../../api";
import { Badge, type Tone } from "../../parts/badge";
import { Button } from "../../parts/button";
import { Card } from "../../parts/card";
import { Confirm } from "../../parts/dialog";
import { Menu } from "../../parts/menu";
import { AnswerOffer } from "./answer";
import { useScene } from "./context";
import { FreshMark } from "./form";
import { RoleForm } from "./role_form";

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
        <Role key={role.row} row={role} isOpen={isOpen} />
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
          row={null}
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

interface RoleProps {
  readonly row: RoleView;
  readonly isOpen: boolean;
}

function Role({ row, isOpen }: RoleProps) {
  const { room, powers } = useScene();
  const [isEditing, setEditing] = useState(false);
  const mayEdit = isOpen && (powers.leads || powers.records || row.owner.mine);
  const isAsked = isMine(row) && row.state === "proposed" && powers.blocked === null;
  const set = (on: boolean) => () => {
    setEditing(on);
  };
  if (isEditing) return <RoleForm part={row.part} row={row} onDone={set(false)} />;
  return (
    <div class="role" data-state={row.state}>
      <div class="role-line">
        <Owner row={row} />
        {mayEdit && <RoleTools row={row} edit={set(true)} />}
      </div>
      {row.why && <p class="small">{t("people.why", { why: term("why", row.why) })}</p>}
      {!isIn(row.owner, room.members) && <p class="small role-gone">{t("roles.gone")}</p>}
      {row.words !== "" && <p class="small">{row.words}</p>}
      {isAsked && <Answer row={row} />}
    </div>
  );
}

function Owner({ row }: { readonly row: RoleView }) {
  const { seen, sent } = useScene();
  return (
    <p class="role-owner">
      <strong>{row.owner.agency.name}</strong>
      {row.owner.person && <span>{row.owner.person.name}</span>}
      <Badge tone={TONES[row.state]}>{t(`roles.state.${row.state}`)}</Badge>
      <FreshMark show={isFresh(row.seq, seen) && !sent.has(markOf(row))} />
    </p>
  );
}

/** Offered to me by name, or to my agency without a name. */
function isMine(row: RoleView): boolean {
  return row.owner.mine && row.owner.person?.me !== false;
}

function Answer({ row }: { readonly row: RoleView }) {
  const { room, sent } = useScene();
  const command = useCommand("role.answer");
  return (
    <AnswerOffer
      what={t(`part.${row.part}`)}
      busy={command.busy}
      trouble={command.trouble}
      answer={async (accept, why) => {
        sent.add(markOf({ ...row, state: accept ? "accepted" : "declined" }));
        return (await command.run({ caseId: room.caseId, row: row.row, accept, why })) !== null;
      }}
    />
  );
}

interface RoleToolsProps {
  readonly row: RoleView;
  readonly edit: () => void;
}

function RoleTools({ row, edit }: RoleToolsProps) {
  const { room } = useScene();
  const api = useApi();
  const [isAsking, setAsking] = useState(false);
  const facts = { part: t(`part.${row.part}`), agency: row.owner.agency.name };
  const ask = () => {
    setAsking(true);
  };
  return (
    <>
      <Menu
        label={t("roles.change", facts)}
        items={[
          { label: t("roles.change", facts), act: edit },
          { label: t("roles.remove", facts), act: ask, danger: true },
        ]}
      >
        <span aria-hidden="true">⋯</span>
      </Menu>
      <Confirm
        open={isAsking}
        danger
        title={t("roles.remove.ask", facts)}
        act={t("roles.remove.do")}
        onAct={() => api.do("role.remove", { caseId: room.caseId, row: row.row })}
        onClose={() => {
          setAsking(false);
        }}
      >
        <p>{t("roles.remove.what", facts)}</p>
      </Confirm>
    </>
  );
}
