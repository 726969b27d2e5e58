/** The only place that draws randomness; everybody else is handed an `Entropy`. */

/** Given a number of bytes, returns that many unpredictable ones. */
export type Entropy = (size: number) => Uint8Array;

/** Return `size` bytes (at most 65,536) of the browser's generator. */
export function system(size: number): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(size));
}
