/** 会議録 on A4, dates in 和暦; hidden on the screen unless asked for, alone on paper. */
import type { ComponentChildren } from "preact";
import type { DecisionView, ItemView, SittingView } from "../../../worker/api";
import { sittingName, t, term } from "../../../text/catalogue";
import { instantOf, timeWords, wareki } from "../../logic/dates";
import { PARTS, ranked } from "../../logic/boards";
import { ordered } from "../../logic/deeds";
import { absentees, attendance, basesOf } from "../../logic/minutes";
import { grouped } from "../../logic/sections";
import { now, session } from "../../state";
import { basisShort } from "./bases";
import { itemTitle, subjectName, useScene } from "./context";

/** The whole record of one sitting. */
export function MinutesSheet({ sitting }: { readonly sitting: SittingView }) {
  const { room } = useScene();
  const printed = {
    when: `${wareki(now.value)} ${timeWords(now.value)}`,
    who: session.value?.me.name ?? "",
  };
  return (
    <article class="sheet" aria-label={t("rec.title")}>
      <header class="sheet-head">
        <p class="sheet-care">{t("rec.confidential")}</p>
        <h2>{t("rec.title")}</h2>
        <p class="number">{room.code}</p>
      </header>
      <Head sitting={sitting} />
      <Attendees sitting={sitting} />
      <Items sitting={sitting} />
      <Papers />
      <Issues />
      <SaidRows typ="decision" title={t("rec.decisions")} />
      <SaidRows typ="reserve" title={t("rec.reserves")} />
      <SaidRows typ="none" title={t("rec.nones")} />
      <RoleRows />
      <ActionRows />
      <Next sitting={sitting} />
      <footer class="sheet-foot">
        <p class="sheet-signs">
          <span>{t("rec.chairSign")}</span>
          <span>{t("rec.recorderSign")}</span>
        </p>
        <p>{t("rec.printed", printed)}</p>
      </footer>
    </article>
  );
}

function Part({
  title,
  children,
}: {
  readonly title: string;
  readonly children: ComponentChildren;
}) {
  return (
    <section class="sheet-part">
      <h3>{title}</h3>
      {children}
    </section>
  );
}

function Head({ sitting }: { readonly sitting: SittingView }) {
  const { room } = useScene();
  const name = t("room.sitting", { no: sitting.no, kind: sittingName(sitting.kind) });
  const bases = basesOf(room, sitting);
  const readers = [...new Set(room.spoken.map((one) => one.by.name))];
  return (
    <table class="sheet-table">
      <tbody>
        <Line title={t("rec.body")}>{name}</Line>
        <Line title={t("rec.when")}>
          {wareki(sitting.starts)} {timeWords(sitting.starts)}
        </Line>
        <Line title={t("rec.place")}>{sitting.place}</Line>
        <Line title={t("rec.purpose")}>{sitting.purpose}</Line>
        <Line title={t("rec.basis")}>
          {bases.map((basis) => (
            <span key={basis.sid} class="sheet-line">
              {subjectName(room.bases, basis.sub)}：{basisShort(basis)}
            </span>
          ))}
        </Line>
        <Line title={t("rec.secrecy")}>{t("rec.secrecy.box")}</Line>
        <Line title={t("rec.codes")}>{readers.join(t("room.comma")) || t("rec.none")}</Line>
      </tbody>
    </table>
  );
}

function Line({
  title,
  children,
}: {
  readonly title: string;
  readonly children: ComponentChildren;
}) {
  return (
    <tr>
      <th scope="row">{title}</th>
      <td>{children}</td>
    </tr>
  );
}

interface RowsProps {
  readonly heads: readonly string[];
  readonly rows: readonly { readonly key: string; readonly cells: readonly ComponentChildren[] }[];
}

