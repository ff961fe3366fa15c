// The damo command as a user runs it, in processes of its own: what it writes, prints and returns.

import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { beforeAll, describe, expect, it } from "vitest";
import { formatNpy, parseNpy } from "../../src/formats/npy.ts";
import { scratchFolder } from "../scratch-folder.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const model = (name: string) => join(root, "test/cli/models", name);
const folder = scratchFolder("cli");

function damo(...args: string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", "./.ci/ts.mjs", "src/cli/main.ts", ...args], { cwd: root, encoding: "utf8" });
  return { status, out: stdout, err: stderr };
}

beforeAll(() => {
  const { status, err } = damo("build", model("line.ts"), "-o", folder, "--emit", "wasm,wat,ir");
  expect(err).toBe("");
  expect(status).toBe(0);
}, 60_000);

describe("damo build", () => {
  it("writes a module without imports", () => {
    const module = new WebAssembly.Module(readFileSync(join(folder, "line.wasm")));
    expect(WebAssembly.Module.imports(module)).toEqual([]);
    expect(WebAssembly.Module.exports(module).map(({ name }) => name)).toContain("train_run");
    expect(readFileSync(join(folder, "line.wat"), "utf8")).toContain('(export "predict_run"');
    expect(readFileSync(join(folder, "line.ir"), "utf8")).toContain("program @train(batch)");
  });

  it("writes a module for threads beside it, where there is something to share", () => {
    const shared = join(folder, "shared.ts");
    writeFileSync(shared, `import { fn, input } from "damo";\nconst a = input("a", [256, 256]);\nexport const square = fn({ inputs: { a }, outputs: { y: a.dot(a) } });\n`);
    const { status, err } = damo("build", shared, "-o", folder, "--threads", "4");
    expect([status, err]).toEqual([0, ""]);
    const module = new WebAssembly.Module(readFileSync(join(folder, "shared.threads.wasm")));
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: "env", name: "memory", kind: "memory" }]);
    expect(WebAssembly.Module.imports(new WebAssembly.Module(readFileSync(join(folder, "shared.wasm"))))).toEqual([]);
    const small = join(folder, "small.ts");
    writeFileSync(small, `import { fn, input } from "damo";\nconst a = input("a", [4]);\nexport const square = fn({ inputs: { a }, outputs: { y: a.mul(a) } });\n`);
    expect(damo("build", small, "-o", folder, "--threads", "2").err).toContain("no module for threads");
    expect(existsSync(join(folder, "small.threads.wasm"))).toBe(false);
    expect(damo("build", shared, "--threads", "0")).toMatchObject({ status: 2, err: expect.stringContaining("E901") });
  }, 60_000);

  it("writes bindings that tsc accepts and that say exactly what the functions take", () => {
    const declarations = readFileSync(join(folder, "line.d.ts"), "utf8");
    expect(declarations).toContain("Points, one per row.");
    expect(declarations).toContain("One step of gradient descent.");
    expect(declarations).toContain("`f32[batch,3]`");
    const user = join(folder, "user.ts");
    writeFileSync(user, `import { load } from "./line.js";
const model = await load();
const { cost } = model.train({ x: [[1, 2, 3]], y: [1] });
export const value: number = cost.item();
export const rows: number[] = model.predict({ x: { data: new Float32Array(6), shape: [2, 3] } }).y.toArray();
// @ts-expect-error an input is missing
model.train({ x: [[1, 2, 3]] });
// @ts-expect-error the rows have three elements
model.predict({ x: { data: new Float32Array(8), shape: [2, 4] } });
// @ts-expect-error no such function
model.infer({});
`);
    const program = ts.createProgram([user], {
      strict: true, noEmit: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler,
      allowImportingTsExtensions: true, skipLibCheck: true, types: [], paths: { "damo/load": [join(root, "src/load.ts")] },
    });
    expect(ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"))).toEqual([]);
  }, 60_000);

  it("keeps weights beside the module when asked", () => {
    expect(damo("build", model("line.ts"), "-o", folder, "--name", "bare", "--weights", "external").status).toBe(0);
    expect(readFileSync(join(folder, "bare.safetensors"), "latin1")).toContain('"w"');
    const input = join(folder, "x.npy");
    writeFileSync(input, formatNpy({ dtype: "f32", shape: [1, 3], data: new Float32Array(3) }));
    const missing = damo("run", join(folder, "bare.wasm"), "--fn", "predict", "--in", `x=${input}`);
    expect([missing.status, missing.err]).toEqual([1, expect.stringContaining("E603")]);
    expect(damo("run", join(folder, "bare.wasm"), "--fn", "predict", "--in", `x=${input}`, "--weights", join(folder, "bare.safetensors")).status).toBe(0);
  }, 60_000);

  it("writes a relaxed module beside the strict one when asked", () => {
    const { status, err } = damo("build", model("product.ts"), "-o", folder, "--name", "both", "--relaxed", "--emit", "wasm,wat");
    expect([status, err]).toEqual([0, ""]);
    const features = (name: string) => (JSON.parse(damo("inspect", join(folder, name), "--json").out) as { features: string[] }).features;
    expect(features("both.wasm")).not.toContain("relaxed-simd");
    expect(features("both.relaxed.wasm")).toContain("relaxed-simd");
    expect(readFileSync(join(folder, "both.wat"), "utf8")).not.toContain("relaxed_madd");
    expect(readFileSync(join(folder, "both.relaxed.wat"), "utf8")).toContain("f32x4.relaxed_madd");
  }, 60_000);

  it("writes a bundle for WebGPU, with bindings that tsc accepts", () => {
    const { status, err } = damo("build", model("line.ts"), "-o", folder, "--target", "wgsl");
    expect([status, err]).toEqual([0, ""]);
    const bundle = readFileSync(join(folder, "line.webgpu.safetensors"), "latin1");
    expect(bundle).toContain('"state.w":{"dtype":"F32","shape":[3]');
    expect(bundle).toContain("@workgroup_size");
    expect(readFileSync(join(folder, "line.webgpu.js"), "utf8")).toContain('new URL("./line.webgpu.safetensors", import.meta.url)');
    expect(readFileSync(join(folder, "line.webgpu.d.ts"), "utf8")).toContain("One step of gradient descent.");
    const user = join(folder, "gpu-user.ts");
    writeFileSync(user, `import { load } from "./line.webgpu.js";
const model = await load();
export const value: number = (await model.train({ x: [[1, 2, 3]], y: [1] })).cost.item();
const { y } = await model.predict.gpu({ x: { data: new Float32Array(6), shape: [2, 3] } });
export const rows: number[] = (await y.read()).toArray();
await model.train({ x: [[1, 2, 3]], y });
export const weights: number[] = (await model.state.w.get()).toArray();
model.dispose();
// @ts-expect-error an input is missing
await model.train({ x: [[1, 2, 3]] });
// @ts-expect-error a promise has no cost
model.train({ x: [[1, 2, 3]], y: [1] }).cost;
`);
    const program = ts.createProgram([user], {
      strict: true, noEmit: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler,
      allowImportingTsExtensions: true, skipLibCheck: true, types: ["@webgpu/types"], typeRoots: [join(root, "node_modules")], paths: { "damo/load-webgpu": [join(root, "src/load-webgpu.ts")] },
    });
    expect(ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"))).toEqual([]);
    expect(damo("build", model("line.ts"), "--target", "metal")).toMatchObject({ status: 2, err: expect.stringContaining("--target is metal") });
    expect(damo("build", model("line.ts"), "--target", "wgsl", "--threads", "2")).toMatchObject({ status: 2, err: expect.stringContaining("--threads is not for the target wgsl") });
  }, 60_000);

  it("names the user's own line in a TypeScript file", () => {
    const { status, err } = damo("build", model("mistaken.ts"), "-o", folder);
    expect(status).toBe(1);
    expect(err).toMatch(/^E203 add: .*mistaken\.ts:8$/m);
  });

  it("refuses what it cannot load", () => {
    expect(damo("build", "nowhere.ts")).toMatchObject({ status: 1, err: expect.stringContaining("E902") });
    expect(damo("build", model("residual.ts"))).toMatchObject({ status: 1, err: expect.stringContaining("exports no function") });
    expect(damo("build", model("line.ts"), "--emit", "exe")).toMatchObject({ status: 2, err: expect.stringContaining("E901") });
  }, 60_000);
});

