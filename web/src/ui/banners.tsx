/** What everybody must know above any screen: line, clock, pledge, evidence, an unlogged program. */
import { useState } from "preact/hooks";
import { t } from "../text/catalogue";
import type { AnyCode } from "../text/codes";
import type { SessionView } from "../worker/api";
import { Button, LinkButton } from "./parts/button";
import { CodeReason, Notice } from "./parts/notice";
import { href, hrefCase } from "./router";
import { line, unkept } from "./state";

const MINUTE = 60_000;
/** What a person can mend when words could not be kept. */
const STORAGE: ReadonlySet<AnyCode> = new Set(["STORAGE_FULL", "STORAGE_BLOCKED", "FILE_DENIED"]);
/** From here on the machine's clock is said to be off; the protocol refuses more (section 5.21). */
const CLOCK_LIMIT = 10 * MINUTE;

function Clock({ off }: { readonly off: number | null }) {
  if (off === null || Math.abs(off) < CLOCK_LIMIT) return null;
  return (
    <Notice kind="warn">{t("shell.clock", { minutes: Math.round(Math.abs(off) / MINUTE) })}</Notice>
  );
}

function Pledge({ state }: { readonly state: SessionView["pledge"] }) {
  if (state !== "missing" && state !== "expired") return null;
  return (
    <Notice
      kind="warn"
      actions={
        <LinkButton small href={href("settings", "pledge")}>
          {t("shell.pledge.go")}
        </LinkButton>
      }
    >
      {t(`shell.pledge.${state}`)}
    </Notice>
  );
}

/** What came and does not verify: said once, until it is put away or more of it comes. */
function Doubt({ doubt }: { readonly doubt: SessionView["doubt"] }) {
  const [seen, see] = useState(0);
  if (doubt === null || doubt.at <= seen) return null;
  return (
    <Notice
      kind="bad"
      live
      actions={
        <Button
          small
          onClick={() => {
            see(doubt.at);
          }}
        >
          {t("common.close")}
        </Button>
      }
    >
      <p>{t("shell.doubt")}</p>
      <p class="small soft">
        {t("common.code")}: <code>{doubt.code}</code>
      </p>
    </Notice>
  );
}

/** Words that could not be sent and are not sent any more: said until put away. */
function Dropped({ dropped }: { readonly dropped: SessionView["dropped"] }) {
  const [seen, see] = useState(0);
  if (dropped === null || dropped.at <= seen) return null;
  return (
    <Notice
      kind="warn"
      live
      actions={
        <>
          <LinkButton small href={hrefCase(dropped.caseId)}>
            {t("shell.dropped.go")}
          </LinkButton>
          <Button
            small
            onClick={() => {
              see(dropped.at);
            }}
          >
            {t("common.close")}
          </Button>
        </>
      }
    >
      {t("shell.dropped")}
    </Notice>
  );
}

/** The banners of a session, most pressing first. */
export function Banners({ view }: { readonly view: SessionView }) {
  return (
    <section class="banners" aria-label={t("shell.banners")}>
      {view.evidence.length > 0 && (
        <Notice
          kind="bad"
          live
          actions={
            <LinkButton small href={href("settings", "evidence")}>
              {t("shell.evidence.go")}
            </LinkButton>
          }
        >
          {t("shell.evidence", { n: view.evidence.length })}
        </Notice>
      )}
      {view.release.logged === false && <Notice kind="bad">{t("shell.unlogged")}</Notice>}
      <Doubt doubt={view.doubt} />
      <Dropped dropped={view.dropped} />
      {unkept.value && STORAGE.has(unkept.value.code) && <CodeReason trouble={unkept.value} />}
      {line.value === "offline" && (
        <Notice kind="warn" live>
          {t("shell.offline")}
        </Notice>
      )}
      <Clock off={view.clockOff} />
      <Pledge state={view.pledge} />
    </section>
  );
}
