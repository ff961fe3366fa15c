// Samples that functions of one float share: a smooth stretch in both dtypes, and the edges of the number line.

import { type Sample, tensor } from "./sample.ts";

const edges = [0, -0, Infinity, -Infinity, Number.NaN, 1e-45, -1e-40, 3e38, 1, -1];

/** `expected` in f64, exact values rounded once (mpmath). */
export function floatSamples(op: string, ulp: number, inputs: readonly number[], expected: readonly number[]): readonly Sample[] {
  const shape = [inputs.length];
  return [
    { op, name: "f64", inputs: [tensor("f64", shape, inputs)], expected, ulp },
    { op, name: "f32", inputs: [tensor("f32", shape, inputs)] },
    { op, name: "edges", inputs: [tensor("f32", [edges.length], edges)], smooth: false },
  ];
}
