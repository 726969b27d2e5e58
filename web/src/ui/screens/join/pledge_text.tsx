/** 誓約書, one sentence per line as it is signed; the Japanese text is what counts. */
import { lang } from "../../../text/catalogue";
import { PLEDGE } from "../../../text/pledge";
import "./join.css";

/** The text; in English the Japanese one that is signed stands below it. */
export function PledgeText({ text }: { readonly text: string }) {
  const translated = lang.value === "en" && text === PLEDGE.ja;
  return (
    <>
      {translated && <Lines text={PLEDGE.en} language="en" />}
      <Lines text={text} language="ja" />
    </>
  );
}

function Lines({ text, language }: { readonly text: string; readonly language: "ja" | "en" }) {
  const lines = text.split("\n").filter((line) => line !== "");
  return (
    <ul class="pledge-text" lang={language}>
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}
