// Scheduling keeps the meaning of a graph, and fuses what it promises to fuse.

import { describe, expect, it } from "vitest";
import { createBuilder } from "../../ir/build.ts";
import type { TensorData } from "../../ir/data.ts";
import type { Node } from "../../ir/node.ts";
import { namedSize } from "../../ir/size.ts";
import type { Shape } from "../../ir/types.ts";
import { runProgram, scheduleFunction, traceGraph } from "./run-program.ts";

const f32 = (shape: number[], values: readonly number[]): TensorData => ({ dtype: "f32", shape, data: Float32Array.from(values) });
const ramp = (shape: number[], step = 0.25): TensorData => f32(shape, Array.from({ length: shape.reduce((p, d) => p * d, 1) }, (_, i) => ((i * 7) % 11 - 5) * step));

function graph(shapes: readonly Shape[], build: (b: ReturnType<typeof createBuilder>, ...parameters: Node[]) => Node[]) {
  const b = createBuilder();
  const parameters = shapes.map((shape, i) => b.parameter(i, `p${i}`, { dtype: "f32", shape }));
  return { name: "f", parameters, results: build(b, ...parameters) };
}

function run(g: ReturnType<typeof graph>, inputs: readonly TensorData[], sizes?: ReadonlyMap<string, number>) {
  const { program, outcome } = runProgram(traceGraph(g), inputs, [], sizes);
  if (outcome.kind === "failed") throw new Error(`failed with ${outcome.error}`);
  return { program, outputs: outcome.outputs.map((data) => Array.from(data as Float32Array)) };
}

function softmax(b: ReturnType<typeof createBuilder>, x: Node): Node {
  const { shape } = x.type;
  const rows = shape.slice(0, -1);
  const axes = rows.map((_, i) => i);
  const most = b.make("reduce_max", [x], { axes: [shape.length - 1] });
  const e = b.unary("exp", b.sub(x, b.broadcast(most, shape, axes)));
  return b.div(e, b.broadcast(b.sum(e, [shape.length - 1]), shape, axes));
}

describe("fusion", () => {
  it("makes one flat loop of an elementwise chain", () => {
    const g = graph([[2, 3, 5], [2, 3, 5]], (b, x, y) => [b.mul(b.add(x, y), b.unary("neg", x))]);
    const { program, outputs } = run(g, [ramp([2, 3, 5]), ramp([2, 3, 5], 1)]);
    const [x, y] = [ramp([2, 3, 5]), ramp([2, 3, 5], 1)].map(({ data }) => Array.from(data as Float32Array)) as [number[], number[]];
    expect(outputs[0]).toEqual(x.map((v, i) => (v + y[i]!) * -v));
    expect(program.body.map((statement) => statement.kind)).toEqual(["launch"]);
    const launch = program.body[0]!;
    const loops = launch.kind === "launch" ? launch.kernel.body.filter((i) => i.kind === "loop") : [];
    expect(loops).toHaveLength(1);
  });

  it("makes one kernel of a softmax, with one pass for the exponentials", () => {
    const g = graph([[4, 6]], (b, x) => [softmax(b, x)]);
    const { program, outputs } = run(g, [ramp([4, 6])]);
    expect(program.body).toHaveLength(1);
    const rows = Array.from({ length: 4 }, (_, r) => Array.from(ramp([4, 6]).data.slice(r * 6, r * 6 + 6), Number));
    rows.forEach((row, r) => {
      const total = row.reduce((sum, v) => sum + Math.exp(v), 0);
      row.forEach((v, c) => expect(outputs[0]![r * 6 + c]).toBeCloseTo(Math.exp(v) / total, 6));
    });
  });

  it("runs bias, activation and even a softmax as the epilogue of a product", () => {
    const g = graph([[7, 8], [8, 5], [5]], (b, x, w, bias) => {
      const product = b.make("dot_general", [x, w], { lhs_contract: [1], rhs_contract: [0], lhs_batch: [], rhs_batch: [] });
      return [softmax(b, b.binary("max", b.add(product, b.broadcast(bias, [7, 5], [1])), b.full(0, "f32", [7, 5])))];
    });
    const { program } = run(g, [ramp([7, 8]), ramp([8, 5]), ramp([5])]);
    expect(program.body.map((statement) => statement.kind)).toEqual(["contract"]);
  });

  it("reads transposed operands in place", () => {
    const g = graph([[8, 7], [5, 8]], (b, x, w) => [b.make("dot_general", [b.transpose(x, [1, 0]), b.transpose(w, [1, 0])],
      { lhs_contract: [1], rhs_contract: [0], lhs_batch: [], rhs_batch: [] })]);
    const { program, outputs } = run(g, [ramp([8, 7]), ramp([5, 8])]);
    expect(program.body.map((statement) => statement.kind)).toEqual(["contract"]);
    const [x, w] = [ramp([8, 7]).data, ramp([5, 8]).data];
    for (let i = 0; i < 7; i++) for (let j = 0; j < 5; j++) {
      let sum = 0;
      for (let k = 0; k < 8; k++) sum += Number(x[k * 7 + i]) * Number(w[j * 8 + k]);
      expect(outputs[0]![i * 5 + j]).toBe(sum);
    }
  });

  it("reads long rows as they lie where they meet one vector, and stores the vector first", () => {
    const kinds = (depth: number, transposed: boolean) => {
      const g = graph([[depth], transposed ? [6, depth] : [depth, 6]], (b, x, w) => {
        const vector = b.reshape(b.add(x, b.full(1, "f32", [depth])), [1, depth]);
        return [b.make("dot_general", [vector, w], { lhs_contract: [1], rhs_contract: [transposed ? 1 : 0], lhs_batch: [], rhs_batch: [] })];
      });
      const { program, outputs } = run(g, [ramp([depth]), ramp(transposed ? [6, depth] : [depth, 6])]);
      const [x, w] = [ramp([depth]).data, ramp([depth * 6]).data];
      for (let j = 0; j < 6; j++) {
        const terms = Array.from({ length: depth }, (_, k) => (Number(x[k]) + 1) * Number(w[transposed ? j * depth + k : k * 6 + j]));
        expect(outputs[0]![j]).toBe(terms.reduce((sum, term) => sum + term, 0));
      }
      return program.body.map((statement) => statement.kind);
    };
    expect(kinds(80, true)).toEqual(["launch", "launch"]);
    expect(kinds(80, false)).toEqual(["launch", "contract"]);
    expect(kinds(40, true)).toEqual(["launch", "contract"]);
  });
});

