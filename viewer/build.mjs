// Bundles src/ into dist/: the page, its script (headset parts load when asked for), and the offline worker,
// which is told the names of all files. No file of dist/ names another host. pack/ becomes bin/pack.mjs, for Node.js.
import { createHash } from "node:crypto";
import { cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { build } from "esbuild";

const common = { bundle: true, minify: true, target: "es2022", legalComments: "eof", charset: "utf8", logLevel: "warning" };

await rm("dist", { recursive: true, force: true });
await mkdir("dist");
await cp("public", "dist", { recursive: true });
const { metafile } = await build({
  ...common,
  metafile: true,
  entryPoints: ["src/main.ts"],
  outdir: "dist",
  format: "esm",
  splitting: true,
  entryNames: "viewer",
  chunkNames: "part-[hash]",
});

// What the first room is drawn with comes at once, and not when whatever imports it has come.
const chunks = metafile.outputs;
const wanted = new Set();
function want(path) {
  if (wanted.has(path)) return;
  wanted.add(path);
  for (const each of chunks[path].imports) if (each.kind === "import-statement") want(each.path);
}
want("dist/viewer.js");
want(Object.keys(chunks).find((path) => chunks[path].entryPoint === "src/exhibition.ts"));
wanted.delete("dist/viewer.js");
const script = '<script type="module" src="viewer.js"></script>\n';
const page = await readFile("dist/index.html", "utf8");
if (!page.includes(script)) throw new Error("index.html does not begin with viewer.js");
const preloads = [...wanted].sort((a, b) => chunks[b].bytes - chunks[a].bytes).map((path) => `<link rel="modulepreload" href="${path.slice("dist/".length)}">\n`);
await writeFile("dist/index.html", page.replace(script, `${script}${preloads.join("")}`));

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
