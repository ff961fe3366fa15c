// What is measured: a shader, its buffers in elements, its size words, and the work that one dispatch is.

import { emitConvolution } from "../../codegen/wgsl/convolution/emit-convolution.ts";
import { deviceItemSize } from "../../codegen/wgsl/module/plan.ts";
import { emitProduct } from "../../codegen/wgsl/product/emit-product.ts";
import type { Shader } from "../../codegen/wgsl/shader.ts";
import type { ConvolutionGeometry } from "../../ir/program/program.ts";

export interface GpuCase {
  readonly name: string;
  readonly shader: Shader;
  readonly elements: readonly number[];
  readonly sizes: readonly number[];
  readonly flops: number;
  /** What must be moved at least. */
  readonly bytes: number;
}

function makeCase(name: string, shader: Shader, elements: readonly number[], sizes: readonly number[], flops: number): GpuCase {
  return { name, shader, elements, sizes, flops, bytes: elements.reduce((sum, count, i) => sum + count * deviceItemSize(shader.buffers[i]!.dtype), 0) };
}

/** Dense matrices; `transposed`: the columns of b lie together; in halves, or f32. */
function product(m: number, n: number, k: number, { transposed = false, halves = false } = {}): GpuCase {
  const a = { offset: 0, batchStride: m * k, rowStride: k, columnStride: 1, unit: "column" } as const;
  const b = transposed
    ? ({ offset: 0, batchStride: k * n, rowStride: 1, columnStride: k, unit: "row" } as const)
    : ({ offset: 0, batchStride: k * n, rowStride: n, columnStride: 1, unit: "column" } as const);
  const words = [a, b].flatMap(({ offset, batchStride, rowStride, columnStride }) => [offset, batchStride, rowStride, columnStride]);
  const shader = emitProduct({ sizes: { batch: 1, m, n, k }, a, b, ...(halves ? { stored: { a: "f16", b: "f16", c: "f16" } } : {}) });
  return makeCase(`product ${m}x${k}x${n}${transposed ? ", b transposed" : ""}${halves ? ", f16" : ""}`, shader, [m * k, k * n, m * n], [1, m, n, k, ...words], 2 * m * n * k);
}

/** A square window with padding that keeps the size of the image, and a stride. */
function convolution(computes: "result" | "filter", batch: number, size: number, channels: number, outputs: number, window: number, stride = 1, groups = 1): GpuCase {
  const pair = (value: number): readonly [number, number] => [value, value];
  const count = Math.ceil(size / stride);
  const geometry: ConvolutionGeometry = {
    image: pair(size), window: pair(window), counts: pair(count), strides: pair(stride), dilation: pair(1), spread: pair(1), low: pair((window - 1) >> 1), channels, outputs, groups,
  };
  const [image, filter, result] = [batch * size ** 2 * channels, (window ** 2 * channels * outputs) / groups, batch * count ** 2 * outputs];
  const name = `convolution ${window}x${window} of ${batch}x${size}x${size}x${channels} to ${outputs}${groups > 1 ? ", depthwise" : ""}${computes === "filter" ? ", gradient by the filter" : ""}`;
  const flops = (2 * batch * count ** 2 * window ** 2 * channels * outputs) / groups;
  return makeCase(name, emitConvolution({ computes, geometry }), computes === "result" ? [image, filter, result] : [image, result, filter], [batch * count ** 2], flops);
}

const turned = { transposed: true };
const inHalves = { halves: true };

/** Small first. */
export const gpuCases: readonly GpuCase[] = [
  product(64, 64, 64), product(256, 256, 256), product(256, 256, 256, turned), product(256, 256, 256, inHalves), product(128, 512, 784), product(1, 1024, 1024), product(1, 1024, 1024, turned),
  product(1, 1024, 1024, inHalves),
  convolution("result", 1, 28, 32, 64, 3), convolution("filter", 1, 28, 32, 64, 3), convolution("result", 1, 56, 128, 128, 3, 1, 128),
  product(512, 512, 512), product(512, 512, 512, inHalves), product(1024, 1024, 1024), product(1024, 1024, 1024, inHalves), product(2048, 2048, 2048), product(2048, 2048, 2048, inHalves),
  product(4096, 4096, 4096), product(4096, 4096, 4096, turned), product(4096, 4096, 4096, inHalves),
  product(1, 4096, 4096), product(1, 4096, 4096, turned), product(1, 4096, 4096, inHalves),
  convolution("result", 8, 56, 64, 64, 3), convolution("filter", 8, 56, 64, 64, 3), convolution("result", 32, 56, 128, 128, 3, 2, 128),
];

/** A software adapter is asked for no more work than this. */
export const smallWork = 5e8;
