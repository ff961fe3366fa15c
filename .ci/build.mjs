// Builds dist/: tsc emits modules and declarations of the library and the examples, then `damo/load` and
// `damo/load-webgpu` are each replaced by one minified file, self-contained but for what waits for an `import()`.
import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const dist = join(root, "dist");
const started = new Date();

rmSync(dist, { recursive: true, force: true });
try {
  execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.build.json"], {
    cwd: root,
    stdio: "inherit",
  });
} catch {
  process.exit(1);
}

/** What only some models need stays the module that tsc emits, and is named as the file in `dist/src` reaches it. */
const onDemand = {
  name: "on-demand",
  setup: ({ onResolve }) => onResolve({ filter: /^\..*\.ts$/ }, ({ kind, resolveDir, path }) =>
    (kind === "dynamic-import" ? { path: relative(join(root, "src"), join(resolveDir, path)).replace(/ts$/, "js"), external: true } : undefined)),
};

for (const name of ["load", "load-webgpu"]) {
  const load = join(root, `src/${name}.ts`);
  if (!existsSync(load)) continue;
  await build({
    entryPoints: [load],
    outfile: join(dist, `src/${name}.js`),
    bundle: true,
    minify: true,
    format: "esm",
    platform: "neutral",
    target: "es2022",
    legalComments: "none",
    allowOverwrite: true,
    plugins: [onDemand],
  });
}

const cli = join(dist, "src/cli/main.js");
if (existsSync(cli)) chmodSync(cli, 0o755);

// The stamp carries the time the build began: a source saved meanwhile counts as newer.
writeFileSync(join(dist, ".built"), started.toISOString());
utimesSync(join(dist, ".built"), started, started);
