// Checks rooms: `node check.mjs ROOM.glb…` prints a JSON list of what gltf-validator finds in each file, and once more
// in what it holds unpacked, where it sees into the compressed parts too, and where each work is in it, in metres.
import { readFile } from "node:fs/promises";

import { getBounds, Logger, NodeIO } from "@gltf-transform/core";
import { ALL_EXTENSIONS, EXTMeshoptCompression } from "@gltf-transform/extensions";
import validator from "gltf-validator";
import { MeshoptDecoder } from "meshoptimizer";

await MeshoptDecoder.ready;
const io = new NodeIO().registerExtensions(ALL_EXTENSIONS).registerDependencies({ "meshopt.decoder": MeshoptDecoder });
io.setLogger(new Logger(Logger.Verbosity.ERROR));

async function issues(bytes) {
  const { issues: found, info } = await validator.validateBytes(bytes, { maxIssues: 100 });
  return {
    errors: found.numErrors, warnings: found.numWarnings, triangles: info.totalTriangleCount, draw_calls: info.drawCallCount,
    messages: found.messages.filter(({ severity }) => severity < 2).map(({ code, pointer }) => `${code} ${pointer ?? ""}`),
  };
}

const rooms = [];
for (const file of process.argv.slice(2)) {
  const bytes = await readFile(file);
  const document = await io.readBinary(bytes);
  const works = {};
  for (const node of document.getRoot().listNodes()) {
    const { vernissage_work: work } = node.getExtras();
    if (work) works[work] = getBounds(node);
  }
  const extensions = document.getRoot().listExtensionsUsed().map((each) => each.extensionName).sort();
  for (const each of document.getRoot().listExtensionsUsed()) {
    if (each.extensionName === EXTMeshoptCompression.EXTENSION_NAME) each.dispose();
  }
  rooms.push({ file, bytes: bytes.length, extensions, packed: await issues(bytes),
               unpacked: await issues(await io.writeBinary(document)), works });
}
console.log(JSON.stringify(rooms));
