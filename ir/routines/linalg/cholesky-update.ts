// cholesky_update: the factor of L L^T + x x^T, or with `downdate` of L L^T - x x^T. Of L only the lower triangle is read.
// Derivatives are those of the factorization of that matrix.

import { boolAttribute } from "../../attributes.ts";
import type { Node } from "../../node.ts";
import type { GraphBuilder } from "../../op.ts";
import { mulDims } from "../../size.ts";
import { routineOp } from "../routine-op.ts";
import { sumToBatchOf, withBatch } from "../shared-operand.ts";
import { factorNaively, factorTangent, symmetricCotangent } from "./cholesky.ts";
import { unitOf } from "./jacobi.ts";
import { addAll, lowerPart, multiply, turn } from "./matrix.ts";
import { bytesOf, checkEqualSides, checkFloats, checkSquare, rowsOf, symbolOf } from "./matrix-checks.ts";

export const choleskyUpdate = routineOp({
  name: "cholesky_update",
  attributes: { downdate: "bool" },
  infer([l, x]) {
    checkFloats("cholesky_update", [l!, x!]);
    checkEqualSides("cholesky_update", "a factor and its vector", checkSquare("cholesky_update", l!), x!.shape[0]!);
    return [l!];
  },
  gradient: {
    kind: "both",
    vjp(b, node, cotangent) {
      const [l, x] = node.inputs;
      const matrix = symmetricCotangent(b, node, cotangent);
      const vector = signed(b, node, multiply(b, matrix, asColumn(b, x!)));
      return [
        sumToBatchOf(b, lowerPart(b, multiply(b, matrix, lowerPart(b, l!))), l!),
        sumToBatchOf(b, b.reshape(vector, vector.type.shape.slice(0, -1)), x!),
      ];
    },
    jvp(b, node, [tangentOfL, tangentOfX]) {
      const [l, x] = node.inputs;
      const half = addAll(b,
        tangentOfL === undefined ? undefined : whole(b, multiply(b, lowerPart(b, tangentOfL), turn(b, lowerPart(b, l!))), node),
        tangentOfX === undefined ? undefined : whole(b, signed(b, node, multiply(b, asColumn(b, tangentOfX), turn(b, asColumn(b, x!)))), node));
      return half === undefined ? undefined : factorTangent(b, node, b.add(half, turn(b, half)));
    },
  },
  routine: {
    object: "linalg", symbol: symbolOf("cholesky_update"), operandRanks: [2, 1], resultRanks: [2],
    sizes: (site) => [rowsOf(site), Number(boolAttribute(site, "downdate"))],
    workspace: (site) => bytesOf(site, rowsOf(site)),
    failures: ["the matrix is not positive definite"],
    inPlace: [[0, 0]],
    operations: (site) => mulDims(4, mulDims(rowsOf(site), rowsOf(site))),
    perform([l, x], [result], sizes) {
      const [n, downdate] = sizes as [number, number];
      const unit = unitOf([...l as Float64Array, ...x as Float64Array]);
      const [factor, vector] = [l, x].map((part) => Float64Array.from(part as Float64Array, (value) => value / unit)) as [Float64Array, Float64Array];
      const matrix = new Float64Array(n * n);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j <= i; j++) {
          let sum = (downdate === 1 ? -1 : 1) * vector[i]! * vector[j]!;
          for (let k = 0; k <= j; k++) sum += factor[i * n + k]! * factor[j * n + k]!;
          matrix[i * n + j] = sum;
        }
      }
      const failure = factorNaively(matrix, result as Float64Array, n);
      for (let i = 0; i < n * n; i++) (result as Float64Array)[i]! *= unit;
      return failure;
    },
  },
});

const asColumn = (b: GraphBuilder, x: Node): Node => b.reshape(x, [...x.type.shape, 1]);
const signed = (b: GraphBuilder, node: Node, x: Node): Node => (boolAttribute(node, "downdate") ? b.neg(x) : x);
const whole = (b: GraphBuilder, x: Node, node: Node): Node => withBatch(b, x, node.type.shape.slice(0, -2), 2);
