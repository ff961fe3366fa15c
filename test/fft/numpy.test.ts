// Fourier transforms and convolutions give what NumPy and SciPy give, their gradients what JAX gives, on every target, in f64 and in f32.
// fixtures/fft.py made the expected values.
import { type AnyTensor, compile, fn, grad, input, type Tensor } from "damo";
import { fft, fftConvolve, fftFreq, fftShift, fftn, ifft, ifftShift, ifftn, irfft, irfftn, rfft, rfftFreq, rfftn } from "damo/fft";
import { describe, expect, test } from "vitest";
import { readFixtureFile } from "../read-fixture.ts";

interface Dense {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}
const cases = readFixtureFile(new URL("fixtures/fft.json", import.meta.url)) as {
  readonly [name: string]: { readonly inputs: readonly Dense[]; readonly expected: readonly Dense[] };
};

type Loose = Tensor<"f64">;
type Norm = "backward" | "ortho" | "forward";
const modes = ["full", "same", "valid"] as const;
const summed = (y: AnyTensor, w: Loose): Tensor<"f64", []> => (y as Loose).mul(w).sum();

function expressionsOf(name: string, [x, y, a, b, c, d]: readonly Loose[]): readonly AnyTensor[] {
  const length = Number(/\d+$/.exec(name)?.[0]);
  if (name.startsWith("length")) return [fft(x!), ifft(x!), rfft(y!), irfft(a!, { length })];
  if (name.startsWith("norm")) {
    const norm = name.slice(5) as Norm;
    return [fft(x!, { norm }), ifft(x!, { norm }), rfft(y!, { norm }), irfft(x!, { norm })];
  }
  if (name.startsWith("gradients")) {
    return [grad(summed(fft(x!), y!), x!), grad(summed(ifft(x!), y!), x!), grad(summed(rfft(a!), d!), a!), grad(summed(irfft(b!, { length }), c!), b!)] as AnyTensor[];
  }
  switch (name) {
    case "axis 0, cut": return [fft(x!, { length: 3, axis: 0 }), rfft(y!, { length: 3, axis: 0 }), irfft(x!, { length: 5, axis: 0 })];
    case "axis 1, filled": return [fft(x!, { length: 9, axis: 1 }), rfft(y!, { length: 9, axis: -2 }), irfft(x!, { length: 14, axis: 1 })];
    case "three axes": return [fftn(x!), ifftn(x!), rfftn(y!), irfftn(x!)];
    case "two axes": return [fftn(x!, { axes: [0, 1] }), ifftn(x!, { axes: [0, 1], norm: "ortho" }), rfftn(y!, { axes: [0, 1] }), irfftn(x!, { axes: [0, 1], length: 11 })];
    case "shifts": return [fftShift(x!), ifftShift(x!), fftShift(x!, 2)];
    case "frequencies": return [fftFreq(8, { spacing: 0.5, dtype: "f64" }), fftFreq(9, { dtype: "f64" }), rfftFreq(8, { dtype: "f64" }), rfftFreq(9, { spacing: 0.1, dtype: "f64" })];
    case "convolve": return modes.map((mode) => fftConvolve(x!, y!, { mode, axes: [1] }));
    case "convolve planes": return modes.map((mode) => fftConvolve(x!, y!, { mode }));
    default: throw new Error(`no expression for ${name}`);
  }
}

/** Errors relative to the root of the mean square: each pass rounds a few times. */
const tolerance = { f32: 6e-7, f64: 2e-15 } as const;

const targets = [{ target: "wasm" }, { target: "wasm", mode: "debug" }, { target: "wasm", threads: 2 }, { target: "reference" }] as const;
describe.each(targets.flatMap((options) => (["f64", "f32"] as const).map((dtype) => ({ ...options, dtype }))))("%o", ({ dtype, ...options }) => {
  test.each(Object.entries(cases))("%s", async (name, { inputs, expected }) => {
    const args = inputs.map(({ shape }, i) => input(`x${i}`, shape, { dtype }));
    const named = <T>(prefix: string, list: readonly T[]) => Object.fromEntries(list.map((item, i) => [`${prefix}${i}`, item]));
    const model = await compile(fn({ inputs: named("x", args), outputs: named("y", expressionsOf(name, args as unknown as Loose[])) } as never), options as never) as unknown as
      (values: unknown) => Record<string, { shape: number[]; data: ArrayLike<number> }>;
    const of = dtype === "f32" ? Float32Array : Float64Array;
    const actual = model(named("x", inputs.map(({ shape, data }) => ({ shape, data: of.from(data) }))));
    expected.forEach(({ shape, data }, i) => {
      const { [`y${i}`]: result } = actual;
      expect(result!.shape).toEqual(shape);
      const scale = Math.sqrt(data.reduce((sum, value) => sum + value * value, 0) / Math.max(1, data.length));
      const worst = data.reduce((most, value, at) => Math.max(most, Math.abs(value - result!.data[at]!)), 0);
      expect(worst, `result ${i}`).toBeLessThanOrEqual(tolerance[name === "frequencies" ? "f64" : dtype] * 3 * Math.max(scale, 1e-30));
    });
  });
});
