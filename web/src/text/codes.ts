/** Every code that a screen may have to explain: the protocol's, and the client's own. */
import type { ClientCode } from "../client/troubles";
import type { Code } from "../crypto/errors";

export type AnyCode = Code | ClientCode;
