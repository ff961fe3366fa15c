// One function of numbers in three worlds: JavaScript itself, the evaluator and WebAssembly, in f64 on the same points.
import { compile, fn, input } from "damo";
import { elementwise, type ScalarFunction } from "damo/elementwise";
import type { Tensor } from "damo";

const f64 = { dtype: "f64" } as const;
export const targets = ["reference", "wasm"] as const;

/** Points of every sort: zeros of both signs, whole numbers, halves, tiny and huge ones, infinities, NaN. */
export const grid = [0, -0, 1, -1, 0.5, -0.5, 1.5, -1.5, 2.5, -2.5, 3, -4, 7.25, 0.49999999999999994, 1e-20, -1e-20, 4503599627370497.5, 1e300, -1e300, Infinity, -Infinity, NaN];

/** All pairs of grid points. */
export const pairs: readonly (readonly [number, number])[] = grid.flatMap((a) => grid.map((b) => [a, b] as const));

/** What the function gives on each point, computed by Damo. */
export async function evaluate(f: ScalarFunction, points: readonly (readonly number[])[], target: (typeof targets)[number]): Promise<(number | boolean)[]> {
  const count = points[0]!.length;
  const inputs = Array.from({ length: count }, (_, i) => input(`x${i}`, ["n"], f64));
  const operator = elementwise(f) as unknown as (...operands: readonly Tensor[]) => Tensor;
  const model = await compile(fn({ inputs: Object.fromEntries(inputs.map((x) => [x.name, x])), outputs: { y: operator(...inputs) }, onUnusedInput: "ignore" }), { target });
  const { y } = model(Object.fromEntries(inputs.map((x, i) => [x.name, Float64Array.from(points, (point) => point[i]!)])));
  model.dispose();
  return y.toArray() as (number | boolean)[];
}

/** What JavaScript gives. */
export function plain(f: ScalarFunction, points: readonly (readonly number[])[]): (number | boolean)[] {
  return points.map((point) => (f as unknown as (...values: readonly number[]) => number | boolean)(...point));
}
