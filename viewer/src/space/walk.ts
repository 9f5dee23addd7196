/** Where a body may stand: the walk grid, moves that slide along its walls, and paths through it. */

import type { Flat, Walk } from "../house.ts";

const STEP = 0.5; // of a cell: no move is longer than this between two looks at the grid

export class WalkGrid {
  private readonly free: Uint8Array;
  readonly columns: number;
  readonly rows: number;
  readonly cell: number;
  private readonly origin: Flat;

  constructor(walk: Walk) {
    const { columns, rows } = walk;
    const packed = Uint8Array.from(atob(walk.bits), (letter) => letter.charCodeAt(0));
    if (packed.length < Math.ceil((columns * rows) / 8)) {
      throw new Error(`house.json: walk.bits has ${packed.length} bytes for ${columns} x ${rows} cells`);
    }
    this.free = Uint8Array.from({ length: columns * rows }, (_, i) => (packed[i >> 3]! >> (7 - (i & 7))) & 1);
    this.columns = columns;
    this.rows = rows;
    this.cell = walk.cell_m;
    this.origin = walk.origin;
  }

  isFree(x: number, z: number): boolean {
    const index = this.indexOf(x, z);
    return index >= 0 && this.free[index] === 1;
  }

  /** Where a walk of (dx, dz) from a free place ends: along the wall where there is one, never through it. */
  move(x: number, z: number, dx: number, dz: number): Flat {
    const steps = Math.max(1, Math.ceil(Math.hypot(dx, dz) / (this.cell * STEP)));
    const [sx, sz] = [dx / steps, dz / steps];
    for (let i = 0; i < steps; i++) {
      if (this.isFree(x + sx, z + sz) && (this.isFree(x + sx, z) || this.isFree(x, z + sz))) {
        x += sx;
        z += sz;
      } else if (this.isFree(x + sx, z)) {
        x += sx;
      } else if (this.isFree(x, z + sz)) {
        z += sz;
      } else {
        break;
      }
    }
    return [x, z];
  }

  /** The free place nearest to (x, z), or null when there is none within `reach` metres. */
  nearestFree(x: number, z: number, reach: number): Flat | null {
    if (this.isFree(x, z)) return [x, z];
    const cells = Math.ceil(reach / this.cell);
    const [column, row] = this.cellOf(x, z);
    let best: Flat | null = null;
    let bestDistance = reach;
    for (let r = row - cells; r <= row + cells; r++) {
      for (let c = column - cells; c <= column + cells; c++) {
        if (c < 0 || r < 0 || c >= this.columns || r >= this.rows || !this.free[r * this.columns + c]) continue;
        const [cx, cz] = this.centre(r * this.columns + c);
        const distance = Math.hypot(cx - x, cz - z);
        if (distance < bestDistance) [best, bestDistance] = [[cx, cz], distance];
      }
    }
    return best;
  }

  /** Corners of a walk from one free place to another, without the first; null when no way leads there. */
  path(from: Flat, to: Flat): Flat[] | null {
    const [start, goal] = [this.indexOf(...from), this.indexOf(...to)];
    if (start < 0 || goal < 0 || !this.free[start] || !this.free[goal]) return null;
    const came = this.flood(goal, start);
    if (!came) return null;
    const cells: Flat[] = [from];
    for (let at = start; at !== goal; at = came[at]!) cells.push(this.centre(at));
    cells.push(to);
    return this.straighten(cells);
  }

  /** Breadth first from `goal` until `start` is met; each cell's next one towards the goal. */
  private flood(goal: number, start: number): Int32Array | null {
    const next = new Int32Array(this.free.length).fill(-1);
    next[goal] = goal;
    let edge = [goal];
    while (edge.length > 0 && next[start] === -1) {
      const wider: number[] = [];
      for (const at of edge) {
        const column = at % this.columns;
        for (const [neighbour, isNear] of [
          [at - 1, column > 0], [at + 1, column < this.columns - 1], [at - this.columns, true], [at + this.columns, true],
        ] as const) {
          if (isNear && this.free[neighbour] === 1 && next[neighbour] === -1) {
            next[neighbour] = at;
            wider.push(neighbour);
          }
        }
      }
      edge = wider;
    }
    return next[start] === -1 ? null : next;
  }

  /** Leave out the corners that a straight walk does not need. */
  private straighten(cells: readonly Flat[]): Flat[] {
    const corners: Flat[] = [];
    let at = 0;
    while (at < cells.length - 1) {
      let far = at + 1;
      for (let step = cells.length; step >= 1; step = Math.floor(step / 2)) {
        while (far + step < cells.length && this.isClear(cells[at]!, cells[far + step]!)) far += step;
      }
      corners.push(cells[far]!);
      at = far;
    }
    return corners;
  }

  private isClear(from: Flat, to: Flat): boolean {
    const end = this.move(...from, to[0] - from[0], to[1] - from[1]);
    return Math.hypot(end[0] - to[0], end[1] - to[1]) < 1e-6;
  }

  private cellOf(x: number, z: number): Flat {
    return [Math.floor((x - this.origin[0]) / this.cell), Math.floor((z - this.origin[1]) / this.cell)];
  }

  private indexOf(x: number, z: number): number {
    const [column, row] = this.cellOf(x, z);
    return column < 0 || row < 0 || column >= this.columns || row >= this.rows ? -1 : row * this.columns + column;
  }

  private centre(index: number): Flat {
    const [column, row] = [index % this.columns, Math.floor(index / this.columns)];
    return [this.origin[0] + (column + 0.5) * this.cell, this.origin[1] + (row + 0.5) * this.cell];
  }
}
