/** The screens' way to the worker: the Api from a context, and commands with their state. */
import { createContext } from "preact";
import { useContext, useRef, useState } from "preact/hooks";
import type { Api, Command, In, Out, Progress, Trouble } from "../worker/api";

const Context = createContext<Api | null>(null);

/** Gives the Api to all screens inside. */
export const ApiProvider = Context.Provider;

/** The Api of the page; throws outside of `ApiProvider`. */
export function useApi(): Api {
  const api = useContext(Context);
  if (!api) throw new Error("no Api");
  return api;
}

/** One command of a screen, with what it is doing. */
export interface Running<C extends Command> {
  /** Do it; gives null when it was refused (then `trouble` tells why), never rejects. */
  readonly run: (input: In<C>) => Promise<{ readonly out: Out<C> } | null>;
  readonly busy: boolean;
  readonly trouble: Trouble | null;
  readonly progress: Progress | null;
  readonly clear: () => void;
  /** Give up a long command. */
  readonly stop: () => void;
}

/** Use a command of the worker in a screen. */
export function useCommand<C extends Command>(command: C): Running<C> {
  const api = useApi();
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const [progress, setProgress] = useState<Progress | null>(null);
  const abort = useRef<AbortController | null>(null);
  const run = async (input: In<C>): Promise<{ readonly out: Out<C> } | null> => {
    abort.current = new AbortController();
    setBusy(true);
    setTrouble(null);
    setProgress(null);
    try {
      const options = { progress: setProgress, signal: abort.current.signal };
      return { out: await api.do(command, input, options) };
    } catch (error) {
      if (!abort.current.signal.aborted) setTrouble(asTrouble(error));
      return null;
    } finally {
      setBusy(false);
    }
  };
  return {
    run,
    busy,
    trouble,
    progress,
    clear: () => {
      setTrouble(null);
    },
    stop: () => {
      abort.current?.abort();
    },
  };
}

/** What a command rejected with; anything unforeseen counts as the service not answering. */
export function asTrouble(error: unknown): Trouble {
  if (typeof error === "object" && error !== null && "code" in error && "facts" in error)
    return error as Trouble;
  return { code: "UNAVAILABLE", facts: {} };
}
