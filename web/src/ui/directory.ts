/** Agencies and people of the council, asked for once by each screen that names them. */
import { useEffect, useState } from "preact/hooks";
import type { AgencyView, Out, PersonView, Trouble } from "../worker/api";
import { useCommand } from "./api";

export type Directory = Out<"people.directory">;

export interface Asked {
  /** Null until it is there. */
  readonly directory: Directory | null;
  readonly trouble: Trouble | null;
  readonly retry: () => void;
}

/** The directory of the council. */
export function useDirectory(): Asked {
  const { run, trouble } = useCommand("people.directory");
  const [directory, setDirectory] = useState<Directory | null>(null);
  const retry = () => {
    void run({}).then((answer) => {
      if (answer) setDirectory(answer.out);
    });
  };
  useEffect(retry, []);
  return { directory, trouble, retry };
}

/** An agency by its id; null where the directory does not know it. */
export function agencyOf(directory: Directory, aid: string): AgencyView | null {
  return directory.agencies.find((agency) => agency.aid === aid) ?? null;
}

/** A person by her id; null where the directory does not know her. */
export function personOf(directory: Directory, wid: string): PersonView | null {
  return directory.people.find((person) => person.wid === wid) ?? null;
}
