/** Lets the graphics card translate what rooms are drawn with, while the first of them is on its way. */

import {
  BufferAttribute, BufferGeometry, type Camera, DataTexture, DoubleSide, Group, Mesh, MeshBasicMaterial, type Scene,
  type WebGLRenderer,
} from "three";

/** As `roomfile` makes materials of what the builder writes; what it does not foresee is translated when it is seen. */
export function translateShaders(renderer: WebGLRenderer, scene: Scene, camera: Camera): void {
  const geometry = new BufferGeometry();
  for (const [name, size] of [["position", 3], ["normal", 3], ["uv", 2], ["uv1", 2]] as const) {
    geometry.setAttribute(name, new BufferAttribute(new Float32Array(3 * size), size));
  }
  const [map, lightMap] = [new DataTexture(), new DataTexture()];
  lightMap.channel = 1;
  const all = new Group();
  for (const textures of [{ lightMap }, { map, lightMap }, { map }, {}]) {
    all.add(new Mesh(geometry, new MeshBasicMaterial({ side: DoubleSide, ...textures })));
  }
  renderer.compile(all, camera, scene);
}
