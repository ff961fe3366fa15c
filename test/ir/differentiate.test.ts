// The differentiate pass against central differences on random graphs, and what it promises of depth, order, paths that
// are not differentiable, and lines.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createBuilder } from "../../ir/build.ts";
import type { TensorData } from "../../ir/data.ts";
import { evaluateGraph } from "../../ir/evaluate.ts";
import { topologicalOrder } from "../../ir/graph.ts";
import type { Graph, Node } from "../../ir/node.ts";
import type { OpDefinition } from "../../ir/op.ts";
import { tensor } from "../../ir/ops/sample.ts";
import { parseGraph } from "../../ir/parse.ts";
import { extractRegion, independentGroups } from "../../ir/region.ts";
import { opOf, opTable } from "../../ir/table.ts";
import type { Shape } from "../../ir/types.ts";
import { findFault } from "../../ir/verify.ts";
import { control } from "../../passes/control/index.ts";
import { differentiate } from "../../passes/differentiate.ts";
import { forwardGradient, reverseGradient } from "./gradients.ts";
import { evaluateNumerically } from "./numeric-derivatives.ts";
import { generatedInputs, randomGraph } from "./random-graph.ts";

// Two ops that no family has: one without a gradient, one linear in its first operand only.
const multiplication = opOf("mul");
const table = opTable as Map<string, OpDefinition>;
table.set("opaque", { ...multiplication, name: "opaque", gradient: { kind: "none", reason: "it is opaque" } });
table.set("steered", {
  ...multiplication, name: "steered",
  gradient: { kind: "linear", inputs: [0], transpose: (b, node, cotangent) => b.make("steered", [cotangent, node.inputs[1]!]) },
});

const expand = (graph: Graph): Graph => differentiate.run(graph, { control });

function expectClose(actual: readonly TensorData[], expected: readonly TensorData[], tolerance: number): void {
  expect(actual.map(({ shape }) => shape)).toEqual(expected.map(({ shape }) => shape));
  actual.forEach(({ data }, r) => data.forEach((value: number | bigint, i: number) => {
    const wanted = Number(expected[r]!.data[i]);
    expect(Math.abs(Number(value) - wanted) / (1 + Math.abs(wanted)), `${value} and ${wanted}`).toBeLessThan(tolerance);
  }));
}

const smooth = randomGraph({ dtype: "f64", smooth: true, maxOps: 16 });

/** The graph's gradient with respect to its parameters, all cotangents one. */
function withGradient(graph: Graph): Graph {
  return { ...graph, results: reverseGradient(graph.results, graph.parameters) };
}

describe("on random smooth graphs", () => {
  test("reverse mode is what central differences say", () => {
    fc.assert(fc.property(smooth, (graph) => {
      const before = withGradient(graph);
      const after = expand(before);
      expect(findFault(after)).toBeUndefined();
      const inputs = generatedInputs(graph, 1, { n: 2 });
      expectClose(evaluateGraph(after, inputs), evaluateNumerically(before, inputs), 1e-8);
    }), { numRuns: 60 });
  });

  test("forward and reverse mode are transposes: <u, J t> = <Jᵀ u, t>", () => {
    fc.assert(fc.property(smooth, (graph) => {
      const b = createBuilder();
      const count = graph.parameters.length;
      const extra = [...graph.parameters, ...graph.results].map((node, i) => b.parameter(count + i, `d${i}`, node.type));
      const [tangents, cotangents] = [extra.slice(0, count), extra.slice(count)];
      const dot = (a: Node, c: Node): Node => b.sum(b.mul(a, c), a.type.shape.map((_, axis) => axis));
      const total = (pairs: readonly Node[]): Node => pairs.reduce((sum, next) => b.add(sum, next));
      const forward = forwardGradient(graph.results, graph.parameters, tangents);
      const reverse = reverseGradient(graph.results, graph.parameters, cotangents);
      const both = expand({
        name: "both", parameters: [...graph.parameters, ...extra],
        results: [total(forward.map((node, i) => dot(node, cotangents[i]!))), total(reverse.map((node, i) => dot(node, tangents[i]!)))],
      });
      const [left, right] = evaluateGraph(both, generatedInputs(both, 3));
      expectClose([left!], [right!], 1e-12);
    }), { numRuns: 60 });
  });

  test("a gradient of a gradient is what differences of the gradient say", () => {
    fc.assert(fc.property(randomGraph({ dtype: "f64", smooth: true, maxOps: 8 }), (graph) => {
      const first = withGradient(graph);
      const second = expand(withGradient(first));
      const inputs = generatedInputs(graph, 5, { n: 2 });
      const numeric = evaluateNumerically(withGradient(expand(first)), inputs);
      expectClose(evaluateGraph(second, inputs), numeric, 1e-8);
    }), { numRuns: 25 });
  });
});

