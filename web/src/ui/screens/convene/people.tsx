/** Third step: who takes part; the gate answers for each person as one picks. */
import { useState } from "preact/hooks";
import { categoryName, codeWords, t, term } from "../../../text/catalogue";
import type { CandidateView } from "../../../worker/api";
import { byAgency, groupOf, GROUPS, sieved, type Group, type Sieve } from "../../logic/convene";
import { AGENCY_KINDS, CATEGORIES } from "../../logic/register";
import { byKind } from "../../logic/terms";
import { Badge, type Tone } from "../../parts/badge";
import { Button } from "../../parts/button";
import { Card } from "../../parts/card";
import { CheckboxGroup } from "../../parts/choice";
import { Field, Select } from "../../parts/field";
import { Notice } from "../../parts/notice";
import { Agency, Person } from "../../parts/person";
import { Loading } from "../../parts/progress";
import { announce } from "../../parts/toast";
import { catList } from "../consent/words";
import type { CallProps } from "./call";

const DUTIES = ["member", "facilitator", "recorder", "presenter", "adviser"] as const;

const TONES: Readonly<Record<Group, Tone>> = { can: "good", anon: "accent", cannot: "bad" };

const PLEDGES: Readonly<Record<CandidateView["pledge"], Tone>> = {
  live: "good",
  missing: "bad",
  expired: "bad",
};

function nameOf({ person }: CandidateView): string {
  return person.name || t("common.unknownName");
}

/** Put somebody on or off the list, and say so. */
function pick({ form, change }: CallProps, one: CandidateView, on: boolean): void {
  const { wid } = one.person;
  const others = Object.entries(form.duties).filter(([each]) => each !== wid);
  const duty = groupOf(one) === "anon" ? "adviser" : "member";
  const duties = on ? [...others, [wid, duty] as const] : others;
  change({ duties: Object.fromEntries(duties) });
  announce(
    t(on ? "convene.announce.on" : "convene.announce.off", {
      name: nameOf(one),
      n: duties.length,
    }),
  );
}

interface LineProps {
  readonly props: CallProps;
  readonly one: CandidateView;
}

function Marks({ one }: { readonly one: CandidateView }) {
  return (
    <span class="row candidate-marks">
      <Badge tone={PLEDGES[one.pledge]}>{t(`convene.pledge.${one.pledge}`)}</Badge>
      {one.inRoom && <Badge>{t("convene.inRoom")}</Badge>}
      <span class="small soft">
        {one.cats.length > 0
          ? t("convene.scope", { cats: catList(one.cats) })
          : t("convene.scope.none")}
      </span>
    </span>
  );
}

/** One person: a box to tick, or the reason why she cannot be called. */
function Candidate({ props, one }: LineProps) {
  const { form, change } = props;
  const { wid } = one.person;
  const duty = form.duties[wid];
  const may = groupOf(one) !== "cannot";
  return (
    <li class="candidate" data-picked={duty !== undefined}>
      <label class="candidate-pick">
        <input
          type="checkbox"
          aria-label={t("convene.pick", { name: nameOf(one) })}
          checked={duty !== undefined}
          disabled={!may && duty === undefined}
          onChange={(event) => {
            pick(props, one, event.currentTarget.checked);
          }}
        />
        <Person person={one.person} short />
      </label>
      <div class="candidate-facts">
        <Marks one={one} />
        {one.answer !== null && groupOf(one) === "cannot" && (
          <p class="candidate-why">{codeWords(one.answer)}</p>
        )}
      </div>
      {duty !== undefined && (
        <Select
          label={t("convene.duty", { name: nameOf(one) })}
          bare
          value={duty}
          options={DUTIES.map((value) => ({ value, label: term("duty", value) }))}
          onChange={(value) => {
            change({ duties: { ...form.duties, [wid]: value } });
          }}
        />
      )}
    </li>
  );
}

function Group({
  props,
  group,
  lines,
}: {
  readonly props: CallProps;
  readonly group: Group;
  readonly lines: readonly CandidateView[];
}) {
  if (lines.length === 0 && group !== "can") return null;
  return (
    <section class="candidates" aria-label={t(`convene.group.${group}`)}>
      <h2>
        {t(`convene.group.${group}`)} <Badge tone={TONES[group]}>{lines.length}</Badge>
      </h2>
      {group === "anon" && <p class="small soft">{t("convene.group.anon.what")}</p>}
      {lines.length === 0 && <p class="soft">{t("convene.group.none")}</p>}
      {byAgency(lines).map(({ agency, people }) => (
        <div key={agency.aid} class="candidate-agency">
          <h3 class="small">
            <Agency agency={agency} />
            <span class="soft candidate-kind">{term("agencyKind", agency.kind)}</span>
          </h3>
          <ul class="bare">
            {people.map((one) => (
              <Candidate key={one.person.wid} props={props} one={one} />
            ))}
          </ul>
        </div>
      ))}
    </section>
  );
}

