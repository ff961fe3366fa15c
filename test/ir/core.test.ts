// The builder, graph walks, the verifier on graphs that no text can express, the evaluator, and the pass runner.
import { describe, expect, test } from "vitest";
import { createBuilder, createNode } from "../../ir/build.ts";
import { InternalError } from "../../ir/errors.ts";
import { bindSizes, evaluateGraph } from "../../ir/evaluate.ts";
import { inlineRegion, rebuild, sizeNamesOf, topologicalOrder, usersOf, withInputs } from "../../ir/graph.ts";
import type { Graph, Node } from "../../ir/node.ts";
import { tensor } from "../../ir/ops/sample.ts";
import { parseGraph } from "../../ir/parse.ts";
import { printGraph } from "../../ir/print.ts";
import { addDims, namedSize } from "../../ir/size.ts";
import type { TensorType } from "../../ir/types.ts";
import { assertSound, findFault } from "../../ir/verify.ts";
import type { Pass } from "../../passes/pass.ts";
import { checkOrder, countNodes, runPasses } from "../../passes/pass.ts";
import { watchGraph } from "../../passes/watch-graph.ts";

const n = namedSize("n");
const b = createBuilder();
const f32: TensorType = { dtype: "f32", shape: [n] };
const parameter = (index: number, name: string, type = f32): Node => b.parameter(index, name, type);

describe("builder", () => {
  test("refuses wrong operands, attributes and types, with the line", () => {
    const at = createBuilder({ describe: () => "model.ts:4" });
    const x = parameter(0, "x");
    const thrown = (make: () => unknown, code: string): void =>
      expect(make).toThrow(expect.objectContaining({ code, where: "model.ts:4" }));
    thrown(() => at.make("nonsense", [x]), "E803");
    thrown(() => at.make("add", [x]), "E201");
    thrown(() => at.make("concat", [], { axis: 0 }), "E201");
    thrown(() => at.make("reduce_sum", [x]), "E205");
    thrown(() => at.make("reduce_sum", [x], { axes: [0.5] }), "E205");
    thrown(() => at.make("reduce_sum", [x], { axes: [0], keep: 1 }), "E205");
    thrown(() => at.add(x, at.full(0, "f32", [3])), "E203");
    thrown(() => at.full(256, "u8", []), "E205");
    thrown(() => at.full(0.5, "i64", []), "E205");
    thrown(() => at.full(2, "bool", []), "E205");
  });

  test("holds numbers in the one form of the result's dtype", () => {
    const value = (node: Node): unknown => node.attributes["value"];
    expect(value(b.full(0.1, "f32", []))).toBe(Math.fround(0.1));
    expect(value(b.full(0.1, "f64", []))).toBe(0.1);
    expect(value(b.full(3, "i64", []))).toBe(3n);
    expect(value(b.full(3n, "i32", []))).toBe(3);
    expect(value(b.full(true, "bool", []))).toBe(1);
    expect(value(b.full(-0, "f32", []))).toBe(-0);
  });

  test("leaves out conversions, reshapes, transposes and sums that do nothing", () => {
    const x = parameter(0, "x");
    expect([b.convert(x, "f32"), b.reshape(x, [n]), b.transpose(x, [0]), b.broadcast(x, [n], [0]), b.sum(x, [])]).toEqual([x, x, x, x, x]);
  });
});

describe("graph", () => {
  const x = parameter(0, "x");
  const y = b.neg(x);
  const graph: Graph = { name: "f", parameters: [x], results: [b.add(y, y), y] };

  test("order has inputs before readers and no node twice", () => {
    expect(topologicalOrder(graph)).toEqual([x, y, graph.results[0]]);
  });

  test("users count operands and results", () => {
    const users = usersOf(graph);
    expect(users.of(y)).toEqual([graph.results[0], graph.results[0]]);
    expect([x, y, graph.results[0]!].map((node) => users.count(node))).toEqual([1, 3, 1]);
  });

  test("rebuild gives the same object when nothing changes, and shares what does not", () => {
    expect(rebuild(graph, withInputs)).toBe(graph);
    const changed = rebuild(graph, (node, inputs) => (node.op === "add" ? b.mul(inputs[0]!, inputs[1]!) : withInputs(node, inputs)));
    expect(changed.results[1]).toBe(y);
    expect(changed.results[0]!.inputs).toEqual([y, y]);
  });

  test("inlining puts operands in the place of parameters", () => {
    const z = parameter(1, "z");
    const [sum, negated] = inlineRegion(graph, [z]);
    expect(negated!.inputs).toEqual([z]);
    expect(sum!.inputs).toEqual([negated, negated]);
  });

  test("size names in order of first occurrence", () => {
    const m = namedSize("m");
    const graph = { name: "f", parameters: [parameter(0, "a", { dtype: "f32", shape: [3, m] }), parameter(1, "b", { dtype: "f32", shape: [addDims(n, m)] })], results: [] };
    expect(sizeNamesOf(graph)).toEqual(["m", "n"]);
  });
});

