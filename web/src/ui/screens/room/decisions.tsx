/** 決定事項, 留保, 決めなかったこと, and the next meeting. */
import { useState } from "preact/hooks";
import type { DecisionView, SittingView } from "../../../worker/api";
import { t } from "../../../text/catalogue";
import { dayOf, instantOf } from "../../logic/dates";
import { useCommand } from "../../api";
import { Badge, type Tone } from "../../parts/badge";
import { Button } from "../../parts/button";
import { Card } from "../../parts/card";
import { Checkbox, RadioGroup } from "../../parts/choice";
import { DateField, Field, TextArea } from "../../parts/field";
import { Empty } from "../../parts/progress";
import { Time } from "../../parts/time";
import { minute, now } from "../../state";
import { useScene } from "./context";
import { useDraft } from "./draft";
import { InlineForm } from "./form";

type Typ = DecisionView["typ"];

const TONES: Readonly<Record<Typ, Tone>> = { decision: "good", reserve: "warn", none: "plain" };

/** What was recorded, and the form to record more while an item is open. */
export function Decisions() {
  const { room, powers } = useScene();
  const [isAdding, setAdding] = useState(false);
  const isOpen = powers.current !== null && powers.blocked === null;
  return (
    <Card title={t("dec.title")}>
      {room.decisions.length === 0 && !isAdding && <Empty title={t("dec.none")} />}
      <ul class="bare decs">
        {room.decisions.map((decision) => (
          <Decision key={decision.dec} decision={decision} />
        ))}
      </ul>
      {isOpen && !isAdding && (
        <div>
          <Button
            small
            onClick={() => {
              setAdding(true);
            }}
          >
            {t(powers.records ? "dec.add" : "dec.reserve")}
          </Button>
        </div>
      )}
      {isAdding && (
        <Record
          onDone={() => {
            setAdding(false);
          }}
        />
      )}
    </Card>
  );
}

function Decision({ decision }: { readonly decision: DecisionView }) {
  const { room } = useScene();
  const no = room.sitting?.items.find((item) => item.it === decision.it)?.no;
  const who = decision.by.name;
  return (
    <li class="dec" data-typ={decision.typ}>
      <Badge tone={TONES[decision.typ]}>{t(`dec.kind.${decision.typ}`)}</Badge>
      <p class="dec-text">{decision.text}</p>
      <p class="small soft">
        {no === undefined ? who : t("dec.of", { who, no })} <Time at={decision.at} form="time" />
      </p>
    </li>
  );
}

function Record({ onDone }: { readonly onDone: () => void }) {
  const { room, powers } = useScene();
  const command = useCommand("decision.record");
  const kinds: readonly Typ[] = powers.records ? ["decision", "none", "reserve"] : ["reserve"];
  const [isWrong, setWrong] = useState(false);
  const draft = useDraft(`dec/${room.caseId}`, { typ: kinds[0] ?? "reserve", text: "" });
  const { typ, text } = draft.value;
  const it = powers.current?.it ?? null;
  const send = async () => {
    setWrong(text.trim() === "");
    if (text.trim() === "" || it === null) return;
    if (!(await command.run({ caseId: room.caseId, it, typ, text: text.trim() }))) return;
    draft.drop();
    onDone();
  };
  return (
    <InlineForm
      label={t("dec.add")}
      send={t("dec.send")}
      busy={command.busy}
      trouble={command.trouble}
      blocked={it === null ? t("write.item") : null}
      onSend={() => void send()}
      onCancel={onDone}
    >
      {kinds.length > 1 ? (
        <RadioGroup
          label={t("dec.kind")}
          flow="row"
          value={typ}
          options={kinds.map((value) => ({ value, label: t(`dec.kind.${value}`) }))}
          onChange={(value) => {
            draft.change({ typ: value });
          }}
        />
      ) : (
        <p class="small">{t("dec.reserve.what")}</p>
      )}
      <TextArea
        label={t("dec.text")}
        hint={t("dec.final")}
        required
        value={text}
        error={isWrong && text.trim() === "" ? t("form.required") : null}
        onInput={(value) => {
          draft.change({ text: value });
        }}
      />
    </InlineForm>
  );
}

/** 次回: the date, or that none is needed. */
export function NextSitting({ sitting }: { readonly sitting: SittingView }) {
  const { powers } = useScene();
  const [isSetting, setSetting] = useState(false);
  const { next } = sitting;
  const maySet = powers.records && powers.blocked === null && sitting.state === "open";
  return (
    <Card title={t("next.title")}>
      <NextWords next={next} />
      {maySet && !isSetting && (
        <div>
          <Button
            small
            onClick={() => {
              setSetting(true);
            }}
          >
            {t("next.set")}
          </Button>
        </div>
      )}
      {isSetting && (
        <SetNext
          sit={sitting.sit}
          onDone={() => {
            setSetting(false);
          }}
        />
      )}
    </Card>
  );
}

function NextWords({ next }: Pick<SittingView, "next">) {
  if (next === null) return <p class="soft">{t("next.none")}</p>;
  return (
    <>
      {next.when === null && <p>{t("next.noneNeeded")}</p>}
      {next.when !== null && (
        <p class="next-when">
          <Time at={next.when} />
        </p>
      )}
      {next.note !== "" && <p class="small">{next.note}</p>}
    </>
  );
}

function SetNext({ sit, onDone }: { readonly sit: string; readonly onDone: () => void }) {
  const { room } = useScene();
  const command = useCommand("sitting.next");
  const [isWrong, setWrong] = useState(false);
  const draft = useDraft(`next/${sit}`, { when: "", note: "", isNone: false });
  const { when, note, isNone } = draft.value;
  const at = isNone ? null : instantOf(when);
  const isFine = at === null || at > now.value;
  const send = async () => {
    setWrong(!isFine);
    if (!isFine) return;
    if (!(await command.run({ caseId: room.caseId, sit, when: at, note: note.trim() }))) return;
    draft.drop();
    onDone();
  };
  return (
    <InlineForm
      label={t("next.set")}
      send={t("next.save")}
      busy={command.busy}
      trouble={command.trouble}
      onSend={() => void send()}
      onCancel={onDone}
    >
      <DateField
        time
        label={t("next.when")}
        disabled={isNone}
        min={`${dayOf(minute.value)}T00:00`}
        value={when}
        error={isWrong && !isFine ? t("next.past") : null}
        onChange={(value) => {
          draft.change({ when: value });
        }}
      />
      <Checkbox
        label={t("next.noMeeting")}
        checked={isNone}
        onChange={(value) => {
          draft.change({ isNone: value });
        }}
      />
      <Field
        label={t("next.note")}
        value={note}
        onInput={(value) => {
          draft.change({ note: value });
        }}
      />
    </InlineForm>
  );
}
