// What the ops of sorting are on targets without routines: as graphs of other ops they give, element by element, what the ops themselves mean.
import fc from "fast-check";
import { expect, test } from "vitest";
import { describeWebgpu, leastLimits } from "../../codegen/wgsl/target.ts";
import { createBuilder } from "../../ir/build.ts";
import type { TensorData } from "../../ir/data.ts";
import { evaluateGraph } from "../../ir/evaluate.ts";
import { topologicalOrder } from "../../ir/graph.ts";
import type { Attributes, Graph, Node } from "../../ir/node.ts";
import "../../ir/routines/sorting/index.ts";
import { type Dim, namedSize } from "../../ir/size.ts";
import { opOf } from "../../ir/table.ts";
import { findFault } from "../../ir/verify.ts";
import { expandRoutines } from "../../passes/fit/expand-routines.ts";

/** Few different values among them, so that equal ones meet; both zeros, NaN, infinities, subnormals and the ends of integers. */
const elements = {
  f32: fc.oneof(fc.constantFrom(0, -0, 1, -1, Number.NaN, Infinity, -Infinity, 2 ** -149, -(2 ** -149)), fc.float()),
  i32: fc.oneof(fc.constantFrom(0, 1, -1, -(2 ** 31), 2 ** 31 - 1), fc.integer()),
  u32: fc.oneof(fc.constantFrom(0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1), fc.nat(9)),
};
const arrays = { f32: Float32Array, i32: Int32Array, u32: Uint32Array };
type Sorted = keyof typeof elements;

const dtypes = fc.constantFrom<Sorted>("f32", "i32", "u32");
// Up to 512 elements known lines are ranked.
const lengths = fc.oneof(fc.nat(20), fc.constantFrom(31, 32, 33, 511, 512, 513, 700));

function tensors(dtype: Sorted, shape: readonly number[]): fc.Arbitrary<TensorData> {
  const count = shape.reduce((a, b) => a * b, 1);
  return fc.array(elements[dtype], { minLength: count, maxLength: count }).map((given) => ({ dtype, shape, data: arrays[dtype].from(given) }) as TensorData);
}

/** The graph of one op; its expansion, which must hold no routine; and what both give. */
function expectSame(op: string, inputs: readonly TensorData[], shapes: readonly (readonly Dim[])[], attributes: Attributes): void {
  const b = createBuilder();
  const parameters = inputs.map(({ dtype }, i) => b.parameter(i, `p${i}`, { dtype, shape: shapes[i]! }));
  const node = b.make(op, parameters, attributes);
  const results: readonly Node[] = node.results.length === 1 ? [node] : node.results.map((_, i) => b.result(node, i));
  const graph: Graph = { name: op, parameters, results };
  const expanded = expandRoutines(describeWebgpu(leastLimits)).run(graph, {});
  expect(findFault(expanded)).toBeUndefined();
  expect(topologicalOrder(expanded).filter((inner) => opOf(inner.op).lower.kind === "routine")).toEqual([]);
  expect(evaluateGraph(expanded, inputs)).toEqual(evaluateGraph(graph, inputs));
}

const known = fc.boolean();
const name = (isKnown: boolean, size: string, value: number): Dim => (isKnown ? value : namedSize(size));

test("sort, up and down, of lines and batches, of known and of any length", () => {
  const cases = fc.tuple(dtypes, fc.option(fc.nat(3)), lengths, known, fc.boolean()).chain(([dtype, batch, length, isKnown, descending]) => fc.record({
    x: tensors(dtype, batch === null ? [length] : [batch, length]),
    shape: fc.constant([...(batch === null ? [] : [name(isKnown, "m", batch)]), name(isKnown, "n", length)]),
    descending: fc.constant(descending),
  }));
  fc.assert(fc.property(cases, ({ x, shape, descending }) => expectSame("sort", [x], [shape], { descending })), { numRuns: 150 });
});

test("top_k of either end", () => {
  const cases = fc.tuple(dtypes, lengths, fc.nat(700), known, fc.boolean()).chain(([dtype, length, count, isKnown, smallest]) => fc.record({
    x: tensors(dtype, [2, length]),
    shape: fc.constant([2, isKnown ? length : namedSize("n")]),
    // Of a length that is not known none, or all, are surely there. Up to 32 of long lines are looked for one by one.
    count: fc.constant(isKnown ? Math.min(count % 3 === 0 ? count : count % 34, length) : count % 2 === 0 ? 0 : namedSize("n")),
    smallest: fc.constant(smallest),
  }));
  fc.assert(fc.property(cases, ({ x, shape, count, smallest }) => expectSame("top_k", [x], [shape], { count: [count], smallest })), { numRuns: 100 });
});

test("search_sorted, left and right, with a line or values that a batch shares", () => {
  const sort = ({ dtype, shape, data }: TensorData): TensorData => {
    const length = shape.at(-1)!;
    const lines = Array.from({ length: length === 0 ? 0 : data.length / length }, (_, i) => (data as Float32Array).slice(i * length, (i + 1) * length).sort());
    // -0 and 0 are equal: whichever comes first.
    return { dtype, shape, data: arrays[dtype as Sorted].from(lines.flatMap((line) => [...line])) } as TensorData;
  };
  const cases = fc.tuple(dtypes, fc.constantFrom("none", "line", "values", "both"), lengths, fc.nat(9), known, fc.boolean()).chain(([dtype, batched, length, count, isKnown, right]) => {
    const [lineBatch, valueBatch] = [batched === "line" || batched === "both" ? [3] : [], batched === "values" || batched === "both" ? [3] : []];
    return fc.record({
      line: tensors(dtype, [...lineBatch, length]).map(sort), values: tensors(dtype, [...valueBatch, count]),
      shapes: fc.constant([[...lineBatch, name(isKnown, "n", length)], [...valueBatch, name(isKnown, "m", count)]]), right: fc.constant(right),
    });
  });
  fc.assert(fc.property(cases, ({ line, values, shapes, right }) => expectSame("search_sorted", [line, values], shapes, { right })), { numRuns: 150 });
});

test("a dtype that the target lacks stays with its routine, to be refused", () => {
  const b = createBuilder();
  const x = b.parameter(0, "x", { dtype: "f64", shape: [3] });
  const graph: Graph = { name: "wide", parameters: [x], results: [b.result(b.make("sort", [x], { descending: false }), 0)] };
  expect(expandRoutines(describeWebgpu(leastLimits)).run(graph, {})).toBe(graph);
});