const b = createBuilder();
const f64 = (shape: Shape) => ({ dtype: "f64" as const, shape });

describe("closed forms", () => {
  test("derivatives of sin up to the sixth", () => {
    const x = b.parameter(0, "x", f64([]));
    let y = b.unary("sin", x);
    const derivatives: Node[] = [];
    for (let order = 1; order <= 6; order++) derivatives.push(y = reverseGradient([y], [x])[0]!);
    const graph = expand({ name: "f", parameters: [x], results: derivatives });
    const at = 0.7;
    const expected = [Math.cos(at), -Math.sin(at), -Math.cos(at), Math.sin(at), Math.cos(at), -Math.sin(at)];
    expectClose(evaluateGraph(graph, [tensor("f64", [], [at])]), expected.map((value) => tensor("f64", [], [value])), 1e-14);
    // Nothing doubles from order to order: sin, cos and their signs.
    expect(topologicalOrder(graph).length).toBeLessThan(60);
  });

  test("the tutorial's g = (x + y) z", () => {
    const [x, y, z] = ["x", "y", "z"].map((name, i) => b.parameter(i, name, f64([])));
    const p = b.add(x!, y!);
    const g = b.mul(p, z!);
    const graph = expand({ name: "f", parameters: [x!, y!, z!], results: [p, g, ...reverseGradient([g], [x!, y!, z!])] });
    const values = evaluateGraph(graph, [1, 3, -3].map((value) => tensor("f64", [], [value])));
    expect(values.map(({ data }) => data[0])).toEqual([4, -12, -3, -3, 4]);
  });

  test("a variable in the middle of the graph is cut by identity", () => {
    const x = b.parameter(0, "x", f64([]));
    const middle = b.unary("exp", x);
    const twin = b.unary("exp", x);
    const cost = b.mul(middle, twin);
    const graph = expand({ name: "f", parameters: [x], results: reverseGradient([cost], [middle]) });
    expectClose(evaluateGraph(graph, [tensor("f64", [], [0.5])]), [tensor("f64", [], [Math.exp(0.5)])], 1e-15);
  });
});

describe("paths", () => {
  test("through integers, comparisons and floor carry nothing", () => {
    const x = b.parameter(0, "x", f64([2]));
    const steps = b.convert(b.convert(x, "i32"), "f64");
    const [gradient] = reverseGradient([b.mul(b.add(steps, b.unary("floor", x)), x)], [x]);
    const graph = expand({ name: "f", parameters: [x], results: [gradient!] });
    const [value] = evaluateGraph(graph, [tensor("f64", [2], [1.5, 2.5])]);
    expect([...value!.data]).toEqual([2, 4]);
  });

  test("to nothing give zeros of the variable's type", () => {
    const x = b.parameter(0, "x", f64([3]));
    const y = b.parameter(1, "y", f64([2]));
    const graph = expand({ name: "f", parameters: [x, y], results: reverseGradient([b.neg(x)], [x, y]) });
    expect(graph.results.map((node) => node.type.shape)).toEqual([[3], [2]]);
    expect(graph.results[1]!.op).toBe("full");
  });

  test("that are not differentiable are E304 with op and line", () => {
    const cases = [
      ["opaque(%p0, %p0)", "it is opaque"],
      ["steered(%p1, %p0)", "operand 1 only steers it"],
    ] as const;
    for (const [call, reason] of cases) {
      for (const mode of ["vjp", "jvp"]) {
        const graph = parseGraph(`func @f(%x: f64[n], %y: f64[n], %t: f64[n]) -> (f64[n]) {
          %0: f64[n] = ${mode}(%x, %y, %t) {region=func @r(%p0: f64[n], %p1: f64[n]) -> (f64[n]) {
            %0: f64[n] = ${call} // at model.ts:9
            %1: f64[n] = mul(%0, %p1)
            return %1
          }, wrt=1}
          %1: f64[n] = result(%0) {index=0}
          return %1
        }`);
        expect(() => expand(graph)).toThrow(expect.objectContaining({ code: "E304", op: call.split("(")[0], where: "model.ts:9" }));
        expect(() => expand(graph)).toThrow(reason);
      }
    }
  });

  test("beside an op that is not differentiable do not matter", () => {
    const graph = parseGraph(`func @f(%x: f64[n], %y: f64[n], %t: f64[n]) -> (f64[n]) {
      %0: f64[n] = vjp(%x, %y, %t) {region=func @r(%p0: f64[n], %p1: f64[n]) -> (f64[n]) {
        %0: f64[n] = steered(%p0, %p1)
        %1: f64[n] = opaque(%p1, %p1)
        %2: f64[n] = mul(%0, %1)
        return %2
      }, wrt=1}
      %1: f64[n] = result(%0) {index=0}
      return %1
    }`);
    expect(topologicalOrder(expand(graph)).map((node) => node.op)).toEqual(["parameter", "parameter", "opaque", "mul", "steered"]);
  });
});

