/**
 * How long 1,000 inclusion proofs take in a worker, and which SHA-256 is the fastest there.
 *
 *     npx vite        then open /bench/proofs.html
 *
 * Measured are the hand-written SHA-256, libsodium's through its JavaScript interface, and the
 * proofs and the verification of whole tiles as the program does them. Best of some rounds: the
 * machine does other things as well.
 */

import { leafHash, nodeHash, root, verifyInclusion, type Inclusion } from "../src/audit/merkle";
import { decodeBundle, Edge, encodeBundle, WIDTH } from "../src/audit/tiles";
import { ready, sodium } from "../src/crypto/sodium";

const ROUNDS = 5;
const PROOFS = 1000;
const DEPTH = 20; // a log of a million leaves
const NODES = 20_000;
const LEAVES = 100 * WIDTH;
const LEAF = new Uint8Array(430); // about the mean length of an entry in the demo

/** Milliseconds, best of some rounds. */
export type Figures = Readonly<Record<string, number>>;

function best(work: () => void): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return Math.min(...times);
}

/** Make a proof in a tree of 2^20 leaves, from made-up siblings. */
function proof(index: number): Inclusion {
  const path = Array.from({ length: DEPTH }, (_, height) => new Uint8Array(32).fill(height));
  const leaf = new Uint8Array(32).fill(index);
  let node: Uint8Array = leaf;
  for (const [height, sibling] of path.entries()) {
    const isRight = Math.floor(index / 2 ** height) % 2 === 1;
    node = isRight ? nodeHash(sibling, node) : nodeHash(node, sibling);
  }
  return { leaf, index, size: 2 ** DEPTH, path, root: node };
}

function withSodium(left: Uint8Array, right: Uint8Array): Uint8Array {
  const node = new Uint8Array(65);
  node[0] = 1;
  node.set(left, 1);
  node.set(right, 33);
  return sodium.crypto_hash_sha256(node);
}

function chain(hash: (left: Uint8Array, right: Uint8Array) => Uint8Array): void {
  let node: Uint8Array = new Uint8Array(32);
  for (let n = 0; n < NODES; n += 1) node = hash(node, node);
}

/** Grow the edge of a tree by bundles, as the verification of an export does. */
function replay(bundle: Uint8Array): void {
  let edge = new Edge();
  while (edge.size < LEAVES) edge = edge.append(decodeBundle(bundle).map(leafHash)).edge;
  edge.root();
}

/** Measure everything. */
export async function measure(): Promise<Figures> {
  await ready();
  const proofs = Array.from({ length: PROOFS }, (_, n) => proof(n * 1000));
  const bundle = encodeBundle(Array.from({ length: WIDTH }, () => LEAF));
  return {
    "1,000 inclusion proofs in a log of 1,048,576 leaves": best(() => {
      proofs.forEach(verifyInclusion);
    }),
    "20,000 tree nodes, hand-written": best(() => {
      chain(nodeHash);
    }),
    "20,000 tree nodes, libsodium": best(() => {
      chain(withSodium);
    }),
    "25,600 leaves of 430 bytes, hand-written": best(() => {
      for (let n = 0; n < LEAVES; n += 1) leafHash(LEAF);
    }),
    "25,600 leaves of 430 bytes, libsodium": best(() => {
      for (let n = 0; n < LEAVES; n += 1) sodium.crypto_hash_sha256(LEAF);
    }),
    "25,600 leaves from their bundles to the root": best(() => {
      replay(bundle);
    }),
    "root over 65,536 hashes": best(() => {
      root(Array.from({ length: WIDTH * WIDTH }, () => LEAF.subarray(0, 32)));
    }),
  };
}

/** In the page: let a worker measure, and show what it says. */
function show(): void {
  const worker = new Worker(new URL("./proofs.ts", import.meta.url), { type: "module" });
  worker.addEventListener("message", (event: MessageEvent<Figures>) => {
    document.body.textContent = JSON.stringify(event.data, null, 1);
    document.title = "done";
  });
}

if (typeof document === "undefined") postMessage(await measure());
else show();
