/** Keeps the rooms around the visitor loaded: the own one first, then by doors; farther ones are given back. */

import type { Scene } from "three";

import type { Room } from "../house.ts";
import type { Plan } from "./plan.ts";
import { disposeRoom, type LoadedRoom, loadRoom } from "./roomfile.ts";

const DOORS_KEPT = 2;
const RETRY_S = 5;

export interface StreamingEvents {
  /** Bytes of this room so far. */
  progress(room: Room, bytes: number): void;
  /** The room stands in the scene. */
  loaded(room: Room): void;
  failed(room: Room, error: unknown): void;
}

export class Streaming {
  private readonly loaded = new Map<string, LoadedRoom>();
  private readonly failedAt = new Map<string, number>();
  private current: { room: Room; abort: AbortController } | null = null;
  private wanted: string[] = [];

  constructor(
    private readonly plan: Plan,
    private readonly scene: Scene,
    private readonly anisotropy: number,
    private readonly events: StreamingEvents,
  ) {}

  get rooms(): ReadonlyMap<string, LoadedRoom> {
    return this.loaded;
  }

  /** The visitor is in this room now. */
  enter(id: string): void {
    this.wanted = [...this.plan.doorsAway(id, DOORS_KEPT).keys()];
    for (const [other, room] of this.loaded) {
      if (this.wanted.includes(other)) continue;
      this.loaded.delete(other);
      this.scene.remove(room.scene);
      disposeRoom(room);
    }
    const loading = this.current?.room.id;
    if (loading !== undefined && loading !== id && (!this.wanted.includes(loading) || !this.loaded.has(id))) {
      this.current!.abort.abort(new DOMException("another room is nearer", "AbortError"));
      this.current = null;
    }
    this.next();
  }

  /** One at a time, so that the nearest has the whole line. */
  private next(): void {
    if (this.current) return;
    const now = performance.now() / 1000;
    const id = this.wanted.find((each) => !this.loaded.has(each) && now > (this.failedAt.get(each) ?? -RETRY_S) + RETRY_S);
    const room = id === undefined ? undefined : this.plan.rooms.get(id);
    if (!room) return;
    const task = { room, abort: new AbortController() };
    this.current = task;
    void this.load(task);
  }

  private async load(task: { room: Room; abort: AbortController }): Promise<void> {
    const { room, abort } = task;
    try {
      const loaded = await loadRoom(room, this.plan.hung, this.anisotropy, abort.signal, (bytes) => this.events.progress(room, bytes));
      this.loaded.set(room.id, loaded);
      this.scene.add(loaded.scene);
      this.failedAt.delete(room.id);
      this.events.loaded(room);
    } catch (error) {
      if (abort.signal.aborted) return; // whoever stopped it has begun the next one
      this.failedAt.set(room.id, performance.now() / 1000);
      setTimeout(() => this.next(), RETRY_S * 1000 + 50);
      this.events.failed(room, error);
    }
    this.current = null;
    this.next();
  }
}
