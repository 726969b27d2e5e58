/** 照合番号: read aloud by two people, compared by ear by everybody. */
import { useState } from "preact/hooks";
import { t } from "../../../text/catalogue";
import { useCommand } from "../../api";
import { Badge } from "../../parts/badge";
import { Button } from "../../parts/button";
import { Digits } from "../../parts/digits";
import { CodeReason } from "../../parts/notice";
import { Time } from "../../parts/time";
import { useScene } from "./context";

/** The codes heard and the button to read mine; sits in a corner of the room. */
export function MeetingCode() {
  const { room, powers } = useScene();
  const command = useCommand("code.read");
  const [mine, setMine] = useState<string | null>(null);
  const heard = room.spoken.filter((one) => !one.by.me);
  const read = async () => {
    const done = await command.run({ caseId: room.caseId });
    if (done) setMine(done.out.digits);
  };
  return (
    <details class="code-corner">
      <summary>
        {t("code.title")} <CodeState />
      </summary>
      <div class="stack" data-gap="small">
        <p class="small">{t("code.what")}</p>
        {heard.map((one) => (
          <div key={`${one.by.wid}/${one.at}`} class="heard">
            <p class="small">
              {t("code.heard", { who: one.by.name })} <Time at={one.at} form="time" />
            </p>
            <Digits digits={one.digits} label={t("code.title")} />
          </div>
        ))}
        {mine !== null && (
          <div class="heard" data-mine="true">
            <p class="small">{t("code.mine")}</p>
            <Digits digits={mine} label={t("code.title")} />
          </div>
        )}
        {command.trouble && <CodeReason trouble={command.trouble} />}
        {!powers.isGuest && (
          <Button
            small
            busy={command.busy}
            disabled={powers.blocked !== null}
            onClick={() => void read()}
          >
            {t("code.read")}
          </Button>
        )}
      </div>
    </details>
  );
}

function CodeState() {
  const { room } = useScene();
  const readers = new Set(room.spoken.map((one) => one.by.wid));
  if (readers.size >= 2) return <Badge tone="good">{t("code.enough")}</Badge>;
  return <Badge tone="warn">{t(readers.size === 0 ? "code.none" : "code.one")}</Badge>;
}
