// How reductions are scheduled: passes over memory, kernels and scratch memory; and that rows streamed into partial
// results give the sequential combination, bit for bit.

import { describe, expect, it } from "vitest";
import { createBuilder } from "../../ir/build.ts";
import type { TensorData } from "../../ir/data.ts";
import type { LoopInstruction } from "../../ir/kernel/kernel.ts";
import type { Node } from "../../ir/node.ts";
import type { Launch, Program } from "../../ir/program/program.ts";
import { namedSize } from "../../ir/size.ts";
import type { Shape } from "../../ir/types.ts";
import { runProgram, scheduleFunction, traceGraph } from "./run-program.ts";

type Builder = ReturnType<typeof createBuilder>;

function graphOf(shape: Shape, build: (b: Builder, x: Node) => Node[]) {
  const b = createBuilder();
  const x = b.parameter(0, "x", { dtype: "f32", shape });
  return { name: "f", parameters: [x], results: build(b, x) };
}

/** Values whose sums are not exact in f32. */
const values = (length: number) => Float32Array.from({ length }, (_, i) => Math.sin(i * 12.9898) * 43.758);
const tensor = (...shape: number[]): TensorData => ({ dtype: "f32", shape, data: values(shape.reduce((size, dim) => size * dim, 1)) });

function run(graph: ReturnType<typeof graphOf>, x: TensorData, sizes?: ReadonlyMap<string, number>) {
  const { program, outcome } = runProgram(traceGraph(graph), [x], [], sizes);
  if (outcome.kind === "failed") throw new Error(`failed with ${outcome.error}`);
  return { program, outputs: outcome.outputs.map((data) => Array.from(data as Float32Array)) };
}

function launches(program: Program): readonly Launch[] {
  return program.body.filter((statement) => statement.kind === "launch");
}

function innermost(body: Launch["kernel"]["body"]): readonly LoopInstruction[] {
  return body.flatMap((instruction) => (instruction.kind !== "loop" ? []
    : instruction.body.some((inner) => inner.kind === "loop") ? innermost(instruction.body) : [instruction]));
}

function allLoops(body: Launch["kernel"]["body"]): readonly LoopInstruction[] {
  return body.flatMap((instruction) => (instruction.kind === "loop" ? [instruction, ...allLoops(instruction.body)] : []));
}

const scratch = (program: Program) => program.buffers.filter((buffer) => buffer.role.kind === "scratch");

/** Column sums, one row after another, each step rounded to f32. */
function sequentialSums({ data, shape }: TensorData): number[] {
  const [rows, columns] = shape as [number, number];
  return Array.from({ length: columns }, (_, column) => {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum = Math.fround(sum + Number(data[row * columns + column]));
    return sum;
  });
}

