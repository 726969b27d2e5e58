/** 撤回: how far, what it does by name, what to tell the person; one screen, since it comes by telephone. */
import { useLayoutEffect, useState } from "preact/hooks";
import { basisName, categoryName, t } from "../../../text/catalogue";
import type { BasisView, In, RoomView } from "../../../worker/api";
import { useCommand } from "../../api";
import { takesAnything } from "../../logic/terms";
import { Button, LinkButton } from "../../parts/button";
import { Card } from "../../parts/card";
import { CheckboxGroup, RadioGroup } from "../../parts/choice";
import { CodeReason, Notice } from "../../parts/notice";
import { Page } from "../../parts/page";
import { Empty } from "../../parts/progress";
import { go, hrefCase } from "../../router";
import { writable } from "../../state";
import { Effect, useEffectOf, type AskedEffect } from "./effect";
import { listed } from "./words";

type How = "all" | "agencies" | "cats";

interface Choice {
  readonly sid: string;
  readonly how: How;
  readonly aids: readonly string[];
  readonly cats: readonly string[];
}

/** What the choice takes, as the command takes it; null while it would take nothing. */
function asked(basis: BasisView | undefined, choice: Choice): In<"basis.withdraw"> | null {
  if (!basis) return null;
  const part = {
    aids: choice.how === "agencies" ? choice.aids : null,
    cats: choice.how === "cats" ? choice.cats : null,
  };
  return takesAnything(basis, part) ? { caseId: "", basis: basis.sid, ...part } : null;
}

function openParts(basis: BasisView) {
  return basis.scope.filter(({ cats, withdrawn }) => withdrawn.length < cats.length);
}

function openCats(basis: BasisView): readonly string[] {
  const open = openParts(basis).flatMap(({ cats, withdrawn }) =>
    cats.filter((cat) => !withdrawn.includes(cat)),
  );
  return [...new Set(open)].toSorted();
}

interface ChoosingProps {
  readonly bases: readonly BasisView[];
  readonly basis: BasisView | undefined;
  readonly choice: Choice;
  readonly change: (part: Partial<Choice>) => void;
}

function Which({ bases, choice, change }: ChoosingProps) {
  return (
    <RadioGroup
      label={t("withdraw.which")}
      required
      options={bases.map((basis) => ({
        value: basis.sid,
        label: basis.subject || t("consent.subjectClosed"),
        hint: `${basisName(basis.law)}　${listed(openParts(basis).map(({ agency }) => agency.name))}`,
      }))}
      value={choice.sid}
      onChange={(sid) => {
        change({ sid, aids: [], cats: [] });
      }}
    />
  );
}

function HowFar({ basis, choice, change }: ChoosingProps) {
  if (!basis) return null;
  return (
    <>
      <RadioGroup
        label={t("withdraw.how")}
        required
        options={(["agencies", "cats", "all"] as const).map((value) => ({
          value,
          label: t(`withdraw.how.${value}`),
          hint: t(`withdraw.how.${value}.hint`),
        }))}
        value={choice.how}
        onChange={(how) => {
          change({ how });
        }}
      />
      {choice.how === "agencies" && (
        <CheckboxGroup
          label={t("withdraw.agencies")}
          required
          options={openParts(basis).map(({ agency }) => ({
            value: agency.aid,
            label: agency.name,
          }))}
          value={choice.aids}
          onChange={(aids) => {
            change({ aids });
          }}
        />
      )}
      {choice.how === "cats" && (
        <CheckboxGroup
          label={t("withdraw.cats")}
          required
          options={openCats(basis).map((value) => ({ value, label: categoryName(value) }))}
          value={choice.cats}
          onChange={(cats) => {
            change({ cats });
          }}
        />
      )}
    </>
  );
}

function Tell() {
  return (
    <Card title={t("withdraw.tell")}>
      <ul class="tell">
        <li>{t("withdraw.tell.now")}</li>
        <li>{t("withdraw.tell.seen")}</li>
        <li>{t("withdraw.tell.kept")}</li>
        <li>{t("withdraw.tell.again")}</li>
      </ul>
    </Card>
  );
}