describe("verifier on graphs made by hand", () => {
  const x = parameter(0, "x");
  const of = (...results: Node[]): Graph => ({ name: "f", parameters: [x], results });

  test("accepts what the builder makes", () => {
    expect(findFault(of(b.add(x, b.neg(x))))).toBeUndefined();
  });

  test("finds an input that does not come before its reader", () => {
    const early = createNode("neg", [x], {}, [f32], undefined);
    const late = b.neg(x);
    const backwards = { ...early, inputs: [late] };
    expect(findFault(of(backwards))).toMatchObject({ node: backwards, code: "E802", message: expect.stringContaining("come before") });
  });

  test("finds a cycle", () => {
    const node = { ...b.neg(x), inputs: [] as Node[] };
    node.inputs.push(node);
    expect(findFault(of(node))).toMatchObject({ code: "E802" });
  });

  test("finds a parameter of another graph, also in a region", () => {
    const foreign = parameter(0, "foreign");
    expect(findFault(of(b.neg(foreign)))).toMatchObject({ message: expect.stringContaining("a graph is closed") });
    const p = parameter(0, "p");
    const region: Graph = { name: "r", parameters: [p], results: [b.mul(p, x)] };
    const vjp = b.make("vjp", [x, b.fullLike(x, 1)], { region, wrt: 1 });
    expect(findFault(of(b.result(vjp, 0)))).toMatchObject({ node: x, message: expect.stringContaining("a graph is closed") });
  });

  test("finds parameters out of place, without a name or with one name", () => {
    const messages = [[b.neg(x)], [parameter(1, "x")], [parameter(0, "")], [x, parameter(1, "x")]].map(
      (parameters) => findFault({ name: "f", parameters, results: [] })?.message);
    expect(messages).toEqual([
      "neg stands where a parameter belongs", "parameter 0 says that it is 1",
      'parameter name "" is empty or used twice', 'parameter name "x" is empty or used twice',
    ]);
  });

  test("finds a number that is not in its normal form", () => {
    const full = createNode("full", [], { value: 0.1, dtype: "f32", shape: [] }, [{ dtype: "f32", shape: [] }], undefined);
    expect(findFault(of(full))).toMatchObject({ code: "E205", message: expect.stringContaining("normal form") });
  });

  test("is an InternalError with the place after a pass", () => {
    const wrong = createNode("neg", [x], {}, [{ dtype: "f64", shape: [n] }], undefined);
    expect(() => assertSound(of(wrong), "pass p")).toThrow(InternalError);
    expect(() => assertSound(of(wrong), "pass p")).toThrow(/pass p made IR.*\n.*\n> {3}%0: f64\[n\] = neg\(%x\)\n/);
  });
});

