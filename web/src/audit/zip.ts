/** ZIP archives without compression: an export as one file that every office computer opens. */

import { utf8 } from "../crypto/bytes";
import type { File } from "./export";

/** Most bytes of an archive: beyond, the format needs fields that are not written here. */
export const ZIP_LIMIT = 0xffff_ffff;

const LOCAL = 0x0403_4b50;
const CENTRAL = 0x0201_4b50;
const END = 0x0605_4b50;
const VERSION = 20;
const UTF8_NAMES = 0x0800;
// The first day of the format: an archive of the same log is the same, byte for byte.
const DATE = 0x0021;
const MOST_FILES = 0xffff;

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let sum = byte;
  for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb8_8320 : sum >>> 1;
  return sum;
});

/** CRC-32 as ZIP wants it (ISO 3309). */
export function crc32(data: Uint8Array): number {
  let sum = 0xffff_ffff;
  for (const byte of data) sum = (TABLE[(sum ^ byte) & 0xff] ?? 0) ^ (sum >>> 8);
  return (sum ^ 0xffff_ffff) >>> 0;
}

/**
 * Give the pieces of an archive, in order; file after file, so that a long log need not be held.
 *
 * Throws RangeError above 4 GiB or 65,535 files.
 */
export function* zip(files: Iterable<File>): Generator<Uint8Array> {
  const central: Uint8Array[] = [];
  let at = 0;
  for (const { name, data } of files) {
    const head = header(name, data);
    const local = fields([LOCAL, 4], [VERSION, 2], ...head.common, [0, 2]);
    central.push(
      fields([CENTRAL, 4], [VERSION, 2], [VERSION, 2], ...head.common, [0, 2]),
      fields([0, 2], [0, 2], [0, 2], [0, 4], [at, 4]),
      head.name,
    );
    yield* [local, head.name, data];
    at += local.length + head.name.length + data.length;
    if (at > ZIP_LIMIT || central.length > 3 * MOST_FILES) throw new RangeError("zip");
  }
  const size = central.reduce((sum, piece) => sum + piece.length, 0);
  const count = central.length / 3;
  yield* central;
  yield fields([END, 4], [0, 2], [0, 2], [count, 2], [count, 2], [size, 4], [at, 4], [0, 2]);
}

type Field = readonly [value: number, bytes: 2 | 4];

/** What the local and the central header share: from the flags to the length of the name. */
function header(name: string, data: Uint8Array): { name: Uint8Array; common: Field[] } {
  const bytes = utf8(name);
  const common: Field[] = [
    [UTF8_NAMES, 2],
    [0, 2], // stored
    [0, 2],
    [DATE, 2],
    [crc32(data), 4],
    [data.length, 4],
    [data.length, 4],
    [bytes.length, 2],
  ];
  return { name: bytes, common };
}

/** Write numbers one after another, little-endian. */
function fields(...items: readonly Field[]): Uint8Array {
  const out = new Uint8Array(items.reduce((sum, [, bytes]) => sum + bytes, 0));
  const view = new DataView(out.buffer);
  let at = 0;
  for (const [value, bytes] of items) {
    if (bytes === 2) view.setUint16(at, value, true);
    else view.setUint32(at, value, true);
    at += bytes;
  }
  return out;
}