interface FinderProps {
  readonly candidates: readonly CandidateView[];
  readonly sieve: Sieve;
  readonly setSieve: (sieve: Sieve) => void;
}

const ANY = "any";

function Finder({ candidates, sieve, setSieve }: FinderProps) {
  const agencies = byAgency(candidates).map(({ agency }) => agency);
  const kinds = byKind(agencies, AGENCY_KINDS).map(({ kind }) => kind);
  const shown = agencies.filter(({ kind }) => sieve.kind === null || kind === sieve.kind);
  return (
    <div class="pair">
      <Field
        label={t("convene.find")}
        type="search"
        value={sieve.words}
        onInput={(words) => {
          setSieve({ ...sieve, words });
        }}
      />
      <Select
        label={t("convene.agencyKind")}
        value={sieve.kind ?? ANY}
        options={[
          { value: ANY, label: t("convene.agencyKind.any") },
          ...kinds.map((value) => ({ value, label: term("agencyKind", value) })),
        ]}
        onChange={(kind) => {
          setSieve({ ...sieve, kind: kind === ANY ? null : kind, aid: null });
        }}
      />
      <Select
        label={t("convene.agency")}
        value={sieve.aid ?? ANY}
        options={[
          { value: ANY, label: t("convene.agency.any") },
          ...shown.map(({ aid, name }) => ({ value: aid, label: name })),
        ]}
        onChange={(aid) => {
          setSieve({ ...sieve, aid: aid === ANY ? null : aid });
        }}
      />
    </div>
  );
}

/** Who is picked so far, always in view while one scrolls through agencies. */
function Picked({ props }: { readonly props: CallProps }) {
  const { form, candidates } = props;
  const picked = (candidates ?? []).filter(({ person }) => person.wid in form.duties);
  return (
    <Card title={t("convene.picked", { n: picked.length })} tone="accent">
      {picked.length === 0 && <p class="soft">{t("convene.picked.none")}</p>}
      <ul class="bare picked">
        {picked.map((one) => (
          <li key={one.person.wid}>
            <span>
              <strong>{nameOf(one)}</strong>{" "}
              <span class="small soft">
                {term("duty", form.duties[one.person.wid] ?? "member")}
              </span>
              {groupOf(one) === "cannot" && <Badge tone="bad">{t("convene.group.cannot")}</Badge>}
            </span>
            <Button
              small
              weight="quiet"
              aria-label={t("convene.unpick", { name: nameOf(one) })}
              onClick={() => {
                pick(props, one, false);
              }}
            >
              ✕
            </Button>
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** Everybody who sits in the room already and may take part. */
function pickMembers({ form, change, candidates }: CallProps): void {
  const members = (candidates ?? []).filter((one) => one.inRoom && groupOf(one) !== "cannot");
  const added: Readonly<Record<string, string>> = Object.fromEntries(
    members.map((one) => [one.person.wid, groupOf(one) === "anon" ? "adviser" : "member"]),
  );
  change({ duties: { ...added, ...form.duties } });
}

/** Choosing people. */
export function People(props: CallProps) {
  const { form, change, candidates, wrong } = props;
  const [sieve, setSieve] = useState<Sieve>({ words: "", kind: null, aid: null });
  const found = sieved(candidates ?? [], sieve);
  const error = wrong("people") ?? wrong("barred");
  return (
    <div class="choosing">
      <Card>
        <CheckboxGroup
          label={t("convene.cats")}
          hint={t("convene.cats.hint")}
          flow="row"
          options={CATEGORIES.map((value) => ({ value, label: categoryName(value) }))}
          value={form.cats}
          onChange={(cats) => {
            change({ cats });
          }}
        />
        {candidates === null && <Loading />}
        {candidates !== null && (
          <>
            <Finder candidates={candidates} sieve={sieve} setSieve={setSieve} />
            <div class="row">
              <Button
                small
                onClick={() => {
                  pickMembers(props);
                }}
              >
                {t("convene.members")}
              </Button>
            </div>
            {GROUPS.map((group) => (
              <Group
                key={group}
                props={props}
                group={group}
                lines={found.filter((one) => groupOf(one) === group)}
              />
            ))}
          </>
        )}
      </Card>
      <div class="choosing-side stack">
        {error !== null && <Notice kind="bad">{error}</Notice>}
        <Picked props={props} />
      </div>
    </div>
  );
}
