/** Decisions that wait for a second signature; whoever proposed cannot give it. */
import { useEffect, useState } from "preact/hooks";
import { basisName, lang, t } from "../../../text/catalogue";
import type { Out } from "../../../worker/api";
import { useApi, useCommand } from "../../api";
import { dateWords } from "../../logic/dates";
import { Button } from "../../parts/button";
import { Card } from "../../parts/card";
import { Confirm } from "../../parts/dialog";
import { Facts } from "../../parts/facts";
import { CodeReason, Notice } from "../../parts/notice";
import { Person } from "../../parts/person";
import { toast } from "../../parts/toast";
import { writable } from "../../state";
import { ScopeList } from "./scope_list";

type Waiting = Out<"basis.waiting">[number];

function WaitingFacts({ waiting }: { readonly waiting: Waiting }) {
  const day = (at: number) => dateWords(at, lang.value);
  return (
    <Facts
      facts={[
        [t("approve.law"), basisName(waiting.law)],
        [t("approve.until"), day(waiting.until)],
        [t("approve.review"), waiting.review === null ? "―" : day(waiting.review)],
        [t("approve.scope"), <ScopeList key="scope" scope={waiting.scope} />],
      ]}
    />
  );
}

function Line({ waiting, onDone }: { readonly waiting: Waiting; readonly onDone: () => void }) {
  const api = useApi();
  const [open, setOpen] = useState(false);
  const isMine = waiting.by.me && !waiting.logged;
  const act = t(waiting.logged ? "approve.list" : "approve.act");
  return (
    <li class="approval stack" data-gap="small">
      <div class="row" data-between="true">
        <strong>
          {t(waiting.logged ? "approve.recorded" : "approve.what", {
            name: waiting.by.name || t("common.unknownName"),
          })}
        </strong>
        <Person person={waiting.by} />
      </div>
      <WaitingFacts waiting={waiting} />
      {isMine && <Notice>{t("approve.own")}</Notice>}
      <div class="row" data-end="true">
        <Button
          weight="main"
          disabled={isMine || !writable.value}
          onClick={() => {
            setOpen(true);
          }}
        >
          {act}
        </Button>
      </div>
      <Confirm
        open={open}
        title={t(waiting.logged ? "approve.listConfirm" : "approve.confirm")}
        act={act}
        onClose={() => {
          setOpen(false);
        }}
        onAct={async () => {
          await api.do("basis.approve", { sid: waiting.sid });
          toast(t(waiting.logged ? "approve.listed" : "approve.done"));
          onDone();
        }}
      >
        <p>{t(waiting.logged ? "approve.listEffect" : "approve.effect")}</p>
        <ScopeList scope={waiting.scope} />
        {!waiting.logged && <p>{t("approve.responsible")}</p>}
      </Confirm>
    </li>
  );
}

/** What waits for my approval, of one case; nothing at all when nothing waits. */
export function Approvals({ caseId }: { readonly caseId: string }) {
  const { run, trouble } = useCommand("basis.waiting");
  const [lines, setLines] = useState<readonly Waiting[]>([]);
  const ask = () => {
    void run({}).then((answer) => {
      if (answer) setLines(answer.out.filter((each) => each.caseId === caseId));
    });
  };
  useEffect(ask, [caseId]);
  if (trouble) return <CodeReason trouble={trouble} />;
  if (lines.length === 0) return null;
  return (
    <Card title={t("approve.title")} tone="warn">
      <p class="soft">{t("approve.lead")}</p>
      <ul class="bare">
        {lines.map((waiting) => (
          <Line key={waiting.sid} waiting={waiting} onDone={ask} />
        ))}
      </ul>
    </Card>
  );
}
