// Samples of the op table as graphs for WebGPU.

import { describeWebgpu, leastLimits } from "../../codegen/wgsl/target.ts";
import { createBuilder } from "../../ir/build.ts";
import type { TensorData } from "../../ir/data.ts";
import type { Graph } from "../../ir/node.ts";
import type { Sample } from "../../ir/ops/sample.ts";
import { expand } from "../../passes/expand.ts";
import { expandRoutines } from "../../passes/fit/expand-routines.ts";
import { orderContractionAxes } from "../../passes/order-contraction-axes.ts";
import { resultNodes } from "../ir/gradient-check.ts";

export const target = describeWebgpu(leastLimits);

/** Only what scheduling needs: simplifying rules would hide the op under test. */
export const passes = [expandRoutines(target), expand, orderContractionAxes];

/** The sample in f32 where it is in f64: most are. */
export function narrow(sample: Sample): Sample {
  const { inputs, attributes } = sample;
  const one = (tensor: TensorData): TensorData => (tensor.dtype === "f64" ? { dtype: "f32", shape: tensor.shape, data: Float32Array.from(tensor.data as Float64Array) } : tensor);
  if (sample.op === "bitcast") return sample;
  return { ...sample, inputs: inputs.map(one), ...(attributes?.["dtype"] === "f64" ? { attributes: { ...attributes, dtype: "f32" } } : {}) };
}

export function graphOf({ op, inputs, attributes }: Sample): Graph {
  const b = createBuilder();
  const parameters = inputs.map(({ dtype, shape }, i) => b.parameter(i, `p${i}`, { dtype, shape }));
  return { name: op, parameters, results: resultNodes(b.make(op, parameters, attributes ?? {})) };
}

/** Whether the target has the op and all dtypes that occur. */
export const isTaken = ({ parameters, results }: Graph): boolean => [...parameters, ...results].every(({ type }) => target.dtypes.includes(type.dtype));
