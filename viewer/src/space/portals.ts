/** Which rooms can be seen: through the doors, each clipped by the one before it. */

import { type Camera, type Matrix4, Matrix4 as Matrix, Vector4 } from "three";

import type { Room } from "../house.ts";
import type { Plan } from "./plan.ts";

type Window = [left: number, bottom: number, right: number, top: number]; // of the picture, -1 … 1

const WHOLE: Window = [-1, -1, 1, 1];
const MARGIN = 0.02; // frames of doors have some depth
const AHEAD = 0.01;
const NEAR = 0.6; // metres: who stands in the door sees both rooms

/** Ids of the rooms that a camera in `from` sees, as far as `loaded` has them. */
export function roomsInView(plan: Plan, from: Room, camera: Camera, loaded: { has(id: string): boolean }): Set<string> {
  const view = new Matrix().multiplyMatrices(camera.projectionMatrix, camera.matrixWorldInverse);
  const eye = camera.matrixWorld.elements;
  const seen = new Set([from.id]);
  const look = (room: Room, window: Window, path: readonly string[]): void => {
    for (const door of room.doors) {
      const next = door.to === null ? undefined : plan.rooms.get(door.to);
      if (!next || path.includes(next.id) || !loaded.has(next.id)) continue;
      const near = Math.hypot(door.at[0] - eye[12]!, door.at[2] - eye[14]!) < door.width_m / 2 + NEAR;
      const part = near ? window : overlap(window, doorWindow(plan, room, door, view));
      if (!part) continue;
      seen.add(next.id);
      look(next, part, [...path, next.id]);
    }
  };
  look(from, WHOLE, [from.id]);
  return seen;
}

/** The part of the picture that a door takes up, floor to ceiling; null when it is behind the camera. */
function doorWindow(plan: Plan, room: Room, door: Room["doors"][number], view: Matrix4): Window | null {
  const [a, b] = plan.threshold(room, door);
  const [low, high] = [door.at[1] - 0.1, door.at[1] + room.height_m];
  const corners = [[...a, low], [...b, low], [...b, high], [...a, high]]
    .map(([x, z, y]) => new Vector4(x, y, z, 1).applyMatrix4(view));
  const ahead = corners.flatMap((corner, i) => clipped(corner, corners[(i + 1) % corners.length]!));
  if (ahead.length === 0) return null;
  const us = ahead.map((corner) => corner.x / corner.w);
  const vs = ahead.map((corner) => corner.y / corner.w);
  return [Math.min(...us) - MARGIN, Math.min(...vs) - MARGIN, Math.max(...us) + MARGIN, Math.max(...vs) + MARGIN];
}

/** What of an edge's start and its crossing lies before the camera. */
function clipped(start: Vector4, end: Vector4): Vector4[] {
  const kept = start.w > AHEAD ? [start] : [];
  if (start.w > AHEAD !== end.w > AHEAD) kept.push(start.clone().lerp(end, (AHEAD - start.w) / (end.w - start.w)));
  return kept;
}

function overlap(a: Window, b: Window | null): Window | null {
  if (!b) return null;
  const both: Window = [Math.max(a[0], b[0]), Math.max(a[1], b[1]), Math.min(a[2], b[2]), Math.min(a[3], b[3])];
  return both[0] < both[2] && both[1] < both[3] ? both : null;
}