describe("lines", () => {
  test("a derivative carries the line of what it differentiates", () => {
    const at = (line: number) => ({ describe: () => `model.ts:${line}` });
    const x = createBuilder(at(1)).parameter(0, "x", f64([2]));
    const y = createBuilder(at(2)).unary("exp", x);
    const z = createBuilder(at(3)).unary("sin", y);
    const graph = expand({ name: "f", parameters: [x], results: reverseGradient([z], [x]) });
    const lines = topologicalOrder(graph).filter((node) => node.op !== "full").map((node) => `${node.op} ${node.location?.describe()}`);
    expect(lines).toEqual(["parameter model.ts:1", "exp model.ts:2", "cos model.ts:3", "mul model.ts:2"]);
  });
});

describe("regions", () => {
  test("capture the largest parts that do not depend on the variables", () => {
    const x = b.parameter(0, "x", f64([]));
    const c = b.parameter(1, "c", f64([]));
    const outside = b.unary("exp", b.unary("sin", c));
    const { region, captures } = extractRegion([b.mul(b.mul(x, outside), b.full(2, "f64", []))], [x]);
    expect(captures).toEqual([outside]);
    expect(topologicalOrder(region).map((node) => node.op).sort()).toEqual(["full", "mul", "mul", "parameter", "parameter"]);
    expect(findFault(region)).toBeUndefined();
  });

  test("a result that depends on nothing is captured, and one that is a variable is a parameter", () => {
    const x = b.parameter(0, "x", f64([]));
    const c = b.parameter(1, "c", f64([]));
    const { region, captures } = extractRegion([x, c], [x]);
    expect(captures).toEqual([c]);
    expect(region.results).toEqual(region.parameters);
  });

  test("variables that depend on one another are put in different groups", () => {
    const x = b.parameter(0, "x", f64([]));
    const y = b.unary("exp", x);
    const z = b.parameter(1, "z", f64([]));
    expect(independentGroups([x, y, z])).toEqual([[x, z], [y]]);
  });
});

test("a chain of 100,000 nodes is differentiated without recursion", { timeout: 60_000 }, () => {
  const x = b.parameter(0, "x", f64([1]));
  const t = b.parameter(1, "t", f64([1]));
  const chain = (length: number): Node => {
    let y = b.mul(x, x);
    for (let i = 0; i < length; i++) y = b.neg(y);
    return y;
  };
  const graph = expand({
    name: "f", parameters: [x, t], results: [...reverseGradient([chain(100_000)], [x]), ...forwardGradient([chain(20_000)], [x], [t])],
  });
  const [reverse, forward] = evaluateGraph(graph, [tensor("f64", [1], [3]), tensor("f64", [1], [2])]);
  expect(reverse!.data[0]).toBe(6);
  expect(forward!.data[0]).toBe(12);
});
