/**
 * SHA-256 in plain JavaScript, for trees: many short inputs one after another.
 *
 * For the two blocks of a tree node, copying into WebAssembly and out again costs more than the
 * hash itself (measured: `bench/proofs.ts`); `crypto.subtle` is asynchronous. No secret is hashed
 * here: the shared buffers are never wiped.
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
let input = new Uint8Array(4096);

/** Hash byte strings as if they were one: 32 bytes. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  const end = fill(parts);
  state.set(START);
  for (let at = 0; at < end; at += BLOCK) {
    spread(at);
    mix();
  }
  return digest();
}

/** Put the padded message into the shared input; gives its length. */
function fill(parts: readonly Uint8Array[]): number {
  let size = 0;
  for (const part of parts) size += part.length;
  const end = Math.ceil((size + 9) / BLOCK) * BLOCK;
  if (end > input.length) input = new Uint8Array(2 * end);
  let at = 0;
  for (const part of parts) {
    input.set(part, at);
    at += part.length;
  }
  input.fill(0, size, end);
  input[size] = 0x80;
  writeWord(input, end - 8, Math.floor(size / 0x2000_0000));
  writeWord(input, end - 4, size << 3);
  return end;
}

function writeWord(out: Uint8Array, at: number, word: number): void {
  out[at] = word >>> 24;
  out[at + 1] = word >>> 16;
  out[at + 2] = word >>> 8;
  out[at + 3] = word;
}

function digest(): Uint8Array {
  const out = new Uint8Array(32);
  for (let n = 0; n < 8; n++) writeWord(out, 4 * n, state[n] ?? 0);
  return out;
}

/** Expand one block of 64 bytes into 64 words. */
function spread(start: number): void {
  for (let n = 0, at = start; n < 16; n++, at += 4) {
    const high = ((input[at] ?? 0) << 24) | ((input[at + 1] ?? 0) << 16);
    words[n] = high | ((input[at + 2] ?? 0) << 8) | (input[at + 3] ?? 0);
  }
  for (let n = 16; n < 64; n++) {
    const x = words[n - 15] ?? 0;
    const y = words[n - 2] ?? 0;
    const low = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const high = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    words[n] = ((words[n - 16] ?? 0) + low + (words[n - 7] ?? 0) + high) | 0;
  }
}

/** Work the 64 words into the state; written out, since this is where all the time goes. */
function mix(): void {
  let a = state[0] ?? 0;
  let b = state[1] ?? 0;
  let c = state[2] ?? 0;
  let d = state[3] ?? 0;
  let e = state[4] ?? 0;
  let f = state[5] ?? 0;
  let g = state[6] ?? 0;
  let h = state[7] ?? 0;
  for (let n = 0; n < 64; n++) {
    const turned = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const one = (h + turned + (g ^ (e & (f ^ g))) + (K[n] ?? 0) + (words[n] ?? 0)) | 0;
    const rolled = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const two = (rolled + ((a & b) ^ (c & (a ^ b)))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  add(0, a, b, c, d);
  add(4, e, f, g, h);
}

function add(at: number, one: number, two: number, three: number, four: number): void {
  state[at] = (state[at] ?? 0) + one;
  state[at + 1] = (state[at + 1] ?? 0) + two;
  state[at + 2] = (state[at + 2] ?? 0) + three;
  state[at + 3] = (state[at + 3] ?? 0) + four;
}
