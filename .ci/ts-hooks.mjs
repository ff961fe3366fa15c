// Module hooks behind ts.mjs: resolve the public names to sources, erase types on load.
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { transform } from "esbuild";

const sources = {
  damo: new URL("../src/index.ts", import.meta.url).href,
  "damo/loops": new URL("../src/loops/index.ts", import.meta.url).href,
  "damo/linalg": new URL("../src/linalg/index.ts", import.meta.url).href,
  "damo/random": new URL("../src/random/index.ts", import.meta.url).href,
  "damo/debug": new URL("../src/debug/index.ts", import.meta.url).href,
  "damo/testing": new URL("../src/testing/index.ts", import.meta.url).href,
  "damo/sorting": new URL("../src/sorting/index.ts", import.meta.url).href,
  "damo/fft": new URL("../src/fft/index.ts", import.meta.url).href,
  "damo/special": new URL("../src/special/index.ts", import.meta.url).href,
  "damo/sparse": new URL("../src/sparse/index.ts", import.meta.url).href,
  "damo/transform": new URL("../src/transform/index.ts", import.meta.url).href,
  "damo/bindings": new URL("../src/cli/bindings.ts", import.meta.url).href,
  "damo/custom-gradient": new URL("../src/custom-gradient.ts", import.meta.url).href,
  "damo/custom-op": new URL("../src/custom-op/index.ts", import.meta.url).href,
  "damo/elementwise": new URL("../src/elementwise/index.ts", import.meta.url).href,
  "damo/graph": new URL("../src/graph-tools/index.ts", import.meta.url).href,
  "damo/load": new URL("../src/load.ts", import.meta.url).href,
  "damo/load-webgpu": new URL("../src/load-webgpu.ts", import.meta.url).href,
};

export async function resolve(specifier, context, next) {
  const source = sources[specifier];
  return source ? { url: source, shortCircuit: true } : next(specifier, context);
}

export async function load(url, context, next) {
  if (!url.startsWith("file:") || !url.endsWith(".ts")) return next(url, context);
  const path = fileURLToPath(url);
  const { code } = await transform(await readFile(path, "utf8"), {
    loader: "ts",
    format: "esm",
    target: "es2022",
    sourcefile: path,
    sourcemap: "inline",
    sourcesContent: false,
  });
  return { format: "module", source: code, shortCircuit: true };
}
