/** Third step: who takes part; the gate answers for each person as one picks. */
import { useState } from "preact/hooks";
import { categoryName, codeWords, t, term } from "../../../text/catalogue";
import type { AgencyView, CandidateView } from "../../../worker/api";
import {
  byAgency,
  EVERYBODY,
  fits,
  groupOf,
  GROUPS,
  sieved,
  wordsOf,
  type Group,
  type Sieve,
} from "../../logic/convene";
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

/** Kind and block of an agency, and what it can do. */
function AgencyFacts({ agency }: { readonly agency: AgencyView }) {
  const about = [term("agencyKind", agency.kind), agency.block].filter((word) => word !== "");
  return (
    <span class="row candidate-about">
      <span class="soft">{about.join("・")}</span>
      {agency.able.length > 0 && (
        <ul class="able" aria-label={t("convene.able.of", { agency: agency.name })}>
          {agency.able.map((word) => (
            <li key={word}>{word}</li>
          ))}
        </ul>
      )}
    </span>
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
          <div class="candidate-head small">
            <h3 class="small">
              <Agency agency={agency} />
            </h3>
            <AgencyFacts agency={agency} />
          </div>
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

/** What candidates are sieved by, and the words for it, in the order on the screen. */
const FILTERS = [
  { key: "block", words: "block" },
  { key: "kind", words: "agencyKind" },
  { key: "able", words: "able" },
  { key: "aid", words: "agency" },
] as const;

interface ChooseProps {
  readonly words: (typeof FILTERS)[number]["words"];
  readonly value: string | null;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly onChoose: (value: string | null) => void;
}

/** One of the words there are, or any. */
function Choose({ words, value, options, onChoose }: ChooseProps) {
  return (
    <Select
      label={t(`convene.${words}`)}
      value={value ?? ANY}
      options={[{ value: ANY, label: t(`convene.${words}.any`) }, ...options]}
      onChange={(chosen) => {
        onChoose(chosen === ANY ? null : chosen);
      }}
    />
  );
}

function asOption(word: string) {
  return { value: word, label: word };
}

function Finder({ candidates, sieve, setSieve }: FinderProps) {
  const agencies = byAgency(candidates).map(({ agency }) => agency);
  const kinds = byKind(agencies, AGENCY_KINDS).map(({ kind }) => kind);
  const { blocks, abilities } = wordsOf(agencies);
  const choices = {
    block: blocks.map(asOption),
    agencyKind: kinds.map((value) => ({ value, label: term("agencyKind", value) })),
    able: abilities.map(asOption),
    agency: agencies
      .filter((agency) => fits(agency, sieve))
      .map(({ aid, name }) => ({ value: aid, label: name })),
  };
  return (
    <div class="finder">
      <Field
        label={t("convene.find")}
        type="search"
        value={sieve.words}
        onInput={(words) => {
          setSieve({ ...sieve, words });
        }}
      />
      {FILTERS.filter(({ words }) => words === "agency" || choices[words].length > 0).map(
        ({ key, words }) => (
          <Choose
            key={key}
            words={words}
            value={sieve[key]}
            options={choices[words]}
            onChoose={(value) => {
              // An agency chosen before may not be one of those that fit now.
              setSieve({ ...sieve, aid: null, [key]: value });
            }}
          />
        ),
      )}
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
  const [sieve, setSieve] = useState<Sieve>(EVERYBODY);
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
