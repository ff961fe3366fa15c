// Math functions on the adapter against f64: within 4 units in the last place, at arguments of every exponent, at edges and where functions
// are hard. An adapter may take subnormal results for 0. DAMO_ACCURACY=1 prints the largest errors, as docs/accuracy.md has them.
import { afterAll, describe, expect, test } from "vitest";
import { builtInMath } from "../../codegen/wgsl/kernel/built-in-math.ts";
import { emitKernel } from "../../codegen/wgsl/kernel/emit-kernel.ts";
import { fastMath } from "../../codegen/wgsl/kernel/fast-math.ts";
import type { MathTable } from "../../ir/kernel/math/forms.ts";
import { singleMath } from "../../ir/kernel/math/single-table.ts";
import { type MathOp, mathOps } from "../../ir/kernel/scalar.ts";
import { isOfTwo, oracles, pairOracles, promiseOfSingle, ulpError } from "../math/oracles.ts";
import { mathKernel } from "../math/run-expansion.ts";
import { sampleFloats, samplePairs } from "../math/samples.ts";
import { fixtureTensor, readFixture } from "../ops/fixture-values.ts";
import { isMissing, reportMissing, requestTestDevice } from "./adapter.ts";
import { runSequence } from "./run-shader.ts";

const found = await requestTestDevice();
if (isMissing(found)) reportMissing(found, "the accuracy of math functions is not tried");
const device = isMissing(found) ? undefined : found.device;

const table = new Map<MathOp, { single?: number; moderate?: number; fast?: number }>();
const note = (op: MathOp, errors: object): unknown => table.set(op, { ...table.get(op), ...errors });
afterAll(() => {
  device?.destroy();
  if (process.env["DAMO_ACCURACY"] !== "1" || isMissing(found)) return;
  const text = (error: number | undefined): string => (error === undefined ? "" : error === Infinity ? "infinite" : error >= 100 ? error.toPrecision(2) : error.toFixed(3));
  console.log([found.name, ...[...table].map(([op, { single, moderate, fast }]) => `| \`${op}\` | ${text(single)} | ${text(moderate)} | ${text(fast)} |`)].join("\n"));
});

type Arguments = readonly [Float32Array, Float32Array];

const samples = sampleFloats(2 ** 16);
const smallestNormal = 2 ** -126;

function argumentsOf(op: MathOp): Arguments {
  if (isOfTwo(op)) return samplePairs(op, 2 ** 17);
  const hard = readFixture("hard-angles.json").filter((fixture) => fixture.op === op && fixture.dtype === "f32");
  const x = Float32Array.from([...samples, ...hard.flatMap(({ inputs }) => [...(fixtureTensor("f32", inputs[0]!).data as Float32Array)])]);
  return [x, x];
}

/** From 1/16 to 4 and their negatives, where built-in functions have something to promise. */
function moderateArguments(): Arguments {
  const values = Float32Array.from({ length: 2 ** 14 }, (_, i) => 2 ** ((i >> 1) / 2 ** 13 * 6 - 4) * (i % 2 === 0 ? 1 : -1));
  return [values, Float32Array.from(values, (_, i) => values[Math.imul(i, 7919) & (values.length - 1)]!)];
}

const exactly = (op: MathOp, x: number, y: number): number => (isOfTwo(op) ? pairOracles[op](x, y) : oracles[op](x));

async function run(op: MathOp, [x, y]: Arguments, math: MathTable): Promise<Float32Array> {
  const out = new Float32Array(x.length);
  await runSequence({ device: device!, sequence: emitKernel(mathKernel(op, "f32", 4, math), { storageBuffers: 8 }), buffers: [x, y, out], sizes: [x.length] });
  return out;
}

/** In units in the last place; 0 where both are less than the smallest normal number, or as close as is promised next to zeros. */
function errorsOf(op: MathOp, [x, y]: Arguments, out: Float32Array): Float64Array {
  const { absolute } = promiseOfSingle(op);
  return Float64Array.from(out, (value, i) => {
    const exact = exactly(op, x[i]!, y[i]!);
    const flushed = Math.abs(exact) < smallestNormal && Math.abs(value) <= smallestNormal;
    return flushed || Math.abs(value - exact) <= absolute ? 0 : ulpError(value, exact);
  });
}

const largest = (errors: Float64Array): number => errors.reduce((a, b) => Math.max(a, b), 0);

describe.skipIf(device === undefined)("math functions of f32 on the adapter are within 4 units in the last place", () => {
  test.each<MathOp>(mathOps)("%s", async (op) => {
    const args = argumentsOf(op);
    const out = await run(op, args, singleMath);
    const errors = errorsOf(op, args, out);
    note(op, { single: largest(errors) });
    const wrong = [...out.keys()].filter((i) => errors[i]! > promiseOfSingle(op).ulp);
    const shown = wrong.slice(0, 5).map((i) => `${op}(${args[0][i]}, ${args[1][i]}) = ${out[i]}, not ${exactly(op, args[0][i]!, args[1][i]!)}`);
    expect(shown, `${wrong.length} are wrong`).toEqual([]);
  });
});

describe.skipIf(device === undefined)("fast math is the built-in function, as accurate as the adapter makes it", () => {
  const [all, positive, one, from1] = [[-Infinity, Infinity], [0, Infinity], [-1, 1], [1, Infinity]] as const;
  const domains: { readonly [Op in keyof typeof builtInMath]: readonly [number, number] } = {
    rsqrt: positive, log: positive, log2: positive, pow: positive, asin: one, acos: one, atanh: one, acosh: from1,
  };

  test.each(Object.keys(builtInMath) as MathOp[])("%s", async (op) => {
    const [low, high] = domains[op] ?? all;
    const given = moderateArguments();
    const inside = [...given[0].keys()].filter((i) => given[0][i]! > low && given[0][i]! < high);
    const args: Arguments = [Float32Array.from(inside, (i) => given[0][i]!), Float32Array.from(inside, (i) => given[1][i]!)];
    const out = await run(op, args, fastMath);
    note(op, { moderate: largest(errorsOf(op, args, await run(op, args, singleMath))), fast: largest(errorsOf(op, args, out)) });
    const exact = [...out.keys()].map((i) => exactly(op, args[0][i]!, args[1][i]!));
    // WGSL promises 2^-11 for sines, relative errors of that order for most others.
    const wrong = [...out.keys()].filter((i) => !(Math.abs(out[i]! - exact[i]!) <= 2 ** -10 * Math.max(1, Math.abs(exact[i]!))));
    expect(wrong.slice(0, 5).map((i) => `${op}(${args[0][i]}, ${args[1][i]}) = ${out[i]}, not ${exact[i]}`)).toEqual([]);
  });

  test("functions that WGSL does not have are expanded", async () => {
    const args: Arguments = [Float32Array.of(8, -27, 0.001), Float32Array.of(1, 1, 1)];
    expect(largest(errorsOf("cbrt", args, await run("cbrt", args, fastMath)))).toBeLessThan(1);
  });
});