describe("evaluator", () => {
  const source = parseGraph(`func @f(%x: f32[n,m], %y: f32[2*n]) -> (f32[n,m], f32[2*n]) {
    %0: f32[n,m] = add(%x, %x)
    %1: f32[2*n] = neg(%y)
    return %0, %1
  }`);
  const y = (length: number) => tensor("f32", [length], Array(length).fill(1));

  test("binds sizes from shapes and evaluates", () => {
    const x = tensor("f32", [2, 3], [1, 2, 3, 4, 5, 6]);
    expect([...bindSizes(source, [x, y(4)])]).toEqual([["n", 2], ["m", 3]]);
    expect(evaluateGraph(source, [x, y(4)]).map(({ data }) => [...data])).toEqual([[2, 4, 6, 8, 10, 12], [-1, -1, -1, -1]]);
  });

  test("refuses sizes that disagree, and inputs of the wrong type", () => {
    const x = tensor("f32", [2, 3], [1, 2, 3, 4, 5, 6]);
    expect(() => evaluateGraph(source, [x, y(5)])).toThrow(/E604 input "y": a size is 5 where 2\*n is 4/);
    expect(() => evaluateGraph(source, [x])).toThrow(InternalError);
    expect(() => evaluateGraph(source, [x, tensor("f64", [4], [1, 2, 3, 4])])).toThrow(InternalError);
  });

  test("checks assumed sizes with the user's line, and negative ones", () => {
    const graph = parseGraph(`func @f(%x: f32[n], %y: f32[m]) -> (f32[n]) {
      %0: f32[n] = assume(%y) {shape=[n]} // at model.ts:8
      %1: f32[n] = add(%x, %0)
      return %1
    }`);
    expect(evaluateGraph(graph, [y(2), y(2)])[0]!.data).toEqual(new Float32Array([2, 2]));
    expect(() => evaluateGraph(graph, [y(2), y(3)])).toThrow(expect.objectContaining({ code: "E604", where: "model.ts:8" }));
    const negative = parseGraph("func @f(%x: f32[n]) -> (f32[n-3]) {\n%0: f32[n-3] = full() {value=1, dtype=f32, shape=[n-3]}\nreturn %0\n}");
    expect(evaluateGraph(negative, [y(5)])[0]!.shape).toEqual([2]);
    expect(() => evaluateGraph(negative, [y(2)])).toThrow(/E605 size n-3 is -1/);
  });

  test("says when there is no memory for a value, or no such size", () => {
    const graph = parseGraph("func @f(%x: f32[n,0]) -> (f32[n*n]) {\n%0: f32[n*n] = full() {value=1, dtype=f32, shape=[n*n]} // at model.ts:2\nreturn %0\n}");
    const sized = (n: number) => tensor("f32", [n, 0], []);
    expect(evaluateGraph(graph, [sized(2)])[0]!.data.length).toBe(4);
    expect(() => evaluateGraph(graph, [sized(10 ** 7)])).toThrow(expect.objectContaining({ code: "E602", where: "model.ts:2" }));
    expect(() => evaluateGraph(graph, [sized(10 ** 9)])).toThrow(expect.objectContaining({ code: "E605", where: "model.ts:2" }));
  });

  test("walks 100,000 nodes and keeps results that are also operands", { timeout: 60_000 }, () => {
    const x = b.parameter(0, "x", { dtype: "i32", shape: [] });
    let deep = x;
    const one = b.full(1, "i32", []);
    for (let i = 0; i < 100_000; i++) deep = b.add(deep, one);
    const values = evaluateGraph({ name: "f", parameters: [x], results: [one, deep, x] }, [tensor("i32", [], [5])]);
    expect(values.map(({ data }) => data[0])).toEqual([1, 100_005, 5]);
  });
});

describe("pass runner", () => {
  const graph = parseGraph("func @f(%x: f32[n]) -> (f32[n]) {\n%0: f32[n] = neg(%x)\n%1: f32[n] = neg(%0)\nreturn %1\n}");
  const pass = (name: string, run: Pass<Graph>["run"], after: Pass<Graph>["after"] = []): Pass<Graph> => ({ name, summary: name, after, run });
  const drop = pass("drop", (ir, context) => {
    context.fired?.("rule");
    return { ...ir, results: [ir.results[0]!.inputs[0]!] };
  });

  test("reports counts, changes and rules", () => {
    const seen: string[] = [];
    const { ir, reports } = runPasses([drop, pass("idle", (same) => same)], graph, {
      count: countNodes, watch: watchGraph, observe: (done, before, after) => seen.push(`${done.name} ${before === after}`),
    });
    expect(printGraph(ir)).toContain("return %0");
    expect(reports.map(({ pass, countBefore, countAfter, changed, rules }) => [pass, countBefore, countAfter, changed, [...rules]])).toEqual([
      ["drop", 3, 2, true, [["rule", 1]]], ["idle", 2, 2, false, []],
    ]);
    expect(seen).toEqual(["drop false", "idle true"]);
  });

  test("names the pass and shows the IR before when a pass fails or makes bad IR", () => {
    const broken = pass("broken", () => {
      throw new TypeError("oh");
    });
    const before = /IR before \w+:\nfunc @f\(%x: f32\[n\]\)/;
    const options = { count: countNodes, watch: watchGraph };
    expect(() => runPasses([broken], graph, { count: countNodes })).toThrow(/pass broken failed: oh$/);
    expect(() => runPasses([broken], graph, options)).toThrow(/pass broken failed: oh/);
    expect(() => runPasses([broken], graph, options)).toThrow(before);
    const wrong = pass("wrong", (ir) => ({ ...ir, results: [createNode("neg", [], {}, [f32], undefined)] }));
    expect(() => runPasses([wrong], graph, options)).toThrow(/pass wrong made IR that is not well formed: takes 1 operand, got 0/);
    expect(() => runPasses([wrong], graph, options)).toThrow(before);
  });

  test("refuses a list out of order, with the reason", () => {
    const late = pass("late", (ir) => ir, [{ pass: "early", why: "it needs what early leaves" }]);
    const early = pass("early", (ir) => ir);
    expect(() => checkOrder([late, early])).toThrow(/late must run after early: it needs what early leaves/);
    expect(() => checkOrder([early, early])).toThrow(/listed twice/);
    checkOrder([early, late]);
    checkOrder([late]);
  });
});
