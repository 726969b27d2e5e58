/** The catalogue of sentences: what a person reads for a reason code, in two languages. */

import type { Code } from "../crypto/codes";
import { SENTENCES, type Lang } from "./generated";

export type { Lang } from "./generated";

/** Say what happened and what can be done next; total over `Code`. */
export function sentence(code: Code, lang: Lang = "ja"): string {
  return SENTENCES[code][lang];
}
