/** Whole screens for when nothing can be opened: another tab has it, or this machine cannot. */
import { t } from "../../text/catalogue";
import type { Trouble } from "../../worker/api";
import { EvidenceButton } from "../evidence";
import { Button, LinkButton } from "../parts/button";
import { CodeReason, Notice } from "../parts/notice";
import { Page } from "../parts/page";
import { href } from "../router";

/** Another tab holds the keys. */
export function Follower() {
  return (
    <Page title={t("follower.title")} width="text">
      <Notice kind="info">{t("follower.what")}</Notice>
    </Page>
  );
}

/** Whoever opens the page anew amid joining need not begin again. */
export function Begun() {
  return (
    <section class="banners" aria-label={t("begun.title")}>
      <Notice
        title={t("begun.title")}
        actions={
          <LinkButton small href={href("home")}>
            {t("begun.go")}
          </LinkButton>
        }
      >
        {t("begun.what")}
      </Notice>
    </section>
  );
}

/** The program cannot start; each trouble says why and what to do. */
export function Stopped({
  trouble,
  evidence,
}: {
  readonly trouble: Trouble;
  readonly evidence: number;
}) {
  return (
    <Page title={t("stopped.title")} width="text">
      <CodeReason
        trouble={trouble}
        actions={
          <>
            <Button
              onClick={() => {
                location.reload();
              }}
            >
              {t("common.retry")}
            </Button>
            <EvidenceButton count={evidence} />
          </>
        }
      />
      <p class="soft">{t("stopped.lost")}</p>
    </Page>
  );
}
