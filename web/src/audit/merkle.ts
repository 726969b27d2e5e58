/**
 * Merkle trees of RFC 9162: roots, a growing edge, inclusion and consistency proofs.
 *
 * Node hashes are 32 raw bytes here, since nothing in a tree is looked up by hash.
 */

import { equal } from "../crypto/bytes";
import { Refused } from "../crypto/errors";
import { sha256 } from "../crypto/sha256";

export const HASH_SIZE = 32;

/** Root of a tree without leaves (RFC 9162, section 2.1.1). */
export const EMPTY_ROOT: Uint8Array = sha256();

/** Leaves `start` up to, not including, `end`. */
export type Range = readonly [start: number, end: number];

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** Hash one leaf: SHA-256 of 0x00 and its bytes. */
export function leafHash(data: Uint8Array): Uint8Array {
  return sha256(LEAF, data);
}

/** Hash two subtrees: SHA-256 of 0x01 and their roots. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  return sha256(NODE, left, right);
}

/** Hash neighbours; an odd last one is left to the caller. */
function pairUp(hashes: readonly Uint8Array[]): Uint8Array[] {
  const level: Uint8Array[] = [];
  let left: Uint8Array | undefined;
  for (const hash of hashes) {
    if (left === undefined) left = hash;
    else {
      level.push(nodeHash(left, hash));
      left = undefined;
    }
  }
  return level;
}

/** Root over leaf hashes (RFC 9162, section 2.1.1), level by level. */
export function root(hashes: readonly Uint8Array[]): Uint8Array {
  let level = hashes;
  while (level.length > 1) {
    const odd = level.length % 2 ? level.slice(-1) : [];
    level = [...pairUp(level), ...odd];
  }
  return level[0] ?? EMPTY_ROOT;
}

/** The right edge of a tree: one root for each bit set in `size`, smallest subtree first. */
export class Frontier {
  readonly size: number;
  readonly nodes: readonly Uint8Array[];

  constructor(size = 0, nodes: readonly Uint8Array[] = []) {
    this.size = size;
    this.nodes = nodes;
  }

  /** Grow by leaf hashes, hashing each level once for the whole batch. */
  append(hashes: readonly Uint8Array[]): Frontier {
    const kept: Uint8Array[] = [];
    const waiting = [...this.nodes];
    let level = [...hashes];
    for (let bits = this.size; level.length || waiting.length; bits = Math.floor(bits / 2)) {
      const left = bits % 2 ? waiting.shift() : undefined;
      if (left) level = [left, ...level];
      const odd = level.length % 2 ? level.pop() : undefined;
      if (odd) kept.push(odd);
      level = pairUp(level);
    }
    return new Frontier(this.size + hashes.length, kept);
  }

  /** Root of the whole tree. */
  root(): Uint8Array {
    const [lowest, ...higher] = this.nodes;
    if (lowest === undefined) return EMPTY_ROOT;
    return higher.reduce((low, high) => nodeHash(high, low), lowest);
  }
}

// --- proofs: which ranges ------------------------------------------------------------------

/** Largest power of two smaller than `size`, which is at least 2. */
export function split(size: number): number {
  let half = 1;
  while (half * 2 < size) half *= 2; // no shifts: sizes go up to 2^53
  return half;
}

/**
 * Ranges whose roots prove leaf `index` in a tree of `size`, lowest first (RFC 9162, 2.1.3.1).
 *
 * Throws BAD_PROOF when there is no such leaf.
 */
export function inclusionRanges({ index, size }: { index: number; size: number }): Range[] {
  if (!(Number.isSafeInteger(size) && Number.isSafeInteger(index) && 0 <= index && index < size)) {
    throw new Refused("BAD_PROOF", { index, size });
  }
  const ranges: Range[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + split(end - start);
    if (index < middle) {
      ranges.push([middle, end]);
      end = middle;
    } else {
      ranges.push([start, middle]);
      start = middle;
    }
  }
  return ranges.reverse();
}

/**
 * Ranges whose roots prove that `size` leaves extend the first `old` (RFC 9162, 2.1.4.1).
 *
 * Nothing has to be shown for an empty or an equal tree. Throws BAD_PROOF when `old > size`.
 */
