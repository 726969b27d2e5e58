/** The steps after keys were made: digits read aloud, waiting, pledge, done. They survive a reload. */
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../../../text/catalogue";
import { PLEDGE } from "../../../text/pledge";
import type { InvitationView, JoiningView } from "../../../worker/api";
import { useCommand } from "../../api";
import { Button, LinkButton } from "../../parts/button";
import { Card } from "../../parts/card";
import { Digits } from "../../parts/digits";
import { PassField } from "../../parts/field";
import { CodeReason, Notice } from "../../parts/notice";
import { Page } from "../../parts/page";
import { Loading } from "../../parts/progress";
import { href } from "../../router";
import { forgetPassphrase, keepPassphrase, keptPassphrase } from "./memory";
import { PledgeText } from "./pledge_text";
import { Steps, type Step } from "./steps";

interface WaitProps {
  readonly joining: JoiningView;
}

/** After a reload the passphrase is asked for once more; then the waiting goes on by itself. */
function Resume({
  joining,
  onTyped,
}: WaitProps & { readonly onTyped: (passphrase: string) => void }) {
  const [words, type] = useState("");
  return (
    <form
      class="stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onTyped(words);
      }}
    >
      <p>{t("join.spoken.resume")}</p>
      <PassField
        label={`${t("vaults.passphrase")}（${joining.vault}）`}
        autocomplete="current-password"
        value={words}
        onInput={type}
      />
      <div class="row">
        <Button type="submit" weight="main" disabled={words === ""}>
          {t("join.spoken.go")}
        </Button>
      </div>
    </form>
  );
}

/** Waits for the registrar as long as the page is open. */
function Registrar({ joining }: WaitProps) {
  const finish = useCommand("join.finish");
  const [passphrase, know] = useState(keptPassphrase(joining.vault));
  const wait = async (words: string) => {
    keepPassphrase(joining.vault, words);
    know(words);
    if (await finish.run({ vault: joining.vault, passphrase: words })) forgetPassphrase();
  };
  useEffect(() => {
    if (passphrase !== null) void wait(passphrase);
    return finish.stop;
  }, []);
  if (passphrase === null || finish.trouble?.code === "WRONG_PASSPHRASE")
    return (
      <>
        {finish.trouble && <CodeReason trouble={finish.trouble} />}
        <Resume
          joining={joining}
          onTyped={(words) => {
            void wait(words);
          }}
        />
      </>
    );
  return (
    <Again
      trouble={finish.trouble}
      waiting={t("join.spoken.waiting")}
      onAgain={() => {
        void wait(passphrase);
      }}
    />
  );
}

interface AgainProps {
  readonly trouble: ReturnType<typeof useCommand>["trouble"];
  readonly waiting: string;
  readonly onAgain: () => void;
}

function Again({ trouble, waiting, onAgain }: AgainProps) {
  if (!trouble) return <Loading label={waiting} />;
  return (
    <CodeReason
      trouble={trouble}
      actions={<Button onClick={onAgain}>{t("common.retry")}</Button>}
    />
  );
}

function Sibling({ joining }: WaitProps) {
  const finish = useCommand("link.finish");
  const wait = () => {
    void finish.run({ vault: joining.vault });
  };
  useEffect(() => {
    wait();
    return finish.stop;
  }, []);
  return <Again trouble={finish.trouble} waiting={t("join.device.waiting")} onAgain={wait} />;
}

function Spoken({ joining }: WaitProps) {
  const device = joining.stage === "device";
  return (
    <>
      <h2>{t(device ? "join.device.title" : "join.spoken.title")}</h2>
      <p>{t(device ? "join.device.lead" : "join.spoken.lead")}</p>
      {joining.spoken !== null && (
        <Digits digits={joining.spoken} label={t("join.spoken.digits")} />
      )}
      {!device && <p class="small soft">{t("join.spoken.why")}</p>}
      {device ? <Sibling joining={joining} /> : <Registrar joining={joining} />}
    </>
  );
}

function Sign({ invitation }: { readonly invitation: InvitationView | null }) {
  const sign = useCommand("join.pledge");
  const pledge = invitation?.pledge ?? { ver: PLEDGE.ver, text: PLEDGE.ja };
  return (
    <Card title={t("join.pledge.title", { ver: pledge.ver })}>
      <PledgeText text={pledge.text} />
      <p class="small soft">{t("join.sign.note")}</p>
      {sign.trouble && <CodeReason trouble={sign.trouble} />}
      <div class="row">
        <Button
          weight="main"
          busy={sign.busy}
          onClick={() => {
            void sign.run({});
          }}
        >
          {t("join.sign.act")}
        </Button>
      </div>
    </Card>
  );
}

function Done() {
  return (
    <Notice
      kind="good"
      live
      title={t("join.done.title")}
      actions={
        <LinkButton weight="main" href={href("home")}>
          {t("join.done.go")}
        </LinkButton>
      }
    >
      {t("join.done.what")}
    </Notice>
  );
}

const STEP_OF: Readonly<Record<JoiningView["stage"], Step>> = {
  keys: "passphrase",
  spoken: "spoken",
  device: "spoken",
  pledge: "pledge",
  done: "done",
};

/** What the worker says about an enrolment on its way. */
export function Joining({
  joining,
  invitation,
}: WaitProps & { readonly invitation: InvitationView | null }) {
  const bodies: Readonly<Record<JoiningView["stage"], () => ComponentChildren>> = {
    keys: () => <Loading label={t("join.keys")} />,
    spoken: () => <Spoken joining={joining} />,
    device: () => <Spoken joining={joining} />,
    pledge: () => <Sign invitation={invitation} />,
    done: () => <Done />,
  };
  const step = STEP_OF[joining.stage];
  return (
    <Page
      title={t(joining.stage === "device" ? "join.link.title" : "join.title")}
      width="text"
      step={joining.stage}
    >
      {joining.stage !== "device" && <Steps at={step} />}
      {bodies[joining.stage]()}
    </Page>
  );
}