describe("damo run", () => {
  it("reads and writes .npy", () => {
    const [x, y] = [join(folder, "x.npy"), join(folder, "y.npy")];
    writeFileSync(x, formatNpy({ dtype: "f32", shape: [2, 3], data: new Float32Array([1, 0, 0, 0, 1, 0]) }));
    writeFileSync(y, formatNpy({ dtype: "f32", shape: [2], data: new Float32Array([3, 4]) }));
    const { status, err } = damo("run", join(folder, "line.wasm"), "--fn", "train", "--in", `x=${x}`, "--in", `y=${y}`, "--out", folder);
    expect(err).toBe("");
    expect(status).toBe(0);
    // w = 0, so the cost is (9 + 16) / 2.
    expect(parseNpy(readFileSync(join(folder, "cost.npy")))).toEqual({ dtype: "f32", shape: [], data: new Float32Array([12.5]) });
  });

  it("answers bad input with a code", () => {
    const file = join(folder, "bad.npy");
    writeFileSync(file, "not an array");
    expect(damo("run", join(folder, "line.wasm"), "--fn", "train", "--in", `x=${file}`)).toMatchObject({ status: 1, err: expect.stringContaining("E703") });
    expect(damo("run", join(folder, "line.wasm"), "--fn", "fit")).toMatchObject({ status: 2, err: expect.stringContaining("train") });
    expect(damo("run", file, "--fn", "fit")).toMatchObject({ status: 1, err: expect.stringContaining("E701") });
    expect(damo("run", join(folder, "line.wasm"), "--fn", "predict")).toMatchObject({ status: 1, err: expect.stringContaining("E501") });
  }, 60_000);
});

