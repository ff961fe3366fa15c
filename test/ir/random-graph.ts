// Random well-typed graphs for tests of the tensor IR itself: smooth and rough elementwise ops, broadcasts, reductions,
// transposes, on one symbolic and one fixed size. Every float value stays of moderate size.
import fc from "fast-check";
import type { LocatedBuilder } from "../../ir/build.ts";
import { createBuilder } from "../../ir/build.ts";
import type { TensorData } from "../../ir/data.ts";
import { allocateTensor } from "../../ir/data.ts";
import { sizeNamesOf } from "../../ir/graph.ts";
import type { Graph, Node } from "../../ir/node.ts";
import { evaluateDim, namedSize } from "../../ir/size.ts";
import type { DType } from "../../ir/types.ts";

const n = namedSize("n");

/** Ops whose values stay bounded on bounded inputs, with derivatives everywhere. */
export const smoothUnary = ["neg", "sin", "cos", "tanh", "atan", "logistic", "erf"];
const smoothBinary = ["add", "sub", "mul"];
const rough = ["abs", "floor", "sign"];

export interface RandomGraphOptions {
  readonly dtype: "f32" | "f64";
  readonly smooth: boolean;
  readonly maxOps: number;
}

/** One step: an op chosen by `kind`, operands chosen among the values so far by `a` and `b`. */
type Step = readonly [kind: number, a: number, b: number];

export function randomGraph(options: RandomGraphOptions): fc.Arbitrary<Graph> {
  const step = fc.tuple(fc.nat(999), fc.nat(999), fc.nat(999));
  return fc.array(step, { minLength: 1, maxLength: options.maxOps }).map((steps) => buildGraph(steps, options));
}

function buildGraph(steps: readonly Step[], { dtype, smooth }: RandomGraphOptions): Graph {
  const b = createBuilder();
  const parameters = [
    b.parameter(0, "x", { dtype, shape: [n, 3] }), b.parameter(1, "y", { dtype, shape: [n, 3] }), b.parameter(2, "v", { dtype, shape: [3] }),
  ];
  const values: Node[] = [...parameters, b.full(0.5, dtype, [n, 3])];
  for (const [kind, first, second] of steps) {
    const a = values[first % values.length]!;
    const same = values.filter((node) => node.type.shape.length === a.type.shape.length && node.type.shape.every((dim, i) => dim === a.type.shape[i]));
    values.push(applyStep(b, kind, a, same[second % same.length]!, smooth));
  }
  const used = new Set(values.flatMap((node) => node.inputs));
  const results = values.filter((node) => !used.has(node) && node.inputs.length > 0).slice(-3);
  return { name: "random", parameters, results };
}

function applyStep(b: LocatedBuilder, kind: number, a: Node, other: Node, smooth: boolean): Node {
  const { shape } = a.type;
  const choice = kind % 10;
  if (choice < 4) return b.unary(smoothUnary[kind % smoothUnary.length]!, a);
  if (choice < 7) {
    const combined = b.binary(smoothBinary[kind % smoothBinary.length]!, a, other);
    return b.unary("tanh", combined);
  }
  if (choice === 7 && shape.length > 0) return b.unary("sin", b.sum(a, [kind % shape.length]));
  if (choice === 8 && shape.length === 1) return b.broadcast(a, [n, 3], [shape[0] === 3 ? 1 : 0]);
  if (choice === 8 && shape.length === 2) return b.transpose(a, [1, 0]);
  if (smooth) return b.unary("cos", a);
  return kind % 2 === 0 ? b.unary(rough[kind % rough.length]!, a) : b.select(b.binary("lt", a, other), other, a);
}

/** Deterministic values in (-1, 1), away from 0; integers small, bools both. */
export function generatedInput(dtype: DType, shape: readonly number[], seed: number): TensorData {
  const tensor = allocateTensor(dtype, shape);
  let state = seed * 7919 + 17;
  for (let i = 0; i < tensor.data.length; i++) {
    state = (state * 48271) % 2147483647;
    const unit = state / 2147483647;
    if (tensor.data instanceof BigInt64Array) tensor.data[i] = BigInt(state % 4);
    else if (dtype === "f32" || dtype === "f64") tensor.data[i] = (unit < 0.5 ? -1 : 1) * (0.1 + 0.8 * Math.abs(2 * unit - 1));
    else tensor.data[i] = state % (dtype === "bool" ? 2 : 4);
  }
  return tensor;
}

/** Inputs for a graph; every size has its value from `sizes`, or 4. */
export function generatedInputs(graph: Graph, seed = 1, sizes: { readonly [name: string]: number } = {}): TensorData[] {
  const values = new Map(sizeNamesOf(graph).map((name) => [name, sizes[name] ?? 4]));
  return graph.parameters.map(({ type }, i) => generatedInput(type.dtype, type.shape.map((dim) => evaluateDim(dim, values)), seed + i));
}
