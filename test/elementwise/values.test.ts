// Elementwise functions give what JavaScript gives: bit for bit where every operation is exact or correctly rounded, edges
// included, and to a few units in the last place where functions are approximated.
import { compile, fn, grad, input } from "damo";
import { elementwise, type ScalarFunction } from "damo/elementwise";
import { checkGradient } from "damo/testing";
import { transform } from "esbuild";
import { describe, expect, test } from "vitest";
import { evaluate, grid, pairs, plain, targets } from "./run.ts";

const unary = (f: (x: number) => number | boolean): ScalarFunction => f;
const points = grid.map((x) => [x] as const);

/** Equal bits, of NaN any. */
function expectSame(actual: readonly (number | boolean)[], expected: readonly (number | boolean)[], at: readonly (readonly number[])[]): void {
  expected.forEach((value, i) => {
    if (!Object.is(actual[i], value)) expect({ at: at[i], value: actual[i] }).toEqual({ at: at[i], value });
  });
}

const exactOfOne: { readonly [name: string]: (x: number) => number | boolean } = {
  "abs, sign": (x) => Math.abs(x) + Math.sign(x),
  "floor, ceil, trunc": (x) => Math.floor(x) - Math.ceil(x) + Math.trunc(x),
  "trunc": (x) => Math.trunc(x),
  "round": (x) => Math.round(x),
  "sign": (x) => Math.sign(x),
  "fround": (x) => Math.fround(x),
  "sqrt": (x) => Math.sqrt(x),
  "division by zero": (x) => 1 / x,
  "unary": (x) => -(+x) - (-x),
  "isNaN": (x) => isNaN(x) || Number.isNaN(x - x),
  "isFinite": (x) => !isFinite(x) && !Number.isFinite(x),
  "truth of a number": (x) => (x ? 1 : 2),
  "not": (x) => !x,
  "value of &&": (x) => x && 5,
  "value of ||": (x) => x || 5,
  "literals": (x) => x * 0x10 + 0b11 - 0o17 + 1_000 + .5 + 5. + 1e-3,
  "constants": (x) => (x > Number.MAX_SAFE_INTEGER ? Number.EPSILON : -Infinity),
  "nothing but a constant": (_) => Math.PI * 2,
  "known conditions": (x) => { const two = 2; return two > 1 && !(two - 2) ? x : Math.log(-1); },
  "a boolean as a number": (x) => +(x > 0) * 2 + (x < 1 ? 1 : 0),
};

const exactOfTwo: { readonly [name: string]: (x: number, y: number) => number | boolean } = {
  "arithmetic": (x, y) => (x + y) * (x - y) / y,
  "remainder": (x, y) => x % y,
  "max": (x, y) => Math.max(x, y, 0.5),
  "min": (x, y) => Math.min(x, y),
  "comparisons": (x, y) => (x < y ? 1 : 0) + (x <= y ? 2 : 0) + (x > y ? 4 : 0) + (x >= y ? 8 : 0) + (x === y ? 16 : 0) + (x !== y ? 32 : 0),
  "equality of booleans": (x, y) => (x > 0) === (y > 0),
  "logic": (x, y) => (x > 0 && y > 0) || !(x < y),
  "conditions of numbers": (x, y) => (x && y || x ? y : x),
  "precedence": (x, y) => x - y - 1 * x / y + -x * y,
  body(x, y) {
    const a = x * 2, b = y - 1;
    if (a > b) {
      if (a > 10) return a;
      const c = a + b;
      if (c < 0) return -c;
    } else if (b === 3) return b;
    // Reached from both sides.
    return a * b;
  },
  "shadowing": (x, y) => {
    const a = x;
    if (y > 0) {
      const a = y;
      return a + 1;
    }
    { const y = a * 2; if (y > 1) return y; }
    return a - y;
  },
};