describe("a size that no input has", () => {
  it("is built, typed, shown and passed", () => {
    expect(damo("build", model("rows.ts"), "-o", folder)).toMatchObject({ status: 0, err: "" });
    expect(readFileSync(join(folder, "rows.d.ts"), "utf8")).toMatch(/interface RowsInputs \{[^}]*readonly x: [^}]*readonly n: number;/);
    expect(damo("inspect", join(folder, "rows.wasm")).out).toContain("rows(x: f32[3], n) -> (y: f32[n,3])");
    const x = join(folder, "row.npy");
    writeFileSync(x, formatNpy({ dtype: "f32", shape: [3], data: new Float32Array([1, 2, 3]) }));
    const run = (...sizes: string[]) => damo("run", join(folder, "rows.wasm"), "--fn", "rows", "--in", `x=${x}`, "--json", ...sizes);
    expect(run("--size", "n=2")).toMatchObject({ status: 0, out: '{"y":[[1,2,3],[1,2,3]]}\n' });
    expect(run()).toMatchObject({ status: 1, err: expect.stringContaining("E501") });
    expect(run("--size", "n=-2")).toMatchObject({ status: 2, err: expect.stringContaining("E901") });
    expect(run("--size", "n")).toMatchObject({ status: 2, err: expect.stringContaining("--size name=integer") });
    expect(run("--size", "n=2147483648")).toMatchObject({ status: 1, err: expect.stringContaining("E501") });
  }, 60_000);
});

