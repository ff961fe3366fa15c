// Test projects: `unit` and `structure` are what `npm test` runs; the others have a script each.
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const report = process.env["DAMO_REPORT"];

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

const separate = ["structure", "packaging", "interop", "browser", "soak"];

const project = (name: string, timeout = 60_000) => ({
  extends: true as const,
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout: timeout, hookTimeout: timeout },
});

export default defineConfig({
  resolve: {
    alias: [
      { find: /^damo$/, replacement: path("src/index.ts") },
      { find: /^damo\/random$/, replacement: path("src/random/index.ts") },
      { find: /^damo\/testing$/, replacement: path("src/testing/index.ts") },
      { find: /^damo\/load$/, replacement: path("src/load.ts") },
      { find: /^damo\/bindings$/, replacement: path("src/cli/bindings.ts") },
    ],
  },
  test: {
    // CI adds up the counts of several runs.
    reporters: report === undefined ? ["default"] : ["default", ["json", { outputFile: report }]],
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: separate.map((folder) => `test/${folder}/**`),
          testTimeout: 60_000,
        },
      },
      project("structure"),
      project("packaging", 240_000),
      project("interop", 240_000),
      project("browser", 120_000),
      project("soak", 24 * 3600_000),
    ],
  },
});
