/** Hands and controllers to be seen: joints as little spheres, a wand with a ray. Made here, fetched from nowhere. */

import {
  BufferGeometry, CylinderGeometry, type Group, Line, LineBasicMaterial, Mesh, MeshStandardMaterial, SphereGeometry,
  Vector3, type WebGLRenderer,
} from "three";

const JOINT_M = 0.008;

export class Hands {
  constructor(renderer: WebGLRenderer, rig: Group, controllers: readonly Group[]) {
    const skin = new MeshStandardMaterial({ color: 0xc9a58c, roughness: 0.8 });
    const joint = new SphereGeometry(1, 10, 8);
    const plastic = new MeshStandardMaterial({ color: 0x30343a, roughness: 0.6 });
    const wand = new CylinderGeometry(0.012, 0.016, 0.12, 12).rotateX(-Math.PI / 2).translate(0, 0, 0.05);
    const ray = new BufferGeometry().setFromPoints([new Vector3(0, 0, -0.03), new Vector3(0, 0, -1.2)]);
    controllers.forEach((controller, index) => {
      controller.add(new Line(ray, new LineBasicMaterial({ color: 0x2f6fde })));
      const grip = renderer.xr.getControllerGrip(index);
      grip.add(new Mesh(wand, plastic));
      const hand = renderer.xr.getHand(index);
      hand.addEventListener("connected", ({ data }) => {
        grip.children[0]!.visible = !data.hand; // a hand holds no wand
        if (!data.hand || hand.userData["jointed"]) return;
        hand.userData["jointed"] = true;
        for (const name of data.hand.keys()) {
          const space = hand.joints[name];
          if (!space) continue;
          const ball = new Mesh(joint, skin);
          ball.scale.setScalar(name === "wrist" ? JOINT_M * 2 : JOINT_M);
          space.add(ball);
        }
      });
      rig.add(grip, hand);
    });
  }
}
