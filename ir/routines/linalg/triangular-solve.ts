// triangular_solve: X of op(A) X = B for a triangular A, op(A) = A^T if `transposed`. `upper` says which triangle A has, the
// other is not read; with `unit` the diagonal counts as 1 and is not read either.

import { boolAttribute } from "../../attributes.ts";
import type { Node } from "../../node.ts";
import type { GraphBuilder } from "../../op.ts";
import { mulDims } from "../../size.ts";
import { registerOp } from "../../table.ts";
import { routineOp } from "../routine-op.ts";
import { sumToBatchOf, withBatch } from "../shared-operand.ts";
import { addAll, keepWhere, multiply, turn } from "./matrix.ts";
import { bytesOf, checkEqualSides, checkFloats, checkSquare, productElements, rowsOf, symbolOf } from "./matrix-checks.ts";

export interface Triangle {
  readonly upper?: boolean;
  readonly transposed?: boolean;
  readonly unit?: boolean;
  readonly onError?: "error" | "nan";
}

export function solveTriangle(b: GraphBuilder, a: Node, right: Node, { upper = false, transposed = false, unit = false, onError = "error" }: Triangle): Node {
  return b.make(triangularSolve.name, [a, right], { upper, transposed, unit, on_error: onError });
}

export function triangleOf(node: Pick<Node, "attributes">): Required<Triangle> {
  return {
    upper: boolAttribute(node, "upper"), transposed: boolAttribute(node, "transposed"), unit: boolAttribute(node, "unit"),
    onError: node.attributes["on_error"] as "error" | "nan",
  };
}

export const triangularSolve = registerOp(routineOp({
  name: "triangular_solve",
  attributes: { upper: "bool", transposed: "bool", unit: "bool" },
  infer([a, right]) {
    checkFloats("triangular_solve", [a!, right!]);
    checkEqualSides("triangular_solve", "a matrix and its right side", checkSquare("triangular_solve", a!), right!.shape[0]!);
    return [right!];
  },
  gradient: {
    kind: "both",
    // B' = op(A)^-T X', op(A)' = -B' X^T
    vjp(b, node, cotangent) {
      const triangle = triangleOf(node);
      const right = solveTriangle(b, node.inputs[0]!, cotangent, { ...triangle, transposed: !triangle.transposed });
      const product = triangle.transposed ? multiply(b, node, turn(b, right)) : multiply(b, right, turn(b, node));
      return [sumToBatchOf(b, keepTriangle(b, b.neg(product), triangle), node.inputs[0]!), sumToBatchOf(b, right, node.inputs[1]!)];
    },
    // dX = op(A)^-1 (dB - op(dA) X)
    jvp(b, node, [a, right]) {
      const triangle = triangleOf(node);
      let moved = right;
      if (a !== undefined) {
        const kept = keepTriangle(b, a, triangle);
        moved = addAll(b, right === undefined ? undefined : withBatch(b, right, node.type.shape.slice(0, -2), 2), b.neg(multiply(b, triangle.transposed ? turn(b, kept) : kept, node)));
      }
      return moved === undefined ? undefined : solveTriangle(b, node.inputs[0]!, moved, triangle);
    },
  },
  routine: {
    object: "linalg", symbol: symbolOf("triangular_solve"), operandRanks: [2, 2], resultRanks: [2],
    sizes(site) {
      const { upper, transposed, unit } = triangleOf(site);
      return [rowsOf(site), site.operands[1]!.shape[1]!, Number(upper), Number(transposed), Number(unit)];
    },
    workspace: (site) => bytesOf(site, productElements(site, rowsOf(site), rowsOf(site))),
    failures: ["the matrix is singular"],
    inPlace: [[1, 0]],
    operations: (site) => mulDims(mulDims(rowsOf(site), rowsOf(site)), site.operands[1]!.shape[1]!),
    perform([a, right], [x], sizes) {
      const [n, columns, upper, transposed, unit] = sizes as [number, number, number, number, number];
      const element = (i: number, j: number): number => a![transposed === 1 ? j * n + i : i * n + j] as number;
      const backwards = (upper === 1) !== (transposed === 1);
      x!.set(right as Float64Array as never);
      if (unit === 0) for (let i = 0; i < n; i++) if (element(i, i) === 0) return 1;
      for (let step = 0; step < n; step++) {
        const i = backwards ? n - 1 - step : step;
        for (let c = 0; c < columns; c++) {
          let sum = x![i * columns + c] as number;
          for (let j = backwards ? i + 1 : 0; j < (backwards ? n : i); j++) sum -= element(i, j) * (x![j * columns + c] as number);
          x![i * columns + c] = unit === 1 ? sum : sum / element(i, i);
        }
      }
      return 0;
    },
  },
}));

function keepTriangle(b: GraphBuilder, a: Node, { upper, unit }: Required<Triangle>): Node {
  return keepWhere(b, a, upper ? (unit ? "lt" : "le") : (unit ? "gt" : "ge"));
}