interface ActProps {
  readonly question: In<"basis.withdraw">;
  readonly effect: AskedEffect;
  readonly onDone: () => void;
}

/** Can only be pressed once its effect stands above it, by name. */
function Act({ question, effect, onDone }: ActProps) {
  const { run, busy, trouble } = useCommand("basis.withdraw");
  const leaving = effect.effect?.closes.filter(({ leaves }) => leaves) ?? [];
  const names = leaving.map(({ person }) => person.name || person.agency.name);
  return (
    <div class="stack" data-gap="small">
      {trouble && <CodeReason trouble={trouble} />}
      {names.length > 0 && (
        <p class="withdraw-who">{t("withdraw.actWho", { names: listed(names) })}</p>
      )}
      {!writable.value && <p class="small soft">{t("consent.readonly")}</p>}
      <div class="row" data-end="true">
        <Button
          weight="danger"
          busy={busy}
          disabled={!effect.effect || !writable.value}
          onClick={() => {
            void run(question).then((answer) => {
              if (answer) onDone();
            });
          }}
        >
          {t("withdraw.act")}
        </Button>
      </div>
    </div>
  );
}

interface WithdrawProps {
  readonly room: RoomView;
  readonly chosen: string | null;
}

/** The screen of a withdrawal. */
export function Withdraw({ room, chosen }: WithdrawProps) {
  const bases = room.bases.filter((basis) => basis.current && openParts(basis).length > 0);
  const first = bases.find(({ sid }) => sid === chosen) ?? (bases.length === 1 ? bases[0] : null);
  const [choice, setChoice] = useState<Choice>({
    sid: first?.sid ?? "",
    how: "agencies",
    aids: [],
    cats: [],
  });
  const [done, setDone] = useState(false);
  const props: ChoosingProps = {
    bases,
    basis: bases.find(({ sid }) => sid === choice.sid),
    choice,
    change: (part) => {
      setChoice({ ...choice, ...part });
    },
  };
  const back = (
    <LinkButton href={hrefCase(room.caseId, "consent")}>{t("common.cancel")}</LinkButton>
  );
  return (
    <Page title={t("withdraw.title")} lead={`${room.code}　${t("withdraw.lead")}`} aside={back}>
      {done && <Done room={room} />}
      {!done && bases.length === 0 && <Empty title={t("withdraw.none")} />}
      {!done && bases.length > 0 && (
        <Choosing
          {...props}
          room={room}
          onDone={() => {
            setDone(true);
          }}
        />
      )}
    </Page>
  );
}

function Choosing({
  room,
  onDone,
  ...props
}: ChoosingProps & { readonly room: RoomView; readonly onDone: () => void }) {
  const part = asked(props.basis, props.choice);
  const question = part && { ...part, caseId: room.caseId };
  const effect = useEffectOf(
    question && {
      caseId: room.caseId,
      terms: null,
      withdraw: { basis: question.basis, aids: question.aids, cats: question.cats },
    },
  );
  return (
    <div class="check">
      <Card>
        <Which {...props} />
        <HowFar {...props} />
      </Card>
      <div class="stack">
        <Card tone={question ? "bad" : "plain"}>
          {question ? (
            <>
              <Effect title={t("effect.titleWithdraw")} asked={effect} room={room} onlyCloses />
              <Act question={question} effect={effect} onDone={onDone} />
            </>
          ) : (
            <Empty title={t("withdraw.pick")} />
          )}
        </Card>
        <Tell />
      </div>
    </div>
  );
}

function Done({ room }: { readonly room: RoomView }) {
  useLayoutEffect(() => {
    document.querySelector<HTMLElement>("h1[tabindex]")?.focus();
  }, []);
  return (
    <Notice
      kind="good"
      live
      title={t("withdraw.done")}
      actions={
        <>
          <Button
            weight="main"
            onClick={() => {
              go(hrefCase(room.caseId));
            }}
          >
            {t("consent.back")}
          </Button>
          <LinkButton href={hrefCase(room.caseId, "consent")}>{t("consent.title")}</LinkButton>
        </>
      }
    >
      {t("withdraw.done.what")}
    </Notice>
  );
}
