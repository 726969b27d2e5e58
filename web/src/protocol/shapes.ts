/** Schemas by name: reading what the server sends, and writing what it is sent. */

import { decode, encode } from "./codec";
import { SHAPES, type Structs } from "./generated";
import { PAYLOAD_LIMIT } from "./j1";

export type { Kind, Shape } from "./kinds";
export { asSet, MAX_INT, MAX_U32, require, requireDistinct, requireSet } from "./checks";

/** Read one struct of the wire strictly; `OVERSIZE`, `BAD_J1` or `BAD_B64`. */
export function parse<N extends keyof Structs>(
  name: N,
  data: Uint8Array | string,
  limit = PAYLOAD_LIMIT,
): Structs[N] {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  return decode<Structs[N]>(bytes, SHAPES[name], { limit });
}

/** Write one struct of the wire: compact JSON in the order of its schema. */
export function write<N extends keyof Structs>(name: N, value: Structs[N]): Uint8Array {
  return encode<Structs[N]>(value, SHAPES[name]);
}
