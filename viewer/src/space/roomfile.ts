/** One room's GLB and lightmap, from the exhibition's folder to the graphics card and off it again. */

import {
  type Group, type Light, LinearFilter, type Material, Mesh, MeshBasicMaterial, MeshStandardMaterial, type Object3D,
  SRGBColorSpace, Texture,
} from "three";
import { GLTFLoader } from "three/addons/loaders/GLTFLoader.js";
import { MeshoptDecoder } from "three/addons/libs/meshopt_decoder.module.js";

import type { Room } from "../house.ts";
import { decoded, DecodedPictures, Pictures } from "./pictures.ts";
import { lightBy, probeOf } from "./probe.ts";
import { reflections } from "./reflections.ts";

const SHINES = 0.01;

export interface LoadedRoom {
  readonly id: string;
  readonly scene: Group;
  readonly light: Texture | null;
}

/**
 * Fetch and read a room. `flat` has the ids of works that hang. `progress` gets the bytes so far; an abort throws the
 * signal's reason.
 */
export async function loadRoom(
  room: Room, flat: ReadonlySet<string>, anisotropy: number, signal: AbortSignal, progress: (bytes: number) => void,
): Promise<LoadedRoom> {
  const pictures = new Pictures();
  const [data, light] = await Promise.all([
    fetchBytes(room, pictures, signal, progress),
    room.light === null ? null : loadLight(room.light, signal),
  ]).catch((error: unknown) => {
    pictures.forget();
    throw error;
  });
  const loader = new GLTFLoader().setMeshoptDecoder(MeshoptDecoder).register((parser) => new DecodedPictures(parser, pictures));
  const folder = room.glb.slice(0, room.glb.lastIndexOf("/") + 1);
  const { scene } = await loader.parseAsync(data, folder);
  const loaded = { id: room.id, scene, light };
  if (signal.aborted) {
    disposeRoom(loaded);
    throw signal.reason;
  }
  if (light) applyLight(scene, light, room, flat);
  prepare(scene, anisotropy);
  return loaded;
}

/** Give back the memory of everything that the room alone uses. */
export function disposeRoom({ scene, light }: LoadedRoom): void {
  const seen = new Set<{ dispose(): void }>(light ? [light] : []);
  scene.traverse((node) => {
    if (!(node instanceof Mesh)) return;
    seen.add(node.geometry);
    for (const material of materials(node)) {
      seen.add(material);
      for (const [name, value] of Object.entries(material)) if (isTexture(value) && name !== "envMap") seen.add(value);
    }
  });
  for (const thing of seen) {
    thing.dispose();
    if (isTexture(thing) && thing.image instanceof ImageBitmap) thing.image.close();
  }
}

/** The id in the extras of this node or of one above it: of a work, or of its label. */
export function workOf(node: Object3D | null): string | null {
  for (; node; node = node.parent) {
    const id: unknown = node.userData["vernissage_work"] ?? node.userData["vernissage_label"];
    if (typeof id === "string") return id;
  }
  return null;
}

async function fetchBytes(
  { glb, bytes }: Room, pictures: Pictures, signal: AbortSignal, progress: (bytes: number) => void,
): Promise<ArrayBuffer> {
  const answer = await fetch(glb, { signal });
  if (!answer.ok || !answer.body) throw new Error(`${glb}: ${answer.status} ${answer.statusText}`);
  let data = new Uint8Array(bytes);
  let length = 0;
  const reader = answer.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    if (length + part.value.length > data.length) { // another than the house tells of
      const larger = new Uint8Array(2 * (length + part.value.length));
      larger.set(data.subarray(0, length));
      data = larger;
    }
    data.set(part.value, length);
    length += part.value.length;
    pictures.came(data, length);
    progress(length);
  }
  return length === data.length ? data.buffer : data.buffer.slice(0, length);
}