describe("reductions along rows", () => {
  it("of one operand share one pass", () => {
    const graph = graphOf([32, 50], (b, x) => ["reduce_sum", "reduce_max", "reduce_min"].map((op) => b.make(op, [x], { axes: [1] })));
    const { program } = scheduleFunction(traceGraph(graph));
    expect(launches(program)).toHaveLength(1);
    const loops = innermost(launches(program)[0]!.kernel.body);
    expect(loops).toHaveLength(1);
    expect(loops[0]!.carried).toHaveLength(3);
    expect(loops[0]!.body.filter(({ kind }) => kind === "load")).toHaveLength(1);
  });

  it("leave what is read once more in the place of the result", () => {
    const graph = graphOf([8, 40], (b, x) => {
      const most = b.broadcast(b.make("reduce_max", [x], { axes: [1] }), [8, 40], [0]);
      const e = b.unary("exp", b.sub(x, most));
      return [b.div(e, b.broadcast(b.sum(e, [1]), [8, 40], [0]))];
    });
    const x = tensor(8, 40);
    const { program, outputs } = run(graph, x);
    expect(launches(program)).toHaveLength(1);
    expect(scratch(program)).toEqual([]);
    const row = Array.from(x.data.slice(40, 80), Number);
    const most = Math.max(...row);
    const total = row.reduce((sum, value) => sum + Math.exp(value - most), 0);
    row.forEach((value, i) => expect(outputs[0]![40 + i]).toBeCloseTo(Math.exp(value - most) / total, 6));
  });

  it("keep two values apart that live at the same time", () => {
    const graph = graphOf([8, 40], (b, x) => {
      const wide = (node: Node) => b.broadcast(node, [8, 40], [0]);
      const [e, t] = [b.unary("exp", x), b.unary("tanh", x)];
      const [s, u] = [wide(b.sum(e, [1])), wide(b.sum(t, [1]))];
      return [b.add(b.mul(e, s), b.mul(t, u))];
    });
    const x: TensorData = { ...tensor(8, 40), data: values(320).map((value) => value / 20) };
    const { program, outputs } = run(graph, x);
    expect(launches(program)).toHaveLength(1);
    expect(scratch(program)).toHaveLength(1);
    const row = Array.from(x.data.slice(0, 40), Number);
    const sum = (f: (value: number) => number) => row.reduce((total, value) => total + f(value), 0);
    row.forEach((value, i) => expect(outputs[0]![i]).toBeCloseTo(Math.exp(value) * sum(Math.exp) + Math.tanh(value) * sum(Math.tanh), 2));
  });
});

describe("reductions along columns", () => {
  const columnSum = (rows: Shape[number], columns: Shape[number]) => graphOf([rows, columns], (b, x) => [b.sum(x, [0])]);

  it.each([[17, 17], [37, 40], [64, 100], [19, 2048], [18, 4096], [20, 4100]])("add %i rows of %i in order", (rows, columns) => {
    const x = tensor(rows, columns);
    const { program, outputs } = run(columnSum(rows, columns), x);
    expect(outputs[0]).toEqual(sequentialSums(x));
    // Memory is walked along rows: lanes are neighbours of a row, never terms of a sum.
    const inLanes = allLoops(launches(program)[0]!.kernel.body).filter(({ lanes }) => lanes > 1);
    expect(inLanes).toHaveLength(2);
    for (const loop of inLanes) expect(loop).toMatchObject({ order: "parallel", carried: [] });
  });

  it("have the same order for symbolic sizes", () => {
    for (const [rows, columns] of [[5, 3], [23, 70], [0, 4], [3, 0]] as const) {
      const x = tensor(rows, columns);
      const { outputs } = run(columnSum(namedSize("rows"), namedSize("columns")), x, new Map([["rows", rows], ["columns", columns]]));
      expect(outputs[0]).toEqual(sequentialSums(x));
    }
  });

  it("give mean and variance in one kernel", () => {
    const graph = graphOf([40, 33], (b, x) => {
      const mean = b.div(b.sum(x, [0]), b.full(40, "f32", [33]));
      const centered = b.sub(x, b.broadcast(mean, [40, 33], [1]));
      return [mean, b.div(b.sum(b.mul(centered, centered), [0]), b.full(40, "f32", [33]))];
    });
    const x = tensor(40, 33);
    const { program, outputs } = run(graph, x);
    expect(launches(program)).toHaveLength(1);
    for (let column = 0; column < 33; column++) {
      const all = Array.from({ length: 40 }, (_, row) => Number(x.data[row * 33 + column]));
      const mean = all.reduce((sum, value) => sum + value, 0) / 40;
      expect(outputs[0]![column]).toBeCloseTo(mean, 4);
      expect(outputs[1]![column]! / (all.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 40)).toBeCloseTo(1, 5);
    }
  });

  it("in the middle axis stream, too", () => {
    const graph = graphOf([3, 20, 21], (b, x) => [b.sum(x, [1])]);
    const x = tensor(3, 20, 21);
    const expected = [0, 1, 2].flatMap((block) =>
      sequentialSums({ dtype: "f32", shape: [20, 21], data: (x.data as Float32Array).slice(block * 420, block * 420 + 420) }));
    expect(run(graph, x).outputs[0]).toEqual(expected);
  });
});