function Rows({ heads, rows }: RowsProps) {
  if (rows.length === 0) return <p>{t("rec.none")}</p>;
  return (
    <table class="sheet-table">
      <thead>
        <tr>
          {heads.map((head) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ key, cells }) => (
          <tr key={key}>
            {cells.map((cell, index) => (
              <td key={index}>{cell}</td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Attendees({ sitting }: { readonly sitting: SittingView }) {
  const { room } = useScene();
  const here = attendance(sitting, room.happenings).map(({ seat, came, left }) => ({
    key: seat.person.wid,
    cells: [
      seat.person.agency.name,
      seat.person.name,
      term("duty", seat.duty),
      came === null ? "" : `${timeWords(came)}〜${left === null ? "" : timeWords(left)}`,
    ],
  }));
  const away = absentees(sitting);
  return (
    <Part title={t("rec.attend")}>
      <Rows heads={[t("rec.agency"), t("rec.name"), t("rec.duty"), t("rec.time")]} rows={here} />
      {away.length > 0 && (
        <p>
          {t("rec.absent")}：
          {away
            .map((seat) => `${seat.person.agency.name} ${seat.person.name}`)
            .join(t("room.comma"))}
        </p>
      )}
    </Part>
  );
}

function Items({ sitting }: { readonly sitting: SittingView }) {
  const { room } = useScene();
  const rows = sitting.items.map((item) => ({
    key: item.it,
    cells: [
      item.no,
      itemTitle(item),
      item.bases.map(({ sub }) => subjectName(room.bases, sub)).join(t("room.comma")),
      item.opened === null ? "" : timeWords(item.opened),
      outWords(item),
    ],
  }));
  const heads = [t("rec.rank"), t("rec.item"), t("bases.subject"), t("rec.begun"), t("rec.out")];
  return (
    <Part title={t("agenda.title")}>
      <Rows heads={heads} rows={rows} />
    </Part>
  );
}

function outWords(item: ItemView): string {
  if (item.out === null) return "";
  if (item.out === "basis-ended") return t("agenda.out.basis-ended");
  return item.typ === "decide" ? term("out", item.out) : t("agenda.state.closed");
}

function Papers() {
  const { room } = useScene();
  const groups = grouped(room.sections);
  const closed = room.sections.filter((section) => section.text === null).length;
  const rows = groups.flatMap((group) =>
    group.sections.map((section) => ({
      key: section.doc,
      cells: [
        `${section.title}（${t("papers.version", { n: section.ver })}）`,
        term("prov", group.prov),
        section.author?.name ?? "",
        section.readers?.map((one) => one.name).join(t("room.comma")) ?? t("rec.all"),
      ],
    })),
  );
  return (
    <Part title={t("rec.papers")}>
      <Rows
        heads={[t("rec.paper"), t("rec.prov"), t("rec.author"), t("rec.readers")]}
        rows={rows}
      />
      {closed > 0 && <p>{t("rec.closedPapers", { n: closed })}</p>}
    </Part>
  );
}

function Issues() {
  const { room } = useScene();
  const rows = ranked(room.priorities).map((row, index) => ({
    key: row.row,
    cells: [
      index + 1,
      row.issue,
      row.urgency === "" ? "" : term("urgency", row.urgency),
      row.reason,
    ],
  }));
  const heads = [t("rec.rank"), t("prio.issue"), t("prio.urgency"), t("prio.reason")];
  return (
    <Part title={t("rec.issues")}>
      <Rows heads={heads} rows={rows} />
    </Part>
  );
}

interface SaidProps {
  readonly typ: DecisionView["typ"];
  readonly title: string;
}

function SaidRows({ typ, title }: SaidProps) {
  const { room } = useScene();
  const said = room.decisions.filter((decision) => decision.typ === typ);
  return (
    <Part title={title}>
      {said.length === 0 && <p>{t("rec.none")}</p>}
      {said.length > 0 && (
        <ul>
          {said.map((decision) => (
            <li key={decision.dec}>
              {decision.text}
              {typ === "reserve" && `（${decision.by.agency.name} ${decision.by.name}）`}
            </li>
          ))}
        </ul>
      )}
    </Part>
  );
}

function RoleRows() {
  const { room } = useScene();
  const rows = PARTS.flatMap((part) => room.roles.filter((role) => role.part === part)).map(
    (role) => ({
      key: role.row,
      cells: [
        t(`part.${role.part}`),
        `${role.owner.agency.name} ${role.owner.person?.name ?? ""}`,
        role.words,
        t(`roles.state.${role.state}`),
      ],
    }),
  );
  return (
    <Part title={t("rec.roles")}>
      <Rows heads={[t("rec.part"), t("rec.owner"), t("roles.words"), t("rec.state")]} rows={rows} />
    </Part>
  );
}

function ActionRows() {
  const { room } = useScene();
  const rows = ordered(room.actions).map((action) => ({
    key: action.act,
    cells: [
      action.what,
      `${action.owner.agency.name} ${action.owner.person?.name ?? ""}`,
      action.due === null ? t("acts.due.none") : wareki(instantOf(action.due)),
      action.how,
      term("act", action.state),
    ],
  }));
  const heads = [t("acts.what"), t("rec.owner"), t("acts.due"), t("acts.how"), t("rec.state")];
  return (
    <Part title={t("rec.actions")}>
      <Rows heads={heads} rows={rows} />
    </Part>
  );
}

function Next({ sitting }: { readonly sitting: SittingView }) {
  const { next } = sitting;
  const words = () => {
    if (next === null) return t("next.none");
    if (next.when === null) return t("next.noneNeeded");
    return `${wareki(next.when)} ${timeWords(next.when)}`;
  };
  return (
    <Part title={t("rec.next")}>
      <p>
        {words()} {next?.note}
      </p>
    </Part>
  );
}
