// Bundles src/ into dist/: the page, its script (headset parts load when asked for), and the offline worker,
// which is told the names of all files. No file of dist/ names another host. pack/ becomes bin/pack.mjs, for Node.js.
import { createHash } from "node:crypto";
import { cp, mkdir, readFile, readdir, rm } from "node:fs/promises";
import { build } from "esbuild";

const common = { bundle: true, minify: true, target: "es2022", legalComments: "eof", charset: "utf8", logLevel: "warning" };

await rm("dist", { recursive: true, force: true });
await mkdir("dist");
await cp("public", "dist", { recursive: true });
await build({
  ...common,
  entryPoints: ["src/main.ts"],
  outdir: "dist",
  format: "esm",
  splitting: true,
  entryNames: "viewer",
  chunkNames: "part-[hash]",
});

const files = (await readdir("dist")).filter((name) => name !== "hosting.txt").sort();
const digest = createHash("sha256");
for (const name of files) digest.update(await readFile(`dist/${name}`));
await build({
  ...common,
  entryPoints: ["src/offline/worker.ts"],
  outfile: "dist/worker.js",
  format: "iife",
  define: { SHELL_FILES: JSON.stringify(files), SHELL_VERSION: JSON.stringify(digest.digest("hex").slice(0, 16)) },
});

await rm("bin", { recursive: true, force: true });
await build({
  ...common,
  entryPoints: ["pack/pack.ts"],
  outfile: "bin/pack.mjs",
  format: "esm",
  platform: "browser", // its parts that are written for Node.js load binaries
  external: ["node:*"],
});
