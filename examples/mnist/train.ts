// Training and reading through bound buffers: batches are written straight into the module's memory, and a step is one call.

import { classes, type Digits, writeImage } from "./data.ts";
import { seededRandom, shuffle } from "../random.ts";

interface Bound<I, O> {
  readonly inputs: I;
  readonly outputs: O;
  /** A promise where it runs on another device. */
  run(): void | Promise<void>;
}

/** What training asks of the compiled function. */
export interface Trainable {
  bindBuffers(sizes: { readonly batch: number }): Bound<{ readonly x: Float32Array; readonly y: Int32Array }, { readonly cost: Float32Array }>;
}

export interface Predictor {
  bindBuffers(sizes: { readonly batch: number }): Bound<{ readonly x: Float32Array }, { readonly label: Int32Array; readonly probabilities: Float32Array }>;
}

export interface TrainingPlan {
  readonly epochs: number;
  readonly batch: number;
  readonly seed: number;
}

export interface Step {
  readonly epoch: number;
  readonly cost: number;
  readonly samples: number;
  /** The call alone, without the copying of the batch. */
  readonly milliseconds: number;
  readonly endsEpoch: boolean;
}

/** Trains step by step, each epoch in an order of its own. The last batch of an epoch holds what is left. */
export async function* trainInSteps(train: Trainable, digits: Digits, { epochs, batch, seed }: TrainingPlan): AsyncGenerator<Step> {
  const order = Uint32Array.from({ length: digits.count }, (_, i) => i);
  const random = seededRandom(seed);
  const full = train.bindBuffers({ batch });
  const rest = digits.count % batch === 0 ? full : train.bindBuffers({ batch: digits.count % batch });
  for (let epoch = 1; epoch <= epochs; epoch++) {
    shuffle(order, random);
    for (let from = 0; from < digits.count; from += batch) {
      const chosen = order.subarray(from, from + batch);
      const buffers = chosen.length === batch ? full : rest;
      const { x, y } = buffers.inputs;
      chosen.forEach((digit, position) => {
        writeImage(x, position, digits, digit);
        y[position] = digits.labels[digit]!;
      });
      const start = performance.now();
      // Not awaited where there is nothing to wait for.
      const running = buffers.run();
      if (running !== undefined) await running;
      const milliseconds = performance.now() - start;
      yield { epoch, cost: buffers.outputs.cost[0]!, samples: chosen.length, milliseconds, endsEpoch: from + batch >= digits.count };
    }
  }
}

export interface Readings {
  readonly labels: Uint8Array;
  /** count x 10. */
  readonly probabilities: Float32Array;
}

/** What the model takes the digits for. */
export async function readDigits(predict: Predictor, digits: Digits, batch = 1000): Promise<Readings> {
  const labels = new Uint8Array(digits.count);
  const probabilities = new Float32Array(digits.count * classes);
  for (let from = 0; from < digits.count; from += batch) {
    const count = Math.min(batch, digits.count - from);
    const buffers = predict.bindBuffers({ batch: count });
    const { x } = buffers.inputs;
    for (let i = 0; i < count; i++) writeImage(x, i, digits, from + i);
    await buffers.run();
    labels.set(buffers.outputs.label, from);
    probabilities.set(buffers.outputs.probabilities, from * classes);
  }
  return { labels, probabilities };
}

/** The share of labels that agree. */
export function accuracyOf(labels: Uint8Array, truth: Uint8Array): number {
  let right = 0;
  for (let i = 0; i < truth.length; i++) if (labels[i] === truth[i]) right++;
  return right / truth.length;
}
