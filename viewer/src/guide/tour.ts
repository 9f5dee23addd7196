/** The guided tour: from stop to stop on foot, each with its text. */

import type { House, Stop } from "../house.ts";

export class Tour {
  private index = -1;

  /** `arrive` walks to a stop and tells about it; `ended` follows the last one. */
  constructor(
    private readonly house: House,
    private readonly arrive: (stop: Stop) => void,
    private readonly changed: () => void,
  ) {}

  get isRunning(): boolean {
    return this.index >= 0;
  }

  /** Counted from 1; 0 when none is running. */
  get number(): number {
    return this.index + 1;
  }

  get count(): number {
    return this.house.tour.length;
  }

  start(): void {
    if (this.count > 0) this.go(0);
  }

  next(): void {
    if (this.index + 1 >= this.count) this.end();
    else this.go(this.index + 1);
  }

  previous(): void {
    if (this.index > 0) this.go(this.index - 1);
  }

  end(): void {
    this.index = -1;
    this.changed();
  }

  private go(index: number): void {
    this.index = index;
    this.changed();
    this.arrive(this.house.tour[index]!);
  }
}
