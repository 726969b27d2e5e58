/** 根拠: one line for each subject, with who may read what behind it. */
import type { BasisView, ItemView, RoomView } from "../../../worker/api";
import { basisName, categoryName, lang, t, term } from "../../../text/catalogue";
import { dateWords } from "../../logic/dates";
import { Badge, type Tone } from "../../parts/badge";
import { LinkButton } from "../../parts/button";
import { Card } from "../../parts/card";
import { Notice } from "../../parts/notice";
import { Agency } from "../../parts/person";
import { Empty } from "../../parts/progress";
import { hrefCase } from "../../router";
import { subjectName, useScene } from "./context";

const TONES: Readonly<Record<BasisView["state"], Tone>> = {
  live: "good",
  "not-yet": "warn",
  expired: "bad",
  overdue: "bad",
  withdrawn: "bad",
  partly: "warn",
};

/** What the basis of one subject is, in one line. */
export function basisWords(basis: BasisView): string {
  const day = (at: number) => dateWords(at, lang.value);
  const facts = { from: day(basis.start), until: day(basis.until) };
  if (basis.kind === "consent") {
    const open = basis.scope.filter((one) => one.withdrawn.length < one.cats.length);
    const agencies = open.map((one) => one.agency.name).join(t("room.comma"));
    return t("bases.line.consent", { ...facts, agencies });
  }
  const law = basisName(basis.law);
  if (basis.review === null) return t("bases.line.law.noReview", { ...facts, law });
  return t("bases.line.law", { ...facts, law, review: day(basis.review) });
}

/** The same without the recipients, for narrow places. */
export function basisShort(basis: BasisView): string {
  const end = basis.review ?? basis.until;
  const words = basis.kind === "consent" ? t("basis.consent") : basisName(basis.law);
  const day = dateWords(end, lang.value);
  const until = t(basis.review === null ? "bases.until" : "bases.review", { day });
  return t("bases.short", { words, until });
}

/** All bases in force for the room, each with its recipients. */
export function Bases() {
  const { room, powers } = useScene();
  const bases = room.bases.filter((basis) => basis.current);
  return (
    <Card
      title={t("bases.title")}
      aside={
        !powers.isGuest && !room.closed ? (
          <LinkButton small href={hrefCase(room.caseId, "consent")}>
            {t("bases.change")}
          </LinkButton>
        ) : undefined
      }
    >
      {bases.length === 0 && <Empty title={t("bases.none")}>{t("bases.noneWhat")}</Empty>}
      <ul class="bare bases">
        {bases.map((basis) => (
          <li key={basis.sid}>
            <BasisLine basis={basis} />
          </li>
        ))}
      </ul>
      <p class="small soft">{t("bases.board")}</p>
    </Card>
  );
}

function BasisLine({ basis }: { readonly basis: BasisView }) {
  const { room } = useScene();
  return (
    <div class="basis" data-state={basis.state}>
      <div class="row">
        <strong class="basis-subject">{subjectName(room.bases, basis.sub)}</strong>
        <Badge tone={TONES[basis.state]}>{term("basis", basis.state)}</Badge>
      </div>
      <p>{basisWords(basis)}</p>
      <details class="basis-scope">
        <summary>{t("bases.scope")}</summary>
        <ScopeTable basis={basis} />
        <p class="small soft">
          {t("bases.by", { names: basis.by.map((one) => one.name).join(t("room.comma")) })}
        </p>
      </details>
    </div>
  );
}

function ScopeTable({ basis }: { readonly basis: BasisView }) {
  return (
    <table class="scope">
      <thead>
        <tr>
          <th scope="col">{t("bases.agency")}</th>
          <th scope="col">{t("bases.cats")}</th>
        </tr>
      </thead>
      <tbody>
        {basis.scope.map((one) => (
          <tr key={one.agency.aid}>
            <th scope="row">
              <Agency agency={one.agency} />
            </th>
            <td>
              <CatWords cats={one.cats.filter((cat) => !one.withdrawn.includes(cat))} />
              {one.withdrawn.length > 0 && (
                <span class="withdrawn">
                  {t("bases.cats.gone", { cats: catWords(one.withdrawn) })}
                </span>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Names of categories in one line. */
export function catWords(cats: readonly string[]): string {
  return cats.map(categoryName).join(t("room.comma"));
}

function CatWords({ cats }: { readonly cats: readonly string[] }) {
  return cats.length === 0 ? null : <span>{catWords(cats)}</span>;
}

const GONE: readonly BasisView["state"][] = ["withdrawn", "expired", "overdue"];

/** The bases on which the current item is talked about; always in view with the item. */
export function ItemBases({ item, room }: { readonly item: ItemView; readonly room: RoomView }) {
  const bases = item.bases.flatMap(({ basis }) => {
    const found = room.bases.find((one) => one.sid === basis);
    return found ? [found] : [];
  });
  if (item.bases.length === 0) return <p class="item-bases small">{t("bases.noneNeeded")}</p>;
  const isLost = bases.some((basis) => GONE.includes(basis.state));
  return (
    <>
      <dl class="item-bases" aria-label={t("bases.title")}>
        {bases.map((basis) => (
          <div key={basis.sid}>
            <dt>{subjectName(room.bases, basis.sub)}</dt>
            <dd>
              {basisShort(basis)}
              {basis.state !== "live" && (
                <Badge tone={TONES[basis.state]}>{term("basis", basis.state)}</Badge>
              )}
            </dd>
          </div>
        ))}
      </dl>
      {isLost && <Notice kind="bad">{t("bases.lost")}</Notice>}
    </>
  );
}
