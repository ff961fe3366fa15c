// Size budgets of what browsers download.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import { root } from "./pack.ts";

async function bundle(entry: string): Promise<Uint8Array> {
  const { outputFiles } = await build({
    entryPoints: [join(root, entry)],
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    write: false,
  });
  return outputFiles[0]!.contents;
}

describe("sizes", () => {
  test("the browser bundle of everything is at most 120 KB gzipped", async () => {
    expect(gzipSync(await bundle("dist/src/index.js"), { level: 9 }).length).toBeLessThanOrEqual(120 * 1024);
  });

  test("damo/load is one minified file of at most 4 KB, with no import", async () => {
    const shipped = readFileSync(join(root, "dist/src/load.js"));
    expect(shipped.length).toBeLessThanOrEqual(4 * 1024);
    expect(shipped.toString()).not.toMatch(/\bimport\s*[({"'*]|\bfrom\s*["']/);
    // Already minified: minifying again gains next to nothing.
    expect((await bundle("dist/src/load.js")).length).toBeGreaterThan(shipped.length * 0.95);
  });
});
