// Size budgets of what browsers download.
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Plugin } from "esbuild";
import { describe, expect, test } from "vitest";
import { root } from "./pack.ts";

const options = { bundle: true, minify: true, format: "esm", platform: "browser", target: "es2022", write: false } as const;

async function bundle(entry: string): Promise<Uint8Array> {
  return (await build({ ...options, entryPoints: [join(root, entry)] })).outputFiles[0]!.contents;
}

/** What waits for an `import()` is no part of what a page loads at first. */
const onDemand: Plugin = {
  name: "on-demand",
  setup: ({ onResolve }) => onResolve({ filter: /./ }, ({ kind, path }) => (kind === "dynamic-import" ? { path, external: true } : undefined)),
};

/** Gzipped bytes of what a page loads that imports the names from `damo`: what it does not use, its bundler leaves out. */
async function measurePage(names: readonly string[] | "*"): Promise<number> {
  const entry = JSON.stringify(join(root, "dist/src/index.js"));
  const contents = names === "*" ? `export * from ${entry};` : `import { ${names.join(", ")} } from ${entry}; globalThis.page = [${names.join(", ")}];`;
  const { outputFiles } = await build({ ...options, stdin: { contents, resolveDir: root }, plugins: [onDemand] });
  return gzipSync(outputFiles[0]!.contents, { level: 9 }).length;
}

/** Gzipped bytes of the chunks that wait. */
async function measureWaiting(): Promise<number> {
  const entry = "dist/src/index.js";
  const { outputFiles, metafile } = await build({ ...options, entryPoints: [join(root, entry)], splitting: true, metafile: true, outdir: join(root, "chunks"), absWorkingDir: root });
  const reached = new Set(Object.keys(metafile.outputs).filter((path) => metafile.outputs[path]!.entryPoint === entry));
  for (const path of reached) {
    for (const { path: next, kind } of metafile.outputs[path]!.imports) if (kind === "import-statement") reached.add(next);
  }
  return outputFiles.reduce((sum, { path, contents }) => sum + (reached.has(relative(root, path)) ? 0 : gzipSync(contents, { level: 9 }).length), 0);
}

const entries = Object.values((JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { exports: Record<string, string | { default: string }> }).exports)
  .flatMap((entry) => (typeof entry === "string" ? [] : [entry.default]))
  // Run in Node alone.
  .filter((path) => !path.includes("/testing/") && !path.includes("/cli/"));

const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KB`;

describe("sizes", () => {
  test("a page that imports all of damo loads at most 120 KB gzipped", async () => {
    const page = await measurePage(["input", "shared", "fn", "compile", "grad", "adam", "glorotUniform", "zeros", "softmaxCrossEntropy"]);
    const everything = await measurePage("*");
    const waiting = await measureWaiting();
    console.log(`damo: a page that trains loads ${kilobytes(page)} gzipped, one that imports everything ${kilobytes(everything)}; ${kilobytes(waiting)} load on demand`);
    expect(everything).toBeLessThanOrEqual(120 * 1024);
    // A bundler leaves out what is not used.
    expect(page).toBeLessThan(everything);
    // Debug mode, the evaluator as a target, rare math functions, loops, convolutions, threads and files are worth waiting for.
    expect(waiting).toBeGreaterThan(20 * 1024);
  });

  test.each(entries)("%s loses nothing that is imported for its effect", async (entry) => {
    const { warnings } = await build({ ...options, logLevel: "silent", entryPoints: [join(root, entry)], external: ["wabt"] });
    expect(warnings.map(({ text }) => text)).toEqual([]);
  });

  test("damo/load is one minified file of at most 4 KB, with no import", async () => {
    const shipped = readFileSync(join(root, "dist/src/load.js"));
    expect(shipped.length).toBeLessThanOrEqual(4 * 1024);
    expect(shipped.toString()).not.toMatch(/\bimport\s*[({"'*]|\bfrom\s*["']/);
    // Already minified: minifying again gains next to nothing.
    expect((await bundle("dist/src/load.js")).length).toBeGreaterThan(shipped.length * 0.95);
  });

  test("damo/load-webgpu is one minified file of at most 6 KB, with no import but of Dawn, and of halves where a model has some", async () => {
    const shipped = readFileSync(join(root, "dist/src/load-webgpu.js"));
    expect([...shipped.toString().matchAll(/\bimport\s*[({"'*]|\bfrom\s*["']/g)].map(([found]) => found)).toEqual(["import(", "import("]);
    console.log(`damo/load-webgpu: ${shipped.length} bytes, ${kilobytes(gzipSync(shipped, { level: 9 }).length)} gzipped`);
    expect(shipped.length).toBeLessThanOrEqual(6 * 1024);
    // It is there, and needs nothing more.
    const { metafile } = await build({ ...options, splitting: true, metafile: true, outdir: join(root, "chunks"), absWorkingDir: root, entryPoints: ["dist/src/load-webgpu.js"] });
    expect(Object.keys(metafile.inputs).sort()).toEqual(["dist/ir/half.js", "dist/src/load-webgpu.js"]);
  });
});
