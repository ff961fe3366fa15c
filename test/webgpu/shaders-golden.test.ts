// The text of a few shaders, each validated: test/golden/wgsl/*.wgsl. UPDATE=1 rewrites them. What shaders compute is tested elsewhere.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { emitConvolution } from "../../codegen/wgsl/convolution/emit-convolution.ts";
import { emitInSlices, emitProduct } from "../../codegen/wgsl/product/emit-product.ts";
import type { OperandStrides } from "../../codegen/wgsl/product/describe-product.ts";
import { multiplyMatrices } from "../../codegen/wgsl/product/multiply-matrices.ts";
import type { ProductSizes } from "../../codegen/wgsl/product/multiplication.ts";
import { emitKernel } from "../../codegen/wgsl/kernel/emit-kernel.ts";
import type { Shader, ShaderSequence } from "../../codegen/wgsl/shader.ts";
import { KernelBuilder } from "../../ir/kernel/build.ts";
import type { ConvolutionGeometry } from "../../ir/program/program.ts";
import { isMissing, reportMissing } from "./adapter.ts";
import { findShaderFaults, findValidatingDevice } from "./validate-shader.ts";

const folder = fileURLToPath(new URL("../golden/wgsl/", import.meta.url));

/** The strides of a dense matrix with rows in memory one after another. */
const dense = (batchStride: number | undefined, columns: number | undefined): OperandStrides =>
  ({ offset: 0, batchStride, rowStride: columns, columnStride: 1, unit: "column" });

const product = (sizes: ProductSizes): Shader => {
  const stride = (rows: number | undefined, columns: number | undefined): number | undefined => (rows === undefined || columns === undefined ? undefined : rows * columns);
  return emitProduct({ sizes, a: dense(stride(sizes.m, sizes.k), sizes.k), b: dense(stride(sizes.k, sizes.n), sizes.n) }, "gpu");
};

const geometry: ConvolutionGeometry = {
  image: [28, 28], window: [5, 5], counts: [14, 14], strides: [2, 2], dilation: [1, 1], spread: [1, 1], low: [2, 2], channels: 8, outputs: 16, groups: 1,
};

/** relu(x * 2 + y) for rows and columns, over x. */
function reluOfRows(): ShaderSequence {
  const b = new KernelBuilder("relu of rows");
  const [x, y, out] = [b.buffer("f32", "read"), b.buffer("f32", "read"), b.buffer("f32", "write")];
  const columns = b.i32(12);
  b.loop(b.sizeParameter(), { order: "parallel" }, (i) => {
    b.loop(columns, { order: "parallel", lanes: 4 }, (j) => {
      const at = b.add(b.mul(i, columns), j);
      b.store(out, at, b.max(b.add(b.mul(b.load(x, at), b.constant(2, "f32")), b.load(y, j)), b.constant(0, "f32")));
      return [];
    });
    return [];
  });
  return emitKernel(b.finish(), { storageBuffers: 8, bindings: [0, 1, 0] });
}

/** The largest of each row, in eight lanes, and whether it is infinite. */
function largestOfRows(): ShaderSequence {
  const b = new KernelBuilder("largest of rows");
  const [x, out] = [b.buffer("f32", "read"), b.buffer("bool", "write")];
  const [rows, columns] = [b.sizeParameter(), b.sizeParameter()];
  b.loop(rows, { order: "parallel" }, (i) => {
    const [largest] = b.loop(columns, { order: "serial", lanes: 8, init: [b.constant(-Infinity, "f32")], combine: ["max"] },
      (j, [most]) => [b.max(most!, b.load(x, b.add(b.mul(i, columns), j)))]);
    b.store(out, i, b.op("eq", largest!, b.constant(Infinity, "f32")));
    return [];
  });
  return emitKernel(b.finish(), { storageBuffers: 8 });
}

