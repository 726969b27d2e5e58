/** How the page looks on this machine: language, text size, contrast, lock time. Kept beside the vaults; nothing personal. */
import { effect, signal } from "@preact/signals";
import { openDB, type IDBPDatabase } from "idb";
import { lang } from "../text/catalogue";

export const SIZES = ["100", "125", "150", "200"] as const;
export type Size = (typeof SIZES)[number];
export const CONTRASTS = ["auto", "normal", "high"] as const;
export type Contrast = (typeof CONTRASTS)[number];
/** Minutes without a key or a touch until the vault locks. */
export const LOCKS = [5, 10, 15, 30, 60] as const;
export type Lock = (typeof LOCKS)[number];

export const size = signal<Size>("100");
export const contrast = signal<Contrast>("auto");
export const lockMinutes = signal<Lock>(15);

const DATABASE = "entaku-look";
const STORE = "look";

function open(): Promise<IDBPDatabase> {
  return openDB(DATABASE, 1, {
    upgrade(database) {
      database.createObjectStore(STORE);
    },
  });
}

function oneOf<T>(all: readonly T[], value: unknown): T | undefined {
  return all.find((each) => each === value);
}

/** Take over what was kept; values of another version are left alone. */
async function restore(database: IDBPDatabase): Promise<void> {
  const kept: unknown = await database.get(STORE, "look");
  if (typeof kept !== "object" || kept === null) return;
  const said = kept as Readonly<Record<string, unknown>>;
  lang.value = oneOf(["ja", "en"] as const, said["lang"]) ?? lang.value;
  size.value = oneOf(SIZES, said["size"]) ?? size.value;
  contrast.value = oneOf(CONTRASTS, said["contrast"]) ?? contrast.value;
  lockMinutes.value = oneOf(LOCKS, said["lock"]) ?? lockMinutes.value;
}

/** Let the page follow the signals and the machine's own contrast. Returns how to stop. */
export function applyLook(): () => void {
  const machine = matchMedia("(prefers-contrast: more)");
  const wanted = signal(machine.matches);
  const heard = () => {
    wanted.value = machine.matches;
  };
  machine.addEventListener("change", heard);
  const stop = effect(() => {
    const root = document.documentElement;
    const usual = wanted.value ? "high" : "normal";
    root.lang = lang.value;
    root.dataset["size"] = size.value;
    root.dataset["contrast"] = contrast.value === "auto" ? usual : contrast.value;
  });
  return () => {
    machine.removeEventListener("change", heard);
    stop();
  };
}

/** Restore what was chosen before and keep every later choice; without storage all choices last until the page closes. */
export async function keepLook(): Promise<void> {
  try {
    const database = await open();
    await restore(database);
    effect(() => {
      const look = {
        lang: lang.value,
        size: size.value,
        contrast: contrast.value,
        lock: lockMinutes.value,
      };
      database.put(STORE, look, "look").catch(() => undefined);
    });
  } catch {
    // A browser that stores nothing says so on the screen of the vaults.
  }
}