export function consistencyRanges({ old, size }: { old: number; size: number }): Range[] {
  if (!(Number.isSafeInteger(size) && Number.isSafeInteger(old) && 0 <= old && old <= size)) {
    throw new Refused("BAD_PROOF", { old, size });
  }
  if (old === 0 || old === size) return [];
  const { base, siblings } = walkToEdge(old, size);
  // A verifier holds the old root, which is the base itself when the base starts at leaf 0.
  return base[0] > 0 ? [base, ...siblings] : siblings;
}

/** Find the subtree that ends at `old`, and its siblings on the way up, lowest first. */
function walkToEdge(old: number, size: number): { base: Range; siblings: Range[] } {
  const siblings: Range[] = [];
  let start = 0;
  let end = size;
  while (old !== end) {
    const middle = start + split(end - start);
    if (old <= middle) {
      siblings.push([middle, end]);
      end = middle;
    } else {
      siblings.push([start, middle]);
      start = middle;
    }
  }
  return { base: [start, end], siblings: siblings.reverse() };
}

// --- proofs: checking ----------------------------------------------------------------------

/** What an inclusion proof claims: hashes of 32 bytes, `path` lowest first. */
export interface Inclusion {
  readonly leaf: Uint8Array;
  readonly index: number;
  readonly size: number;
  readonly path: readonly Uint8Array[];
  /** From a checkpoint whose signature was already checked. */
  readonly root: Uint8Array;
}

/**
 * Check that a leaf is at its claimed place in the log (RFC 9162, section 2.1.3.2).
 *
 * Throws BAD_PROOF when the path has the wrong length or leads elsewhere.
 */
export function verifyInclusion({ leaf, index, size, path, root }: Inclusion): void {
  requireHashes(leaf, root, ...path);
  const ranges = inclusionRanges({ index, size });
  requireLength(path, ranges.length);
  let node = leaf;
  for (const [at, sibling] of path.entries()) {
    const isLeft = (ranges[at]?.[0] ?? 0) < index;
    node = isLeft ? nodeHash(sibling, node) : nodeHash(node, sibling);
  }
  requireEqual(node, root);
}

/** What a consistency proof claims; `path` is empty when `oldSize` is 0 or `size`. */
export interface Consistency {
  readonly oldSize: number;
  readonly oldRoot: Uint8Array;
  readonly size: number;
  readonly root: Uint8Array;
  readonly path: readonly Uint8Array[];
}

/**
 * Check that a tree only grew between two checkpoints (RFC 9162, section 2.1.4.2).
 *
 * Throws BAD_PROOF when sizes, length of the path, or one of the two roots do not fit.
 */
export function verifyConsistency({ oldSize, oldRoot, size, root, path }: Consistency): void {
  requireHashes(oldRoot, root, ...path);
  requireLength(path, consistencyRanges({ old: oldSize, size }).length);
  if (oldSize === 0) {
    requireEqual(oldRoot, EMPTY_ROOT);
  } else if (oldSize === size) {
    requireEqual(oldRoot, root);
  } else {
    const { before, after } = bothRoots({ oldSize, oldRoot, size, root, path });
    requireEqual(before, oldRoot);
    requireEqual(after, root);
  }
}

/** Climb to the roots of the old and of the new tree at once. */
function bothRoots(claim: Consistency): { before: Uint8Array; after: Uint8Array } {
  const { base, siblings } = walkToEdge(claim.oldSize, claim.size);
  const [first = claim.oldRoot, ...rest] =
    base[0] > 0 ? claim.path : [claim.oldRoot, ...claim.path];
  let before = first;
  let after = first;
  for (const [at, sibling] of rest.entries()) {
    if ((siblings[at]?.[0] ?? 0) < claim.oldSize) {
      before = nodeHash(sibling, before); // a sibling on the left belongs to both trees
      after = nodeHash(sibling, after);
    } else {
      after = nodeHash(after, sibling);
    }
  }
  return { before, after };
}

function requireHashes(...hashes: readonly Uint8Array[]): void {
  if (hashes.some((each) => each.length !== HASH_SIZE)) {
    throw new Refused("BAD_PROOF", { why: "hash-size" });
  }
}

function requireLength(path: readonly Uint8Array[], length: number): void {
  if (path.length !== length) throw new Refused("BAD_PROOF", { why: "path-length" });
}

function requireEqual(computed: Uint8Array, claimed: Uint8Array): void {
  if (!equal(computed, claimed)) throw new Refused("BAD_PROOF", { why: "root" });
}
