// Convolutions and their gradients on the adapter against the definition in f64, in the geometries that WebAssembly is tested with. Integers
// must come out exactly; fractions within what k roundings in any order may lose.
import { afterAll, describe, expect, test } from "vitest";
import { convolutionSizes, emitConvolution } from "../../codegen/wgsl/convolution/emit-convolution.ts";
import { type ConvolutionDescription, multiplyPatches } from "../../codegen/wgsl/convolution/multiply-patches.ts";
import { emitMultiplication } from "../../codegen/wgsl/product/emit-product.ts";
import { elementCount } from "../../ir/data.ts";
import { convolveOperands } from "../../ir/program/access.ts";
import { interpretConvolution } from "../../ir/program/interpret-convolution.ts";
import type { BufferId, Convolve } from "../../ir/program/program.ts";
import { type Dim, evaluateDim, namedSize } from "../../ir/size.ts";
import { directConvolution } from "../../passes/schedule/convolution.ts";
import { convolutionCases, convolutionGraph } from "../passes/convolution-cases.ts";
import { isMissing, reportMissing, requestTestDevice } from "./adapter.ts";
import { runShader } from "./run-shader.ts";

const device = await requestTestDevice();
if (isMissing(device)) reportMissing(device, "convolutions are not tried");

/** The statement of a graph of one convolution: buffers 0, 1, 2 are image, filter and result. */
function statementOf(graph: ReturnType<typeof convolutionGraph>): Convolve | undefined {
  const direct = directConvolution(graph.results[0]!);
  return direct && { kind: "convolve", ...direct, image: 0, filter: 1, result: 2, workspace: 3, epilogue: undefined };
}

/** Element counts of image, filter and result. */
function countsOf({ geometry: { image, window, counts, channels, outputs, groups } }: Convolve, batch: number): [number, number, number] {
  return [elementCount([batch, ...image, channels]), elementCount([...window, channels / groups, outputs]), elementCount([batch, ...counts, outputs])];
}

function fill(length: number, seed: number, kind: "integers" | "fractions"): Float64Array {
  let state = seed * 7919;
  return Float64Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return kind === "integers" ? (state >>> 16) % 9 - 4 : Math.fround((state >>> 8) / 2 ** 23 - 1);
  });
}

function interpret(convolve: Convolve, batch: number, data: readonly Float64Array[], map: (value: number) => number): Float64Array {
  const { written } = convolveOperands(convolve);
  const buffers = data.map((values) => ({ data: values.map(map) }));
  interpretConvolution({ ...convolve, dtype: "f64" }, batch, (buffer: BufferId) => buffers[buffer]!);
  return buffers[written]!.data;
}

const partsOf = ({ computes, geometry }: Convolve): ConvolutionDescription => ({ computes, geometry });

async function check(convolve: Convolve, batch: number, shader = emitConvolution(partsOf(convolve), "gpu")): Promise<void> {
  const { read, written } = convolveOperands(convolve);
  const { geometry, computes } = convolve;
  const elements = countsOf(convolve, batch);
  const terms = computes === "result" ? elementCount([...geometry.window, geometry.channels / geometry.groups]) : batch * elementCount(geometry.counts);
  for (const kind of ["integers", "fractions"] as const) {
    const data = elements.map((length, i) => fill(length, i + 1, kind));
    const actual = new Float32Array(elements[written]!).fill(Number.NaN);
    const sizes = convolutionSizes(convolve).map((dim) => evaluateDim(dim, new Map([["n", batch]])));
    await runShader({ device: (device as { device: GPUDevice }).device, shader, buffers: [...read.map((id) => Float32Array.from(data[id]!)), actual], sizes });
    const wanted = interpret(convolve, batch, data, (value) => value);
    const magnitude = interpret(convolve, batch, data, Math.abs);
    const allowed = kind === "integers" ? 0 : 2 ** -23 * terms;
    const wrong = actual.findIndex((value, i) => !(Math.abs(value - wanted[i]!) <= allowed * magnitude[i]!));
    expect(wrong < 0 ? undefined : `element ${wrong} is ${actual[wrong]}, not ${wanted[wrong]}`, `${shader.name}, ${kind}`).toBeUndefined();
  }
}

describe.skipIf(isMissing(device))("on the adapter", () => {
  afterAll(() => (device as { device: GPUDevice }).device.destroy());

  // Those about blocks are large for the sake of WebAssembly's blocks.
  test.each(convolutionCases.filter(({ name }) => !name.includes("block")))("$name: result and gradients", async (entry) => {
    let tried = 0;
    for (const computes of ["result", "filter", "input"] as const) {
      const convolve = statementOf(convolutionGraph(entry, "f32", computes));
      // Other gradients are no convolutions; the passes decide that, and what follows is kernels and products.
      if (convolve === undefined) continue;
      await check(convolve, entry.image[0]!);
      tried++;
    }
    expect(tried).toBeGreaterThan(0);
  });

  test("batches of any size share a shader", async () => {
    const entry = { name: "n images", image: [0, 4, 4, 8], filter: [3, 3, 8, 12], attributes: { low: [1, 1], high: [1, 1] } };
    const batch: Dim = namedSize("n");
    for (const computes of ["result", "filter"] as const) {
      const convolve = statementOf(convolutionGraph(entry, "f32", computes, batch))!;
      for (const n of [0, 1, 3]) await check(convolve, n);
    }
  });

  test("a depthwise one is the same by patches", async () => {
    const entry = { name: "depthwise", image: [2, 5, 6, 4], filter: [3, 3, 1, 4], attributes: { groups: 4, low: [1, 1], high: [1, 1] } };
    const convolve = statementOf(convolutionGraph(entry, "f32", "result"))!;
    expect(emitConvolution(partsOf(convolve), "gpu").name).toBe("convolution, result, direct");
    await check(convolve, 2, emitMultiplication(multiplyPatches(partsOf(convolve)), "software"));
  });
});
