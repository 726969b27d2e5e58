/** Taking away what proves that the server contradicted itself. */
import { t } from "../text/catalogue";
import { useCommand } from "./api";
import { download } from "./download";
import { Button } from "./parts/button";
import { toast } from "./parts/toast";

/** Saves the evidence as a file; nothing is shown while there is none. */
export function EvidenceButton({ count }: { readonly count: number }) {
  const save = useCommand("evidence.export");
  const go = async () => {
    const made = await save.run({});
    if (!made) return;
    download(made.out, "entaku-evidence.zip");
    toast(t("evidence.saved"));
  };
  if (count === 0) return null;
  return (
    <Button
      busy={save.busy}
      onClick={() => {
        void go();
      }}
    >
      {t("evidence.export")}
    </Button>
  );
}
