/**
 * 誓約書: what everybody signs for herself before she may open personal information.
 *
 * The Japanese text, byte for byte in UTF-8, is what is hashed and signed (consent/bases.toml).
 */
import { BASES } from "../consent/bases.generated";

export const PLEDGE = BASES.pledge;
