/** What a change opens and closes, by name, before it is signed. */
import { useEffect, useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { lang, t } from "../../../text/catalogue";
import type { EffectView, In, RoomView, Trouble } from "../../../worker/api";
import { useCommand } from "../../api";
import { dateWords } from "../../logic/dates";
import { Badge, type Tone } from "../../parts/badge";
import { Button } from "../../parts/button";
import { CodeReason } from "../../parts/notice";
import { Person } from "../../parts/person";
import { Loading } from "../../parts/progress";
import { catList } from "./words";

export interface AskedEffect {
  readonly effect: EffectView | null;
  readonly trouble: Trouble | null;
  readonly retry: () => void;
}

/** Ask what a change would do; asks anew whenever the question changes. */
export function useEffectOf(question: In<"basis.effect"> | null): AskedEffect {
  const { run, trouble } = useCommand("basis.effect");
  const [effect, setEffect] = useState<EffectView | null>(null);
  const retry = () => {
    setEffect(null);
    if (!question) return;
    void run(question).then((answer) => {
      if (answer) setEffect(answer.out);
    });
  };
  useEffect(retry, [JSON.stringify(question)]);
  return { effect, trouble, retry };
}

interface PartProps {
  readonly title: string;
  readonly tone: Tone;
  readonly count: number;
  readonly none?: string | undefined;
  readonly children: ComponentChildren;
}

function Part({ title, tone, count, none, children }: PartProps) {
  if (count === 0 && none === undefined) return null;
  return (
    <section class="effect-part" data-tone={count > 0 ? tone : "plain"} aria-label={title}>
      <h3>
        {title} {count > 0 && <Badge tone={tone}>{count}</Badge>}
      </h3>
      {count === 0 ? <p class="soft">{none}</p> : <ul class="bare effect-list">{children}</ul>}
    </section>
  );
}

function itemName(room: RoomView | null, it: string): string {
  const items = room?.sittings.flatMap((sitting) => sitting.items) ?? [];
  const all = [...items, ...(room?.sitting?.items ?? [])];
  const found = all.find((item) => item.it === it);
  return found ? `${t("effect.item", { no: found.no })} ${found.title}` : it;
}

function People({ lines }: { readonly lines: EffectView["opens"] }) {
  return (
    <>
      {lines.map(({ person, cats }) => (
        <li key={person.wid}>
          <Person person={person} />
          <span class="effect-cats">{catList(cats)}</span>
        </li>
      ))}
    </>
  );
}

function Losses({ effect }: { readonly effect: EffectView }) {
  const leaving = effect.closes.filter(({ leaves }) => leaves);
  const staying = effect.closes.filter(({ leaves }) => !leaves);
  return (
    <>
      {leaving.length > 0 && (
        <Part title={t("effect.leaves")} tone="bad" count={leaving.length}>
          <People lines={leaving} />
          <li class="small">{t("effect.leaves.what")}</li>
        </Part>
      )}
      <Part
        title={t("effect.closes")}
        tone="warn"
        count={staying.length}
        none={leaving.length > 0 ? undefined : t("effect.closes.none")}
      >
        <People lines={staying} />
      </Part>
    </>
  );
}

function Actions({ effect }: { readonly effect: EffectView }) {
  return (
    <Part
      title={t("effect.actions")}
      tone="warn"
      count={effect.actions.length}
      none={t("effect.actions.none")}
    >
      {effect.actions.map((action) => (
        <li key={action.act}>
          <span class="effect-what">{action.what}</span>
          <span class="small soft">
            {action.owner.person?.name ?? ""} {action.owner.agency.name}
            {action.due !== null &&
              `　${t("effect.due", {
                day: dateWords(Date.parse(`${action.due}T00:00:00+09:00`), lang.value),
              })}`}
          </span>
        </li>
      ))}
    </Part>
  );
}

interface EffectProps {
  readonly title: string;
  readonly asked: AskedEffect;
  readonly room: RoomView | null;
  /** A withdrawal can open nothing. */
  readonly onlyCloses?: boolean | undefined;
}

/** The effect in words; while it is being worked out nothing can be signed. */
export function Effect({ title, asked, room, onlyCloses }: EffectProps) {
  const { effect, trouble, retry } = asked;
  if (trouble)
    return (
      <CodeReason
        trouble={trouble}
        actions={<Button onClick={retry}>{t("common.retry")}</Button>}
      />
    );
  if (!effect) return <Loading label={t("effect.asking")} />;
  return (
    <section class="effect" aria-label={title}>
      <h2>{title}</h2>
      {!onlyCloses && (
        <>
          <Part
            title={t("effect.opens")}
            tone="good"
            count={effect.opens.length}
            none={t("effect.opens.none")}
          >
            <People lines={effect.opens} />
          </Part>
          <p class="small soft">{t("effect.outside")}</p>
        </>
      )}
      <Losses effect={effect} />
      <Actions effect={effect} />
      <Part title={t("effect.items")} tone="warn" count={effect.items.length}>
        {effect.items.map((it) => (
          <li key={it}>{itemName(room, it)}</li>
        ))}
      </Part>
    </section>
  );
}
