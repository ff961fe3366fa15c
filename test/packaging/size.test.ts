// Size budgets of what browsers download.
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { root } from "./pack.ts";

const options = { bundle: true, minify: true, format: "esm", platform: "browser", target: "es2022", write: false } as const;

async function bundle(entry: string): Promise<Uint8Array> {
  return (await build({ ...options, entryPoints: [join(root, entry)] })).outputFiles[0]!.contents;
}

/** Gzipped bytes of the chunks that a page loads by importing the entry, and of those that wait for an `import()`. */
async function measureChunks(entry: string): Promise<{ loaded: number; waiting: number }> {
  const { outputFiles, metafile } = await build({ ...options, entryPoints: [join(root, entry)], splitting: true, metafile: true, outdir: join(root, "chunks"), absWorkingDir: root });
  const sizes = new Map(outputFiles.map(({ path, contents }) => [relative(root, path), gzipSync(contents, { level: 9 }).length]));
  const first = Object.keys(metafile.outputs).find((path) => metafile.outputs[path]!.entryPoint === entry)!;
  const reached = new Set([first]);
  for (const path of reached) {
    for (const { path: next, kind } of metafile.outputs[path]!.imports) if (kind === "import-statement") reached.add(next);
  }
  const bytesOf = (wanted: (path: string) => boolean): number => [...sizes].reduce((sum, [path, bytes]) => sum + (wanted(path) ? bytes : 0), 0);
  return { loaded: bytesOf((path) => reached.has(path)), waiting: bytesOf((path) => !reached.has(path)) };
}

const kilobytes = (bytes: number): string => `${(bytes / 1024).toFixed(1)} KB`;

describe("sizes", () => {
  test("a page that imports everything and compiles loads at most 120 KB gzipped", async () => {
    const { loaded, waiting } = await measureChunks("dist/src/index.js");
    console.log(`damo: ${kilobytes(loaded)} gzipped, and ${kilobytes(waiting)} in chunks that load on demand`);
    expect(loaded).toBeLessThanOrEqual(120 * 1024);
    // Debug mode, the evaluator as a target and rare math functions are worth waiting for.
    expect(waiting).toBeGreaterThan(10 * 1024);
  });

  test("damo/load is one minified file of at most 4 KB, with no import", async () => {
    const shipped = readFileSync(join(root, "dist/src/load.js"));
    expect(shipped.length).toBeLessThanOrEqual(4 * 1024);
    expect(shipped.toString()).not.toMatch(/\bimport\s*[({"'*]|\bfrom\s*["']/);
    // Already minified: minifying again gains next to nothing.
    expect((await bundle("dist/src/load.js")).length).toBeGreaterThan(shipped.length * 0.95);
  });
});
