/** Both logs as one file that verifies without the server. */
import { useState } from "preact/hooks";
import { t } from "../../../text/catalogue";
import { useCommand } from "../../api";
import { download } from "../../download";
import { dayOf } from "../../logic/dates";
import { Button } from "../../parts/button";
import { Dialog } from "../../parts/dialog";
import { Field } from "../../parts/field";
import { CodeReason, Notice } from "../../parts/notice";
import { Progress } from "../../parts/progress";
import { toast } from "../../parts/toast";
import { now } from "../../state";

const CODE = /^[A-Z]-\d{3,6}$/;

/** Codes in a typed line, and those that are none. */
function codesIn(typed: string): { readonly codes: readonly string[]; readonly bad: string } {
  const all = typed
    .normalize("NFKC")
    .toUpperCase()
    .split(/[\s,、]+/)
    .filter(Boolean);
  return { codes: all, bad: all.filter((code) => !CODE.test(code)).join(", ") };
}

interface FormProps {
  readonly first: readonly string[];
  readonly onClose: () => void;
}

function Form({ first, onClose }: FormProps) {
  const { run, busy, trouble, progress, stop } = useCommand("audit.export");
  const [typed, setTyped] = useState(first.join("、"));
  const { codes, bad } = codesIn(typed);
  const write = () => {
    void run({ codes }).then((answer) => {
      if (!answer) return;
      download(answer.out, `entaku-audit-${dayOf(now.peek())}.zip`);
      toast(t("export.done"));
      onClose();
    });
  };
  return (
    <Dialog
      open
      title={t("export.title")}
      onClose={() => {
        stop();
        onClose();
      }}
      actions={
        <Button weight="main" busy={busy} disabled={bad !== ""} onClick={write}>
          {t("export.act")}
        </Button>
      }
    >
      <p>{t("export.lead")}</p>
      <Field
        label={t("export.codes")}
        hint={t("export.codes.hint")}
        error={bad === "" ? null : t("export.fault", { codes: bad })}
        value={typed}
        onInput={setTyped}
      />
      <Notice kind="warn">{t("export.care")}</Notice>
      {busy && <Progress label={t("export.busy")} far={progress} />}
      {trouble && <CodeReason trouble={trouble} />}
    </Dialog>
  );
}

/** Opens the form; `codes` are those of the cases that one has just looked at. */
export function ExportButton({ codes }: { readonly codes: readonly string[] }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        onClick={() => {
          setOpen(true);
        }}
      >
        {t("export.open")}
      </Button>
      {open && (
        <Form
          first={codes}
          onClose={() => {
            setOpen(false);
          }}
        />
      )}
    </>
  );
}
