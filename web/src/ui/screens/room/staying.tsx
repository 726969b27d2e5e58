/** For those who stay: whose seat has ended, the kind of reason, and which actions wait for an owner. */
import { useState } from "preact/hooks";
import type { ActionView, Facts, HappeningView } from "../../../worker/api";
import { t, type Key } from "../../../text/catalogue";
import { Button } from "../../parts/button";
import { Notice } from "../../parts/notice";
import { Due, Time } from "../../parts/time";
import { useScene } from "./context";
import { useDraft } from "./draft";
import { HandOver } from "./handover";

/** One notice for all that happened and is not yet confirmed by me on this device. */
export function Staying() {
  const { room } = useScene();
  const confirmed = useDraft(`stay/${room.caseId}`, { at: 0 });
  const since = room.happenings.filter((one) => one.at > confirmed.value.at);
  const gone = since.filter((one) => one.what === "evicted" && one.who !== null && !one.who.me);
  const isWithdrawn = since.some((one) => one.what === "withdrawn");
  if (gone.length === 0 && !isWithdrawn) return null;
  return (
    <Notice
      kind="warn"
      live
      title={t(isWithdrawn ? "stay.title" : "stay.evicted")}
      actions={
        <Button
          onClick={() => {
            confirmed.change({ at: Math.max(...since.map((one) => one.at)) });
          }}
        >
          {t("stay.ok")}
        </Button>
      }
    >
      <div class="stay">
        <div class="stack" data-gap="small">
          <ul class="bare gone">
            {gone.map((one) => (
              <Gone key={one.who?.wid} happening={one} />
            ))}
          </ul>
          <p>{t("stay.what")}</p>
          {since.some((one) => one.what === "rekeyed") && <p>{t("stay.keys")}</p>}
        </div>
        <Orphans />
      </div>
    </Notice>
  );
}

function Gone({ happening }: { readonly happening: HappeningView }) {
  const { who, facts, at } = happening;
  if (!who) return null;
  const name = who.name || t("common.unknownName");
  return (
    <li>
      <strong>{t("stay.who", { name, agency: who.agency.name })}</strong>{" "}
      <span class="small">
        {t("stay.why")} {t(reasonKey(facts))} <Time at={at} form="time" />
      </span>
    </li>
  );
}

/** Only the class of the reason: those who stay have no claim to more. */
function reasonKey({ code = null, why }: Facts): Key {
  if (code === "BASIS_WITHDRAWN" || code === "RECIPIENT_NOT_COVERED") return "stay.why.basis";
  return code === null && why !== "narrow" ? "stay.why.chair" : "stay.why.ended";
}

function Orphans() {
  const { room } = useScene();
  const orphans = room.actions.filter((action) => action.state === "needs-owner");
  if (orphans.length === 0) return <p>{t("stay.noActions")}</p>;
  return (
    <div>
      <p class="notice-title">{t("stay.actions", { n: orphans.length })}</p>
      <ul class="bare orphans">
        {orphans.map((action) => (
          <Orphan key={action.act} action={action} />
        ))}
      </ul>
    </div>
  );
}

function Orphan({ action }: { readonly action: ActionView }) {
  const { powers } = useScene();
  const [isHanding, setHanding] = useState(false);
  const what = action.what || t("acts.untitled");
  return (
    <li class="row">
      <span>{what}</span>
      <span class="small">
        {action.owner.agency.name} <Due day={action.due} />
      </span>
      {powers.isChair && powers.blocked === null && (
        <Button
          small
          aria-label={t("room.act", { what, act: t("acts.hand") })}
          onClick={() => {
            setHanding(true);
          }}
        >
          {t("acts.hand")}
        </Button>
      )}
      {isHanding && (
        <HandOver
          action={action}
          onClose={() => {
            setHanding(false);
          }}
        />
      )}
    </li>
  );
}
