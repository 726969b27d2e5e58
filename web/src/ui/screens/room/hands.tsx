/** The speaking queue. */
import { t } from "../../../text/catalogue";
import { queue } from "../../logic/hands";
import { useCommand } from "../../api";
import { Button } from "../../parts/button";
import { Card } from "../../parts/card";
import { CodeReason } from "../../parts/notice";
import { Person } from "../../parts/person";
import { useScene } from "./context";

/** Who asked to speak, in order, and my own hand. */
export function Hands() {
  const { room } = useScene();
  const command = useCommand("sitting.hand");
  const { sitting } = room;
  if (sitting?.state !== "open") return null;
  const hands = queue(sitting);
  const mine = hands.findIndex((hand) => hand.person.me);
  return (
    <Card title={t("hands.title")} level={3}>
      {hands.length === 0 && <p class="soft">{t("hands.none")}</p>}
      <ol class="hands">
        {hands.map((hand, index) => (
          <li key={hand.person.wid} data-next={index === 0}>
            <Person person={hand.person} />
          </li>
        ))}
      </ol>
      {mine >= 0 && <p role="status">{t("hands.mine", { n: mine + 1 })}</p>}
      {command.trouble && <CodeReason trouble={command.trouble} />}
      <Button
        wide
        aria-pressed={mine >= 0}
        busy={command.busy}
        onClick={() => {
          void command.run({ caseId: room.caseId, sit: sitting.sit, up: mine < 0 });
        }}
      >
        {t(mine >= 0 ? "hands.down" : "hands.up")}
      </Button>
    </Card>
  );
}
