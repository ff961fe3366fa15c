// softmax(q k^T / sqrt(d)) v comes out of general fusion: scaling and softmax are the epilogue of the first product, the
// transposed keys are strides, and the weights are stored once for the second product.

import { describe, expect, it } from "vitest";
import { createBuilder } from "../../ir/build.ts";
import type { Node } from "../../ir/node.ts";
import type { Program } from "../../ir/program/program.ts";
import { optimizeGraph } from "../../passes/pipeline.ts";
import { scheduleFunction, traceGraph } from "./run-program.ts";

const [n, d] = [128, 64];

function attention(batch: readonly number[]): Program {
  const b = createBuilder();
  const parameter = (i: number, name: string): Node => b.parameter(i, name, { dtype: "f32", shape: [...batch, n, d] });
  const [q, k, v] = [parameter(0, "q"), parameter(1, "k"), parameter(2, "v")];
  const rank = batch.length;
  const axes = batch.map((_, axis) => axis);
  const [rows, columns] = [rank, rank + 1];
  const swapped = b.transpose(k, [...axes, columns, rows]);
  const dot = (x: Node, y: Node): Node =>
    b.make("dot_general", [x, y], { lhs_contract: [columns], rhs_contract: [rows], lhs_batch: axes, rhs_batch: axes });
  const scores = dot(q, swapped);
  const scaled = b.mul(scores, b.fullLike(scores, 0.125));
  const stretch = (x: Node): Node => b.broadcast(x, scaled.type.shape, [...axes, rows]);
  const e = b.unary("exp", b.sub(scaled, stretch(b.make("reduce_max", [scaled], { axes: [columns] }))));
  const weights = b.div(e, stretch(b.sum(e, [columns])));
  const graph = { name: "attention", parameters: [q, k, v], results: [dot(weights, v)] };
  return scheduleFunction(traceGraph(optimizeGraph(graph).ir)).program;
}

/** Elements of scratch tensors; workspaces of products are bytes and not tensors. */
const scratch = ({ buffers }: Program) => buffers.filter(({ role, dtype }) => role.kind === "scratch" && dtype === "f32").map(({ elements }) => elements);

describe("attention", () => {
  it("is two products, one of which ends in the softmax of its rows", () => {
    const { body, ...program } = attention([]);
    expect(body.map((statement) => statement.kind)).toEqual(["contract", "contract"]);
    const [first, second] = body as readonly Extract<(typeof body)[number], { kind: "contract" }>[];
    expect(first!.epilogue).toBeDefined();
    expect(second!.epilogue).toBeUndefined();
    // The keys as they lie in memory: row and column strides changed places.
    expect(first!.b).toMatchObject({ rowStride: 1, columnStride: d });
    // Scores and weights; neither the scaled scores nor the exponentials have memory of their own.
    expect(scratch({ ...program, body })).toEqual([n * n, n * n]);
  });

  it("with heads runs one kernel between its products, which loads and stores each score once more", () => {
    const program = attention([8, 4]);
    expect(program.body.map((statement) => statement.kind)).toEqual(["contract", "launch", "contract"]);
    expect(scratch(program)).toEqual([8 * 4 * n * n, 8 * 4 * n * n]);
  });
});
