// Trains the machine on digits, epoch by epoch, and lets it dream.

import { compile } from "damo";
import { type Digits, pixels } from "../mnist/data.ts";
import { seededRandom, shuffle } from "../random.ts";
import { defineRbm, type RbmOptions } from "./model.ts";

export interface Training extends Omit<RbmOptions, "visible"> {
  readonly epochs: number;
  /** Digits to learn from, at most; what does not fill a batch is left out. */
  readonly digits: number;
  readonly dream: { readonly chains: number; readonly pictures: number; readonly steps: number };
}

export interface Learnt {
  /** The mean of each epoch. */
  readonly likelihoods: readonly number[];
  readonly seconds: number;
  /** [hidden, pixels] */
  readonly filters: Float32Array;
  /** [pictures, chains, pixels] */
  readonly pictures: Uint8Array;
}

/** Dreams go on from the first test digits. */
export async function learnDigits(train: Digits, test: Digits, training: Training, report: (epoch: number, likelihood: number, seconds: number) => void = () => {}): Promise<Learnt> {
  const { batch, epochs, seed, dream } = training;
  const batches = Math.floor(Math.min(train.count, training.digits) / batch);
  const images = { data: shuffled(train).subarray(0, batches * batch * pixels), shape: [batches, batch, pixels] };
  const model = await compile(defineRbm({ ...training, visible: pixels }));
  const likelihoods: number[] = [];
  const begun = performance.now();
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const start = performance.now();
    const { data } = model.train({ images }).likelihoods;
    likelihoods.push(data.reduce((sum, value) => sum + value, 0) / data.length);
    report(epoch, likelihoods.at(-1)!, (performance.now() - start) / 1000);
  }
  const seconds = (performance.now() - begun) / 1000;
  const { pictures } = model.dream({
    start: { data: test.images.subarray(0, dream.chains * pixels), shape: [dream.chains, pixels] }, key: [seed, 1], pictures: dream.pictures, steps: dream.steps,
  });
  const { filters } = model.filters();
  model.dispose();
  return { likelihoods, seconds, filters: filters.data, pictures: pictures.data };
}

/** Digits may come sorted by label. */
function shuffled({ images, count }: Digits): Uint8Array {
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  shuffle(order, seededRandom(1));
  const mixed = new Uint8Array(images.length);
  order.forEach((from, to) => mixed.set(images.subarray(from * pixels, (from + 1) * pixels), to * pixels));
  return mixed;
}
