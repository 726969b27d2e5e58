/** Padding that tells only a bucket: four small sizes, above them Padmé (protocol, section 5.9). */

import { Refused } from "./errors";

const BUCKETS = [128, 256, 512, 1024];
const MARK = 0x80;

/** Padded length of kinds that have one length only. */
export interface Padding {
  readonly constant?: number | null | undefined;
}

/** Return the padded length of `size` bytes; above 1 KiB at most 6.25 % are added. */
export function paddedLength(size: number): number {
  const needed = size + 1;
  return BUCKETS.find((bucket) => needed <= bucket) ?? padme(needed);
}

/** Append 0x80 and zeros up to the bucket, or to `constant` bytes (`OVERSIZE` if too few). */
export function pad(data: Uint8Array, { constant }: Padding = {}): Uint8Array {
  const length = constant ?? paddedLength(data.length);
  if (data.length >= length) throw new Refused("OVERSIZE");
  const padded = new Uint8Array(length);
  padded.set(data);
  padded[data.length] = MARK;
  return padded;
}

/** Remove the padding; `BAD_PADDING` unless it is the very one `pad` would have made. */
export function unpad(padded: Uint8Array, { constant }: Padding = {}): Uint8Array {
  let end = padded.length - 1;
  while (end >= 0 && padded[end] === 0) end--;
  if (padded[end] !== MARK || (constant ?? paddedLength(end)) !== padded.length) {
    throw new Refused("BAD_PADDING");
  }
  return padded.slice(0, end);
}

function padme(size: number): number {
  const exponent = log2(size);
  const step = 2 ** (exponent - (log2(exponent) + 1));
  return Math.ceil(size / step) * step;
}

/** The whole part of the binary logarithm of 1 to 2³²−1. */
function log2(value: number): number {
  return 31 - Math.clz32(value);
}
