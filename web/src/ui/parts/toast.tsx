/** Short messages at the edge and for screen readers; they never take the focus. */
import { signal } from "@preact/signals";
import { t } from "../../text/catalogue";
import { Button } from "./button";
import "./toast.css";

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly undo: (() => void) | null;
}

const STAY = 8000;
const toasts = signal<readonly Toast[]>([]);
const spoken = signal("");
let count = 0;

function drop(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

/** Show a message for some seconds and read it out; with `undo` it offers the way back. */
export function toast(text: string, undo: (() => void) | null = null): void {
  count += 1;
  const id = count;
  toasts.value = [...toasts.value.slice(-2), { id, text, undo }];
  setTimeout(() => {
    drop(id);
  }, STAY);
}

/** Read something out politely without showing it: a change made by somebody else. */
export function announce(text: string): void {
  // Equal words twice would stay silent; the invisible mark makes them differ.
  spoken.value = spoken.value === text ? `${text}\u200b` : text;
}

/** Where messages appear; stands once in the frame of the page. */
export function Toasts() {
  return (
    <>
      <div class="unseen" role="status" aria-live="polite">
        {spoken.value}
      </div>
      <div class="toasts" role="status" aria-live="polite">
        {toasts.value.map(({ id, text, undo }) => (
          <div key={id} class="toast">
            <span>{text}</span>
            {undo && (
              <Button
                small
                onClick={() => {
                  drop(id);
                  undo();
                }}
              >
                {t("common.undo")}
              </Button>
            )}
          </div>
        ))}
      </div>
    </>
  );
}
