/** Second step: the agenda; each item says about whom is spoken, and on which basis. */
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { t } from "../../../text/catalogue";
import {
  firstBases,
  movedItem,
  totalMinutes,
  USUAL,
  usableBases,
  type ItemForm,
} from "../../logic/convene";
import { bySubject } from "../../logic/terms";
import { Button } from "../../parts/button";
import { Card } from "../../parts/card";
import { Field, Select } from "../../parts/field";
import { Notice } from "../../parts/notice";
import { Empty } from "../../parts/progress";
import { toast } from "../../parts/toast";
import { basisWithEnd } from "../consent/words";
import type { CallProps } from "./call";

const NONE = "none";

interface ItemProps {
  readonly props: CallProps;
  readonly item: ItemForm;
  readonly at: number;
}

function put({ props, at }: ItemProps, item: ItemForm): void {
  props.change({ items: props.form.items.with(at, item) });
}

/** About whom, on what: one choice for each person of the case. */
function Bases(own: ItemProps) {
  const { props, item } = own;
  const groups = bySubject(usableBases(props.room, props.form.kind));
  if (item.typ === "form") return null;
  if (groups.length === 0) return <p class="small soft">{t("convene.item.noBasis")}</p>;
  return (
    <div class="item-form-bases">
      {groups.map(({ sub, name, current }) => (
        <Select
          key={sub}
          label={t("convene.item.basis", { name: name || t("consent.subjectClosed") })}
          value={item.bases[sub] ?? NONE}
          options={[
            { value: NONE, label: t("convene.item.basis.none") },
            ...current.map((basis) => ({ value: basis.sid, label: basisWithEnd(basis) })),
          ]}
          onChange={(sid) => {
            const others = Object.entries(item.bases).filter(([each]) => each !== sub);
            const bases = sid === NONE ? others : [...others, [sub, sid] as const];
            put(own, { ...item, bases: Object.fromEntries(bases) });
          }}
        />
      ))}
    </div>
  );
}

function Moves({ props, item, at }: ItemProps) {
  const { form, change } = props;
  const no = at + 1;
  const place = useRef<HTMLSpanElement>(null);
  const move = (step: 1 | -1) => {
    const items = movedItem(form.items, at, step);
    if (items === form.items) return;
    change({ items });
    const row = place.current?.closest("ol")?.children[at + step];
    const buttons = row?.querySelectorAll<HTMLElement>(".item-form-moves button");
    buttons?.[step < 0 ? 0 : 1]?.focus();
  };
  const keys = (event: KeyboardEvent) => {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!event.altKey || (step !== 1 && step !== -1)) return;
    event.preventDefault();
    move(step);
  };
  const remove = () => {
    const before = form.items;
    change({ items: before.toSpliced(at, 1) });
    toast(t("convene.item.removed", { title: item.title }), () => {
      change({ items: before });
    });
  };
  return (
    <span class="item-form-moves" ref={place}>
      <Button
        small
        weight="quiet"
        aria-label={t("convene.item.up", { no })}
        disabled={at === 0}
        onKeyDown={keys}
        onClick={() => {
          move(-1);
        }}
      >
        ↑
      </Button>
      <Button
        small
        weight="quiet"
        aria-label={t("convene.item.down", { no })}
        disabled={at === form.items.length - 1}
        onKeyDown={keys}
        onClick={() => {
          move(1);
        }}
      >
        ↓
      </Button>
      <Button small weight="quiet" aria-label={t("convene.item.remove", { no })} onClick={remove}>
        ✕
      </Button>
    </span>
  );
}

const TYPES = ["form", "talk", "decide"] as const;

function Item(own: ItemProps) {
  const { props, item, at } = own;
  const isBare = item.typ === "decide" && Object.keys(item.bases).length === 0;
  return (
    <li class="item-form" aria-label={t("convene.item", { no: at + 1 })}>
      <span class="item-form-no number" aria-hidden="true">
        {at + 1}
      </span>
      <div class="item-form-line">
        <Field
          label={t("convene.item.title")}
          maxLength={100}
          error={item.title.trim() === "" ? props.wrong("item-title") : null}
          value={item.title}
          onInput={(title) => {
            put(own, { ...item, title });
          }}
        />
        <Select
          label={t("convene.item.typ")}
          error={isBare ? props.wrong("item-basis") : null}
          value={item.typ}
          options={TYPES.map((value) => ({ value, label: t(`convene.item.typ.${value}`) }))}
          onChange={(typ) => {
            const bases = typ === "form" ? {} : firstBases(props.room, props.form.kind);
            put(own, { ...item, typ, bases: item.typ === "form" ? bases : item.bases });
          }}
        />
        <Field
          label={t("convene.item.minutes")}
          inputMode="numeric"
          maxLength={3}
          value={item.minutes}
          onInput={(minutes) => {
            put(own, { ...item, minutes: minutes.normalize("NFKC").replaceAll(/\D/g, "") });
          }}
        />
      </div>
      <Moves {...own} />
      <Bases {...own} />
    </li>
  );
}

function usualItems({ room, form }: CallProps): readonly ItemForm[] {
  const bases = firstBases(room, form.kind);
  return USUAL.map(({ key, typ, minutes }) => ({
    title: t(`convene.usual.${key}`),
    typ,
    minutes: String(minutes),
    bases: typ === "form" ? {} : bases,
  }));
}

function Ends(props: CallProps): ComponentChildren {
  const { room, form, change } = props;
  const add = () => {
    const bases = firstBases(room, form.kind);
    change({ items: [...form.items, { title: "", typ: "talk", minutes: "10", bases }] });
  };
  return (
    <div class="row" data-between="true">
      <Button onClick={add}>{t("convene.items.add")}</Button>
      <strong class="number" role="status">
        {t("convene.items.total", { n: totalMinutes(form.items) })}
      </strong>
    </div>
  );
}

/** The agenda. */
export function Items(props: CallProps) {
  const { form, change, wrong } = props;
  const error = wrong("items");
  return (
    <Card>
      <p class="soft">{t("convene.items.lead")}</p>
      {error !== null && <Notice kind="bad">{error}</Notice>}
      {form.items.length === 0 && (
        <Empty
          title={t("convene.items.none")}
          actions={
            <Button
              onClick={() => {
                change({ items: usualItems(props) });
              }}
            >
              {t("convene.items.usual")}
            </Button>
          }
        >
          {t("convene.items.usual.hint")}
        </Empty>
      )}
      <ol class="bare item-forms">
        {form.items.map((item, at) => (
          <Item key={at} props={props} item={item} at={at} />
        ))}
      </ol>
      <Ends {...props} />
    </Card>
  );
}
