/** Dialogs over the page: focus goes in, stays in, and returns to where it was. */
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useId, useRef, useState } from "preact/hooks";
import { t } from "../../text/catalogue";
import type { Trouble } from "../../worker/api";
import { asTrouble } from "../api";
import { Button } from "./button";
import { CodeReason } from "./notice";
import "./dialog.css";

export interface DialogProps {
  readonly open: boolean;
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
  /** Buttons, the main one last. */
  readonly actions?: ComponentChildren;
  readonly wide?: boolean | undefined;
}

/** A modal dialog; Escape and the close button call `onClose`. */
export function Dialog(props: DialogProps) {
  return props.open ? <Opened {...props} /> : null;
}

function Opened({ title, onClose, children, actions, wide }: DialogProps) {
  const id = useId();
  const element = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    const back = document.activeElement;
    const dialog = element.current;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (back instanceof HTMLElement && back.isConnected) back.focus();
    };
  }, []);
  return (
    <dialog
      ref={element}
      class="dialog"
      data-wide={wide === true}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div class="dialog-head">
        <h2 id={id}>{title}</h2>
        <Button weight="quiet" aria-label={t("common.close")} onClick={onClose}>
          <span aria-hidden="true">✕</span>
        </Button>
      </div>
      <div class="dialog-body stack">{children}</div>
      {actions && <div class="dialog-actions">{actions}</div>}
    </dialog>
  );
}

export interface ConfirmProps {
  readonly open: boolean;
  readonly title: string;
  /** What will happen, and to whom, by name. */
  readonly children: ComponentChildren;
  readonly act: string;
  readonly danger?: boolean | undefined;
  /** Something the person must still say or tick. */
  readonly disabled?: boolean | undefined;
  /** Does it; the dialog closes when the promise holds and shows the trouble when it does not. */
  readonly onAct: () => Promise<unknown>;
  readonly onClose: () => void;
}

/** Asks before something that cannot be undone. */
export function Confirm(props: ConfirmProps) {
  const { open, title, children, act, danger, disabled, onAct, onClose } = props;
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const close = () => {
    setTrouble(null);
    onClose();
  };
  const go = () => {
    setBusy(true);
    setTrouble(null);
    onAct()
      .then(close, (error: unknown) => {
        setTrouble(asTrouble(error));
      })
      .finally(() => {
        setBusy(false);
      });
  };
  return (
    <Dialog
      open={open}
      title={title}
      onClose={close}
      actions={
        <>
          <Button onClick={close}>{t("common.cancel")}</Button>
          <Button weight={danger ? "danger" : "main"} busy={busy} disabled={disabled} onClick={go}>
            {act}
          </Button>
        </>
      }
    >
      {children}
      {trouble && <CodeReason trouble={trouble} />}
    </Dialog>
  );
}
