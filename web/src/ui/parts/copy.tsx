/** A code or link to hand on, with a button that copies it. */
import { t } from "../../text/catalogue";
import { Button } from "./button";
import { toast } from "./toast";
import "./digits.css";

/** Shows the text whole; the clipboard may be closed, so it can be selected too. */
export function Copyable({ label, text }: { readonly label: string; readonly text: string }) {
  const copy = () => {
    navigator.clipboard.writeText(text).then(
      () => {
        toast(t("common.copied"));
      },
      () => undefined,
    );
  };
  return (
    <div class="stack" data-gap="small">
      <div class="row" data-between="true">
        <span class="field-label">{label}</span>
        <Button small weight="quiet" aria-label={`${label}：${t("common.copy")}`} onClick={copy}>
          {t("common.copy")}
        </Button>
      </div>
      <code class="code-block">{text}</code>
    </div>
  );
}
