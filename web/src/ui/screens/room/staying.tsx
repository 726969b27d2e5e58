/** For those who stay: whose seat has ended, the kind of reason, and which actions wait for an owner. */
import { useState } from "preact/hooks";
import type { HappeningView } from "../../../worker/api";
import { t } from "../../../text/catalogue";
import type { Key } from "../../../text/catalogue";
import { Button } from "../../parts/button";
import { Notice } from "../../parts/notice";
import { Time } from "../../parts/time";
import { Action } from "./actions";
import { useScene } from "./context";

/** One notice for all that happened and is not yet confirmed by me. */
export function Staying() {
  const { room, powers } = useScene();
  const [confirmed, confirm] = useState(0);
  const since = room.happenings.filter((one) => one.at > confirmed);
  const gone = since.filter((one) => one.what === "evicted" && one.who !== null && !one.who.me);
  const withdrawn = since.some((one) => one.what === "withdrawn");
  if (gone.length === 0 && !withdrawn) return null;
  const orphans = room.actions.filter((action) => action.state === "needs-owner");
  const isRekeyed = since.some((one) => one.what === "rekeyed");
  return (
    <Notice
      kind="warn"
      live
      title={t(withdrawn ? "stay.title" : "stay.evicted")}
      actions={
        <Button
          onClick={() => {
            confirm(Math.max(...since.map((one) => one.at)));
          }}
        >
          {t("stay.ok")}
        </Button>
      }
    >
      <div class="stack" data-gap="small">
        <ul class="bare gone">
          {gone.map((one) => (
            <Gone key={one.who?.wid} happening={one} />
          ))}
        </ul>
        <p>
          {t("stay.what")} {isRekeyed && t("stay.keys")}
        </p>
        {orphans.length === 0 && <p>{t("stay.noActions")}</p>}
        {orphans.length > 0 && (
          <details open={powers.isChair}>
            <summary>{t("stay.actions", { n: orphans.length })}</summary>
            <ul class="bare acts">
              {orphans.map((action) => (
                <Action key={action.act} action={action} />
              ))}
            </ul>
          </details>
        )}
      </div>
    </Notice>
  );
}

function Gone({ happening }: { readonly happening: HappeningView }) {
  const { who, facts, at } = happening;
  if (!who) return null;
  return (
    <li>
      <strong>
        {t("stay.who", { name: who.name || t("common.unknownName"), agency: who.agency.name })}
      </strong>{" "}
      <span class="small">
        {t("stay.why")} {t(reasonKey(facts["code"]))} <Time at={at} form="time" />
      </span>
    </li>
  );
}

/** Only the class of the reason: those who stay have no claim to more. */
function reasonKey(code: unknown): Key {
  if (code === "BASIS_WITHDRAWN" || code === "RECIPIENT_NOT_COVERED") return "stay.why.basis";
  return code === undefined || code === null ? "stay.why.chair" : "stay.why.ended";
}
