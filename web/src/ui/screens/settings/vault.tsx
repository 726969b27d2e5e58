/** The vault of this person: its passphrase, this device's own unlock, a copy as a file. */
import { useState } from "preact/hooks";
import { t } from "../../../text/catalogue";
import { useCommand } from "../../api";
import { download } from "../../download";
import { Badge } from "../../parts/badge";
import { Button } from "../../parts/button";
import { Card } from "../../parts/card";
import { PassField } from "../../parts/field";
import { CodeReason, Notice } from "../../parts/notice";
import { toast } from "../../parts/toast";
import { makePrf, prfOffered } from "../../prf";
import { session } from "../../state";
import { NO_PASS, Passphrase, passed } from "../join/passphrase";
import type { PartProps } from "./settings";

function Change() {
  const change = useCommand("vault.passphrase");
  const [old, type] = useState("");
  const [fresh, choose] = useState(NO_PASS);
  const [tried, attempt] = useState(false);
  const go = async () => {
    attempt(true);
    if (!passed(fresh) || !(await change.run({ old, fresh: fresh.first }))) return;
    toast(t("vault.pass.done"));
    attempt(false);
    type("");
    choose(NO_PASS);
  };
  return (
    <Card title={t("vault.pass.title")}>
      <form
        class="settings-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void go();
        }}
      >
        <PassField
          label={t("vault.pass.old")}
          autocomplete="current-password"
          value={old}
          onInput={type}
        />
        <Passphrase label={t("vault.pass.fresh")} value={fresh} onInput={choose} tried={tried} />
        {change.trouble && <CodeReason trouble={change.trouble} />}
        <div class="row">
          <Button type="submit" weight="main" busy={change.busy} disabled={old === ""}>
            {t("vault.pass.act")}
          </Button>
        </div>
      </form>
    </Card>
  );
}

function Authenticator({ has }: { readonly has: boolean }) {
  const set = useCommand("vault.prf");
  const [passphrase, type] = useState("");
  const [failed, fail] = useState(false);
  const go = async (prf: Uint8Array | null) => {
    if (!(await set.run({ passphrase, prf }))) return;
    toast(t(prf ? "vault.prf.added" : "vault.prf.removed"));
    type("");
  };
  const add = async () => {
    const prf = await makePrf(session.value?.me.name ?? t("app.name"));
    fail(prf === null);
    if (prf) await go(prf);
  };
  return (
    <div class="settings-form">
      <PassField
        label={t("vaults.passphrase")}
        autocomplete="current-password"
        value={passphrase}
        onInput={type}
      />
      {failed && <Notice kind="warn">{t("vault.prf.none")}</Notice>}
      {set.trouble && <CodeReason trouble={set.trouble} />}
      <div class="row">
        <Button
          disabled={passphrase === ""}
          busy={set.busy}
          onClick={() => {
            void (has ? go(null) : add());
          }}
        >
          {t(has ? "vault.prf.remove" : "vault.prf.add")}
        </Button>
      </div>
    </div>
  );
}

function Copy() {
  const file = useCommand("vault.file");
  const save = async () => {
    const made = await file.run({});
    if (!made) return;
    download(made.out, "entaku.vault");
    toast(t("vault.file.done"));
  };
  return (
    <Card title={t("vault.file.title")}>
      <p>{t("vault.file.what")}</p>
      {file.trouble && <CodeReason trouble={file.trouble} />}
      <div class="row">
        <Button
          busy={file.busy}
          onClick={() => {
            void save();
          }}
        >
          {t("vault.file.act")}
        </Button>
      </div>
    </Card>
  );
}

/** Everything about the vault that is open. */
export function VaultPart({ view }: PartProps) {
  return (
    <>
      <Copy />
      <Card title={t("vault.prf.title")}>
        <p>{t("vault.prf.what")}</p>
        {view.prf && <Badge tone="good">{t("vault.prf.on")}</Badge>}
        {prfOffered() ? (
          <Authenticator has={view.prf} />
        ) : (
          <Notice kind="info">{t("vault.prf.none")}</Notice>
        )}
      </Card>
      <Change />
    </>
  );
}
