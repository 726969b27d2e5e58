/** Which vault, and its key; what to do where there is none or where it may vanish. */
import { computed } from "@preact/signals";
import { useRef, useState } from "preact/hooks";
import { lang, t } from "../../text/catalogue";
import type { AppView, Trouble, VaultLine } from "../../worker/api";
import { useApi, useCommand } from "../api";
import { EvidenceButton } from "../evidence";
import { shortDate } from "../logic/dates";
import { Button, LinkButton } from "../parts/button";
import { Card } from "../parts/card";
import { RadioGroup } from "../parts/choice";
import { Confirm } from "../parts/dialog";
import { PassField } from "../parts/field";
import { CodeReason, Notice } from "../parts/notice";
import { Page } from "../parts/page";
import { Empty } from "../parts/progress";
import { toast } from "../parts/toast";
import { codeWords } from "../../text/catalogue";
import { askPrf, prfOffered } from "../prf";
import { href } from "../router";
import { app } from "../state";
import "./join/join.css";

type View = Extract<AppView, { phase: "vaults" }>;

function about(vault: VaultLine): string {
  const place = t(vault.place === "file" ? "vaults.file" : "vaults.browser");
  if (vault.unsaved) return `${place} · ${t("unsaved.title")}`;
  if (vault.opened === null) return `${place} · ${t("vaults.unfinished")}`;
  return `${place} · ${t("vaults.last", { day: shortDate(vault.opened, lang.value) })}`;
}

/** Why it did not open. Without a network the vault itself did: what it leads to lies on the server. */
function Unopened({ trouble }: { readonly trouble: Trouble }) {
  if (trouble.code !== "OFFLINE")
    return <CodeReason trouble={trouble} actions={<EvidenceButton count={found.value} />} />;
  return (
    <Notice kind="warn" live title={t("vaults.offline.title")}>
      <p>{t("vaults.offline.what")}</p>
    </Notice>
  );
}

/** Contradictions that the last session ended with. */
const found = computed(() => (app.value.phase === "vaults" ? app.value.evidence : 0));

interface OpenerProps {
  readonly vault: VaultLine | null;
  readonly file: File | null;
}

function Opener({ vault, file }: OpenerProps) {
  const open = useCommand("vault.open");
  const [passphrase, type] = useState("");
  const [tried, attempt] = useState(false);
  const [prfFailed, failPrf] = useState(false);
  const name = vault?.name ?? file?.name ?? "";
  const byPrf = async () => {
    const prf = await askPrf();
    failPrf(prf === null);
    if (prf) await open.run({ name, passphrase: "", prf, file });
  };
  const prf = vault !== null && vault.prf && prfOffered();
  const missing = tried && passphrase === "";
  return (
    <form
      class="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        attempt(true);
        if (passphrase !== "") void open.run({ name, passphrase, prf: null, file });
      }}
    >
      {prf && (
        <Button
          wide
          onClick={() => {
            void byPrf();
          }}
        >
          {t("vaults.prf")}
        </Button>
      )}
      {prfFailed && <Notice kind="warn">{t("vaults.prf.failed")}</Notice>}
      <PassField
        label={t("vaults.passphrase")}
        error={missing ? t("common.required.trouble") : null}
        autocomplete="current-password"
        value={passphrase}
        onInput={(words) => {
          open.clear();
          type(words);
        }}
      />
      {open.trouble && <Unopened trouble={open.trouble} />}
      <Button type="submit" weight="main" wide busy={open.busy}>
        {t("vaults.open")}
      </Button>
    </form>
  );
}

function Remove({ vault }: { readonly vault: VaultLine }) {
  const api = useApi();
  const [asking, ask] = useState(false);
  return (
    <>
      <Button
        weight="quiet"
        small
        onClick={() => {
          ask(true);
        }}
      >
        {t("vaults.remove")}
      </Button>
      <Confirm
        open={asking}
        danger
        title={t("vaults.remove.title", { name: vault.name })}
        act={t("vaults.remove.act")}
        onAct={() => api.do("vault.remove", { name: vault.name })}
        onClose={() => {
          ask(false);
        }}
      >
        <p>{t("vaults.remove.what", { name: vault.name })}</p>
      </Confirm>
    </>
  );
}

function lastOpened(vaults: readonly VaultLine[]): VaultLine | undefined {
  return vaults.toSorted((a, b) => (b.opened ?? 0) - (a.opened ?? 0))[0];
}

function Known({ vaults }: { readonly vaults: readonly VaultLine[] }) {
  const [name, choose] = useState(lastOpened(vaults)?.name ?? "");
  const vault = vaults.find((each) => each.name === name) ?? null;
  return (
    <Card>
      <RadioGroup
        label={t("vaults.choose")}
        value={name}
        onChange={choose}
        options={vaults.map((each) => ({ value: each.name, label: each.name, hint: about(each) }))}
      />
      {vault && <Opener key={vault.name} vault={vault} file={null} />}
      {vault && (
        <div class="row" data-end="true">
          <Remove vault={vault} />
        </div>
      )}
    </Card>
  );
}

/** A vault that lies in a file: chosen by hand each time, since this profile may forget it. */
function FromFile() {
  const [file, take] = useState<File | null>(null);
  const input = useRef<HTMLInputElement>(null);
  return (
    <Card title={t("vaults.fromFile")}>
      <p class="small soft">{t("vaults.pickFileHint")}</p>
      <input
        ref={input}
        class="unseen"
        tabIndex={-1}
        type="file"
        aria-label={t("vaults.pickFile")}
        onChange={() => {
          take(input.current?.files?.[0] ?? null);
        }}
      />
      <div class="row">
        <Button
          onClick={() => {
            input.current?.click();
          }}
        >
          {t("vaults.pickFile")}
        </Button>
        {file && <span>{file.name}</span>}
      </div>
      {file && <Opener vault={null} file={file} />}
    </Card>
  );
}

function Persist() {
  const [answer, told] = useState<boolean | null>(null);
  const ask = () => {
    navigator.storage.persist().then(
      (kept) => {
        told(kept);
        if (kept) toast(t("vaults.persist.done"));
      },
      () => {
        told(false);
      },
    );
  };
  if (answer === true) return null;
  return (
    <Notice
      kind="warn"
      title={t("vaults.persist.title")}
      actions={
        answer === null && (
          <Button small onClick={ask}>
            {t("vaults.persist.act")}
          </Button>
        )
      }
    >
      {t(answer === false ? "vaults.persist.refused" : "vaults.persist.what")}
    </Notice>
  );
}

function fresh(view: View): Trouble | null {
  return view.fresh ? { code: "PROFILE_FRESH", facts: {} } : null;
}

/** The screen before anything is open. */
export function Vaults({ view }: { readonly view: View }) {
  const trouble = fresh(view);
  return (
    <Page title={t("vaults.title")} lead={t("vaults.lead")} width="text">
      {trouble && (
        <Notice kind="info" title={t("vaults.fresh.title")}>
          {codeWords(trouble.code)}
        </Notice>
      )}
      {view.vaults.length > 0 ? <Known vaults={view.vaults} /> : <Empty title={t("vaults.none")} />}
      {!view.persisted && view.vaults.some(({ place }) => place === "browser") && <Persist />}
      <Card title={t("vaults.new")}>
        <div class="row">
          <LinkButton weight={view.vaults.length > 0 ? "plain" : "main"} href={href("join")}>
            {t("vaults.join")}
          </LinkButton>
          <LinkButton href={href("join", "device")}>{t("join.other")}</LinkButton>
        </div>
      </Card>
      <FromFile />
    </Page>
  );
}
