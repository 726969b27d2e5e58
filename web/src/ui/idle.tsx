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

/** Watch for signs of somebody; `warn` a minute before, then `lock`. Returns how to stop. */
function watch(warn: (soon: boolean) => void, lock: () => void): () => void {
  let last = performance.now();
  const touch = () => {
    last = performance.now();
  };
  const timer = setInterval(() => {
    const idle = performance.now() - last;
    const limit = lockMinutes.value * MINUTE;
    warn(idle > limit - MINUTE);
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
    return watch(warn, () => {
      api.do("vault.lock", {}).catch(() => undefined);
    });
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
