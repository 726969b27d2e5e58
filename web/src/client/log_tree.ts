/** A Merkle tree that only grows, and can tell its root at every size it ever had. */

import { EMPTY_ROOT, nodeHash } from "../audit/merkle";

/** Hashes of all complete subtrees, by height: some 64 bytes a leaf, and roots in log n. */
export class LogTree {
  readonly #levels: Uint8Array[][] = [[]];

  /** Number of leaves. */
  get size(): number {
    return this.#level(0).length;
  }

  #level(height: number): Uint8Array[] {
    return (this.#levels[height] ??= []);
  }

  /** Grow by leaf hashes of 32 bytes. */
  append(hashes: readonly Uint8Array[]): void {
    for (const hash of hashes) this.#push(hash);
  }

  #push(hash: Uint8Array): void {
    let node = hash;
    for (let height = 0; ; height += 1) {
      const level = this.#level(height);
      level.push(node);
      const left = level.length % 2 === 0 ? level.at(-2) : undefined;
      if (left === undefined) return;
      node = nodeHash(left, node);
    }
  }

  /** Forget all leaves from an index on. */
  truncate(size: number): void {
    for (const [height, level] of this.#levels.entries()) {
      level.length = Math.floor(size / 2 ** height);
    }
  }

  /** Root over the first `n` leaves, 32 bytes; RangeError beyond the size. */
  root(n: number): Uint8Array {
    if (n > this.size) throw new RangeError("no such size");
    let root: Uint8Array | undefined;
    for (const [height, level] of this.#levels.entries()) {
      const count = Math.floor(n / 2 ** height);
      const edge = count % 2 === 1 ? level[count - 1] : undefined;
      if (edge !== undefined) root = root === undefined ? edge : nodeHash(edge, root);
    }
    return root ?? EMPTY_ROOT;
  }
}
