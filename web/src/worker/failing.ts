/** What goes wrong, as a code with facts: never a text from inside, never a stack. */

import { troubleOf } from "../client/troubles";
import { CODES, Refused } from "../crypto/errors";
import type { Trouble } from "./api";

/** Names what was thrown; what nobody foresaw counts as the service not answering. */
export function toTrouble(error: unknown): Trouble {
  const named = troubleOf(error);
  if (named !== null) return { code: named, facts: {} };
  if (error instanceof Refused) return { code: error.code, facts: error.facts };
  if (isTrouble(error)) return error;
  if (error instanceof RangeError && /memory|allocation/i.test(error.message)) {
    return { code: "MEMORY_SHORT", facts: {} };
  }
  return { code: "UNAVAILABLE", facts: {} };
}

function isTrouble(error: unknown): error is Trouble {
  if (typeof error !== "object" || error === null || !("code" in error)) return false;
  return (CODES as readonly unknown[]).includes(error.code) && "facts" in error;
}
