// Test projects: `unit`, `structure` and `webgpu` are what `npm test` runs, `relaxed`, `wide` and `threads` are the unit tests in another mode
// (test/modes); the others have a script each.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import type { Mode } from "./test/modes/mode.ts";
import { modeless } from "./test/modes/modeless.ts";
import { environmentOf } from "./test/webgpu/driver.ts";

const report = process.env["DAMO_REPORT"];

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

const separate = ["structure", "webgpu", "packaging", "interop", "python", "browser", "soak"];

const project = (name: string, timeout = 60_000) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout: timeout, hookTimeout: timeout },
});

const unit = {
  include: ["test/**/*.test.ts"],
  exclude: separate.map((folder) => `test/${folder}/**`),
  testTimeout: 60_000,
};

/** In processes of its own, which find the driver of WebGPU from their start. */
const withDriver = ({ test }: ReturnType<typeof project>) => ({
  extends: true as const,
  test: { ...test, pool: "forks" as const, env: environmentOf(), globalSetup: ["test/webgpu/driver.ts"] },
});

/** The flag that relaxed SIMD takes before Node 22. */
const relaxedSimd = Number.parseInt(process.versions.node, 10) < 22 ? ["--experimental-wasm-relaxed-simd"] : [];

const inMode = (name: Mode, execArgv: string[] = []) => ({
  extends: true as const,
  test: { ...unit, name, exclude: [...unit.exclude, ...modeless], setupFiles: ["test/modes/setup.ts"], env: { DAMO_MODE: name }, execArgv },
});

export default defineConfig({
  resolve: {
    alias: [
      { find: /^damo$/, replacement: path("src/index.ts") },
      { find: /^damo\/loops$/, replacement: path("src/loops/index.ts") },
      { find: /^damo\/linalg$/, replacement: path("src/linalg/index.ts") },
      { find: /^damo\/random$/, replacement: path("src/random/index.ts") },
      { find: /^damo\/debug$/, replacement: path("src/debug/index.ts") },
      { find: /^damo\/testing$/, replacement: path("src/testing/index.ts") },
      { find: /^damo\/custom-gradient$/, replacement: path("src/custom-gradient.ts") },
      { find: /^damo\/custom-op$/, replacement: path("src/custom-op/index.ts") },
      { find: /^damo\/elementwise$/, replacement: path("src/elementwise/index.ts") },
      { find: /^damo\/graph$/, replacement: path("src/graph-tools/index.ts") },
      { find: /^damo\/sorting$/, replacement: path("src/sorting/index.ts") },
      { find: /^damo\/fft$/, replacement: path("src/fft/index.ts") },
      { find: /^damo\/special$/, replacement: path("src/special/index.ts") },
      { find: /^damo\/sparse$/, replacement: path("src/sparse/index.ts") },
      { find: /^damo\/transform$/, replacement: path("src/transform/index.ts") },
      { find: /^damo\/load$/, replacement: path("src/load.ts") },
      { find: /^damo\/load-webgpu$/, replacement: path("src/load-webgpu.ts") },
      { find: /^damo\/bindings$/, replacement: path("src/cli/bindings.ts") },
    ],
  },
  test: {
    // CI adds up the counts of several runs.
    reporters: report === undefined ? ["default"] : ["default", ["json", { outputFile: report }]],
    projects: [
      { extends: true, test: { ...unit, name: "unit" } },
      inMode("relaxed", relaxedSimd),
      inMode("wide"),
      inMode("threads"),
      project("structure"),
      withDriver(project("webgpu", 120_000)),
      project("packaging", 240_000),
      project("interop", 240_000),
      project("python", 240_000),
      project("browser", 120_000),
      withDriver(project("soak", 24 * 3600_000)),
    ],
  },
});
