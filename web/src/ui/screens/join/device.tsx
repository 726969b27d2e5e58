/** Adding this machine as a further device: code from the old one, then keys. */
import { useState } from "preact/hooks";
import { t } from "../../../text/catalogue";
import { useCommand } from "../../api";
import { Notice } from "../../parts/notice";
import { Page } from "../../parts/page";
import { href } from "../../router";
import { CodeForm } from "./code";
import { VaultForm } from "./place";

function Keys({
  text,
  council,
  onBack,
}: {
  readonly text: string;
  readonly council: string;
  readonly onBack: () => void;
}) {
  const begin = useCommand("link.begin");
  return (
    <>
      <Notice kind="info">{t("join.link.council", { council })}</Notice>
      <VaultForm
        act={t("join.begin.link")}
        busy={begin.busy}
        trouble={begin.trouble}
        onBack={onBack}
        onChosen={(chosen) => {
          void begin.run({ text, ...chosen });
        }}
      />
    </>
  );
}

/** The new device's side. */
export function JoinDevice() {
  const look = useCommand("link.look");
  const [text, type] = useState("");
  const [council, find] = useState<string | null>(null);
  const go = async () => {
    const found = await look.run({ text: text.trim() });
    if (found) find(found.out.council);
  };
  if (council !== null)
    return (
      <Page title={t("join.link.title")} width="text">
        <Keys
          text={text.trim()}
          council={council}
          onBack={() => {
            find(null);
          }}
        />
      </Page>
    );
  return (
    <Page title={t("join.link.title")} width="text">
      <CodeForm
        side="link"
        back={href("join")}
        text={text}
        onInput={type}
        look={look}
        onLook={() => {
          void go();
        }}
      />
    </Page>
  );
}
