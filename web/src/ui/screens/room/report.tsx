/** My report on an action. */
import { useState } from "preact/hooks";
import type { ActionView } from "../../../worker/api";
import { t, term } from "../../../text/catalogue";
import { useCommand } from "../../api";
import { RadioGroup } from "../../parts/choice";
import { TextArea } from "../../parts/field";
import { toast } from "../../parts/toast";
import { useScene } from "./context";
import { useDraft } from "./draft";
import { InlineForm } from "./form";

const STATES = ["progress", "done", "not-done"] as const;
type State = (typeof STATES)[number];

const EMPTY: { readonly state: State; readonly words: string } = { state: "progress", words: "" };

/** How far it is, in one of three states and my words. */
export function Report({
  action,
  onDone,
}: {
  readonly action: ActionView;
  readonly onDone: () => void;
}) {
  const { room, sent } = useScene();
  const command = useCommand("action.report");
  const [isWrong, setWrong] = useState(false);
  const draft = useDraft(`report/${action.act}`, EMPTY);
  const { state, words } = draft.value;
  const send = async () => {
    setWrong(words.trim() === "");
    if (words.trim() === "") return;
    sent.add(
      `act:${action.what}/${action.owner.agency.aid}/${action.owner.person?.wid ?? ""}/${state}`,
    );
    const input = { caseId: room.caseId, act: action.act, state, words: words.trim() };
    if (!(await command.run(input))) return;
    toast(t("acts.report.sent"));
    draft.drop();
    onDone();
  };
  return (
    <InlineForm
      label={t("room.act", { what: action.what, act: t("acts.report") })}
      send={t("acts.report.send")}
      busy={command.busy}
      trouble={command.trouble}
      onSend={() => void send()}
      onCancel={onDone}
    >
      <RadioGroup
        label={t("acts.report.state")}
        flow="row"
        value={state}
        options={STATES.map((value) => ({ value, label: term("act", value) }))}
        onChange={(value) => {
          draft.change({ state: value });
        }}
      />
      <TextArea
        label={t("acts.report.words")}
        required
        value={words}
        error={isWrong && words.trim() === "" ? t("form.required") : null}
        onInput={(value) => {
          draft.change({ words: value });
        }}
      />
    </InlineForm>
  );
}
