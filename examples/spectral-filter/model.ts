// A filter with a gain for each frequency, and the signals that it learns from: waves of random phase and strength around two
// frequencies, under white noise.

import { adam, cosineDecay, fn, input, ones, shared, type Tensor } from "damo";
import { irfft, rfft, rfftFreq } from "damo/fft";
import * as random from "damo/random";

export const length = 256;
/** Of the spectrum of a real line. */
const places = 129;
export const deviation = 0.7;
const peaks = [[0.04, 3], [0.13, 2]] as const;
const width = 0.012;

/** The root of the signals' power at a frequency, beside 1 for white noise. */
export function strengthAt(frequency: number): number {
  return peaks.reduce((sum, [at, height]) => sum + height * Math.exp(-(((frequency - at) / width) ** 2)), 0);
}

/** What no filter with gains beats (Wiener, 1949): the share of the signal in the power at a frequency. */
export function bestGainAt(frequency: number): number {
  const power = strengthAt(frequency) ** 2;
  return power / (power + deviation ** 2);
}

type Lines = Tensor<"f32", ["batch", typeof length]>;

/** Every frequency times a real factor. */
function filter(lines: Lines, factors: Tensor<"f32", [typeof places]>): Lines {
  return irfft(rfft(lines).mul(factors.expandDims(-1)), { length });
}

/** Signals, and what is heard of them. */
function draw(key: random.Key): { readonly signal: Lines; readonly heard: Lines } {
  const [first, second] = [random.foldIn(key, 0), random.foldIn(key, 1)];
  const frequencies = rfftFreq(length) as unknown as Tensor<"f32", [typeof places]>;
  const strength = peaks.map(([at, height]) => frequencies.sub(at).div(width).square().neg().exp().mul(height)).reduce((sum, peak) => sum.add(peak));
  const signal = filter(random.normal(first, ["batch", length]), strength);
  return { signal, heard: signal.add(random.normal(second, ["batch", length]).mul(deviation)) };
}

/** `train` takes a step, `clean` filters, `example` draws. */
export function defineFilter(steps: number) {
  const gain = shared("gain", ones([places]));
  const { signal, heard } = draw(random.randomStream(1).key());
  const cost = filter(heard, gain).sub(signal).square().mean();
  const x = input("x", ["batch", length]);
  const key = input("key", [2], { dtype: "u32" });
  return {
    train: fn({ inputs: {}, sizes: ["batch"], outputs: { cost }, updates: adam(cost, [gain], { learningRate: cosineDecay(0.05, { steps }) }) }),
    clean: fn({ inputs: { x }, outputs: { y: filter(x, gain) } }),
    example: fn({ inputs: { key }, sizes: ["batch"], outputs: draw(key) }),
  };
}
