// Checks the gradient entry of an op on one of its samples: reverse mode against central differences of the evaluator in
// f64, and forward against reverse mode by <u, J t> = <Jᵀ u, t>.
import { createBuilder } from "../../ir/build.ts";
import type { TensorData } from "../../ir/data.ts";
import { evaluateGraph } from "../../ir/evaluate.ts";
import "../../ir/every-op.ts";
import type { Attributes, Graph, Node } from "../../ir/node.ts";
import { elementwiseSamples } from "../../ir/ops/elementwise.samples.ts";
import { effectSamples } from "../../ir/ops/effect.samples.ts";
import { leafSamples } from "../../ir/ops/leaf.samples.ts";
import type { Sample } from "../../ir/ops/sample.ts";
import { structuralSamples } from "../../ir/ops/structural.samples.ts";
import { linalgSamples } from "../../ir/routines/linalg/linalg.samples.ts";
import { sparseSamples } from "../../ir/routines/sparse/sparse.samples.ts";
import { isFloat } from "../../ir/types.ts";
import { findFault } from "../../ir/verify.ts";
import { control } from "../../passes/control/index.ts";
import { differentiate } from "../../passes/differentiate.ts";
import { forwardGradient, reverseGradient } from "./gradients.ts";
import { evaluateNumerically } from "./numeric-derivatives.ts";
import { generatedInput } from "./random-graph.ts";

export const allSamples: readonly Sample[] = [...leafSamples, ...effectSamples, ...elementwiseSamples, ...structuralSamples, ...linalgSamples, ...sparseSamples];

/** Differences lose digits where a function is large or curves strongly; relative to 1 + |derivative|. */
const differenceTolerance = 1e-6;
/** Both sides are sums of a few products in f64. */
const transposeTolerance = 1e-11;

/** An op applied to parameters, and where to differentiate it. */
export interface Subject {
  readonly parameters: readonly Node[];
  /** The float results. */
  readonly values: readonly Node[];
  readonly inputs: readonly TensorData[];
  readonly wrt: readonly Node[];
}

/** The results of a node as nodes that may be read. */
export function resultNodes(node: Node): readonly Node[] {
  return node.results.length === 1 ? [node] : node.results.map((_, i) => createBuilder().result(node, i));
}

/** Float operands and attributes in f64, where differences mean something. */
function inDouble(sample: Sample): { inputs: TensorData[]; attributes: Attributes } {
  const inputs = sample.inputs.map((input) => {
    if (input.dtype !== "f32") return input;
    return { dtype: "f64" as const, shape: input.shape, data: Float64Array.from(input.data as Float32Array) };
  });
  const attributes = { ...sample.attributes };
  if (attributes["dtype"] === "f32") attributes["dtype"] = "f64";
  return { inputs, attributes };
}

const isFinite = ({ data }: TensorData): boolean => [...data].every((element) => Number.isFinite(Number(element)));

/** The sample's op in f64; undefined where differences mean nothing. */
export function subjectOf(sample: Sample): Subject | undefined {
  const { inputs, attributes } = inDouble(sample);
  // Bits of an f32 are not those of an f64.
  if (sample.smooth === false || !inputs.every(isFinite) || sample.op === "bitcast") return undefined;
  const b = createBuilder();
  const parameters = inputs.map(({ dtype, shape }, i) => b.parameter(i, `x${i}`, { dtype, shape }));
  const wrt = parameters.filter((node) => isFloat(node.type.dtype));
  const values = resultNodes(b.make(sample.op, parameters, attributes)).filter(({ type }) => type.dtype === "f64");
  if (wrt.length === 0 || values.length === 0) return undefined;
  // Also not where the value is infinite, as that of a maximum of nothing.
  return evaluateGraph({ name: "f", parameters, results: values }, inputs).every(isFinite) ? { parameters, values, inputs, wrt } : undefined;
}

const expand = (graph: Graph): Graph => differentiate.run(graph, { control });

function largestError(actual: readonly TensorData[], expected: readonly TensorData[]): number {
  let largest = 0;
  actual.forEach(({ data }, r) => data.forEach((value: number | bigint, i: number) => {
    const wanted = Number(expected[r]!.data[i]);
    const error = Math.abs(Number(value) - wanted) / (1 + Math.abs(wanted));
    largest = Math.max(largest, Number.isNaN(error) ? Number.POSITIVE_INFINITY : error);
  }));
  return largest;
}

function dot(a: TensorData, b: TensorData): number {
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += Number(a.data[i]) * Number(b.data[i]);
  return sum;
}

/** What is wrong with the derivatives of the subject, or undefined. */
export function gradientFault({ parameters, values, inputs, wrt }: Subject): string | undefined {
  const b = createBuilder();
  const cotangents = values.map(({ type }, i) => b.parameter(parameters.length + i, `u${i}`, type));
  const before: Graph = { name: "f", parameters: [...parameters, ...cotangents], results: reverseGradient(values, wrt, cotangents) };
  const after = expand(before);
  const fault = findFault(after);
  if (fault !== undefined) return fault.message;
  const weights = values.map(({ type }, i) => generatedInput("f64", type.shape as number[], 7 + 20 * i));
  const reverse = evaluateGraph(after, [...inputs, ...weights]);
  const error = largestError(reverse, evaluateNumerically(before, [...inputs, ...weights]));
  if (!(error <= differenceTolerance)) return `reverse mode differs from central differences by ${error}`;

  const tangents = wrt.map((node, i) => b.parameter(parameters.length + i, `t${i}`, node.type));
  const forward = expand({ name: "f", parameters: [...parameters, ...tangents], results: forwardGradient(values, wrt, tangents) });
  const directions = wrt.map((node, i) => generatedInput("f64", node.type.shape as number[], 11 + i));
  const left = evaluateGraph(forward, [...inputs, ...directions]).reduce((sum, tangent, i) => sum + dot(tangent, weights[i]!), 0);
  const right = reverse.reduce((sum, gradient, i) => sum + dot(gradient, directions[i]!), 0);
  if (Math.abs(left - right) <= transposeTolerance * (1 + Math.abs(left))) return undefined;
  return `<u, J t> is ${left} and <Jᵀ u, t> is ${right}`;
}
