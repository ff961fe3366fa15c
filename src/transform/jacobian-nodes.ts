// Jacobians as nodes: a derivative in one direction, a stand-in, is batched over all directions, the rows of an identity.

import { mapNodes, reachableNodes, withInputs } from "../../ir/graph.ts";
import type { Node } from "../../ir/node.ts";
import { addDims, type Dim, productOfDims } from "../../ir/size.ts";
import { batched } from "../../passes/batch/value.ts";
import { checkWrt, disconnected, type GradOptions, pullBack, pushForward } from "../grad.ts";
import { closeBody, runBody, standIns } from "../loops/body.ts";
import { eye } from "../ops/matrix.ts";
import { convert, full, fullLike, reshape, transpose } from "../ops/primitive.ts";
import { batchOver, takeDerivatives } from "./batch-over.ts";
import { oneOf } from "./options.ts";

export interface JacobianOptions extends Pick<GradOptions, "disconnectedInputs"> {
  /** Reverse mode takes one pass for each element of the value, forward mode one for each element of the variables. By default what
   *  takes fewer, or reverse mode where that is not known. */
  readonly mode?: "reverse" | "forward";
  /** All passes at once (`vmap`, the default), or one after the other (`scan`), which takes less memory and more time. */
  readonly by?: "vmap" | "scan";
}

/** For each output the Jacobian by each variable, of shape output ++ variable and the variable's dtype. */
export function jacobianNodes(op: string, outputs: readonly Node[], wrt: readonly Node[], options: JacobianOptions): readonly (readonly Node[])[] {
  checkWrt(op, wrt);
  const by = oneOf(op, "by", options.by ?? "vmap", ["vmap", "scan"]);
  const mode = oneOf(op, "mode", options.mode ?? cheaperMode(outputs, wrt), ["reverse", "forward"]);
  const reached = outputs.map((output) => new Set(reachableNodes([output])));
  const zero = (output: Node, variable: Node): Node => {
    disconnected(op, variable, options);
    return full(0, variable.type.dtype, [...output.type.shape, ...variable.type.shape]);
  };
  if (mode === "reverse") {
    return outputs.map((output, i) => {
      const connected = wrt.filter((variable) => reached[i]!.has(variable));
      const found = new Map(reverse(op, output, connected, by).map((node, j) => [connected[j]!, node]));
      return wrt.map((variable) => found.get(variable) ?? zero(output, variable));
    });
  }
  const columns = wrt.map((variable) => {
    const connected = outputs.filter((_, i) => reached[i]!.has(variable));
    const found = new Map(forward(op, connected, variable, by).map((node, i) => [connected[i]!, node]));
    return outputs.map((output) => found.get(output) ?? zero(output, variable));
  });
  return outputs.map((_, i) => columns.map((column) => column[i]!));
}

function cheaperMode(outputs: readonly Node[], wrt: readonly Node[]): "reverse" | "forward" {
  const [passes, fewer] = [outputs, wrt].map((nodes) => nodes.reduce<Dim>((sum, { type }) => addDims(sum, productOfDims(type.shape)), 0));
  return typeof passes === "number" && typeof fewer === "number" && fewer < passes ? "forward" : "reverse";
}

type By = "vmap" | "scan";

function reverse(op: string, output: Node, wrt: readonly Node[], by: By): readonly Node[] {
  if (wrt.length === 0) return [];
  const [direction] = standIns("cotangent", [output.type]);
  const found = pullBack(op, [output], [direction!], wrt);
  return inAllDirections(op, found.map((node) => node!), direction!, by);
}

function forward(op: string, outputs: readonly Node[], variable: Node, by: By): readonly Node[] {
  if (outputs.length === 0) return [];
  const [direction] = standIns("tangent", [variable.type]);
  const pushed = pushForward(op, outputs, [variable], [direction!]);
  const rank = variable.type.shape.length;
  return inAllDirections(op, pushed, direction!, by).map((node) => {
    const axes = node.type.shape.map((_, axis) => axis);
    return convert(transpose(node, [...axes.slice(rank), ...axes.slice(0, rank)]), variable.type.dtype);
  });
}

/** Derivatives along every unit vector in the place of `direction`: of shape direction ++ derivative. */
function inAllDirections(op: string, derivatives: readonly Node[], direction: Node, by: By): readonly Node[] {
  const { dtype, shape } = direction.type;
  if (shape.length === 0) return mapNodes(derivatives, withInputs, [[direction, fullLike(direction, 1)]]);
  const size = productOfDims(shape);
  const units = reshape(eye(size, size, { dtype }), [size, ...shape]);
  const rows = by === "vmap" ? batchOver(derivatives, [[direction, batched(units)]], size) : oneByOne(op, derivatives, direction, units, size);
  return rows.map((node, i) => reshape(node, [...shape, ...derivatives[i]!.type.shape]));
}

/** What does not depend on the direction is computed before the loop. */
function oneByOne(op: string, derivatives: readonly Node[], direction: Node, units: Node, length: Dim): readonly Node[] {
  const { results, outer } = takeDerivatives(derivatives, [direction]);
  const body = closeBody(op, [], [direction], { next: [], stacked: mapNodes(results, withInputs, outer) });
  return runBody(body, { init: [], sequences: [units], length }).stacked;
}
