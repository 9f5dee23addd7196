/**
 * Makes rooms smaller for the way to a browser: `node pack.mjs ROOM.glb…`, each in place, whole or not at all.
 *
 * What cannot be seen goes: doubled and unused data, corners on flat faces. The rest is quantised and compressed with
 * meshopt, which the page unpacks in milliseconds. Textures are WebP already.
 */

import { readFile, rename, rm, writeFile } from "node:fs/promises";

import { type Document, Logger, type Primitive, WebIO } from "@gltf-transform/core";
import { ALL_EXTENSIONS } from "@gltf-transform/extensions";
import { dedup, listTextureInfoByMaterial, meshopt, prune, simplifyPrimitive, weld } from "@gltf-transform/functions";
import { MeshoptDecoder, MeshoptEncoder, MeshoptSimplifier } from "meshoptimizer";

const SEEN_M = 0.0003; // what nobody sees from half a metre
const TRIANGLES_MOST = 60_000; // of one sculpture; five of them are what a phone draws
const POSITION_BITS = 16; // 0.2 mm in a room of 12 m

await Promise.all([MeshoptDecoder.ready, MeshoptEncoder.ready, MeshoptSimplifier.ready]);
const log = new Logger(Logger.Verbosity.ERROR);
const io = new WebIO().registerExtensions(ALL_EXTENSIONS).registerDependencies({
  "meshopt.decoder": MeshoptDecoder, "meshopt.encoder": MeshoptEncoder,
});
for (const path of process.argv.slice(2)) {
  const document = await io.readBinary(await readFile(path));
  await pack(document.setLogger(log));
  const partial = `${path}.part`;
  try {
    await writeFile(partial, await io.writeBinary(document));
    await rename(partial, path);
  } finally {
    await rm(partial, { force: true });
  }
}

async function pack(document: Document): Promise<void> {
  const primitives = document.getRoot().listMeshes().flatMap((mesh) => mesh.listPrimitives());
  for (const primitive of primitives) {
    const material = primitive.getMaterial();
    if (primitive.getAttribute("TEXCOORD_1") || (material && listTextureInfoByMaterial(material).length > 0)) continue;
    primitive.setAttribute("TEXCOORD_0", null);
  }
  // Attributes stay: TEXCOORD_1 is of the lightmap, which is no part of the file. Of textures no pixel is looked at.
  await document.transform(dedup(), weld(), prune({ keepExtras: true, keepAttributes: true, keepSolidTextures: true }));
  document.getRoot().listMeshes().flatMap((mesh) => mesh.listPrimitives()).forEach(thinOut);
  await document.transform(meshopt({ encoder: MeshoptEncoder, level: "medium", quantizePosition: POSITION_BITS }));
}

/** Only what cannot be seen, unless it is a scan of millions of triangles. */
function thinOut(primitive: Primitive): void {
  const positions = primitive.getAttribute("POSITION");
  const indices = primitive.getIndices();
  if (!positions || !indices || primitive.getMode() !== 4) return;
  const [low, high] = [positions.getMin([]), positions.getMax([])];
  const extent = Math.max(...high.map((side, axis) => side - low[axis]!));
  if (!(extent > 0)) return;
  simplifyPrimitive(primitive, { simplifier: MeshoptSimplifier, ratio: 0, error: SEEN_M / extent });
  const triangles = primitive.getIndices()!.getCount() / 3;
  if (triangles > TRIANGLES_MOST) {
    simplifyPrimitive(primitive, { simplifier: MeshoptSimplifier, ratio: TRIANGLES_MOST / triangles, error: 1 });
  }
}
