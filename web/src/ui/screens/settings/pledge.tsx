/** 誓約書: its text at any time, and signing it where it is due. */
import { t } from "../../../text/catalogue";
import { PLEDGE } from "../../../text/pledge";
import type { SessionView } from "../../../worker/api";
import { useCommand } from "../../api";
import { Badge, type Tone } from "../../parts/badge";
import { Button } from "../../parts/button";
import { Card } from "../../parts/card";
import { CodeReason } from "../../parts/notice";
import { toast } from "../../parts/toast";
import { writable } from "../../state";
import { PledgeText } from "../join/pledge_text";
import type { PartProps } from "./settings";

const TONES: Readonly<Record<SessionView["pledge"], Tone>> = {
  live: "good",
  missing: "bad",
  expired: "bad",
  "not-needed": "plain",
};

/** The pledge of this person. */
export function PledgePart({ view }: PartProps) {
  const sign = useCommand("join.pledge");
  const due = view.pledge === "missing" || view.pledge === "expired";
  const go = async () => {
    if (await sign.run({})) toast(t("pledge.signed"));
  };
  return (
    <Card
      title={t("join.pledge.title", { ver: PLEDGE.ver })}
      aside={<Badge tone={TONES[view.pledge]}>{t(`pledge.state.${view.pledge}`)}</Badge>}
    >
      <PledgeText text={PLEDGE.ja} />
      {sign.trouble && <CodeReason trouble={sign.trouble} />}
      {due && (
        <>
          <p class="small soft">{t("join.sign.note")}</p>
          <div class="row">
            <Button
              weight="main"
              busy={sign.busy}
              disabled={!writable.value}
              onClick={() => {
                void go();
              }}
            >
              {t("join.sign.act")}
            </Button>
          </div>
        </>
      )}
    </Card>
  );
}
