/** 画面を隠す: one key covers everything at once, a button brings it back. */
import { signal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { t } from "../text/catalogue";
import { Button } from "./parts/button";
import "./cover.css";

export const covered = signal(false);

/** Two presses of Escape within this time cover the screen, ms. */
const TWICE = 600;
const COVER_KEY = "F9";

/** Listen for F9 and for Escape twice. Returns how to stop. */
export function watchCoverKeys(): () => void {
  let last = -TWICE;
  const press = (event: KeyboardEvent) => {
    if (covered.value && event.key === "Escape") event.preventDefault();
    if (event.key === COVER_KEY) {
      event.preventDefault();
      covered.value = true;
    } else if (event.key === "Escape" && !event.repeat) {
      if (event.timeStamp - last < TWICE) covered.value = true;
      last = event.timeStamp;
    }
  };
  addEventListener("keydown", press, { capture: true });
  return () => {
    removeEventListener("keydown", press, { capture: true });
  };
}

/** The cover; it lies over open dialogs too. */
export function Cover() {
  return covered.value ? <Covering /> : null;
}

function Covering() {
  const element = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const root = document.documentElement;
    const title = document.title;
    const back = document.activeElement;
    const dialog = element.current;
    root.dataset["covered"] = "true";
    document.title = t("app.name");
    dialog?.showModal();
    return () => {
      delete root.dataset["covered"];
      document.title = title;
      dialog?.close(); // what lies under an open one takes no focus
      if (back instanceof HTMLElement && back.isConnected) back.focus();
    };
  }, []);
  return (
    <dialog
      ref={element}
      class="cover"
      aria-label={t("shell.covered")}
      onCancel={(event) => {
        event.preventDefault();
      }}
    >
      <p class="cover-title">{t("shell.covered")}</p>
      <p>{t("shell.coveredWhat")}</p>
      <Button
        weight="main"
        onClick={() => {
          covered.value = false;
        }}
      >
        {t("shell.uncover")}
      </Button>
    </dialog>
  );
}
