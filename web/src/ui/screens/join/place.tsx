/** Where the vault will lie and what it is called, with its passphrase: the last step before keys are made. */
import { useState } from "preact/hooks";
import { t } from "../../../text/catalogue";
import type { Trouble, VaultLine } from "../../../worker/api";
import { app } from "../../state";
import { Button } from "../../parts/button";
import { RadioGroup } from "../../parts/choice";
import { Field } from "../../parts/field";
import { CodeReason, Notice } from "../../parts/notice";
import { Loading } from "../../parts/progress";
import { NO_PASS, Passphrase, passed } from "./passphrase";

export interface Chosen {
  readonly vault: string;
  readonly place: VaultLine["place"];
  readonly passphrase: string;
}

const LONGEST_NAME = 40;

interface VaultFormProps {
  readonly act: string;
  readonly busy: boolean;
  readonly trouble: Trouble | null;
  readonly onBack: () => void;
  readonly onChosen: (chosen: Chosen) => void;
}

/** A profile that is new every day proposes the file. */
function usualPlace(): VaultLine["place"] {
  return app.value.phase === "vaults" && app.value.fresh && !app.value.persisted
    ? "file"
    : "browser";
}

/** Name, place and passphrase. */
export function VaultForm({ act, busy, trouble, onBack, onChosen }: VaultFormProps) {
  const [vault, name] = useState(t("join.vault.default"));
  const [place, put] = useState(usualPlace);
  const [pass, type] = useState(NO_PASS);
  const [tried, attempt] = useState(false);
  const submit = (event: Event) => {
    event.preventDefault();
    attempt(true);
    const words = vault.trim();
    if (passed(pass) && words !== "") onChosen({ vault: words, place, passphrase: pass.first });
  };
  return (
    <form class="stack" onSubmit={submit} noValidate>
      <h2>{t("join.pass.title")}</h2>
      <Notice kind="warn">{t("join.pass.why")}</Notice>
      <Passphrase value={pass} onInput={type} tried={tried} />
      <Field
        label={t("join.vault.label")}
        hint={t("join.vault.hint")}
        error={tried && vault.trim() === "" ? t("common.required.trouble") : null}
        required
        maxLength={LONGEST_NAME}
        value={vault}
        onInput={name}
      />
      <RadioGroup
        label={t("join.place.label")}
        value={place}
        onChange={put}
        options={[
          { value: "browser", label: t("join.place.browser"), hint: t("join.place.browserHint") },
          { value: "file", label: t("join.place.file"), hint: t("join.place.fileHint") },
        ]}
      />
      {trouble && <CodeReason trouble={trouble} />}
      {busy && <Loading label={t("join.keys")} />}
      <div class="row">
        <Button onClick={onBack}>{t("common.back")}</Button>
        <Button type="submit" weight="main" busy={busy}>
          {act}
        </Button>
      </div>
    </form>
  );
}
