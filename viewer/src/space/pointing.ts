/** What a ray meets: a work or its label, or a place on the floor to go to. */

import { type Object3D, type Ray, Raycaster, type Vector3 } from "three";

import type { House, Work } from "../house.ts";
import { type LoadedRoom, workOf } from "./roomfile.ts";
import { EYE_M, type Visitor } from "./visitor.ts";
import type { WalkGrid } from "./walk.ts";

const FAR_M = 30;
const GAZE_M = 5;
const GAZE_RAD = 0.3;
const REACH_M = 0.5;

export interface Target {
  readonly at: Vector3;
  readonly work: Work | null;
  /** Where to stand, when it is a place to walk to. */
  readonly stand: readonly [number, number] | null;
}

export class Pointing {
  private readonly works: ReadonlyMap<string, Work>;
  private readonly caster = new Raycaster();

  constructor(private readonly house: House, private readonly grid: WalkGrid) {
    this.works = new Map(house.works.map((work) => [work.id, work]));
    this.caster.far = FAR_M;
  }

  /** The first thing that the ray meets in these rooms. */
  cast(ray: Ray, rooms: Iterable<LoadedRoom>): Target | null {
    this.caster.ray.copy(ray);
    const scenes: Object3D[] = [...rooms].filter((room) => room.scene.visible).map((room) => room.scene);
    const [hit] = this.caster.intersectObjects(scenes, true);
    if (!hit) return null;
    const id = workOf(hit.object);
    const work = id === null ? null : this.works.get(id) ?? null;
    const isFloor = (hit.face?.normal.clone().transformDirection(hit.object.matrixWorld).y ?? 0) > 0.7;
    const stand = work || !isFloor ? null : this.grid.nearestFree(hit.point.x, hit.point.z, REACH_M);
    return { at: hit.point, work, stand };
  }

  /** The work of this room that the visitor looks at from nearby, the best centred one. */
  lookedAt(visitor: Visitor, room: string): Work | null {
    const ahead = [
      -Math.sin(visitor.yaw) * Math.cos(visitor.pitch), Math.sin(visitor.pitch),
      -Math.cos(visitor.yaw) * Math.cos(visitor.pitch)] as const;
    let best: Work | null = null;
    let bestAngle = GAZE_RAD;
    for (const work of this.house.works) {
      if (work.room !== room) continue;
      const way = [work.at[0] - visitor.x, work.at[1] - visitor.ground - EYE_M, work.at[2] - visitor.z] as const;
      const distance = Math.hypot(...way);
      if (distance > GAZE_M + Math.max(...work.size_m) || distance < 0.05) continue;
      const faces = way[0] * work.normal[0] + way[2] * work.normal[2] < 0;
      const angle = Math.acos(Math.min(1, (way[0] * ahead[0] + way[1] * ahead[1] + way[2] * ahead[2]) / distance))
        - Math.atan2(Math.min(...work.size_m) / 2, distance); // to its edge rather than its centre
      if (faces && angle < bestAngle) [best, bestAngle] = [work, angle];
    }
    return best;
  }
}
