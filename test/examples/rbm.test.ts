// The likelihood is that of a machine small enough to count all its states, so are its dreams; and a larger one learns digits.
import { compile } from "damo";
import { describe, expect, test } from "vitest";
import { findDigits } from "../../examples/mnist/data.ts";
import { learnDigits } from "../../examples/rbm/learn.ts";
import { defineRbm } from "../../examples/rbm/model.ts";
import { writeReport } from "../../examples/rbm/report.ts";

const [visible, hidden] = [4, 3];
const small = { visible, hidden, batch: 2, gibbsSteps: 3, learningRate: 0.05, seed: 5 };

/** Units of state number `i`. */
const unitsOf = (i: number, count: number): number[] => Array.from({ length: count }, (_, unit) => (i >> unit) & 1);

interface Machine { readonly weights: Float32Array; readonly hiddenBias: Float32Array; readonly visibleBias: Float32Array }

/** The unnormalised probability of what is visible: a sum over all states of the hidden units. */
function weightOf({ weights, hiddenBias, visibleBias }: Machine, shown: readonly number[]): number {
  let sum = 0;
  for (let state = 0; state < 2 ** hidden; state++) {
    const units = unitsOf(state, hidden);
    const energy = shown.reduce((all, v, i) => all + v * visibleBias[i]! + units.reduce((part, h, j) => part + v * h * weights[i * hidden + j]!, 0), 0);
    sum += Math.exp(energy + units.reduce((all, h, j) => all + h * hiddenBias[j]!, 0));
  }
  return sum;
}

/** log P(unit | others), for the number of units. */
function pseudoLikelihood(machine: Machine, shown: readonly number[], unit: number): number {
  const [own, other] = [weightOf(machine, shown), weightOf(machine, shown.with(unit, 1 - shown[unit]!))];
  return visible * Math.log(own / (own + other));
}

describe.each(["wasm", "reference"] as const)("a machine of seven units, target %s", (target) => {
  test("has the likelihoods and the dreams that its states say", async () => {
    const model = await compile(defineRbm(small), { target });
    const machineOf = (): Machine => {
      const values = (name: string): Float32Array => model.state[name]!.get().data as Float32Array;
      return { weights: values("weights"), hiddenBias: values("hidden_bias"), visibleBias: values("visible_bias") };
    };
    const batches = [[[1, 0, 0, 1], [1, 1, 0, 0]], [[0, 1, 1, 0], [1, 0, 0, 1]], [[0, 0, 1, 1], [1, 1, 0, 0]]];
    // One batch a call, so that the weights before each are known.
    batches.forEach((batch, number) => {
      const machine = machineOf();
      const { likelihoods } = model.train({ images: [batch.map((image) => image.map((pixel) => 255 * pixel))] });
      const expected = batch.reduce((sum, image) => sum + pseudoLikelihood(machine, image, number % visible) / batch.length, 0);
      expect(likelihoods.data[0]).toBeCloseTo(expected, 4);
    });

    // Chains of one step between pictures: the mean of what they show, against the sum over all states.
    const machine = machineOf();
    const all = Array.from({ length: 2 ** visible }, (_, i) => unitsOf(i, visible));
    const total = all.reduce((sum, shown) => sum + weightOf(machine, shown), 0);
    const [chains, pictures] = target === "wasm" ? [400, 200] : [50, 40];
    const out = model.dream({ start: { data: new Uint8Array(chains * visible), shape: [chains, visible] }, key: [1, 2], pictures, steps: 2 }).pictures.data;
    for (let unit = 0; unit < visible; unit++) {
      const expected = all.reduce((sum, shown) => sum + shown[unit]! * weightOf(machine, shown), 0) / total;
      // Means of chains are independent of one another: five of their standard errors, and the rounding to bytes.
      const means = Array.from({ length: chains }, (_, chain) => {
        let sum = 0;
        for (let picture = 10; picture < pictures; picture++) sum += out[(picture * chains + chain) * visible + unit]! / 255;
        return sum / (pictures - 10);
      });
      const mean = means.reduce((sum, value) => sum + value, 0) / chains;
      const error = Math.sqrt(means.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (chains - 1) / chains);
      expect(Math.abs(mean - expected), `unit ${unit}`).toBeLessThan(5 * error + 1 / 255 / 4);
      expect(error).toBeLessThan(0.02);
    }
  });
});

test("a machine learns digits", { timeout: 120_000 }, async () => {
  const source = findDigits();
  // As many batches as pixels, so that each epoch asks for each pixel once.
  const training = { hidden: 100, batch: 10, gibbsSteps: 5, learningRate: 0.1, seed: 1, epochs: 4, digits: 10 * 784, dream: { chains: 4, pictures: 2, steps: 20 } };
  const learnt = await learnDigits(source.read("train"), source.read("test"), training);
  learnt.likelihoods.slice(1).forEach((value, i) => expect(value).toBeGreaterThan(learnt.likelihoods[i]!));
  // Pixels that know nothing of one another, only how often each has ink, come to -206.
  expect(learnt.likelihoods.at(-1)!).toBeGreaterThan(-110);
  expect(learnt.pictures).toHaveLength(2 * 4 * 784);
  const page = writeReport(learnt, training, "a test").replace(/data:image[^"]*/g, "data:");
  expect(page).not.toMatch(/NaN|undefined|(src|href)="(?!data:)|<script/);
});
