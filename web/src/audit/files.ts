/** Where a log's files come from: a picked folder, an unpacked archive, a test. */

import type { Files } from "./verify";

/** Files by name, as bytes or as what a browser picked. */
export type Picked = ReadonlyMap<string, Uint8Array | Blob>;

/** Offer picked files to `verifyFolder`; of a `Blob`, no more is read than is asked for. */
export function filesIn(picked: Picked): Files {
  return {
    async read(name, limit) {
      const file = picked.get(name);
      if (file === undefined || file instanceof Uint8Array) return file ?? null;
      return new Uint8Array(await file.slice(0, limit + 1).arrayBuffer());
    },
    names: () => Promise.resolve([...picked.keys()]),
  };
}

/** Find the exports in a picked folder, at any depth, each by the name of its own folder. */
export function exportsIn(picked: Picked): Map<string, Picked> {
  const found = new Map<string, Picked>();
  for (const name of picked.keys()) {
    if (name !== "checkpoint" && !name.endsWith("/checkpoint")) continue;
    const folder = name.slice(0, -"checkpoint".length);
    const inside = [...picked].filter(([path]) => path.startsWith(folder));
    found.set(folder, new Map(inside.map(([path, file]) => [path.slice(folder.length), file])));
  }
  return found;
}
