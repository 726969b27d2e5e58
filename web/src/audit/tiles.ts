/**
 * Tiles and entry bundles of C2SP tlog-tiles: names, bytes, and the edge that makes them.
 *
 * A tile of level L holds up to 256 hashes, each the root over 256**L leaves; only full tiles are
 * hashed upward. A full tile never changes; a partial one belongs to one size of the tree.
 */

import { Refused } from "../crypto/errors";
import { Frontier, HASH_SIZE, root } from "./merkle";

/** Hashes of a full tile, entries of a full bundle. */
export const WIDTH = 256;

/** Longest entry of a bundle in bytes, since its length is 16 bits. */
export const ENTRY_LIMIT = 0xffff;

const TOP_LEVEL = 63;
const PATH =
  /^tile\/(entries|0|[1-9][0-9]?)\/((?:x[0-9]{3}\/)*[0-9]{3})(?:\.p\/([1-9][0-9]{0,2}))?$/;

/** Place of a tile: level 0 to 63, index from 0, width 1 to 256 hashes. */
export interface TileId {
  readonly level: number;
  readonly index: number;
  readonly width: number;
}

/** Name in a folder or URL, such as `tile/0/x001/234.p/7`. */
export function pathOf(tile: TileId): string {
  return `tile/${tile.level}/${place(tile)}`;
}

/** Name of the entry bundle with the leaves of a tile of level 0. */
export function entriesPathOf(tile: TileId): string {
  return `tile/entries/${place(tile)}`;
}

function place({ index, width }: TileId): string {
  let low = threeDigits(index);
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    low = `x${threeDigits(rest)}/${low}`;
  }
  return width === WIDTH ? low : `${low}.p/${width}`;
}

function threeDigits(index: number): string {
  return String(index % 1000).padStart(3, "0");
}

/** Read a name; `entries` says that it is the one of an entry bundle. Throws BAD_PROOF. */
export function parsePath(path: string): { tile: TileId; entries: boolean } {
  const [, level = "", index = "", width] = PATH.exec(path) ?? [];
  const entries = level === "entries";
  const tile = {
    level: entries ? 0 : Number(level),
    index: Number(index.replaceAll(/[x/]/g, "")),
    width: width === undefined ? WIDTH : Number(width),
  };
  // Rebuilding the name refuses leading groups of zeros, level 64 and widths from 256 up.
  const again = entries ? entriesPathOf(tile) : pathOf(tile);
  if (index === "" || path !== again || tile.level > TOP_LEVEL) {
    throw new Refused("BAD_PROOF", { place: path.slice(0, 80), why: "path" });
  }
  return { tile, entries };
}

// --- tiles ---------------------------------------------------------------------------------

/** A tile and its hashes, `id.width` of 32 bytes each. */
export interface Tile {
  readonly id: TileId;
  readonly hashes: readonly Uint8Array[];
}

/** Cut the bytes of a tile into hashes. Throws BAD_PROOF unless there are 1 to 256 of them. */
export function hashesOf(data: Uint8Array): Uint8Array[] {
  const width = data.length / HASH_SIZE;
  if (!(Number.isInteger(width) && 1 <= width && width <= WIDTH)) {
    throw new Refused("BAD_PROOF", { why: "tile-size" });
  }
  return Array.from({ length: width }, (_, n) => data.slice(n * HASH_SIZE, (n + 1) * HASH_SIZE));
}

/** Hashes in the row of a level, where `size` leaves have `floor(size / 256**level)`. */
function widthAt({ level, index, size }: { level: number; index: number; size: number }): number {
  return Math.min(WIDTH, Math.floor(size / WIDTH ** level) - WIDTH * index);
}

/**
 * Name a tile of a tree of `size` leaves with the width it has there.
 *
 * Throws BAD_PROOF when such a tree has no hash in it.
 */
export function tileAt(where: { level: number; index: number; size: number }): TileId {
  const width = widthAt(where);
  if (width < 1) throw new Refused("BAD_PROOF", where);
  return { level: where.level, index: where.index, width };
}

/** Tell whether a tree of `size` leaves has exactly this tile. */
export function isTileOf(tile: TileId, { size }: { size: number }): boolean {
  return tile.width === widthAt({ ...tile, size });
}

/** List all tiles of a tree, lowest level first. */
export function* tilesOf(size: number): Generator<TileId> {
  for (let level = 0, row = size; row > 0; level += 1, row = Math.floor(row / WIDTH)) {
    for (let index = 0; index * WIDTH < row; index += 1) yield tileAt({ level, index, size });
  }
}

/** The right edge of a tree in tiles: per level, the hashes not yet in a full tile. */
export class Edge {
  readonly size: number;
  readonly rows: readonly (readonly Uint8Array[])[];

  constructor(size = 0, rows: readonly (readonly Uint8Array[])[] = []) {
    this.size = size;
    this.rows = rows;
  }

  /** Grow by leaf hashes; gives the new edge and the tiles that became full. */
  append(hashes: readonly Uint8Array[]): { edge: Edge; full: Tile[] } {
    const rows: Uint8Array[][] = [];
    const full: Tile[] = [];
    let coming = [...hashes];
    for (let level = 0; coming.length > 0 || level < this.rows.length; level += 1) {
      const row = [...(this.rows[level] ?? []), ...coming];
      const done = fullTiles(row, level, Math.floor(this.size / WIDTH ** (level + 1)));
      rows.push(row.slice(WIDTH * done.length));
      full.push(...done);
      coming = done.map((tile) => root(tile.hashes));
    }
    return { edge: new Edge(this.size + hashes.length, rows), full };
  }

  /** Tiles of this size that are not full yet; they change with the next leaf. */
  partial(): Tile[] {
    return this.rows.flatMap((row, level) => {
      if (row.length === 0) return [];
      const index = Math.floor(this.size / WIDTH ** (level + 1));
      return [{ id: { level, index, width: row.length }, hashes: row }];
    });
  }

  /** The same edge as one root for each bit of `size`. */
  frontier(): Frontier {
    return new Frontier(
      this.size,
      this.rows.flatMap((row) => new Frontier().append(row).nodes),
    );
  }

  /** Root of the whole tree. */
  root(): Uint8Array {
    return this.frontier().root();
  }
}

function fullTiles(row: readonly Uint8Array[], level: number, first: number): Tile[] {
  return Array.from({ length: Math.floor(row.length / WIDTH) }, (_, n) => ({
    id: { level, index: first + n, width: WIDTH },
    hashes: row.slice(WIDTH * n, WIDTH * (n + 1)),
  }));
}

// --- entry bundles -------------------------------------------------------------------------

/** Join up to 256 entries, each behind its length in 16 bits, big-endian. */
export function encodeBundle(entries: readonly Uint8Array[]): Uint8Array {
  const data = new Uint8Array(entries.reduce((size, each) => size + 2 + each.length, 0));
  let at = 0;
  for (const entry of entries) {
    data.set([entry.length >> 8, entry.length & 0xff], at);
    data.set(entry, at + 2);
    at += 2 + entry.length;
  }
  return data;
}

/** Cut a bundle into its entries. Throws BAD_PROOF when a length does not fit. */
export function decodeBundle(data: Uint8Array): Uint8Array[] {
  const entries: Uint8Array[] = [];
  let at = 0;
  while (at < data.length) {
    const start = at + 2;
    at = start + ((data[at] ?? 0) << 8) + (data[at + 1] ?? 0);
    if (at > data.length || start > data.length) throw new Refused("BAD_PROOF", { why: "bundle" });
    entries.push(data.slice(start, at));
  }
  return entries;
}
