// Import directions between the layers, no import cycle, and no package behind the public entry points.
import { describe, expect, test } from "vitest";
import { findCycles, findForbiddenImports, findLoadedPackages } from "./import-rules.ts";
import { findImports, readSources } from "./sources.ts";

const sources = readSources("src", "ir", "passes", "codegen", "examples", "bench");

describe("the repository", () => {
  test("imports only in the directions of the architecture", () => {
    expect(findForbiddenImports(sources)).toEqual([]);
  });

  test("has no import cycle", () => {
    expect(findCycles(sources)).toEqual([]);
  });

  test.each([
    "src/index.ts", "src/loops/index.ts", "src/random/index.ts", "src/transform/index.ts", "src/graph-tools/index.ts", "src/elementwise/index.ts", "src/custom-gradient.ts", "src/custom-op/index.ts",
    "src/debug/index.ts", "src/load.ts", "src/load-webgpu.ts", "src/special/index.ts", "src/sparse/index.ts", "src/linalg/index.ts", "src/sorting/index.ts", "src/fft/index.ts",
  ])("%s loads no package and nothing of Node", (entry) => {
    expect(sources.has(entry)).toBe(true);
    expect(findLoadedPackages(entry, sources)).toEqual([]);
  });
});

describe("the checks", () => {
  const check = (path: string, text: string): string[] => findForbiddenImports(new Map([[path, text]]));

  test.each([
    ["ir/node.ts", `import { a } from "../passes/cse.ts";`],
    ["ir/node.ts", `import type { A } from "../src/tensor.ts";`],
    ["passes/cse.ts", `export * from "../codegen/target.ts";`],
    ["passes/cse.ts", `import fs from "node:fs";`],
    ["codegen/target.ts", `const a = await import("../passes/cse.ts");`],
    ["codegen/wasm/emit.ts", `import { a } from "../wgsl/emit.ts";`],
    ["codegen/wgsl/emit.ts", `let a: import("../wasm/emit.ts").A;`],
    ["src/tensor.ts", `import { a } from "ts-morph";`],
    ["src/tensor.ts", `import { a } from "node:path";`],
    ["src/testing/check.ts", `import { a } from "vitest";`],
    ["src/load.ts", `import { a } from "./tensor.ts";`],
    ["examples/mnist.ts", `import { a } from "../src/index.ts";`],
    ["bench/main.ts", `import { a } from "../ir/node.ts";`],
  ])("refuse in %s: %s", (path, text) => {
    expect(check(path, text)).toHaveLength(1);
  });

  test.each([
    ["passes/rules/log.ts", `import { a } from "../../ir/rewrite.ts";`],
    ["codegen/target.ts", `import { a } from "./wasm/target.ts";`],
    ["src/cli/main.ts", `import { Command } from "commander"; import "node:fs"; import "../index.ts";`],
    ["src/testing/check.ts", `import fc from "fast-check";`],
    ["examples/mnist.ts", `import { a } from "damo"; import { load } from "damo/load"; import "./draw.ts";`],
    ["src/tensor.ts", `// import { a } from "node:fs";\nconst text = 'import "node:fs"';`],
  ])("allow in %s: %s", (path, text) => {
    expect(check(path, text)).toEqual([]);
  });

  test("find a cycle, of types too, and no cycle in a diamond", () => {
    const cyclic = new Map([
      ["ir/a.ts", `import { b } from "./b.ts";`],
      ["ir/b.ts", `import { c } from "./c.ts";`],
      ["ir/c.ts", `import type { B } from "./b.ts";`],
    ]);
    expect(findCycles(cyclic)).toEqual(["ir/b.ts -> ir/c.ts -> ir/b.ts"]);
    const diamond = new Map([
      ["ir/a.ts", `import "./b.ts"; import "./c.ts";`],
      ["ir/b.ts", `import "./d.ts";`],
      ["ir/c.ts", `import "./d.ts";`],
      ["ir/d.ts", ""],
    ]);
    expect(findCycles(diamond)).toEqual([]);
  });

  test("follow an entry point through other files", () => {
    const files = new Map([
      ["src/index.ts", `export { a } from "./a.ts"; const lazy = () => import("node:os");`],
      ["src/a.ts", `import "node:fs";\nimport "wabt";`],
      ["src/other.ts", `import "ts-morph";`],
    ]);
    expect(findLoadedPackages("src/index.ts", files)).toEqual(["src/a.ts:1 loads node:fs", "src/a.ts:2 loads wabt"]);
  });

  test("see each form of import with its line", () => {
    const text = `import a from "a";\nexport * from "b";\nimport type { C } from "c";\nlet d: import("d").D;\nawait import("e");`;
    expect(findImports("x.ts", text)).toEqual([
      { specifier: "a", line: 1, kind: "static" },
      { specifier: "b", line: 2, kind: "static" },
      { specifier: "c", line: 3, kind: "type" },
      { specifier: "d", line: 4, kind: "type" },
      { specifier: "e", line: 5, kind: "dynamic" },
    ]);
  });
});
