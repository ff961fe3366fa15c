// The rewrite-rule language: matching, construction checks, fixpoints, depth.
import { describe, expect, test } from "vitest";
import { createBuilder } from "../../ir/build.ts";
import type { Graph, Node } from "../../ir/node.ts";
import { parseGraph } from "../../ir/parse.ts";
import { printGraph } from "../../ir/print.ts";
import type { Rule } from "../../ir/rewrite.ts";
import { any, anyConstant, applyRules, as, computed, constant, op, opLike, opWith, rule } from "../../ir/rewrite.ts";

const bits = { claim: { kind: "bits" as const }, edges: "none" };

function body(lines: string, results = "f32[n]"): string {
  return `func @f(%x: f32[n], %y: f32[n]) -> (${results}) {\n${lines.trim().split("\n").map((line) => `  ${line.trim()}`).join("\n")}\n}\n`;
}

function rewrite(lines: string, rules: readonly Rule[]): string {
  return printGraph(applyRules(parseGraph(body(lines)), rules));
}

const addZero = rule("x + -0", op("add", any("x"), constant(-0)), any("x"), bits);
const doubleNegation = rule("-(-x)", op("neg", op("neg", any("x"))), any("x"), bits);
const same = rule("x - x", op("sub", any("x"), any("x")), constant(0), bits);
const log1p = rule("log1p", op("log", op("add", constant(1), any("x"))), op("log1p", any("x")), {
  claim: { kind: "reals", domain: { x: [-0.5, 1e30] } }, edges: "none change",
});

describe("rules match", () => {
  test("commutative operands in both orders", () => {
    for (const operands of ["%0, %x", "%x, %0"]) {
      expect(rewrite(`%0: f32[n] = full() {value=1, dtype=f32, shape=[n]}
        %1: f32[n] = add(${operands})
        %2: f32[n] = log(%1)
        return %2`, [log1p])).toBe(body("%0: f32[n] = log1p(%x)\nreturn %0"));
    }
  });

  test("a repeated variable means the same node", () => {
    expect(rewrite("%0: f32[n] = sub(%x, %x)\nreturn %0", [same])).toBe(body("%0: f32[n] = full() {value=0, dtype=f32, shape=[n]}\nreturn %0"));
    const different = "%0: f32[n] = sub(%x, %y)\nreturn %0";
    expect(rewrite(different, [same])).toBe(body(different));
  });

  test("constants exactly: 0 is not -0", () => {
    const text = (zero: string): string => `%0: f32[n] = full() {value=${zero}, dtype=f32, shape=[n]}
      %1: f32[n] = add(%x, %0)
      return %1`;
    expect(rewrite(text("-0"), [addZero])).toBe(body("return %x"));
    expect(rewrite(text("0"), [addZero])).toBe(body(text("0")));
  });

  test("the second order of operands when the first meets a condition that fails", () => {
    const constantLeft = rule("move", op("mul", any("x"), as("c", op("exp", any("y")))), op("div", any("x"), op("exp", op("neg", any("y")))), {
      ...bits, grows: "a test", where: (match) => match.node("c").inputs[0]!.attributes["name"] === "y",
    });
    expect(rewrite(`%0: f32[n] = exp(%y)
      %1: f32[n] = exp(%x)
      %2: f32[n] = mul(%0, %1)
      return %2`, [constantLeft])).toContain("div(");
  });

  test("attributes, and templates that copy them", () => {
    const graph = parseGraph(body("%0: f32[] = reduce_sum(%x) {axes=[0]}\n%1: f32[] = neg(%0)\nreturn %1", "f32[]"));
    const sink = rule("-sum(x)", op("neg", as("s", op("reduce_sum", any("x")))), opLike("s", "reduce_sum", op("neg", any("x"))), bits);
    const sunk = body("%0: f32[n] = neg(%x)\n%1: f32[] = reduce_sum(%0) {axes=[0]}\nreturn %1", "f32[]");
    expect(printGraph(applyRules(graph, [sink]))).toBe(sunk);
    const onAxis = (axis: number): Rule => rule("axis", opWith("reduce_sum", { axes: [axis] }, any("x")), opWith("reduce_max", { axes: [axis] }, any("x")), bits);
    expect(applyRules(graph, [onAxis(1)])).toBe(graph);
    expect(printGraph(applyRules(graph, [onAxis(0)]))).toContain("reduce_max(%x) {axes=[0]}");
  });

  test("constants of i64", () => {
    const times2 = rule("x * 2", op("mul", any("x"), constant(2)), op("add", any("x"), any("x")), bits);
    const graph = parseGraph(`func @f(%x: i64[]) -> (i64[]) {
      %0: i64[] = full() {value=2, dtype=i64, shape=[]}
      %1: i64[] = mul(%x, %0)
      return %1
    }`);
    expect(printGraph(applyRules(graph, [times2]))).toContain("add(%x, %x)");
  });
});

