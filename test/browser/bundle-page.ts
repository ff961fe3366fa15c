// A page's script with the built package, as a bundler makes it: minified, with chunks that load when they are needed.
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** The files of a site whose page runs the script of this name; the script's own chunk is `page.js`. */
export async function bundlePage(script: string): Promise<readonly (readonly [string, string | Uint8Array])[]> {
  const { outputFiles } = await build({
    entryPoints: { page: here(script) },
    bundle: true,
    splitting: true,
    outdir: here("chunks"),
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    write: false,
    // wabt, which damo/custom-op waits for, asks for these in Node alone.
    external: ["fs", "crypto"],
    alias: { damo: here("../../dist/src/index.js"), "damo/load": here("../../dist/src/load.js"), "damo/load-webgpu": here("../../dist/src/load-webgpu.js"), "damo/custom-op": here("../../dist/src/custom-op/index.js") },
  });
  return [
    ["index.html", `<!doctype html><title>Damo</title><body><script type="module" src="page.js"></script>`],
    ...outputFiles.map(({ path, contents }) => [basename(path), contents] as const),
  ];
}
