/** Last step: everything once more, with names, before anything is sent. */
import { lang, sittingName, t, term } from "../../../text/catalogue";
import type { CandidateView, PersonView } from "../../../worker/api";
import { dateWords, instantOf, timeWords } from "../../logic/dates";
import { groupOf, lacks, toAdd, totalMinutes } from "../../logic/convene";
import { Badge } from "../../parts/badge";
import { Card } from "../../parts/card";
import { Facts, type Fact } from "../../parts/facts";
import { Notice } from "../../parts/notice";
import { Person } from "../../parts/person";
import { basisWithEnd, catList, listed } from "../consent/words";
import type { CallProps } from "./call";

function picked({ form, candidates }: CallProps): readonly CandidateView[] {
  return (candidates ?? []).filter(({ person }) => person.wid in form.duties);
}

function Called(props: CallProps) {
  const people = picked(props);
  return (
    <Card title={t("convene.check.who", { n: people.length })}>
      <ul class="bare called">
        {people.map((one) => (
          <li key={one.person.wid}>
            <Person person={one.person} />
            <span class="row">
              <Badge>{term("duty", props.form.duties[one.person.wid] ?? "member")}</Badge>
              {groupOf(one) === "anon" && <Badge tone="accent">{t("convene.group.anon")}</Badge>}
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

interface FreshProps {
  readonly people: readonly CandidateView[];
  readonly kind: "fresh" | "guests";
}

function Fresh({ people, kind }: FreshProps) {
  if (people.length === 0) return null;
  return (
    <Notice
      kind={kind === "fresh" ? "warn" : "info"}
      title={`${t(`convene.check.${kind}`)}：${listed(people.map(({ person }) => nameOf(person)))}`}
    >
      <p>{t(`convene.check.${kind}.what`)}</p>
      {kind === "fresh" && (
        <ul class="tell">
          {people.map(({ person, cats }) => (
            <li key={person.wid}>
              {nameOf(person)}（{person.agency.name}）：{catList(cats)}
            </li>
          ))}
        </ul>
      )}
    </Notice>
  );
}

function nameOf(person: PersonView): string {
  return person.name || t("common.unknownName");
}

function whenFacts({ form }: CallProps): readonly Fact[] {
  const at = instantOf(form.starts);
  const facts: Fact[] = [
    [t("convene.kind"), `${sittingName(form.kind)}　${t("home.no", { no: form.no })}`],
    [t("convene.starts"), `${dateWords(at, lang.value)} ${timeWords(at)}`],
    [t("convene.purpose"), form.purpose],
  ];
  return form.place.trim() === "" ? facts : [...facts, [t("convene.place"), form.place]];
}

/** What an item rests on, person by person. */
function basisWords({ room }: CallProps, bases: Readonly<Record<string, string>>): string {
  const parts = Object.values(bases).flatMap((sid) => {
    const basis = room.bases.find((each) => each.sid === sid);
    if (!basis) return [];
    return [`${basis.subject || t("consent.subjectClosed")}：${basisWithEnd(basis)}`];
  });
  return parts.length > 0 ? listed(parts) : t("convene.check.noBasis");
}

function Agenda(props: CallProps) {
  const { items } = props.form;
  return (
    <Card title={t("convene.check.items", { n: totalMinutes(items) })}>
      <ol class="agenda-check">
        {items.map((item, at) => (
          <li key={at}>
            <span class="agenda-check-line">
              <strong>{item.title}</strong>
              <span class="small soft number">
                {t(`convene.item.typ.${item.typ}`)}
                {item.minutes !== "" && `　${item.minutes}${t("convene.item.minutes")}`}
              </span>
            </span>
            {item.typ !== "form" && <span class="small soft">{basisWords(props, item.bases)}</span>}
          </li>
        ))}
      </ol>
    </Card>
  );
}

/** The check; an invitation to a sitting that stands has only its people. */
export function Check({ inviting, ...props }: CallProps & { readonly inviting: boolean }) {
  const { wids, guests } = toAdd(props.form, props.candidates ?? [], props.room);
  const people = picked(props);
  const ofIds = (ids: readonly string[]) => people.filter(({ person }) => ids.includes(person.wid));
  return (
    <div class="stack">
      <p class="soft">{t("convene.check.lead")}</p>
      <Fresh people={ofIds(wids)} kind="fresh" />
      <Fresh people={ofIds(guests)} kind="guests" />
      {!inviting &&
        lacks(props.form).map((lack) => (
          <Notice key={lack} kind="warn">
            {t(`convene.lack.${lack}`)}
          </Notice>
        ))}
      <div class="check">
        <div class="stack">
          {!inviting && (
            <Card>
              <Facts facts={whenFacts(props)} />
            </Card>
          )}
          <Called {...props} />
        </div>
        {!inviting && <Agenda {...props} />}
      </div>
    </div>
  );
}
