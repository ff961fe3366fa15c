// The text form: parse(print(g)) is g, print(parse(t)) is t, and no text makes anything but a coded error.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createBuilder } from "../../ir/build.ts";
import { DamoError } from "../../ir/errors.ts";
import type { Graph } from "../../ir/node.ts";
import { tensor } from "../../ir/ops/sample.ts";
import { parseGraph } from "../../ir/parse.ts";
import { printAround, printGraph, showNumber } from "../../ir/print.ts";
import { namedSize } from "../../ir/size.ts";
import { randomGraph } from "./random-graph.ts";

const example = `func @f(%x: f32[batch,3], %b: f32[3]) -> (f32[batch]) {
  %0: f32[batch,3] = broadcast(%b) {shape=[batch,3], axes=[1]}
  %1: f32[batch,3] = add(%x, %0)
  %2: f32[batch] = reduce_sum(%1) {axes=[1]}
  return %2
}
`;

const withRegion = `func @"a name with spaces"(%x: f64[2*n-1], %"weird \\"name\\"": f64[2*n-1], %"7": i64[floor_div(n,2)]) -> (f64[2*n-1], i64[floor_div(n,2)]) {
  %0: f64[2*n-1] = full() {value=1, dtype=f64, shape=[2*n-1]}
  %1: f64[2*n-1] = vjp(%x, %"weird \\"name\\"", %0) {region=func @r(%p0: f64[2*n-1], %p1: f64[2*n-1]) -> (f64[2*n-1]) {
    %0: f64[2*n-1] = mul(%p0, %p1)
    return %0
  }, wrt=1}
  %2: f64[2*n-1] = result(%1) {index=0} // at model.ts:12
  %3: i64[floor_div(n,2)] = full() {value=-9223372036854775808, dtype=i64, shape=[floor_div(n,2)]}
  %4: i64[floor_div(n,2)] = add(%"7", %3)
  return %2, %4
}
`;

describe("print after parse", () => {
  test.each([["a function", example], ["regions, quoted names, 64-bit constants, lines", withRegion]])("gives the text back: %s", (_, text) => {
    expect(printGraph(parseGraph(text), { locations: true })).toBe(text);
  });

  test("brings free layout, comments and sizes into the one form", () => {
    const free = `// a comment
      func @f(%a: f32[1 + n*2 - 1, 3]) -> (f32[ (n+n), 3 ]) { %sum: f32[n*2,3] = add ( %a , %a ) // more
      return %sum }`;
    expect(printGraph(parseGraph(free))).toBe("func @f(%a: f32[2*n,3]) -> (f32[2*n,3]) {\n  %0: f32[2*n,3] = add(%a, %a)\n  return %0\n}\n");
  });

  test("keeps a function without parameters or results", () => {
    const text = "func @f() -> () {\n  return\n}\n";
    expect(printGraph(parseGraph(text))).toBe(text);
  });
});

describe("parse after print", () => {
  test("gives random graphs back", () => {
    fc.assert(fc.property(randomGraph({ dtype: "f32", smooth: false, maxOps: 30 }), (graph) => {
      const text = printGraph(graph);
      expect(printGraph(parseGraph(text))).toBe(text);
    }), { numRuns: 200 });
  });

  test("gives constants of every dtype back, bit for bit", () => {
    const constants = [
      tensor("f32", [6], [0.1, -0, Number.POSITIVE_INFINITY, Number.NaN, 1e-45, 3.4028234663852886e38]),
      tensor("f64", [2, 2], [0.1, Number.MIN_VALUE, -Number.MAX_VALUE, Number.NEGATIVE_INFINITY]),
      tensor("i64", [2], [2n ** 63n - 1n, -(2n ** 63n)]), tensor("u32", [1], [2 ** 32 - 1]), tensor("i8", [2], [-128, 127]),
      tensor("bool", [2], [0, 1]), tensor("u8", [0, 3], []), tensor("i32", [], [-7]),
    ];
    const b = createBuilder();
    const graph: Graph = { name: "f", parameters: [], results: constants.map((data) => b.make("constant", [], { data })) };
    const back = parseGraph(printGraph(graph)).results.map((node) => node.attributes["data"]);
    expect(back).toEqual(constants);
  });

  test("gives any f32 and f64 back", () => {
    fc.assert(fc.property(fc.float({ noNaN: true }), fc.double({ noNaN: true }), (single, double) => {
      expect(Math.fround(Number(showNumber(single, "f32").replace("inf", "Infinity")))).toBe(single);
      expect(Number(showNumber(double, "f64").replace("inf", "Infinity"))).toBe(double);
    }), { numRuns: 500 });
    const shown = [0.1, 1 / 3, 16777216, 1.17549435e-38, 1e-3].map((value) => showNumber(Math.fround(value), "f32"));
    expect(shown).toEqual(["0.1", "0.33333334", "16777216", "1.1754944e-38", "0.001"]);
  });
});

describe("texts that are not graphs", () => {
  test("cut anywhere, they are coded errors with a place", () => {
    for (let end = 0; end < withRegion.length - 2; end++) {
      const error = parseError(withRegion.slice(0, end));
      expect(error.where).toMatch(/^cut\.ir:\d+:\d+$/);
    }
  });

  test("with any character changed, they parse or are coded errors", () => {
    fc.assert(fc.property(fc.nat(withRegion.length - 1), fc.string({ minLength: 0, maxLength: 3 }), (at, insert) => {
      try {
        parseGraph(withRegion.slice(0, at) + insert + withRegion.slice(at + 1));
      } catch (error) {
        expect(error).toBeInstanceOf(DamoError);
      }
    }), { numRuns: 500 });
  });

  test("nested without end, they do not overflow the stack", () => {
    expect(parseError(`func @f(%x: f32[${"(".repeat(1e5)}`).code).toBe("E801");
    expect(parseError(`func @f(%x: f32[${"-".repeat(1e5)}`).code).toBe("E801");
    expect(parseError(`func @f(%x: f32[${"min(".repeat(1e5)}`).code).toBe("E801");
    const nested = `func @f(%x: f32[]) -> (f32[]) { %0: f32[] = vjp(%x, %x) {region=`;
    expect(parseError(nested.repeat(1e4)).code).toBe("E801");
  });
});

function parseError(text: string): DamoError {
  try {
    parseGraph(text, "cut.ir");
  } catch (error) {
    if (error instanceof DamoError) return error;
    throw error;
  }
  throw new Error("it parsed");
}

describe("texts for people", () => {
  test("shorten constants", () => {
    const b = createBuilder();
    const graph: Graph = { name: "f", parameters: [], results: [b.make("constant", [], { data: tensor("i32", [5], [1, 2, 3, 4, 5]) })] };
    expect(printGraph(graph, { maxElements: 2 })).toContain("{data=i32[5](1,2,... 5 elements)}");
  });

  test("show a node and what is around it", () => {
    const b = createBuilder();
    const x = b.parameter(0, "x", { dtype: "f32", shape: [namedSize("n")] });
    const chain = [x];
    for (let i = 0; i < 20; i++) chain.push(b.neg(chain[i]!));
    const text = printAround({ name: "f", parameters: [x], results: [chain[20]!] }, chain[10]!, 1);
    expect(text).toBe("    %8: f32[n] = neg(%7)\n>   %9: f32[n] = neg(%8)\n    %10: f32[n] = neg(%9)");
  });
});
