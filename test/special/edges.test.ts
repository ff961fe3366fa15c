// Ends of the range and neighbourhoods of poles, by closed forms and mpmath.
import { type AnyTensor, compile, fn, input } from "damo";
import * as special from "damo/special";
import { describe, expect, test } from "vitest";

type Build = (...operands: AnyTensor<"f64">[]) => AnyTensor;

const cases: readonly (readonly [name: string, build: Build, operands: readonly number[], wanted: number])[] = [
  ["gamma", special.gamma, [0], Infinity], ["gamma", special.gamma, [-0], -Infinity], ["gamma", special.gamma, [5e-324], Infinity], ["gamma", special.gamma, [-5e-324], -Infinity],
  ["gamma", special.gamma, [1e-300], 1e300], ["gamma", special.gamma, [-1e-300], -1e300], ["gamma", special.gamma, [-1e-15], -1e15 - 0.5772156649015329],
  ["beta", special.beta as never, [0, 0], Infinity], ["beta", special.beta as never, [0, 1e3], Infinity], ["beta", special.beta as never, [1e20, 0], Infinity], ["betaln", special.betaln as never, [0, 0], Infinity],
  ["polygamma 30", (x) => special.polygamma(30, x!), [-0.5], -9.2221270661620558e26], ["polygamma 30", (x) => special.polygamma(30, x!), [-1.5], -1.2232990235199245e20],
  ["betainc", special.betainc as never, [1e-20, 2, 1e-20], 1],
  // 10,000 terms of the fraction are too few, which is said.
  ["betainc", special.betainc as never, [1e10, 1e10, 0.5], Number.NaN], ["betainc", special.betainc as never, [0.5, 1e-20, 1 - 1e-9], Number.NaN],
];

describe.each(["wasm", "reference"] as const)("%s", (target) => {
  test.each(cases.filter(([, , , wanted]) => target === "wasm" || !Number.isNaN(wanted)).map(([name, build, operands, wanted]) => [name, operands, wanted, build] as const))("%s of %o is %d", async (_, operands, wanted, build) => {
    const inputs = operands.map((__, i) => input(`x${i}`, [], { dtype: "f64" }));
    const f = await compile(fn({ inputs: Object.fromEntries(inputs.map((x, i) => [`x${i}`, x])), outputs: { y: build(...inputs as AnyTensor<"f64">[]) } } as never), { target });
    const { y } = (f as unknown as (given: object) => { readonly y: { item(): number } })(Object.fromEntries(operands.map((value, i) => [`x${i}`, value])));
    if (!Number.isFinite(wanted)) expect(y.item()).toBe(wanted);
    else expect(Math.abs(y.item() - wanted)).toBeLessThanOrEqual(1e-14 * Math.abs(wanted));
  });
});

test("beta below 0, where gamma of the other parameter is infinite", async () => {
  const [a, b] = [input("a", ["n"], { dtype: "f64" }), input("b", ["n"], { dtype: "f64" })];
  const f = await compile(fn({ inputs: { a, b }, outputs: { beta: special.beta(a, b), betaln: special.betaln(a, b), pole: special.beta(a.floor(), b) } }));
  const points = [[-0.5, 200], [-0.25, 1e4], [-1.5, 1e4], [-2.75, 1e6]] as const;
  const found = f({ a: points.map(([p]) => p), b: points.map(([, q]) => q) });
  // B(p, q) = B(p + 1, q) (p + q) / p, up to p > 0.
  const above = f({ a: points.map(([p]) => p - Math.floor(p)), b: points.map(([, q]) => q) });
  points.forEach(([p, q], i) => {
    let expected = above.beta.data[i]!;
    for (let at = p - Math.floor(p) - 1; at >= p; at--) expected *= (at + q) / at;
    expect(Math.abs(found.beta.data[i]! / expected - 1)).toBeLessThan(1e-13);
    expect(Math.abs(found.betaln.data[i]! - Math.log(Math.abs(expected)))).toBeLessThan(1e-13);
    expect(found.pole.data[i]).toBeNaN();
  });
});
