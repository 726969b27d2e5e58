/** 会議後: what was decided and who does what, on one page; the minutes as printed; the next date. */
import { useState } from "preact/hooks";
import type { DecisionView, SittingView } from "../../../worker/api";
import { t } from "../../../text/catalogue";
import { calendar } from "../../logic/ics";
import { ownOpen } from "../../logic/deeds";
import { PARTS } from "../../logic/boards";
import { Badge } from "../../parts/badge";
import { Button } from "../../parts/button";
import { Card } from "../../parts/card";
import { Checkbox } from "../../parts/choice";
import { Notice } from "../../parts/notice";
import { Empty } from "../../parts/progress";
import { Time } from "../../parts/time";
import { download } from "../../download";
import { now } from "../../state";
import { Action, Actions } from "./actions";
import { useScene } from "./context";
import { NextSitting } from "./decisions";
import { MinutesSheet } from "./print";

/** The outcome; `isRecord` shows the minutes as they will be printed. */
export function After() {
  const { room } = useScene();
  const [isRecord, setRecord] = useState(false);
  const { sitting } = room;
  if (!sitting) return <Empty title={t("room.noSitting")}>{t("room.noSittingWhat")}</Empty>;
  return (
    <div class="after" data-record={isRecord}>
      <div class="row after-acts">
        <Button
          weight="main"
          onClick={() => {
            print();
          }}
        >
          {t("after.print")}
        </Button>
        <Button
          onClick={() => {
            setRecord(!isRecord);
          }}
        >
          {t(isRecord ? "after.summary" : "after.preview")}
        </Button>
      </div>
      {!isRecord && <Outcome sitting={sitting} />}
      <MinutesSheet sitting={sitting} />
    </div>
  );
}

function Outcome({ sitting }: { readonly sitting: SittingView }) {
  const { room } = useScene();
  const mine = ownOpen(room.actions);
  return (
    <div class="outcome">
      {sitting.state !== "closed" && <Notice>{t("after.notOver")}</Notice>}
      <div class="outcome-columns">
        <div class="stack">
          <Said title={t("after.decisions")} typ="decision" />
          <Said title={t("after.reserves")} typ="reserve" />
          <Said title={t("after.nones")} typ="none" />
          <RoleSummary />
        </div>
        <div class="stack">
          <Card title={t("acts.mine")} tone={mine.length > 0 ? "accent" : "plain"}>
            {mine.length === 0 && <p class="soft">{t("acts.minenone")}</p>}
            <ul class="bare acts">
              {mine.map((action) => (
                <Action key={action.act} action={action} />
              ))}
            </ul>
          </Card>
          <NextSitting sitting={sitting} />
          {sitting.next?.when != null && (
            <Calendar starts={sitting.next.when} uid={`${sitting.sit.slice(0, 16)}-next`} />
          )}
        </div>
      </div>
      <Actions />
    </div>
  );
}

interface SaidProps {
  readonly title: string;
  readonly typ: DecisionView["typ"];
}

function Said({ title, typ }: SaidProps) {
  const { room } = useScene();
  const all = room.decisions.filter((decision) => decision.typ === typ);
  if (all.length === 0 && typ !== "decision") return null;
  return (
    <Card title={title}>
      {all.length === 0 && <p class="soft">{t("dec.none")}</p>}
      <ul class="bare decs">
        {all.map((decision) => (
          <li key={decision.dec} class="dec" data-typ={typ}>
            <p class="dec-text">{decision.text}</p>
            <p class="small soft">
              {decision.by.name} <Time at={decision.at} form="time" />
            </p>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function RoleSummary() {
  const { room } = useScene();
  const rows = PARTS.flatMap((part) => room.roles.filter((role) => role.part === part));
  return (
    <Card title={t("after.roles")}>
      {rows.length === 0 && <p class="soft">{t("roles.none")}</p>}
      <dl class="role-summary">
        {rows.map((role) => (
          <div key={role.row}>
            <dt>{t(`part.${role.part}`)}</dt>
            <dd>
              {role.owner.agency.name} {role.owner.person?.name}
              <Badge tone={role.state === "accepted" ? "good" : "warn"}>
                {t(`roles.state.${role.state}`)}
              </Badge>
            </dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

const HOUR_LONG = 60;

function Calendar({ starts, uid }: { readonly starts: number; readonly uid: string }) {
  const { room } = useScene();
  const [withCode, setWithCode] = useState(false);
  const save = () => {
    const code = withCode ? room.code : null;
    const text = calendar({ starts, minutes: HOUR_LONG, uid, code, made: now.value });
    download(new Blob([text], { type: "text/calendar" }), "shien-kaigi.ics");
  };
  return (
    <Card title={t("after.ics")} level={3}>
      <p class="small soft">{t("after.ics.what")}</p>
      <Checkbox label={t("after.ics.code")} checked={withCode} onChange={setWithCode} />
      <div>
        <Button small onClick={save}>
          {t("after.ics")}
        </Button>
      </div>
    </Card>
  );
}
