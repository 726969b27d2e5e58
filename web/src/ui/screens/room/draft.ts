/** Words that are being typed, kept sealed in the vault until they are sent or given up. */
import { useEffect, useRef, useState } from "preact/hooks";
import type { Api } from "../../../worker/api";
import { asTrouble, useApi } from "../../api";
import { unkept } from "../../state";

const PAUSE = 400;

export interface Draft<T> {
  readonly value: T;
  readonly change: (part: Partial<T>) => void;
  /** Forget it: it was sent or given up. */
  readonly drop: () => void;
}

/** A draft under `key`; what was kept before comes back unless typing has begun. */
export function useDraft<T extends object>(key: string, initial: T): Draft<T> {
  const api = useApi();
  const [value, setValue] = useState(initial);
  const keeper = useRef<Keeper<T> | null>(null);
  keeper.current ??= new Keeper<T>(api, key);
  const kept = keeper.current;
  useEffect(() => {
    void kept.restore().then((found) => {
      if (found && !kept.isTouched) setValue({ ...initial, ...found });
    });
    return () => {
      kept.flush();
    };
  }, [kept]);
  const change = (part: Partial<T>) => {
    const next = { ...value, ...part };
    setValue(next);
    kept.keep(next);
  };
  const drop = () => {
    kept.drop();
    setValue(initial);
  };
  return { value, change, drop };
}

/** Writes a draft after a pause; the last one also when the form goes away. */
class Keeper<T extends object> {
  readonly #api: Api;
  readonly #key: string;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #waiting: T | null = null;
  isTouched = false;

  constructor(api: Api, key: string) {
    this.#api = api;
    this.#key = key;
  }

  async restore(): Promise<Partial<T> | null> {
    try {
      const text = await this.#api.do("draft.get", { key: this.#key });
      return text === null ? null : (JSON.parse(text) as Partial<T>);
    } catch {
      return null; // a draft that cannot be read must not keep anybody from writing
    }
  }

  keep(value: T): void {
    this.isTouched = true;
    this.#waiting = value;
    this.#stop();
    this.#timer = setTimeout(() => {
      this.flush();
    }, PAUSE);
  }

  flush(): void {
    this.#stop();
    if (this.#waiting === null) return;
    const value = JSON.stringify(this.#waiting);
    this.#waiting = null;
    this.#api.do("draft.keep", { key: this.#key, value }).then(
      () => {
        unkept.value = null;
      },
      (error: unknown) => {
        unkept.value = asTrouble(error); // the words stay on the page, and the next change tries again
      },
    );
  }

  drop(): void {
    this.#stop();
    this.#waiting = null;
    this.isTouched = true;
    this.#api.do("draft.drop", { key: this.#key }).catch(() => undefined);
  }

  #stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
