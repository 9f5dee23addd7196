/** The plan of the house: which room a place is in, and how many doors lie between rooms. */

import type { Door, Flat, House, Room } from "../house.ts";

export class Plan {
  readonly rooms: ReadonlyMap<string, Room>;
  /** Ids of pictures and films; what else there is has a depth of its own. */
  readonly hung: ReadonlySet<string>;

  constructor(house: House) {
    this.rooms = new Map(house.rooms.map((room) => [room.id, room]));
    this.hung = new Set(house.works.filter((work) => work.size_cm.length < 3).map((work) => work.id));
  }

  roomAt(x: number, z: number): Room {
    return roomAt(this.rooms.values(), x, z);
  }

  /** Rooms by the number of doors between them and `from`, up to `most`. */
  doorsAway(from: string, most: number): Map<string, number> {
    const doors = new Map([[from, 0]]);
    for (const [id, count] of doors) { // a Map iterates over what is added meanwhile
      if (count === most) continue;
      for (const { to } of this.rooms.get(id)?.doors ?? []) {
        if (to !== null && this.rooms.has(to) && !doors.has(to)) doors.set(to, count + 1);
      }
    }
    return doors;
  }

  /** Both ends of the threshold of a door: along the nearest wall of its room. */
  threshold(room: Room, door: Door): [Flat, Flat] {
    const [x, , z] = door.at;
    let along: Flat = [1, 0];
    let best = Infinity;
    for (const [a, b] of edges(room.floor)) {
      const distance = distanceToSegment(a, b, x, z);
      const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
      if (distance < best && length > 0) {
        best = distance;
        along = [(b[0] - a[0]) / length, (b[1] - a[1]) / length];
      }
    }
    const half = door.width_m / 2;
    return [[x - along[0] * half, z - along[1] * half], [x + along[0] * half, z + along[1] * half]];
  }
}

/** The room that (x, z) lies in; on a threshold, the room whose floor is nearest. */
export function roomAt(rooms: Iterable<Room>, x: number, z: number): Room {
  let best: Room | undefined;
  let bestDistance = Infinity;
  for (const room of rooms) {
    const distance = isInside(room.floor, x, z) ? 0 : distanceToEdge(room.floor, x, z);
    if (distance < bestDistance) [best, bestDistance] = [room, distance];
  }
  return best!;
}

export function isInside(polygon: readonly Flat[], x: number, z: number): boolean {
  let inside = false;
  for (const [a, b] of edges(polygon)) {
    if (a[1] > z !== b[1] > z && x < ((b[0] - a[0]) * (z - a[1])) / (b[1] - a[1]) + a[0]) inside = !inside;
  }
  return inside;
}

export function edges(polygon: readonly Flat[]): [Flat, Flat][] {
  return polygon.map((point, i) => [point, polygon[(i + 1) % polygon.length]!]);
}

function distanceToEdge(polygon: readonly Flat[], x: number, z: number): number {
  return Math.min(...edges(polygon).map(([a, b]) => distanceToSegment(a, b, x, z)));
}

function distanceToSegment(a: Flat, b: Flat, x: number, z: number): number {
  const [dx, dz] = [b[0] - a[0], b[1] - a[1]];
  const length = dx * dx + dz * dz;
  const t = length > 0 ? Math.min(1, Math.max(0, ((x - a[0]) * dx + (z - a[1]) * dz) / length)) : 0;
  return Math.hypot(a[0] + t * dx - x, a[1] + t * dz - z);
}
