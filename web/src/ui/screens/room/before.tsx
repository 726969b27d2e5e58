/** The room before a sitting: bases, attendees, papers and agenda, calmly side by side. */
import type { SittingView } from "../../../worker/api";
import { t } from "../../../text/catalogue";
import { LinkButton } from "../../parts/button";
import { Card } from "../../parts/card";
import { Empty } from "../../parts/progress";
import { Time } from "../../parts/time";
import { hrefCase } from "../../router";
import { Agenda } from "./agenda";
import { Bases } from "./bases";
import { SittingButtons } from "./closing";
import { useScene } from "./context";
import { People } from "./people";
import { SeatAnswer } from "./seat";
import { Papers } from "./sections";

/** Everything a person needs to come prepared. */
export function Before() {
  const { room, powers } = useScene();
  const { sitting } = room;
  return (
    <div class="before">
      <div class="stack before-main">
        {sitting ? <Plan sitting={sitting} /> : <NoSitting />}
        {sitting && <SeatAnswer sitting={sitting} />}
        {!powers.isGuest && <Bases />}
        <Papers />
      </div>
      <div class="stack before-side">
        <Agenda />
        <People />
      </div>
    </div>
  );
}

function Plan({ sitting }: { readonly sitting: SittingView }) {
  return (
    <Card>
      <dl class="plan">
        <div>
          <dt>{t("room.starts")}</dt>
          <dd class="plan-when">
            <Time at={sitting.starts} />
          </dd>
        </div>
        {sitting.place !== "" && (
          <div>
            <dt>{t("room.place")}</dt>
            <dd>{sitting.place}</dd>
          </div>
        )}
        {sitting.purpose !== "" && (
          <div class="plan-purpose">
            <dt>{t("room.purpose")}</dt>
            <dd>{sitting.purpose}</dd>
          </div>
        )}
      </dl>
      <div class="row">
        <SittingButtons sitting={sitting} />
      </div>
    </Card>
  );
}

function NoSitting() {
  const { room } = useScene();
  return (
    <Card>
      <Empty
        title={t("room.noSitting")}
        actions={
          room.chair && (
            <LinkButton weight="main" href={hrefCase(room.caseId, "convene")}>
              {t("room.convene")}
            </LinkButton>
          )
        }
      >
        {t("room.noSittingWhat")}
      </Empty>
    </Card>
  );
}
