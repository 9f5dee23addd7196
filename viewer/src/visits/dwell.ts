/** How long the visitor looked at each work: counted only where they agreed, kept on their device, and nothing of it
 * tells who they are or when they came. */

import type { House } from "../house.ts";

const IDLE_S = 60; // a page that nobody touches has no visitor
const STEP_S = 1; // of a longer gap between two pictures no more counts: the page was hidden, or the machine asleep
const KEEP_EVERY_S = 5;

/** What is exported, and what the add-on reads. */
export interface VisitRecord {
  readonly vernissage_visit: 1;
  readonly exhibition: string;
  /** Seconds by the works' ids; works that were not looked at have 0. */
  readonly works: Readonly<Record<string, number>>;
}

export class Dwell {
  private readonly key: string;
  private seconds = new Map<string, number>();
  private idle = 0;
  private unkept = 0;
  private agreed = false;

  constructor(private readonly house: House) {
    this.key = `vernissage-visit ${location.pathname} ${house.title}`;
    const kept = this.read();
    if (kept) {
      this.agreed = true;
      for (const work of house.works) this.seconds.set(work.id, Number(kept[work.id]) || 0);
    }
    for (const act of ["pointerdown", "pointermove", "keydown", "wheel"]) {
      addEventListener(act, () => this.touch(), { passive: true });
    }
    addEventListener("pagehide", () => this.keep());
  }

  get isAgreed(): boolean {
    return this.agreed;
  }

  /** The visitor is there. */
  touch(): void {
    this.idle = 0;
  }

  agree(): void {
    this.agreed = true;
    this.touch();
    this.keep();
  }

  /** Stop, and delete what was counted. */
  forget(): void {
    this.agreed = false;
    this.seconds.clear();
    try {
      localStorage.removeItem(this.key);
    } catch { /* a browser that keeps nothing has nothing to delete */ }
  }

  /** `seconds` have passed with the visitor before this work; null for none. */
  look(work: string | null, seconds: number): void {
    if (!this.agreed) return;
    const counted = Math.min(seconds, STEP_S);
    this.idle += counted;
    if (work === null || this.idle > IDLE_S) return;
    this.seconds.set(work, this.of(work) + counted);
    this.unkept += counted;
    if (this.unkept > KEEP_EVERY_S) this.keep();
  }

  of(work: string): number {
    return this.seconds.get(work) ?? 0;
  }

  record(): VisitRecord {
    const works = Object.fromEntries(this.house.works.map((work) => [work.id, Math.round(this.of(work.id) * 10) / 10]));
    return { vernissage_visit: 1, exhibition: this.house.title, works };
  }

  private keep(): void {
    if (!this.agreed) return;
    this.unkept = 0;
    try {
      localStorage.setItem(this.key, JSON.stringify(Object.fromEntries(this.seconds)));
    } catch { /* it counts as long as the page is open */ }
  }

  private read(): Record<string, unknown> | null {
    try {
      const kept: unknown = JSON.parse(localStorage.getItem(this.key) ?? "null");
      return typeof kept === "object" ? kept as Record<string, unknown> | null : null;
    } catch {
      return null;
    }
  }
}
