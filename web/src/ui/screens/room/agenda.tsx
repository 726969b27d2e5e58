/** 次第: all items with their state, and what the chair and facilitator do with them. */
import { useState } from "preact/hooks";
import type { ItemView, SittingView } from "../../../worker/api";
import { t, term } from "../../../text/catalogue";
import { timeWords } from "../../logic/dates";
import { plannedStarts } from "../../logic/timer";
import { useCommand } from "../../api";
import { Badge } from "../../parts/badge";
import { Button } from "../../parts/button";
import { Card } from "../../parts/card";
import { CheckboxGroup, RadioGroup } from "../../parts/choice";
import { Field } from "../../parts/field";
import { CodeReason } from "../../parts/notice";
import { Empty } from "../../parts/progress";
import { basisShort } from "./bases";
import { CloseItem } from "./closing";
import { subjectName, useScene } from "./context";
import { useDraft } from "./draft";
import { InlineForm } from "./form";

/** The agenda; the open item is marked, others can be opened by who leads. */
export function Agenda() {
  const { room, powers } = useScene();
  const { sitting } = room;
  const [isAdding, setAdding] = useState(false);
  if (!sitting) return null;
  const mayAdd = powers.isChair && sitting.state !== "closed" && powers.blocked === null;
  return (
    <Card title={t("agenda.title")}>
      {sitting.items.length === 0 && <Empty title={t("agenda.none")} />}
      <Items sitting={sitting} />
      {mayAdd && !isAdding && (
        <Button
          small
          onClick={() => {
            setAdding(true);
          }}
        >
          {t("agenda.add")}
        </Button>
      )}
      {isAdding && (
        <AddItem
          sit={sitting.sit}
          onDone={() => {
            setAdding(false);
          }}
        />
      )}
    </Card>
  );
}

function Items({ sitting }: { readonly sitting: SittingView }) {
  const { powers } = useScene();
  const command = useCommand("item.open");
  const starts = plannedStarts(
    sitting.starts,
    sitting.items.map((item) => item.minutes),
  );
  const isIdle = sitting.state === "open" && powers.current === null && powers.blocked === null;
  return (
    <>
      <ol class="bare items">
        {sitting.items.map((item, index) => (
          <li
            key={item.it}
            data-state={item.state}
            aria-current={item.state === "open" ? "step" : undefined}
          >
            <ItemLine item={item} planned={starts[index] ?? null} />
            {isIdle && powers.leads && item.state === "prepared" && (
              <OpenItem item={item} command={command} />
            )}
          </li>
        ))}
      </ol>
      {command.trouble && <CodeReason trouble={command.trouble} />}
    </>
  );
}

interface OpenProps {
  readonly item: ItemView;
  readonly command: ReturnType<typeof useCommand<"item.open">>;
}

function OpenItem({ item, command }: OpenProps) {
  const { room } = useScene();
  return (
    <Button
      small
      busy={command.busy}
      aria-label={t("agenda.openNo", { no: item.no })}
      onClick={() => {
        void command.run({ caseId: room.caseId, it: item.it });
      }}
    >
      {t("agenda.open")}
    </Button>
  );
}

function ItemLine({ item, planned }: { readonly item: ItemView; readonly planned: number | null }) {
  return (
    <div class="item-line">
      <span class="item-no number">{item.no}</span>
      <div>
        <p class="item-title">{item.title}</p>
        <p class="small soft row">
          <span>{t(`agenda.typ.${item.typ}`)}</span>
          {item.minutes !== null && <span>{t("agenda.minutes", { n: item.minutes })}</span>}
          {item.state === "prepared" && planned !== null && (
            <span>{t("agenda.planned", { time: timeWords(planned) })}</span>
          )}
          <ItemState item={item} />
        </p>
      </div>
    </div>
  );
}

