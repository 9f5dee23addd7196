/** The ring on the floor where a trigger leads, or on a work that it would open. */

import { DoubleSide, Group, Mesh, MeshBasicMaterial, RingGeometry, Vector3 } from "three";

import type { Target } from "../space/pointing.ts";

const LIFT_M = 0.015;
const WORK_SCALE = 0.3; // a work is not to be hidden

export class Marker {
  readonly root = new Group();

  constructor() {
    const blue = new MeshBasicMaterial({ color: 0x2f6fde, side: DoubleSide, transparent: true, opacity: 0.85 });
    this.root.add(new Mesh(new RingGeometry(0.16, 0.2, 32), blue));
    this.root.visible = false;
  }

  show(target: Target | null): void {
    this.root.visible = target !== null;
    if (!target) return;
    const normal = target.work ? new Vector3(...target.work.normal) : new Vector3(0, 1, 0);
    this.root.scale.setScalar(target.work ? WORK_SCALE : 1);
    this.root.position.copy(target.at).addScaledVector(normal, LIFT_M);
    this.root.lookAt(this.root.position.clone().add(normal));
  }
}
