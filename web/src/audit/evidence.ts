/** Evidence as a file: both words of each contradiction as they came, and whose keys signed them. */

import { utf8 } from "../crypto/bytes";
import type { Blob } from "../protocol/ids";
import { bytesOfBlob } from "../protocol/ids";
import { EVIDENCE_READ_ME } from "../text/evidence";
import type { File } from "./export";

const BRACE = 123;

/** Contradictions that a device kept, and its council's signed roots, oldest first. */
export interface Kept {
  readonly pairs: readonly Pair[];
  readonly roots: readonly Uint8Array[];
}

interface Pair {
  readonly code: string;
  readonly first: Blob;
  readonly second: Blob;
}

/** The files of an archive, in the only order that `entaku audit evidence` reads. */
export function evidenceFiles({ pairs, roots }: Kept): File[] {
  return [
    { name: "README.txt", data: utf8(EVIDENCE_READ_ME) },
    ...roots.map((data, at) => ({ name: `roots/${numbered(at)}.json`, data })),
    ...pairs.flatMap(({ code, first, second }, at): File[] => {
      const name = `${numbered(at + 1)}-${code}`;
      return [sideOf(`${name}/first`, first), sideOf(`${name}/second`, second)];
    }),
  ];
}

function numbered(at: number): string {
  return String(at).padStart(3, "0");
}

/** A signed statement is JSON, a checkpoint is text; anything else is named as bytes. */
function sideOf(name: string, side: Blob): File {
  const data = bytesOfBlob(side);
  const [start] = data;
  const kind = start === BRACE ? "json" : isText(data) ? "txt" : "bin";
  return { name: `${name}.${kind}`, data };
}

function isText(data: Uint8Array): boolean {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(data).includes("\n");
  } catch {
    return false;
  }
}