/** Rows less their largest element, over their sum. */
function normalizedRows(): ShaderSequence {
  const b = new KernelBuilder("normalized rows");
  const [x, y] = [b.buffer("f32", "read"), b.buffer("f32", "write")];
  const [rows, columns] = [b.sizeParameter(), b.sizeParameter()];
  b.loop(rows, { order: "parallel" }, (i) => {
    const at = (j: number): number => b.load(x, b.add(b.mul(i, columns), j));
    const [largest] = b.loop(columns, { order: "parallel", init: [b.constant(-Infinity, "f32")], combine: ["max"] }, (j, [most]) => [b.max(most!, at(j))]);
    const [sum] = b.loop(columns, { order: "parallel", init: [b.constant(0, "f32")], combine: ["add"] }, (j, [all]) => [b.add(all!, b.sub(at(j), largest!))]);
    b.loop(columns, { order: "parallel" }, (j) => {
      b.store(y, b.add(b.mul(i, columns), j), b.div(b.sub(at(j), largest!), sum!));
      return [];
    });
    return [];
  });
  return emitKernel(b.finish(), { storageBuffers: 8, sizes: [undefined, 1000] });
}

/** Of a tensor of unknown size the sum, halved. */
function sumOfAll(): ShaderSequence {
  const b = new KernelBuilder("sum of all");
  const [x, y] = [b.buffer("f32", "read"), b.buffer("f32", "write")];
  const [sum] = b.loop(b.sizeParameter(), { order: "parallel", init: [b.constant(0, "f32")], combine: ["add"] }, (i, [all]) => [b.add(all!, b.load(x, i))]);
  b.store(y, b.i32(0), b.mul(sum!, b.constant(0.5, "f32")));
  return emitKernel(b.finish(), { storageBuffers: 8 });
}

/** Of 64 columns the means of a number of rows. */
function meansOfColumns(): ShaderSequence {
  const b = new KernelBuilder("means of columns");
  const [x, y] = [b.buffer("f32", "read"), b.buffer("f32", "write")];
  const [rows, columns] = [b.sizeParameter(), b.i32(64)];
  const over = b.convert(rows, "f32");
  b.loop(columns, { order: "parallel" }, (j) => {
    const [sum] = b.loop(rows, { order: "parallel", init: [b.constant(0, "f32")], combine: ["add"] }, (i, [all]) => [b.add(all!, b.load(x, b.add(b.mul(i, columns), j)))]);
    b.store(y, j, b.div(sum!, over));
    return [];
  });
  return emitKernel(b.finish(), { storageBuffers: 8 });
}

const shaders: { readonly [name: string]: Shader | ShaderSequence } = {
  "product-known": product({ batch: 1, m: 128, n: 512, k: 784 }),
  "product-symbolic": product({ batch: undefined, m: undefined, n: undefined, k: undefined }),
  "product-one-row": product({ batch: 1, m: 1, n: 4096, k: 4096 }),
  "product-slices": { shaders: emitInSlices(multiplyMatrices({ sizes: { batch: 1, m: 25, n: 20, k: undefined }, a: { ...dense(0, 25), rowStride: 1, columnStride: 25, unit: "row" }, b: dense(0, 20) }), { most: 256, worth: 128, step: 16, elements: 500 }, "gpu"), workspaceBytes: 0 },
  "convolution": emitConvolution({ computes: "result", geometry }, "gpu"),
  "convolution-filter": emitConvolution({ computes: "filter", geometry }, "gpu"),
  "convolution-depthwise": emitConvolution({ computes: "result", geometry: { ...geometry, outputs: 8, groups: 8 } }, "gpu"),
  "kernel-relu": reluOfRows(),
  "kernel-largest": largestOfRows(),
  "kernel-rows": normalizedRows(),
  "kernel-sum": sumOfAll(),
  "kernel-columns": meansOfColumns(),
};

const validating = await findValidatingDevice();
if (isMissing(validating)) reportMissing(validating, "shaders are not validated");

describe.skipIf(isMissing(validating))("the shader", () => {
  test.each(Object.entries(shaders))("%s", async (name, emitted) => {
    const sequence = "shaders" in emitted ? emitted.shaders : [emitted];
    for (const shader of sequence) expect(await findShaderFaults(validating as GPUDevice, shader)).toEqual([]);
    const path = `${folder}${name}.wgsl`;
    const text = sequence.map((shader) => `// ${shader.name}; workgroups ${JSON.stringify(shader.workgroups)}\n${shader.code}\n`).join("\n");
    if (process.env["UPDATE"] === "1") writeFileSync(path, text);
    expect(existsSync(path) ? readFileSync(path, "utf8") : "").toBe(text);
  });
});