describe("symbolic sizes", () => {
  it("serve every size with one program", () => {
    const n = namedSize("n");
    const g = graph([[n, 3]], (b, x) => [b.sum(b.mul(x, x), [0]), b.sum(x, [0, 1])]);
    for (const size of [0, 1, 5, 17]) {
      const x = ramp([size, 3], 1);
      const { outputs } = run(g, [x], new Map([["n", size]]));
      const column = (c: number) => Array.from({ length: size }, (_, r) => Number(x.data[r * 3 + c]) ** 2).reduce((a, b) => a + b, 0);
      expect(outputs[0]).toEqual([column(0), column(1), column(2)]);
      expect(outputs[1]).toEqual([Array.from(x.data as Float32Array).reduce((a, b) => a + b, 0)]);
    }
  });
});

describe("state", () => {
  it("is updated in place when nothing reads the old value later", () => {
    const b = createBuilder();
    const g = b.parameter(0, "g", { dtype: "f32", shape: [6] });
    const w = b.parameter(1, "w", { dtype: "f32", shape: [6] });
    const traced = {
      name: "step", inputs: [{ name: "g", type: g.type }], outputs: [{ name: "s", type: { dtype: "f32" as const, shape: [] } }],
      sizes: [], stateReads: [0], stateWrites: [0],
      graph: { name: "step", parameters: [g, w], results: [b.sum(w, [0]), b.sub(w, b.mul(g, b.full(0.5, "f32", [6])))] },
    };
    const state = [ramp([6], 1)];
    const before = Array.from(state[0]!.data as Float32Array);
    const { program, outcome } = runProgram(traced, [ramp([6])], state);
    expect(outcome.kind).toBe("done");
    expect(program.body.every((statement) => statement.kind === "launch")).toBe(true);
    expect(Array.from(state[0]!.data as Float32Array)).toEqual(before.map((v, i) => v - 0.5 * Number(ramp([6]).data[i])));
  });

  it("swaps through copies", () => {
    const b = createBuilder();
    const [u, v] = [0, 1].map((i) => b.parameter(i, `s${i}`, { dtype: "f32", shape: [3] })) as [Node, Node];
    const traced = { name: "swap", inputs: [], outputs: [], sizes: [], stateReads: [0, 1], stateWrites: [0, 1], graph: { name: "swap", parameters: [u, v], results: [v, u] } };
    const state = [f32([3], [1, 2, 3]), f32([3], [4, 5, 6])];
    runProgram(traced, [], state);
    expect(Array.from(state[0]!.data as Float32Array)).toEqual([4, 5, 6]);
    expect(Array.from(state[1]!.data as Float32Array)).toEqual([1, 2, 3]);
  });
});

describe("indices", () => {
  it("are checked before anything else when the op asks for it", () => {
    const b = createBuilder();
    const x = b.parameter(0, "x", { dtype: "f32", shape: [4, 2] });
    const i = b.parameter(1, "i", { dtype: "i32", shape: [3] });
    const traced = traceGraph({ name: "take", parameters: [x, i], results: [b.make("gather", [x, i], { axes: [0], bounds: "check" })] });
    const indices = (values: number[]): TensorData => ({ dtype: "i32", shape: [3], data: Int32Array.from(values) });
    const good = runProgram(traced, [ramp([4, 2], 1), indices([3, -4, 1])]).outcome;
    const rows = ramp([4, 2], 1).data;
    expect(good.kind === "done" && Array.from(good.outputs[0] as Float32Array)).toEqual([rows[6], rows[7], rows[0], rows[1], rows[2], rows[3]]);
    expect(runProgram(traced, [ramp([4, 2]), indices([0, 4, 1])]).outcome).toMatchObject({ kind: "failed", value: 4, bound: 4 });
    expect(scheduleFunction(traced).messages[0]).toContain("E601 gather");
  });
});