function ItemState({ item }: { readonly item: ItemView }) {
  if (item.state === "open") return <Badge tone="accent">{t("agenda.state.open")}</Badge>;
  if (item.state === "prepared") return null;
  if (item.out === "basis-ended") return <Badge tone="bad">{t("agenda.out.basis-ended")}</Badge>;
  if (item.out === "decided") return <Badge tone="good">{t("out.decided")}</Badge>;
  if (item.typ === "form" || item.out === null) return <Badge>{t("agenda.state.closed")}</Badge>;
  return <Badge>{term("out", item.out)}</Badge>;
}

interface NewItem {
  readonly title: string;
  readonly typ: ItemView["typ"];
  readonly minutes: string;
  readonly bases: readonly string[];
}

const EMPTY: NewItem = { title: "", typ: "talk", minutes: "10", bases: [] };

function AddItem({ sit, onDone }: { readonly sit: string; readonly onDone: () => void }) {
  const { room } = useScene();
  const command = useCommand("item.add");
  const draft = useDraft(`item/${room.caseId}`, EMPTY);
  const [wrong, setWrong] = useState<"title" | "bases" | null>(null);
  const { value } = draft;
  const minutes = Number.parseInt(value.minutes, 10);
  const bases = room.bases.filter((basis) => basis.current);
  const send = async () => {
    const lack = value.title.trim() === "" ? "title" : lacksBasis(value) ? "bases" : null;
    setWrong(lack);
    if (lack) return;
    const done = await command.run({
      caseId: room.caseId,
      sit,
      title: value.title.trim(),
      typ: value.typ,
      minutes: Number.isFinite(minutes) && minutes > 0 ? minutes : null,
      bases: bases
        .filter((basis) => value.bases.includes(basis.sid))
        .map((basis) => ({ sub: basis.sub, basis: basis.sid })),
    });
    if (!done) return;
    draft.drop();
    onDone();
  };
  return (
    <InlineForm
      label={t("agenda.add")}
      send={t("agenda.add.do")}
      busy={command.busy}
      trouble={command.trouble}
      onSend={() => void send()}
      onCancel={() => {
        draft.drop();
        onDone();
      }}
    >
      <Field
        label={t("agenda.add.title")}
        required
        value={value.title}
        error={wrong === "title" ? t("form.required") : null}
        onInput={(title) => {
          draft.change({ title });
        }}
      />
      <RadioGroup
        label={t("agenda.add.typ")}
        flow="row"
        value={value.typ}
        options={(["talk", "decide", "form"] as const).map((typ) => ({
          value: typ,
          label: t(`agenda.typ.${typ}`),
        }))}
        onChange={(typ) => {
          draft.change({ typ });
        }}
      />
      <Field
        label={t("agenda.add.minutes")}
        type="number"
        min={1}
        max={240}
        value={value.minutes}
        onInput={(length) => {
          draft.change({ minutes: length });
        }}
      />
      <CheckboxGroup
        label={t("agenda.add.bases")}
        hint={t("agenda.add.basesHint")}
        value={value.bases}
        error={wrong === "bases" ? t("form.chooseAny") : null}
        options={bases.map((basis) => ({
          value: basis.sid,
          label: subjectName(room.bases, basis.sub),
          hint: basisShort(basis),
        }))}
        onChange={(chosen) => {
          draft.change({ bases: chosen });
        }}
      />
    </InlineForm>
  );
}

function lacksBasis(item: NewItem): boolean {
  return item.typ !== "form" && item.bases.length === 0;
}

/** Close the open item; shown beside the current item to the chair. */
export function CloseButton({ item }: { readonly item: ItemView }) {
  const { powers } = useScene();
  const [isOpen, setOpen] = useState(false);
  if (!powers.isChair || powers.blocked !== null) return null;
  return (
    <>
      <Button
        small
        onClick={() => {
          setOpen(true);
        }}
      >
        {t("agenda.close")}
      </Button>
      {isOpen && (
        <CloseItem
          item={item}
          onClose={() => {
            setOpen(false);
          }}
        />
      )}
    </>
  );
}
