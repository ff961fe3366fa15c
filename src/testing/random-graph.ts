// Builds a well-typed random graph from a list of numbers: every list gives a graph, so nothing is discarded and
// shrinking the list shrinks the graph. In the exact regime all values are small integers and every op is closed under exact
// arithmetic, so that any order of evaluation gives the same bits.

import { createBuilder } from "../../ir/build.ts";
import type { TensorData } from "../../ir/data.ts";
import { allocateTensor } from "../../ir/data.ts";
import type { Graph, Node } from "../../ir/node.ts";
import { type Dim, evaluateDim, namedSize, productOfDims } from "../../ir/size.ts";
import type { Shape } from "../../ir/types.ts";
import { exactSteps } from "./exact-steps.ts";
import { smoothSteps } from "./smooth-steps.ts";
import { type BoundedNode, Choices, type IntegerDType } from "./step.ts";

/** `exact`: equal bits are demanded. `smooth`: real-valued functions without jumps, compared with a tolerance. */
export type Regime = "exact" | "smooth";

export interface RandomGraph {
  readonly graph: Graph;
  readonly inputs: readonly TensorData[];
  readonly sizes: ReadonlyMap<string, number>;
}

export interface RandomGraphOptions {
  readonly regime: Regime;
  /** Largest number of steps; each is one op or a few. */
  readonly steps: number;
  /** What values may be converted to on the way, in the exact regime: i32, u32 and i64, unless a target lacks one. */
  readonly integers?: readonly IntegerDType[];
}

const extents: readonly number[] = [3, 1, 2, 4, 5, 7, 8, 16, 17, 33];
/** Larger tensors are not grown further. */
const elementLimit = 3000;

export function randomGraph(numbers: readonly number[], options: RandomGraphOptions): RandomGraph {
  const choices = new Choices(numbers);
  const b = createBuilder();
  const sizes = new Map([["n", choices.pick(extents)], ["m", choices.pick(extents)]]);
  const dims: readonly Dim[] = [...extents, namedSize("n"), namedSize("m")];
  const count = (shape: Shape) => evaluateDim(productOfDims(shape), sizes);
  const parameters: Node[] = [];
  const values: BoundedNode[] = [];
  const inputs: TensorData[] = [];
  const wanted = 1 + choices.next(3);
  for (let i = 0; i < wanted; i++) {
    const shape = Array.from({ length: choices.next(4) }, () => choices.pick(dims));
    if (count(shape) > elementLimit) shape.length = 1;
    const node = b.parameter(i, `p${i}`, { dtype: "f32", shape });
    parameters.push(node);
    inputs.push(randomTensor(shape.map((dim) => evaluateDim(dim, sizes)), options.regime, choices));
    values.push({ node, bound: options.regime === "exact" ? 4 : 2 });
  }
  const integers = options.integers ?? ["i32", "u32", "i64"];
  const steps = options.regime === "exact" ? exactSteps : smoothSteps;
  for (let i = 0; i < options.steps && !choices.exhausted; i++) {
    const recent = values.slice(-6);
    const x = choices.next(3) === 0 ? choices.pick(values) : choices.pick(recent);
    const result = choices.pick(steps)({ b, choices, values, integers, count }, x);
    if (result !== undefined && count(result.node.type.shape) <= elementLimit) values.push(result);
  }
  const results = [values[values.length - 1]!.node];
  while (results.length < 3 && choices.next(3) > 0) results.push(choices.pick(values).node);
  return { graph: { name: "random", parameters, results }, inputs, sizes };
}

function randomTensor(shape: readonly number[], regime: Regime, choices: Choices): TensorData {
  const tensor = allocateTensor("f32", shape);
  // A small generator of its own: a list of choices per element would drown the ones that shape the graph.
  let seed = choices.next(65536) + 1;
  for (let i = 0; i < tensor.data.length; i++) {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    const unit = (seed >>> 8) / 2 ** 24;
    tensor.data[i] = regime === "exact" ? Math.floor(unit * 9) - 4 : unit * 4 - 2;
  }
  return tensor;
}
