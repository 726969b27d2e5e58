/** How far something is, waiting, and nothing to show. */
import type { ComponentChildren } from "preact";
import { useEffect, useId, useState } from "preact/hooks";
import { t } from "../../text/catalogue";
import type { Progress as Far } from "../../worker/api";
import "./button.css";
import "./progress.css";

/** How far a long command is; without a total it only moves. */
export function Progress({ label, far }: { readonly label: string; readonly far: Far | null }) {
  const id = useId();
  const total = far?.total ?? null;
  return (
    <div class="progress">
      <label for={id}>{label}</label>
      {total === null ? (
        <progress id={id} />
      ) : (
        <progress id={id} max={total} value={far?.done ?? 0} />
      )}
      {total !== null && (
        <span class="small soft number">
          {(far?.done ?? 0).toLocaleString("ja")} / {total.toLocaleString("ja")}
        </span>
      )}
    </div>
  );
}

const PATIENCE = 250;

/** Says that something is on its way, but only when it takes long enough to be noticed. */
export function Loading({ label }: { readonly label?: string | undefined }) {
  const [slow, setSlow] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => {
      setSlow(true);
    }, PATIENCE);
    return () => {
      clearTimeout(timer);
    };
  }, []);
  return (
    <p class="loading" role="status">
      {slow && (
        <>
          <span class="wheel" aria-hidden="true" /> {label ?? t("common.loading")}
        </>
      )}
    </p>
  );
}

export { Loading as Spinner };

export interface EmptyProps {
  readonly title: string;
  readonly children?: ComponentChildren;
  readonly actions?: ComponentChildren;
}

/** An empty place: why it is empty, and what fills it. */
export function Empty({ title, children, actions }: EmptyProps) {
  return (
    <div class="empty">
      <p class="empty-title">{title}</p>
      {children && <div class="soft">{children}</div>}
      {actions && <div class="row">{actions}</div>}
    </div>
  );
}
