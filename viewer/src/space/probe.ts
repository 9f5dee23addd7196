/** The light around what stands in a room: how bright a white surface is there, whichever way it faces. */

import { type MeshStandardMaterial, type Object3D, Vector3 } from "three";

const NUMBERS = 27;
const SHADER = `
  vec3 way = inverseTransformDirection(normal, viewMatrix);
  vec3 bright = probe[0] + probe[1] * way.x + probe[2] * way.y + probe[3] * way.z
    + probe[4] * way.x * way.y + probe[5] * way.y * way.z + probe[6] * way.z * way.x
    + probe[7] * (way.x * way.x - way.y * way.y) + probe[8] * (3.0 * way.z * way.z - 1.0);
  reflectedLight.directDiffuse = reflectedLight.directSpecular = vec3(0.0);
  reflectedLight.indirectDiffuse = material.diffuseContribution * max(bright, 0.0);
  reflectedLight.indirectSpecular *= max(probe[0], 0.0);`;

/** Nine coefficients, in the builder's order, from the extras of a node or of the one above it. */
export function probeOf(node: Object3D): readonly Vector3[] | null {
  const numbers: unknown = node.userData["vernissage_light"] ?? node.parent?.userData["vernissage_light"];
  if (!Array.isArray(numbers) || numbers.length !== NUMBERS || !numbers.every(Number.isFinite)) return null;
  return Array.from({ length: NUMBERS / 3 }, (_, each) => new Vector3().fromArray(numbers as number[], 3 * each));
}

/** The material in that light alone; the stage's lamps are for what nobody knows the light of. */
export function lightBy(material: MeshStandardMaterial, probe: readonly Vector3[]): MeshStandardMaterial {
  const lit = material.clone();
  lit.onBeforeCompile = (shader) => {
    shader.uniforms["probe"] = { value: probe };
    shader.fragmentShader = shader.fragmentShader
      .replace("#include <common>", "#include <common>\nuniform vec3 probe[9];")
      .replace("#include <lights_fragment_end>", `#include <lights_fragment_end>${SHADER}`);
  };
  return lit;
}
