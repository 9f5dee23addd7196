/** What a ray meets: a work or its label, or a place on the floor to go to. */

import { type Camera, type Object3D, type Ray, Raycaster, Vector3 } from "three";

import type { House, Work } from "../house.ts";
import { type LoadedRoom, workOf } from "./roomfile.ts";
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

  /** The work of this room that these eyes look at from nearby, the best centred one. */
  lookedAt(eyes: Camera, room: string): Work | null {
    const eye = new Vector3().setFromMatrixPosition(eyes.matrixWorld);
    const ahead = new Vector3(0, 0, -1).transformDirection(eyes.matrixWorld);
    const way = new Vector3();
    let best: Work | null = null;
    let bestAngle = GAZE_RAD;
    for (const work of this.house.works) {
      if (work.room !== room) continue;
      way.fromArray(work.at).sub(eye);
      const distance = way.length();
      if (distance > GAZE_M + Math.max(...work.size_m) || distance < 0.05) continue;
      const faces = way.x * work.normal[0] + way.z * work.normal[2] < 0;
      const angle = way.angleTo(ahead) - Math.atan2(Math.min(...work.size_m) / 2, distance); // to its edge rather than its centre
      if (faces && angle < bestAngle) [best, bestAngle] = [work, angle];
    }
    return best;
  }
}
