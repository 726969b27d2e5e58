// The first screen; grows by what the other modules of `ui` bring.
import { signal } from "@preact/signals";
import { render } from "preact";
import "./base.css";
import { startWorker } from "./start";

type Lang = "ja" | "en";

const WORDS = {
  ja: { title: "円卓", what: "支援会議のための円卓", other: "English", version: "版" },
  en: {
    title: "Entaku",
    what: "A round table for case conferences",
    other: "日本語",
    version: "Version",
  },
} as const satisfies Record<Lang, Record<string, string>>;

const OTHER = { ja: "en", en: "ja" } as const satisfies Record<Lang, Lang>;

const lang = signal<Lang>("ja");
const cryptography = signal<"starting" | "ready" | "failed">("starting");

function change(): void {
  lang.value = OTHER[lang.value];
  document.documentElement.lang = lang.value;
  document.title = WORDS[lang.value].title;
}

function First() {
  const words = WORDS[lang.value];
  return (
    <main data-cryptography={cryptography.value}>
      <h1>{words.title}</h1>
      <p>{words.what}</p>
      <p>
        {words.version} {__VERSION__}
      </p>
      <button type="button" lang={OTHER[lang.value]} onClick={change}>
        {words.other}
      </button>
    </main>
  );
}

async function start(): Promise<void> {
  const worker = await startWorker();
  worker.addEventListener("message", () => {
    cryptography.value = "ready";
  });
  worker.addEventListener("error", () => {
    cryptography.value = "failed";
  });
}

const place = document.getElementById("app");
if (place) render(<First />, place);
start().catch(() => {
  cryptography.value = "failed";
});
