/**
 * Refusals: one closed list of reason codes for both ends of the wire.
 *
 * The codes come from the Python side (`crypto/errors.py`); the sentences that a person reads are
 * in `protocol/sentences.ts`.
 */

import type { Code } from "./codes";

export { Code, CODES } from "./codes";

/** What a refusal may tell beside its code. */
export type Fact = string | number | boolean | null;

/** A check failed: `code` for machines, `facts` for the client, no prose to translate. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly code: Code;
  readonly facts: Readonly<Record<string, Fact>>;

  constructor(code: Code, facts: Readonly<Record<string, Fact>> = {}, options?: ErrorOptions) {
    super(code, options);
    this.code = code;
    this.facts = facts;
  }
}
