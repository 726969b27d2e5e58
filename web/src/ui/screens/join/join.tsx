/** 参加: from an invitation to a registered person, one step at a time. */
import { useEffect, useState } from "preact/hooks";
import { t, term } from "../../../text/catalogue";
import type { InvitationView } from "../../../worker/api";
import { useCommand } from "../../api";
import { Button } from "../../parts/button";
import { Card } from "../../parts/card";
import { Checkbox } from "../../parts/choice";
import { Facts } from "../../parts/facts";
import { Notice } from "../../parts/notice";
import { Page } from "../../parts/page";
import { Loading } from "../../parts/progress";
import { Time } from "../../parts/time";
import { href, invitation } from "../../router";
import { CodeForm } from "./code";
import { keepPassphrase } from "./memory";
import { VaultForm } from "./place";
import { PledgeText } from "./pledge_text";
import { Steps } from "./steps";

interface CodeProps {
  readonly onLooked: (text: string, view: InvitationView) => void;
}

/** Link or typed code; a link the page was opened with is looked at by itself. */
function Code({ onLooked }: CodeProps) {
  const look = useCommand("join.look");
  const [text, type] = useState(invitation.value ?? "");
  const go = async (words: string) => {
    const found = await look.run({ text: words });
    if (found) onLooked(words, found.out);
  };
  useEffect(() => {
    if (invitation.value !== null) void go(invitation.value);
  }, []);
  return (
    <CodeForm
      side="code"
      back={href("home")}
      text={text}
      onInput={type}
      look={look}
      onLook={() => {
        void go(text.trim());
      }}
    >
      <p>
        <a href={href("join", "device")}>{t("join.other")}</a>
      </p>
    </CodeForm>
  );
}

interface LookProps {
  readonly view: InvitationView;
  readonly onBack: () => void;
  readonly onNext: () => void;
}

function Offer({ view }: { readonly view: InvitationView }) {
  return (
    <Card title={t("join.look.title")}>
      <Facts
        facts={[
          [t("join.look.council"), <strong key="council">{view.council}</strong>],
          [t("join.look.agency"), <strong key="agency">{view.agency}</strong>],
          [t("join.look.caps"), view.caps.map((cap) => term("cap", cap)).join("、")],
          [t("join.look.origin"), <code key="origin">{view.origin}</code>],
          [t("join.look.until"), <Time key="until" at={view.until} />],
        ]}
      />
      <p class="small soft">{t("join.look.check")}</p>
    </Card>
  );
}

/** What this is, honestly, and the pledge; only then keys. */
function Look({ view, onBack, onNext }: LookProps) {
  const [read, tick] = useState(false);
  const [tried, attempt] = useState(false);
  return (
    <>
      <Offer view={view} />
      <Card title={t("join.what.title")}>
        <ul class="plain-list">
          <li>{t("join.what.1")}</li>
          <li>{t("join.what.2")}</li>
          <li>{t("join.what.3")}</li>
        </ul>
        <p class="small soft">{t("join.what.honest")}</p>
      </Card>
      <Card title={t("join.pledge.title", { ver: view.pledge.ver })}>
        <PledgeText text={view.pledge.text} />
        <p class="small soft">{t("join.pledge.later")}</p>
        <Checkbox label={t("join.pledge.read")} checked={read} onChange={tick} />
      </Card>
      {tried && !read && (
        <Notice kind="bad" live>
          {t("join.pledge.needed")}
        </Notice>
      )}
      <div class="row">
        <Button onClick={onBack}>{t("common.back")}</Button>
        <Button
          weight="main"
          onClick={() => {
            attempt(true);
            if (read) onNext();
          }}
        >
          {t("common.next")}
        </Button>
      </div>
    </>
  );
}

function Keys({ text, onBack }: { readonly text: string; readonly onBack: () => void }) {
  const begin = useCommand("join.begin");
  return (
    <VaultForm
      act={t("join.begin")}
      busy={begin.busy}
      trouble={begin.trouble}
      onBack={onBack}
      onChosen={(chosen) => {
        keepPassphrase(chosen.vault, chosen.passphrase);
        invitation.value = null;
        void begin.run({ text, ...chosen });
      }}
    />
  );
}

/** The steps before keys are made; the rest follows the worker (`waiting.tsx`). */
export function Join() {
  const [found, find] = useState<{ readonly text: string; readonly view: InvitationView } | null>(
    null,
  );
  const [step, go] = useState<"code" | "look" | "passphrase">("code");
  return (
    <Page title={t("join.title")} width="text" step={step}>
      <Steps at={step} />
      {step === "code" && (
        <Code
          onLooked={(text, view) => {
            find({ text, view });
            go("look");
          }}
        />
      )}
      {step === "look" && found && (
        <Look
          view={found.view}
          onBack={() => {
            invitation.value = null;
            go("code");
          }}
          onNext={() => {
            go("passphrase");
          }}
        />
      )}
      {step === "passphrase" && found && (
        <Keys
          text={found.text}
          onBack={() => {
            go("look");
          }}
        />
      )}
      {step !== "code" && !found && <Loading />}
    </Page>
  );
}
