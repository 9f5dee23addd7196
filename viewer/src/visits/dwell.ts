/** How long the visitor looked at each work: counted only where they agreed, kept on their device, and nothing of it
 * tells who they are or when they came. */

import type { House } from "../house.ts";

const IDLE_S = 60; // a page that nobody touches has no visitor
const STEP_S = 1; // of a longer gap between two pictures no more counts: the page was hidden, or the machine asleep
const KEEP_EVERY_S = 5;
const MOVED = 0.01; // of a head's pose: more than a headset trembles on a table

/** What is exported, and what the add-on reads. */
export interface VisitRecord {
  readonly vernissage_visit: 1;
  /** By chance, and another once the figures were deleted: of what one visitor hands over twice, the later holds all of
   * the earlier, and nothing is counted twice. */
  readonly visit: string;
  readonly exhibition: string;
  /** Seconds by the works' ids; works that were not looked at have 0. */
  readonly works: Readonly<Record<string, number>>;
}

type Seconds = Record<string, number>;

interface Kept {
  readonly visit: string;
  readonly works: Seconds;
}

export class Dwell {
  private readonly key: string;
  private kept: Kept = { visit: "", works: {} };
  /** What came since, in this tab: another may count, too. */
  private fresh: Seconds = {};
  private idle = 0;
  private agreed = false;
  private pose: number[] = [];

  constructor(private readonly house: House) {
    this.key = `vernissage-visit ${location.pathname} ${house.title}`;
    const kept = this.read();
    if (kept) [this.agreed, this.kept] = [true, kept];
    for (const act of ["pointerdown", "pointermove", "keydown", "wheel"]) {
      addEventListener(act, () => this.touch(), { passive: true });
    }
    addEventListener("pagehide", () => this.keep());
    addEventListener("storage", (event) => {
      if (event.key === this.key || event.key === null) this.keep(); // another tab has agreed, counted or deleted
    });
  }

  get isAgreed(): boolean {
    return this.agreed;
  }

  /** The visitor is there. */
  touch(): void {
    this.idle = 0;
  }

  /** The head is so; a visitor is there if it moves. */
  moved(pose: readonly number[]): void {
    if (pose.some((value, place) => Math.abs(value - (this.pose[place] ?? 0)) > MOVED)) {
      this.pose = [...pose];
      this.touch();
    }
  }

  /** Count from 0 on. */
  agree(): void {
    this.agreed = true;
    this.touch();
    [this.kept, this.fresh] = [{ visit: drawn(), works: {} }, {}];
    this.write();
  }

  /** Stop, and delete what was counted. */
  forget(): void {
    this.agreed = false;
    [this.kept, this.fresh] = [{ visit: "", works: {} }, {}];
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
    this.fresh[work] = (this.fresh[work] ?? 0) + counted;
    if (Object.values(this.fresh).reduce((sum, each) => sum + each, 0) > KEEP_EVERY_S) this.keep();
  }

  of(work: string): number {
    return (this.kept.works[work] ?? 0) + (this.fresh[work] ?? 0);
  }

  record(): VisitRecord {
    const works = Object.fromEntries(this.house.works.map((work) => [work.id, Math.round(this.of(work.id) * 10) / 10]));
    return { vernissage_visit: 1, visit: this.kept.visit, exhibition: this.house.title, works };
  }

  /** Add what came since to what is kept; where that was deleted in another tab, all is. */
  private keep(): void {
    const kept = this.read();
    if (kept === undefined) return; // a browser that keeps nothing: it counts as long as the page is open
    if (kept === null) {
      this.forget();
      return;
    }
    this.agreed = true;
    if (kept.visit !== this.kept.visit) this.fresh = {}; // of a visit that another tab has deleted
    for (const [work, seconds] of Object.entries(this.fresh)) kept.works[work] = (kept.works[work] ?? 0) + seconds;
    const isNew = Object.keys(this.fresh).length > 0;
    [this.kept, this.fresh] = [kept, {}];
    if (isNew) this.write();
  }

  private write(): void {
    try {
      localStorage.setItem(this.key, JSON.stringify(this.kept));
    } catch { /* as above */ }
  }

  /** null where nothing is kept, undefined where nothing can be. */
  private read(): Kept | null | undefined {
    try {
      const text = localStorage.getItem(this.key);
      if (text === null) return null;
      const { visit, works } = JSON.parse(text) as Kept;
      const numbers = Object.entries(works).filter(([, seconds]) => Number.isFinite(seconds) && seconds >= 0);
      return { visit: String(visit), works: Object.fromEntries(numbers) };
    } catch {
      return undefined;
    }
  }
}

function drawn(): string {
  return [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
