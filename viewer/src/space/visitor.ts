/** The visitor: where they stand and look, walking by keys or along a path, always on free ground. */

import type { Flat, Point, View } from "../house.ts";
import type { WalkGrid } from "./walk.ts";

export const EYE_M = 1.6;
const WALK_M_S = 1.8;
const ERRAND_S = 5; // a walk across a large house is hurried to about this time
const RUN = 2;
const TURN_RAD_S = 1.6;
const PITCH_MAX_RAD = 1.2;
const LONGEST_FRAME_S = 0.1; // after a pause the visitor has not walked on
const REACH_M = 3; // how far a place may be from free ground to be taken as meant

/** What keys, sticks and fingers ask for: each from -1 to 1. */
export interface Push {
  forward: number;
  right: number;
  turn: number;
  pitch: number;
  run: boolean;
}

interface Errand {
  readonly corners: Flat[];
  readonly look: Point | null;
  readonly speed: number;
  done(arrived: boolean): void;
}

export class Visitor {
  x = 0;
  z = 0;
  ground = 0;
  /** 0 looks along -z; a left turn is positive, as in glTF. */
  yaw = 0;
  pitch = 0;
  private errand: Errand | null = null;

  constructor(private readonly grid: WalkGrid, private readonly isStill: () => boolean) {}

  /** Be there at once. */
  place(view: View): void {
    this.stop();
    const [x, y, z] = view.stand;
    const free = this.grid.nearestFree(x, z, REACH_M);
    if (!free) return;
    [this.x, this.z] = free;
    this.ground = y;
    this.face(view.look);
  }

  face(look: Point): void {
    const [yaw, pitch] = this.angles(look);
    this.yaw = yaw;
    this.pitch = pitch;
  }

  turn(yaw: number, pitch: number): void {
    this.yaw = wrap(this.yaw + yaw);
    this.pitch = clamp(this.pitch + pitch, PITCH_MAX_RAD);
  }

  /** Walk to a place and look at something there; true once arrived, false when stopped or there is no way. */
  goTo(stand: Point, look: Point | null): Promise<boolean> {
    this.stop();
    const free = this.grid.nearestFree(stand[0], stand[2], REACH_M);
    const corners = free && this.grid.path([this.x, this.z], free);
    if (!free || !corners) return Promise.resolve(false);
    if (this.isStill()) {
      [this.x, this.z] = free;
      if (look) this.face(look);
      return Promise.resolve(true);
    }
    const speed = Math.max(WALK_M_S, this.length(corners) / ERRAND_S);
    return new Promise((done) => { this.errand = { corners, look, speed, done }; });
  }

  stop(): void {
    this.errand?.done(false);
    this.errand = null;
  }

  get isWalking(): boolean {
    return this.errand !== null;
  }

  /** One frame; true when anything changed. */
  step(seconds: number, push: Push): boolean {
    const time = Math.min(seconds, LONGEST_FRAME_S);
    if (push.forward || push.right || push.turn || push.pitch) {
      this.stop();
      this.turn(-push.turn * TURN_RAD_S * time, push.pitch * TURN_RAD_S * time);
      const speed = WALK_M_S * (push.run ? RUN : 1) * time / Math.max(1, Math.hypot(push.forward, push.right));
      const [sin, cos] = [Math.sin(this.yaw), Math.cos(this.yaw)];
      [this.x, this.z] = this.grid.move(
        this.x, this.z,
        (push.right * cos - push.forward * sin) * speed,
        (-push.right * sin - push.forward * cos) * speed);
      return true;
    }
    return this.errand ? this.follow(this.errand, time) : false;
  }

  private length(corners: readonly Flat[]): number {
    let [x, z, sum] = [this.x, this.z, 0];
    for (const [nextX, nextZ] of corners) {
      sum += Math.hypot(nextX - x, nextZ - z);
      [x, z] = [nextX, nextZ];
    }
    return sum;
  }

  private follow(errand: Errand, time: number): boolean {
    const [corner] = errand.corners;
    if (corner) {
      const [dx, dz] = [corner[0] - this.x, corner[1] - this.z];
      const distance = Math.hypot(dx, dz);
      const walk = Math.min(distance, errand.speed * time);
      if (distance > 0.3 || errand.corners.length > 1) this.turnTowards(Math.atan2(-dx, -dz), 0, time);
      if (distance > 0) [this.x, this.z] = [this.x + dx / distance * walk, this.z + dz / distance * walk];
      if (walk === distance) {
        [this.x, this.z] = corner;
        errand.corners.shift();
      }
      return true;
    }
    if (errand.look) {
      const [yaw, pitch] = this.angles(errand.look);
      if (!this.turnTowards(yaw, pitch, time)) return true;
    }
    this.errand = null;
    errand.done(true);
    return true;
  }

  /** Turn some of the way; true when there. */
  private turnTowards(yaw: number, pitch: number, time: number): boolean {
    const most = TURN_RAD_S * 1.5 * time;
    const [left, up] = [wrap(yaw - this.yaw), pitch - this.pitch];
    this.turn(clamp(left, most), clamp(up, most));
    return Math.abs(left) <= most && Math.abs(up) <= most;
  }

  private angles([x, y, z]: Point): [yaw: number, pitch: number] {
    const [dx, dz] = [x - this.x, z - this.z];
    const away = Math.hypot(dx, dz);
    if (away < 1e-3) return [this.yaw, 0];
    return [Math.atan2(-dx, -dz), clamp(Math.atan2(y - this.ground - EYE_M, away), PITCH_MAX_RAD)];
  }
}

function clamp(value: number, most: number): number {
  return Math.max(-most, Math.min(most, value));
}

function wrap(angle: number): number {
  return Math.atan2(Math.sin(angle), Math.cos(angle));
}
