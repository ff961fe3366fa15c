// Evaluates graphs that still hold `vjp` and `jvp` nodes, giving those their meaning by central differences of their
// regions: an oracle for the differentiate pass that knows nothing of gradient entries. For f64 and smooth regions.
import type { TensorData } from "../../ir/data.ts";
import { allocateTensor } from "../../ir/data.ts";
import type { Sizes } from "../../ir/evaluate.ts";
import { bindSizes, evaluateNode } from "../../ir/evaluate.ts";
import { topologicalOrder } from "../../ir/graph.ts";
import type { Graph, Node } from "../../ir/node.ts";

type Values = readonly TensorData[];

export function evaluateNumerically(graph: Graph, inputs: Values, explicit?: Sizes): TensorData[] {
  const sizes = bindSizes(graph, inputs, explicit);
  const values = new Map<Node, Values>(graph.parameters.map((parameter, i) => [parameter, [inputs[i]!]]));
  for (const node of topologicalOrder(graph)) {
    if (values.has(node)) continue;
    const operands = node.inputs.map((input) => values.get(input)![0]!);
    if (node.op === "result") values.set(node, [values.get(node.inputs[0]!)![node.attributes["index"] as number]!]);
    else if (node.op === "vjp" || node.op === "jvp") values.set(node, derivative(node, operands, sizes));
    else values.set(node, evaluateNode(node, operands, sizes));
  }
  return graph.results.map((node) => values.get(node)![0]!);
}

function derivative(node: Node, operands: Values, sizes: Sizes): TensorData[] {
  const region = node.attributes["region"] as Graph;
  const wrt = node.attributes["wrt"] as number;
  const point = operands.slice(0, region.parameters.length);
  const given = operands.slice(region.parameters.length);
  const along = (direction: Values): TensorData[] => directional(region, point, direction, sizes);
  if (node.op === "jvp") return along(given);
  return point.slice(0, wrt).map((value, variable) => {
    const cotangent = allocateTensor("f64", value.shape);
    for (let i = 0; i < cotangent.data.length; i++) {
      const direction = point.slice(0, wrt).map((other) => allocateTensor("f64", other.shape));
      direction[variable]!.data[i] = 1;
      cotangent.data[i] = along(direction).reduce((sum, result, r) => sum + dot(result, given[r]!), 0);
    }
    return cotangent;
  });
}

function dot(a: TensorData, b: TensorData): number {
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += Number(a.data[i]) * Number(b.data[i]);
  return sum;
}

/** Central differences of fourth order: (8 (f(h) - f(-h)) - (f(2h) - f(-2h))) / 12h. */
function directional(region: Graph, point: Values, direction: Values, sizes: Sizes): TensorData[] {
  const h = 1e-4 * stepLimit(point, direction);
  const at = (scale: number): TensorData[] =>
    evaluateNumerically(region, point.map((value, i) => (direction[i] === undefined ? value : shifted(value, direction[i], scale * h))), sizes);
  const [a, b, c, d] = [at(1), at(-1), at(2), at(-2)];
  return a.map((result, r) => {
    const difference = allocateTensor("f64", result.shape);
    for (let i = 0; i < difference.data.length; i++) {
      const near = Number(result.data[i]) - Number(b[r]!.data[i]);
      const far = Number(c[r]!.data[i]) - Number(d[r]!.data[i]);
      difference.data[i] = (8 * near - far) / (12 * h);
    }
    return difference;
  });
}

/** No element moves by more than a small part of itself, so that singularities at 0 stay away. */
function stepLimit(point: Values, direction: Values): number {
  let limit = 1;
  direction.forEach((moves, variable) => {
    point[variable]!.data.forEach((value: number | bigint, i: number) => {
      const move = Math.abs(Number(moves.data[i]));
      if (move > 0 && value !== 0) limit = Math.min(limit, Math.max(Math.abs(Number(value)), 1e-6) / Math.max(move, 1));
    });
  });
  return limit;
}

function shifted(value: TensorData, direction: TensorData, scale: number): TensorData {
  const moved = allocateTensor("f64", value.shape);
  for (let i = 0; i < moved.data.length; i++) moved.data[i] = Number(value.data[i]) + scale * Number(direction.data[i]);
  return moved;
}
