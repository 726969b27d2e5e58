/** 登録の受付: invite, hear twelve digits, register. */
import { useEffect, useState } from "preact/hooks";
import { t, term } from "../../../text/catalogue";
import type { Out } from "../../../worker/api";
import { useApi, useCommand } from "../../api";
import { dateWords, dayOf, instantOf } from "../../logic/dates";
import { fiscalEnd } from "../../logic/fiscal";
import { lang } from "../../../text/catalogue";
import { Button } from "../../parts/button";
import { Card } from "../../parts/card";
import { Checkbox, CheckboxGroup } from "../../parts/choice";
import { Copyable } from "../../parts/copy";
import { Confirm } from "../../parts/dialog";
import { Digits } from "../../parts/digits";
import { DateField, Field } from "../../parts/field";
import { CodeReason, Notice } from "../../parts/notice";
import { Empty, Loading } from "../../parts/progress";
import { Time } from "../../parts/time";
import { toast } from "../../parts/toast";
import { minute, writable } from "../../state";

const CAPS = ["member", "minutes", "chair", "host", "audit", "privacy", "records"] as const;
type Cap = (typeof CAPS)[number];
type Waiting = Out<"registrar.waiting">[number];
const DAY = 86_400_000;

function Invite() {
  const invite = useCommand("registrar.invite");
  const [caps, choose] = useState<readonly Cap[]>(["member"]);
  const [note, type] = useState("");
  const [made, show] = useState<Out<"registrar.invite"> | null>(null);
  const go = async () => {
    const done = await invite.run({ caps, note: note.trim() });
    if (done) show(done.out);
  };
  return (
    <Card title={t("registrar.invite")}>
      <p class="soft">{t("registrar.invite.lead")}</p>
      <CheckboxGroup
        label={t("registrar.caps")}
        flow="row"
        options={CAPS.map((value) => ({ value, label: term("cap", value) }))}
        value={caps}
        onChange={choose}
      />
      <Field
        label={t("registrar.note")}
        hint={t("registrar.noteHint")}
        maxLength={80}
        value={note}
        onInput={type}
      />
      {invite.trouble && <CodeReason trouble={invite.trouble} />}
      <div class="row">
        <Button
          weight={made ? "plain" : "main"}
          busy={invite.busy}
          disabled={caps.length === 0 || !writable.value}
          onClick={() => {
            void go();
          }}
        >
          {t("registrar.make")}
        </Button>
      </div>
      {made && (
        <div class="stack" role="status">
          <Notice kind="warn">{t("registrar.secret")}</Notice>
          <Copyable label={t("registrar.link")} text={made.link} />
          <Copyable label={t("registrar.typed")} text={made.typed} />
          <p class="small soft">
            {t("registrar.until")}: {dateWords(made.until, lang.value)}
          </p>
        </div>
      )}
    </Card>
  );
}

function Certify({ line, onDone }: { readonly line: Waiting; readonly onDone: () => void }) {
  const api = useApi();
  const [asking, ask] = useState(false);
  const [same, tick] = useState(false);
  const [name, type] = useState("");
  const [day, end] = useState(fiscalEnd(dayOf(minute.value)));
  const ready = same && name.trim() !== "" && day !== "";
  const certify = async () => {
    await api.do("registrar.certify", {
      inv: line.inv,
      name: name.trim(),
      until: instantOf(day) + DAY,
    });
    toast(t("registrar.certified", { name: name.trim() }));
    onDone();
  };
  return (
    <>
      <Button
        disabled={!writable.value}
        onClick={() => {
          ask(true);
        }}
      >
        {t("registrar.certify")}
      </Button>
      <Confirm
        open={asking}
        title={t("registrar.certify.title")}
        act={t("registrar.certify.act")}
        disabled={!ready}
        onAct={certify}
        onClose={() => {
          ask(false);
        }}
      >
        <Digits digits={line.digits} label={t("join.spoken.digits")} />
        <Checkbox label={t("registrar.certify.same")} checked={same} onChange={tick} />
        <Field
          label={t("registrar.certify.name")}
          hint={t("registrar.certify.nameHint")}
          required
          maxLength={60}
          value={name}
          onInput={type}
        />
        <DateField
          label={t("registrar.certify.until")}
          hint={t("registrar.certify.untilHint")}
          required
          min={dayOf(minute.value)}
          value={day}
          onChange={end}
        />
      </Confirm>
    </>
  );
}

function Queue() {
  const look = useCommand("registrar.waiting");
  const [lines, show] = useState<readonly Waiting[] | null>(null);
  const refresh = async () => {
    const found = await look.run({});
    if (found) show(found.out);
  };
  useEffect(() => {
    void refresh();
  }, []);
  return (
    <Card
      title={t("registrar.waiting")}
      aside={
        <Button
          small
          busy={look.busy}
          onClick={() => {
            void refresh();
          }}
        >
          {t("registrar.refresh")}
        </Button>
      }
    >
      <p class="soft">{t("registrar.waiting.lead")}</p>
      {look.trouble && <CodeReason trouble={look.trouble} />}
      {lines === null && look.busy && <Loading />}
      {lines?.length === 0 && <Empty title={t("registrar.waiting.none")} />}
      {lines?.map((line) => (
        <div key={line.inv} class="stack">
          <Digits digits={line.digits} label={t("join.spoken.digits")} />
          <div class="row" data-between="true">
            <span class="soft">
              <Time at={line.since} form="relative" />
            </span>
            <Certify
              line={line}
              onDone={() => {
                void refresh();
              }}
            />
          </div>
        </div>
      ))}
    </Card>
  );
}

/** The registrar's desk. */
export function Registrar() {
  return (
    <>
      <Queue />
      <Invite />
    </>
  );
}