async function loadLight(path: string, signal: AbortSignal): Promise<Texture> {
  const answer = await fetch(path, { signal });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${answer.statusText}`);
  const light = new Texture(await decoded(await answer.blob()));
  light.needsUpdate = true;
  light.flipY = false; // glTF counts v downwards
  light.colorSpace = SRGBColorSpace; // eight bits are best spent that way; the card turns them into linear values
  light.channel = 1;
  light.generateMipmaps = false; // smaller, charts would run into each other
  light.minFilter = LinearFilter;
  return light;
}

/**
 * Lit surfaces become plain ones that reflect what the lightmap says: exact, and cheap on a phone. Beside them what
 * shines by itself is as bright as its file says, pictures (`flat`) are seen in even light, with their own colours, and
 * what stands is seen in the light around it.
 */
function applyLight(scene: Group, light: Texture, room: Room, flat: ReadonlySet<string>): void {
  const names = room.lit ? new Set(room.lit) : null;
  const plain = new Map<string, MeshBasicMaterial>();
  scene.traverse((node) => {
    if (!(node instanceof Mesh)) return;
    const isLit = (node as Mesh).geometry.hasAttribute("uv1")
      && (!names || names.has(nameInFile(node)) || (node.parent && names.has(nameInFile(node.parent))));
    const work: unknown = node.userData["vernissage_work"] ?? node.parent?.userData["vernissage_work"];
    if (!isLit && !(typeof work === "string" && flat.has(work))) {
      stand(node);
      return;
    }
    const changed = materials(node).map((material) => {
      if (!(material instanceof MeshStandardMaterial)) return material;
      const key = `${material.uuid} ${isLit}`;
      const known = plain.get(key);
      if (known) return known;
      const made = new MeshBasicMaterial({
        name: material.name, vertexColors: material.vertexColors, transparent: material.transparent,
        opacity: material.opacity, alphaTest: material.alphaTest, side: material.side,
      });
      if (material.emissiveIntensity * Math.max(...material.emissive.toArray()) > SHINES) {
        made.color.copy(material.emissive).multiplyScalar(material.emissiveIntensity);
        made.map = material.emissiveMap;
      } else {
        made.color.copy(material.color);
        made.map = material.map;
        if (isLit) {
          made.lightMap = light;
          made.lightMapIntensity = room.light_scale * Math.PI; // the shader divides by π
        }
      }
      plain.set(key, made);
      material.dispose();
      return made;
    });
    node.material = changed.length === 1 ? changed[0]! : changed;
  });
}

function stand(mesh: Mesh): void {
  const probe = probeOf(mesh);
  if (!probe) return;
  const changed = materials(mesh).map((material) =>
    material instanceof MeshStandardMaterial ? lightBy(material, probe) : material);
  mesh.material = changed.length === 1 ? changed[0]! : changed;
}

/** The loader takes dots and the like out of names, and keeps the name as it was beside them. */
function nameInFile(node: Object3D): string {
  const name: unknown = node.userData["name"];
  return typeof name === "string" ? name : node.name;
}

function prepare(scene: Group, anisotropy: number): void {
  const lights: Light[] = [];
  scene.traverse((node) => {
    if ((node as Light).isLight) lights.push(node as Light); // the stage's own are enough, and cheap
    if (!(node instanceof Mesh)) return;
    for (const material of materials(node)) {
      const map = (material as MeshBasicMaterial).map;
      if (map) map.anisotropy = anisotropy; // pictures are seen at a slant
      if (material instanceof MeshStandardMaterial && material.metalness > 0) material.envMap = reflections();
    }
  });
  for (const light of lights) light.removeFromParent();
  scene.updateMatrixWorld(true);
  scene.traverse((node) => { node.matrixAutoUpdate = node.matrixWorldAutoUpdate = false; });
}

function materials(mesh: Mesh): Material[] {
  return Array.isArray(mesh.material) ? mesh.material : [mesh.material];
}

function isTexture(value: unknown): value is Texture {
  return typeof value === "object" && value !== null && (value as Texture).isTexture === true;
}