describe("rules are refused when made", () => {
  test("with an unbound variable", () => {
    expect(() => rule("bad", op("neg", any("x")), any("y"), bits)).toThrow(/"y" is not bound/);
    expect(() => rule("bad", op("neg", any("x")), opLike("s", "neg", any("x")), bits)).toThrow(/"s" is not bound/);
    expect(() => rule("bad", op("neg", any("x")), constant(1, "z"), bits)).toThrow(/"z" is not bound/);
    expect(() => rule("bad", op("neg", any("x")), computed(["c"], () => undefined), bits)).toThrow(/"c" is not bound/);
  });
  test("with a variable for a root", () => {
    expect(() => rule("bad", any("x"), any("x"), bits)).toThrow(/root/);
  });
  test("with more ops on the right and no reason", () => {
    expect(() => rule("bad", op("neg", any("x")), op("neg", op("neg", op("neg", any("x")))), bits)).toThrow(/more ops/);
  });
  test("with the wrong number of operands or an unknown op", () => {
    expect(() => op("add", any("x"))).toThrow(/operands/);
    expect(() => op("nonsense", any("x"))).toThrow(/E803/);
  });
  test("when two have one name", () => {
    const graph = parseGraph(body("return %x"));
    expect(() => applyRules(graph, [same, same])).toThrow(/two rules/);
  });
});

describe("application", () => {
  test("gives the same graph when no rule matches", () => {
    const graph = parseGraph(body("%0: f32[n] = exp(%x)\nreturn %0"));
    expect(applyRules(graph, [log1p, same, doubleNegation])).toBe(graph);
  });

  test("goes to a fixpoint through new nodes, and logs firings", () => {
    const fired: string[] = [];
    const graph = parseGraph(body(`%0: f32[n] = neg(%x)
      %1: f32[n] = neg(%0)
      %2: f32[n] = neg(%1)
      %3: f32[n] = neg(%2)
      %4: f32[n] = sub(%3, %x)
      return %4`));
    const after = applyRules(graph, [doubleNegation, same], { fired: (name) => fired.push(name) });
    expect(after.results[0]!.op).toBe("full");
    expect(fired).toEqual(["-(-x)", "-(-x)", "x - x"]);
  });

  test("keeps the user's line of the node that it replaces", () => {
    const graph = parseGraph(body(`%0: f32[n] = sub(%x, %x) // at model.ts:7
      return %0`));
    expect(applyRules(graph, [same]).results[0]!.location?.describe()).toBe("model.ts:7");
  });

  test("rules that undo each other are a bug with a name", () => {
    const there = rule("there", op("exp", any("x")), op("exp2", any("x")), bits);
    const back = rule("back", op("exp2", any("x")), op("exp", any("x")), bits);
    expect(() => applyRules(parseGraph(body("%0: f32[n] = exp(%x)\nreturn %0")), [there, back])).toThrow(/undoing/);
  });

  test("a rule that changes the type is a bug with a name", () => {
    const wrong = rule("wrong", op("exp", any("x")), computed(["x"], (b, match) => b.convert(match.node("x"), "f64")), bits);
    expect(() => applyRules(parseGraph(body("%0: f32[n] = exp(%x)\nreturn %0")), [wrong])).toThrow(/rule wrong turns f32\[n\] into f64\[n\]/);
  });

  test("readers counts the graph's reads", () => {
    const counts: number[] = [];
    const counting = rule("count", op("neg", as("e", op("exp", any("x")))), computed(["e"], (_b, match) => {
      counts.push(match.readers("e"));
      return undefined;
    }), bits);
    rewrite("%0: f32[n] = exp(%x)\n%1: f32[n] = neg(%0)\n%2: f32[n] = add(%1, %0)\nreturn %2", [counting]);
    expect(counts).toEqual([2]);
  });

  test("moves an op down a chain of 50,000 without recursion, in linear time", { timeout: 60_000 }, () => {
    const b = createBuilder();
    const x = b.parameter(0, "x", { dtype: "f32", shape: [2] });
    let y: Node = x;
    for (let i = 0; i < 50_000; i++) y = b.unary("abs", y);
    const sink = rule("sink", op("neg", op("abs", any("x"))), op("abs", op("neg", any("x"))), bits);
    const graph: Graph = { name: "f", parameters: [x], results: [b.neg(y)] };
    let fired = 0;
    const after = applyRules(graph, [sink], { fired: () => fired++ });
    expect(fired).toBe(50_000);
    expect(after.results[0]!.op).toBe("abs");
  });

  test("anyConstant gives its value", () => {
    const fold = rule("fold", op("add", op("add", any("x"), anyConstant("a")), anyConstant("b")),
      computed(["x", "a", "b"], (b, match) => b.add(match.node("x"), b.fullLike(match.root, Number(match.value("a")) + Number(match.value("b"))))), bits);
    expect(rewrite(`%0: f32[n] = full() {value=2, dtype=f32, shape=[n]}
      %1: f32[n] = full() {value=3, dtype=f32, shape=[n]}
      %2: f32[n] = add(%0, %x)
      %3: f32[n] = add(%1, %2)
      return %3`, [fold])).toBe(body("%0: f32[n] = full() {value=5, dtype=f32, shape=[n]}\n%1: f32[n] = add(%x, %0)\nreturn %1"));
  });
});
