/**
 * SHA-256 in plain JavaScript, for trees: many short inputs one after another.
 *
 * A call into WebAssembly copies its input in and its output out, which costs more than the two
 * blocks of a tree node themselves (measured: `bench/proofs.ts`); `crypto.subtle` is asynchronous.
 *
 * Source: FIPS 180-4.
 */

/** Fractional parts of the cube roots of the first 64 primes. */
const K = new Int32Array([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
]);

/** Fractional parts of the square roots of the first 8 primes. */
const START = new Int32Array([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]);

const BLOCK = 64;
const state = new Int32Array(8);
const words = new Int32Array(64);
let input = new Uint8Array(1024);
let view = new DataView(input.buffer);

/** Hash byte strings as if they were one: 32 bytes. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const end = fill(parts);
  state.set(START);
  for (let at = 0; at < end; at += BLOCK) compress(at);
  const digest = new Uint8Array(32);
  const out = new DataView(digest.buffer);
  for (let n = 0; n < 8; n++) out.setInt32(4 * n, state[n] ?? 0);
  return digest;
}

/** Put the padded message into the shared input; gives its length. */
function fill(parts: readonly Uint8Array[]): number {
  let size = 0;
  for (const part of parts) size += part.length;
  const end = Math.ceil((size + 9) / BLOCK) * BLOCK;
  if (end > input.length) grow(end);
  let at = 0;
  for (const part of parts) {
    input.set(part, at);
    at += part.length;
  }
  input.fill(0, size, end);
  input[size] = 0x80;
  view.setUint32(end - 8, Math.floor(size / 0x2000_0000));
  view.setUint32(end - 4, (size * 8) >>> 0);
  return end;
}

function grow(size: number): void {
  input = new Uint8Array(2 ** Math.ceil(Math.log2(size)));
  view = new DataView(input.buffer);
}

function turn(word: number, by: number): number {
  return (word >>> by) | (word << (32 - by));
}

function schedule(at: number): void {
  for (let n = 0; n < 16; n++) words[n] = view.getInt32(at + 4 * n);
  for (let n = 16; n < 64; n++) {
    const near = words[n - 2] ?? 0;
    const far = words[n - 15] ?? 0;
    const low = turn(far, 7) ^ turn(far, 18) ^ (far >>> 3);
    const high = turn(near, 17) ^ turn(near, 19) ^ (near >>> 10);
    words[n] = ((words[n - 16] ?? 0) + low + (words[n - 7] ?? 0) + high) | 0;
  }
}

/** Work one block of 64 bytes into the state. */
function compress(at: number): void {
  schedule(at);
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let n = 0; n < 64; n++) {
    const big = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
    const pick = g ^ (e & (f ^ g));
    const one = (h + big + pick + (K[n] ?? 0) + (words[n] ?? 0)) | 0;
    const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (c & (a ^ b)))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  add(a, b, c, d);
  addHigh(e, f, g, h);
}

function add(a: number, b: number, c: number, d: number): void {
  state[0] = (state[0] ?? 0) + a;
  state[1] = (state[1] ?? 0) + b;
  state[2] = (state[2] ?? 0) + c;
  state[3] = (state[3] ?? 0) + d;
}

function addHigh(e: number, f: number, g: number, h: number): void {
  state[4] = (state[4] ?? 0) + e;
  state[5] = (state[5] ?? 0) + f;
  state[6] = (state[6] ?? 0) + g;
  state[7] = (state[7] ?? 0) + h;
}
