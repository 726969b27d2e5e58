/** New people and devices are confirmed by name before anything is written. */
import { t } from "../../../text/catalogue";
import { useCommand } from "../../api";
import { Button } from "../../parts/button";
import { CodeReason, Notice } from "../../parts/notice";
import { Person } from "../../parts/person";
import { useScene } from "./context";

/** Who is new; one press confirms all whose names stand there. */
export function Newcomers() {
  const { room } = useScene();
  const command = useCommand("room.confirm");
  if (room.newcomers.length === 0) return null;
  return (
    <Notice
      kind="warn"
      live
      title={t("newcomer.title")}
      actions={
        <Button
          weight="main"
          busy={command.busy}
          onClick={() => {
            void command.run({ caseId: room.caseId });
          }}
        >
          {t("newcomer.confirm", { n: room.newcomers.length })}
        </Button>
      }
    >
      <div class="stack" data-gap="small">
        <ul class="bare newcomers">
          {room.newcomers.map((person) => (
            <li key={person.wid}>
              <Person person={person} />
            </li>
          ))}
        </ul>
        <p>{t("newcomer.what")}</p>
        {command.trouble && <CodeReason trouble={command.trouble} />}
      </div>
    </Notice>
  );
}