describe.each(targets)("%s", (target) => {
  test.each(Object.entries(exactOfOne))("%s", async (_, f) => {
    expectSame(await evaluate(unary(f), points, target), plain(unary(f), points), points);
  });

  test.each(Object.entries(exactOfTwo))("%s", async (_, f) => {
    expectSame(await evaluate(f, pairs, target), plain(f, pairs), pairs);
  });

  test.each([
    [(x: number, y: number) => x ** y], [(x: number, y: number) => Math.pow(x, y) + 2 ** x], [(x: number, y: number) => Math.atan2(x, y)], [(x: number) => x ** 2 - (-x) ** 3 ** 0.5],
    [(x: number) => Math.exp(x) + Math.expm1(x) + Math.cosh(x)], [(x: number) => Math.log(x) - Math.log2(x) + Math.log10(x) - Math.log1p(x)], [(x: number) => Math.cbrt(x) + Math.asinh(x)],
    [(x: number) => Math.sin(x / 1e300) + Math.cos(x / 1e300) + Math.tan(x / 1e300)], [(x: number) => Math.asin(x) + Math.acos(x) + Math.atan(x)], [(x: number) => Math.sinh(x)],
    [(x: number) => Math.tanh(x) + Math.atanh(x) + Math.acosh(x)],
  ] as readonly (readonly [ScalarFunction])[])("%s, to 1e-14", async (f) => {
    const at = f.length === 1 ? points : pairs;
    const expected = plain(f, at) as number[];
    const actual = await evaluate(f, at, target) as number[];
    expected.forEach((value, i) => {
      if (Number.isFinite(value)) expect(Math.abs(actual[i]! - value), `${at[i]!.join()}: ${actual[i]}, not ${value}`).toBeLessThanOrEqual(1e-14 * (1 + Math.abs(value)));
      else expect(actual[i], at[i]!.join()).toBe(value);
    });
  });

  test("operands broadcast, integers are f32, bools are booleans", async () => {
    const x = input("x", [2, 1], { dtype: "i32" });
    const y = input("y", [3]);
    const p = input("p", [3], { dtype: "bool" });
    const pick = elementwise((a: number, b: number, choose: boolean) => (choose ? a / 2 : b));
    const less = elementwise((a: number, b: number) => a < b)(x, y);
    const count = elementwise((a: boolean) => (a ? 2 : 1))(p);
    const f = await compile(fn({ inputs: { x, y, p }, outputs: { z: pick(x, y, p), less, count } }), { target });
    const got = f({ x: [[1], [5]], y: [1.5, 2.5, 10], p: [true, false, true] });
    expect(got.z.toArray()).toEqual([[0.5, 2.5, 0.5], [2.5, 2.5, 2.5]]);
    expect(got.less.toArray()).toEqual([[true, true, true], [false, false, true]]);
    expect(got.count.toArray()).toEqual([2, 1, 2]);
  });
});

describe("gradients", () => {
  const functions: { readonly [name: string]: readonly [ScalarFunction, readonly (readonly number[])[]] } = {
    "a choice": [(x: number, y: number) => (x > 0 ? Math.exp(-y) * x : y * y), [[0.5, -1, 2], [1.5, 0.5, -2]]],
    "body": [(x: number, y: number) => { const t = Math.tanh(x * y); if (t < 0) return t * x; return Math.atan2(t, y); }, [[0.5, -1, 2], [1.5, 0.5, 2]]],
    "remainder and power": [(x: number, y: number) => x % y + Math.abs(x) ** y, [[2.3, -4.1, 0.7], [1.5, 2.5, 3.2]]],
    "round": [(x: number) => Math.round(x) * x + Math.max(x, 0.3) * Math.fround(1), [[0.7, -1.2, 2.4]]],
  };
  test.each(Object.entries(functions))("%s", async (_, [f, at]) => {
    const operator = elementwise(f) as unknown as (...operands: readonly unknown[]) => { square(): { sum(): never } };
    await checkGradient((...args) => operator(...args).square().sum(), at);
  });

  test("only the side that is taken counts", async () => {
    const x = input("x", [3], { dtype: "f64" });
    const y = elementwise((v: number) => (v > 0 ? Math.log(v) + v ** 0.5 : 3 * v))(x);
    const f = await compile(fn({ inputs: { x }, outputs: grad(y.sum(), x) }));
    expect(f({ x: [-1, 0, 4] }).toArray()).toEqual([3, 3, 0.25 + 0.25]);
  });
});

describe("forms of functions", () => {
  const check = async (source: string): Promise<void> => {
    // Not run by Damo: made here, so that its source is what the test says.
    const f = new Function(`return (${source});`)() as ScalarFunction;
    const at = f.length === 1 ? points : pairs;
    expectSame(await evaluate(f, at, "reference"), plain(f, at), at);
  };

  test.each([
    "x => x + 1", "(x) => { return x\n }", "function (x) { return x * 2 }", "function name(x, y) { return x - y; }", "({ method(x, y) { return x * y } }).method",
    "(x, y) => { const a = x\n const b = y\n if (a > b) return a\n else return b\n }", "x => (/* a comment */ x // another\n)", "(x, y,) => { let a = x; var b = y;; return a + b }",
    "x=>x>0?.5:.25", "(x,y)=>{if(x>y)return x;return y}", "$=>$*$", "(été) => été + 1", "x => { if (x > 1) ; else return 2; return 3 }",
  ])("%s", async (source) => {
    await check(source);
  });

  test("minified functions", async () => {
    const source = `export const f = (first: number, second: number): number => {
      const threshold: number = first * 0.5 + 1;
      if (threshold > second && first !== 0) {
        const scaled = Math.max(threshold, second) ** 2;
        return scaled > 1e3 ? scaled / 2 : -scaled;
      } else if (!(first < second)) return Math.round(second);
      const inverse = 1 / (first - second);
      return Number.isFinite(inverse) ? inverse : (0 as number);
    };`;
    const { code } = await transform(source, { loader: "ts", minify: true, format: "esm" });
    const text = /const \w+=(.*?);export/s.exec(code)?.[1];
    expect(text).toMatch(/^\(\w,\w\)=>/);
    await check(text!);
  });
});