describe("damo inspect and damo explain", () => {
  it("list linked routines with their bytes, and the calls", () => {
    expect(damo("build", model("custom.ts"), "-o", folder).err).toBe("");
    const file = join(folder, "custom.wasm");
    expect(damo("inspect", file).out).toMatch(/\nroutines\n {2}doubled +\d+\n/);
    const [routine] = (JSON.parse(damo("inspect", file, "--json").out) as { routines: { name: string; bytes: number }[] }).routines;
    expect(routine!.name).toBe("doubled");
    // get y, 2 x, store, 0 and end take 17 to 25 bytes.
    expect(routine!.bytes).toBeGreaterThanOrEqual(17);
    expect(routine!.bytes).toBeLessThanOrEqual(25);
    expect(damo("explain", model("custom.ts")).out).toContain("call n x doubled(");
  });

  it("show the signature and the sections", () => {
    const { out } = damo("inspect", join(folder, "line.wasm"));
    expect(out).toContain("train(x: f32[batch,3], y: f32[batch]) -> (cost: f32[])");
    const json = JSON.parse(damo("inspect", join(folder, "line.wasm"), "--json").out) as { sections: { bytes: number }[]; bytes: number };
    const total = json.sections.reduce((sum, section) => sum + section.bytes, 0);
    expect(total).toBeGreaterThan(0.9 * json.bytes);
    expect(total).toBeLessThan(json.bytes);
  }, 60_000);

  it("say which kernels compute a matrix product, and why", () => {
    const { out } = damo("explain", `${model("product.ts")}#product`);
    expect(out).toMatch(/matrix products:\n {2}b\d+: m <= 12: B read in place, .*; else packed panels, tiles of 5x8 with mul and add \(.*\), blocks/);
    expect(damo("explain", `${model("product.ts")}#product`, "--relaxed", "--wide").out).toContain("tiles of 6x16 with fused multiply-add joined to 256 bits");
    expect(damo("explain", `${model("line.ts")}#predict`).out).not.toContain("matrix products");
  }, 60_000);

  it("show the passes, one pass's result, and the program", () => {
    const { out, status } = damo("explain", `${model("line.ts")}#train`, "--rules");
    expect(status).toBe(0);
    for (const part of ["as written:", "differentiate", "rules that fired", "program @train(batch)", "kernel @"]) expect(out).toContain(part);
    expect(out).toContain("memory: depends on sizes; give --size batch=");
    const sized = JSON.parse(damo("explain", `${model("line.ts")}#train`, "--size", "batch=1000", "--json").out) as [{ memory: { bound: number; planned: number } }];
    // The inputs alone are 1000 x 4 floats.
    expect(sized[0].memory.bound).toBeGreaterThan(16_000);
    expect(sized[0].memory.planned).toBeLessThan(1.15 * sized[0].memory.bound);
    expect(damo("explain", `${model("line.ts")}#train`, "--size", "batch").status).toBe(2);
    expect(damo("explain", `${model("line.ts")}#train`, "--print-after", "differentiate").out).not.toContain("vjp");
    expect(damo("explain", `${model("line.ts")}#train`, "--print-after", "optimism")).toMatchObject({ status: 2, err: expect.stringContaining("differentiate") });
    expect(damo("explain", `${model("line.ts")}#fit`)).toMatchObject({ status: 1, err: expect.stringContaining("predict, train") });
  }, 60_000);
});

describe("exit codes", () => {
  it("tell help, a wrong command and a wrong option apart", () => {
    expect(damo("--help").status).toBe(0);
    expect(damo("frobnicate").status).toBe(2);
    expect(damo("build", model("line.ts"), "--loud").status).toBe(2);
    expect(execFileSync(process.execPath, ["--import", "./.ci/ts.mjs", "src/cli/main.ts", "--version"], { cwd: root, encoding: "utf8" }).trim()).toMatch(/^\d+\.\d+\.\d+/);
  }, 60_000);
});
