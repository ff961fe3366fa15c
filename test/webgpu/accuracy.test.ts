// Math functions on the adapter against f64: within 4 units in the last place, at arguments of every exponent, at edges and where functions
// are hard. An adapter may take subnormal results for 0.
import { afterAll, describe, expect, test } from "vitest";
import { emitKernel } from "../../codegen/wgsl/kernel/emit-kernel.ts";
import { singleMath } from "../../ir/kernel/math/single-table.ts";
import { type MathOp, mathOps } from "../../ir/kernel/scalar.ts";
import { isOfTwo, oracles, pairOracles, ulpError } from "../math/oracles.ts";
import { mathKernel } from "../math/run-expansion.ts";
import { sampleFloats, samplePairs } from "../math/samples.ts";
import { fixtureTensor, readFixture } from "../ops/fixture-values.ts";
import { isMissing, reportMissing, requestTestDevice } from "./adapter.ts";
import { runSequence } from "./run-shader.ts";

const found = await requestTestDevice();
if (isMissing(found)) reportMissing(found, "the accuracy of math functions is not tried");
const device = isMissing(found) ? undefined : found.device;
afterAll(() => device?.destroy());

const samples = sampleFloats(2 ** 16);
const smallestNormal = 2 ** -126;

/** Computed in f64, which is refused. */
const needDouble: readonly MathOp[] = ["lgamma", "digamma"];

function argumentsOf(op: MathOp): readonly [Float32Array, Float32Array] {
  if (isOfTwo(op)) return samplePairs(op, 2 ** 17);
  const hard = readFixture("hard-angles.json").filter((fixture) => fixture.op === op && fixture.dtype === "f32");
  const x = Float32Array.from([...samples, ...hard.flatMap(({ inputs }) => [...(fixtureTensor("f32", inputs[0]!).data as Float32Array)])]);
  return [x, x];
}

async function wrongResults(op: MathOp): Promise<string[]> {
  const [x, y] = argumentsOf(op);
  const out = new Float32Array(x.length);
  await runSequence({ device: device!, sequence: emitKernel(mathKernel(op, "f32", 4, singleMath), { storageBuffers: 8 }), buffers: [x, y, out], sizes: [x.length] });
  const exact = (i: number): number => (isOfTwo(op) ? pairOracles[op](x[i]!, y[i]!) : oracles[op](x[i]!));
  const isWrong = (i: number): boolean =>
    ulpError(out[i]!, exact(i)) > 4 && !(Math.abs(exact(i)) < smallestNormal && Math.abs(out[i]!) <= smallestNormal);
  return [...out.keys()].filter(isWrong).map((i) => `${op}(${x[i]}${isOfTwo(op) ? `, ${y[i]}` : ""}) = ${out[i]}, not ${exact(i)}`);
}

describe.skipIf(device === undefined)("math functions of f32 on the adapter are within 4 units in the last place", () => {
  test.each<MathOp>(mathOps.filter((op) => !needDouble.includes(op)))("%s", async (op) => {
    const wrong = await wrongResults(op);
    expect(wrong.slice(0, 5), `${wrong.length} are wrong`).toEqual([]);
  });
});

test.each(needDouble)("%s of f32 is refused", (op) => {
  expect(() => emitKernel(mathKernel(op, "f32", 4, singleMath), { storageBuffers: 8 })).toThrow("E101 element computes in f64");
});
