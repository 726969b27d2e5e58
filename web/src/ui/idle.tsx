/** Locks the vault when nobody has touched the machine for a while; says so a minute before. */
import { useEffect, useState } from "preact/hooks";
import { t } from "../text/catalogue";
import { useApi } from "./api";
import { lockMinutes } from "./look";
import { Button } from "./parts/button";
import { Dialog } from "./parts/dialog";
import { session } from "./state";

const MINUTE = 60_000;
const LOOK = 5_000;
const SIGNS = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"] as const;

interface Watching {
  /** A minute is left, or it no longer is. */
  readonly warn: (soon: boolean) => void;
  readonly lock: () => void;
  /** Somebody was here since this was told last. */
  readonly stay: () => void;
}

/** Watch for signs of somebody; `warn` a minute before, then `lock`. Returns how to stop. */
function watch({ warn, lock, stay }: Watching): () => void {
  let last = performance.now();
  let told = last;
  const touch = () => {
    last = performance.now();
  };
  const timer = setInterval(() => {
    const idle = performance.now() - last;
    const limit = lockMinutes.value * MINUTE;
    warn(idle > limit - MINUTE);
    if (last > told) {
      told = last;
      stay();
    }
    if (idle > limit) lock();
  }, LOOK);
  for (const sign of SIGNS) addEventListener(sign, touch, { capture: true, passive: true });
  return () => {
    clearInterval(timer);
    for (const sign of SIGNS) removeEventListener(sign, touch, { capture: true });
  };
}

/** Stands in the frame while the vault is open. */
export function IdleLock() {
  const api = useApi();
  const [soon, warn] = useState(false);
  const open = session.value !== null;
  useEffect(() => {
    if (!open) return undefined;
    // The worker counts too: should this page hang, the vault is locked all the same.
    const stay = () => {
      api.do("vault.stay", { minutes: lockMinutes.value }).catch(() => undefined);
    };
    const lock = () => {
      api.do("vault.lock", {}).catch(() => undefined);
    };
    stay();
    return watch({ warn, lock, stay });
  }, [open, api]);
  const stay = () => {
    warn(false);
  };
  return (
    <Dialog
      open={open && soon}
      title={t("idle.title")}
      onClose={stay}
      actions={
        <Button weight="main" onClick={stay}>
          {t("idle.stay")}
        </Button>
      }
    >
      <p>{t("idle.what", { minutes: lockMinutes.value })}</p>
    </Dialog>
  );
}
