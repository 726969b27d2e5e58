/** A vault that lies in a file: until its newest state was saved, the page says so and is not left silently. */
import { computed, type ReadonlySignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { t } from "../text/catalogue";
import { useCommand } from "./api";
import { download } from "./download";
import { Button } from "./parts/button";
import { CodeReason, Notice } from "./parts/notice";
import { toast } from "./parts/toast";
import { app } from "./state";

/** The name of the vault whose file is not saved; null where all is. */
export const unsaved: ReadonlySignal<string | null> = computed(() => {
  const view = app.value;
  switch (view.phase) {
    case "open":
      return view.session.file?.unsaved ? view.session.file.name : null;
    case "joining":
      return view.joining.unsaved ? view.joining.vault : null;
    case "vaults":
      return view.vaults.find((vault) => vault.unsaved)?.name ?? null;
    case "starting":
    case "stopped":
    case "follower":
      return null;
  }
});

const FILE = ".vault";

/** What the file is called: the name it came with, or that of the vault. */
export function fileName(vault: string): string {
  return vault.endsWith(FILE) ? vault : `${vault}${FILE}`;
}

/** Asks before the page is left while something is not saved. Returns how to stop. */
export function watchLeaving(): () => void {
  const ask = (event: BeforeUnloadEvent) => {
    if (unsaved.value !== null) event.preventDefault();
  };
  addEventListener("beforeunload", ask);
  return () => {
    removeEventListener("beforeunload", ask);
  };
}

/** Says that the file is not saved, and saves it. */
export function Unsaved() {
  const carry = useCommand("vault.carry");
  const name = unsaved.value;
  useEffect(watchLeaving, []);
  if (name === null) return null;
  const save = async () => {
    const made = await carry.run({ name });
    if (!made) return;
    download(made.out, fileName(name));
    toast(t("unsaved.done"));
  };
  return (
    <section class="banners" aria-label={t("unsaved.title")}>
      <Notice
        kind="warn"
        title={t("unsaved.title")}
        actions={
          <Button
            small
            busy={carry.busy}
            onClick={() => {
              void save();
            }}
          >
            {t("unsaved.act")}
          </Button>
        }
      >
        {t("unsaved.what", { name: fileName(name) })}
      </Notice>
      {carry.trouble && <CodeReason trouble={carry.trouble} />}
    </section>
  );
}
