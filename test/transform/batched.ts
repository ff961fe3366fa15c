// What tests of batching share: members made of a sample, the loop over members that batching must equal, and its batched form.

import { createBuilder } from "../../ir/build.ts";
import { allocateTensor, elementCount, type TensorData } from "../../ir/data.ts";
import { evaluateGraph, type Sizes } from "../../ir/evaluate.ts";
import type { Graph } from "../../ir/node.ts";
import type { Dim } from "../../ir/size.ts";
import { batchNodes } from "../../passes/batch/batch.ts";
import { spread } from "../../passes/batch/value.ts";

/** The graph for a batch of that size: parameters for which `isBatched` holds, and all results, have it as their first axis. */
export function batchGraph(graph: Graph, isBatched: readonly boolean[], size: Dim): Graph {
  const b = createBuilder();
  const parameters = graph.parameters.map(({ type }, i) =>
    b.parameter(i, `p${i}`, isBatched[i] ? { dtype: type.dtype, shape: [size, ...type.shape] } : type));
  const known = graph.parameters.map((parameter, i) => [parameter, { node: parameters[i]!, isBatched: isBatched[i]! }] as const);
  return { name: graph.name, parameters, results: batchNodes(graph.results, known, size).map((value) => spread({ b, size }, value)) };
}

export function stack(tensors: readonly TensorData[]): TensorData {
  const { dtype, shape } = tensors[0]!;
  const result = allocateTensor(dtype, [tensors.length, ...shape]);
  tensors.forEach(({ data }, i) => (result.data as Float64Array).set(data as Float64Array, i * elementCount(shape)));
  return result;
}

/** The elements in another order, still values that the op takes; a lone integer, a place, moves. */
export function rotate(tensor: TensorData, by: number): TensorData {
  const data = tensor.data.slice();
  if (tensor.dtype === "i32" && tensor.shape.length === 0) return { ...tensor, data: Int32Array.of(Number(tensor.data[0]) - by) };
  for (let i = 0; i < data.length; i++) data[i] = tensor.data[(i + by) % data.length]!;
  return { dtype: tensor.dtype, shape: tensor.shape, data } as TensorData;
}

/** Inputs of each member; those that are not batched are the first member's. */
export function membersOf(inputs: readonly TensorData[], isBatched: readonly boolean[], count: number): readonly (readonly TensorData[])[] {
  return Array.from({ length: count }, (_, member) => inputs.map((input, i) => (isBatched[i] ? rotate(input, member * (i + 1)) : input)));
}

export const batchInputs = (members: readonly (readonly TensorData[])[], isBatched: readonly boolean[]): readonly TensorData[] =>
  members[0]!.map((input, i) => (isBatched[i] ? stack(members.map((member) => member[i]!)) : input));

export function evaluateMembers(graph: Graph, members: readonly (readonly TensorData[])[], sizes?: Sizes): readonly TensorData[] {
  const results = members.map((inputs) => evaluateGraph(graph, inputs, sizes));
  return graph.results.map((_, i) => stack(results.map((of) => of[i]!)));
}

/** All ways to batch some of `count` inputs. */
export function choices(count: number): readonly (readonly boolean[])[] {
  return Array.from({ length: 2 ** count - 1 }, (_, chosen) => Array.from({ length: count }, (_unused, i) => ((chosen + 1) >> i) % 2 === 1));
}
