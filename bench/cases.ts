// What is measured, and the inputs of each case: the same numbers for every engine, from a seeded generator.

export interface Gemm {
  readonly kind: "gemm";
  readonly size: number;
}

/** tanh(0.7 x + 0.1) * sigmoid(x) + exp(-x * x), elementwise. */
export interface Chain {
  readonly kind: "chain";
  readonly length: number;
}

/** One step of an MLP with ReLU between its layers, the loss read back. */
export interface Train {
  readonly kind: "train";
  readonly layers: readonly number[];
  readonly batch: number;
  /** `softmax`: cross-entropy over classes; `sigmoid`: binary cross-entropy of one logit. Both averaged over the batch. */
  readonly loss: "softmax" | "sigmoid";
  readonly optimizer: "sgd" | "adam";
}

export type Task = Gemm | Chain | Train;

const mlp = { kind: "train", layers: [784, 512, 512, 10], batch: 128, loss: "softmax" } as const;

export const cases: ReadonlyMap<string, Task> = new Map<string, Task>([
  ["gemm-256", { kind: "gemm", size: 256 }],
  ["gemm-512", { kind: "gemm", size: 512 }],
  ["gemm-1024", { kind: "gemm", size: 1024 }],
  ["chain", { kind: "chain", length: 1_000_000 }],
  ["mlp-sgd", { ...mlp, optimizer: "sgd" }],
  ["mlp-adam", { ...mlp, optimizer: "adam" }],
  ["tiny-adam", { kind: "train", layers: [11, 6, 6, 1], batch: 10, loss: "sigmoid", optimizer: "adam" }],
]);

export const sgdRate = 0.01;
export const adam = { rate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

/** Uniform numbers in [-scale, scale) from a linear congruential generator. */
export function uniform(length: number, scale: number, seed: number): Float32Array {
  const values = new Float32Array(length);
  let state = (seed * 2654435761 + 12345) >>> 0;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    values[i] = (state / 2 ** 31 - 1) * scale;
  }
  return values;
}

export interface Layer {
  readonly rows: number;
  readonly columns: number;
  readonly weights: Float32Array;
}

/** He-uniform weights; biases start at zero. */
export function initialLayers({ layers }: Train): Layer[] {
  return layers.slice(1).map((columns, i) => {
    const rows = layers[i]!;
    return { rows, columns, weights: uniform(rows * columns, Math.sqrt(6 / rows), i + 1) };
  });
}

/** The one batch that every step sees: inputs, class indices, and the targets as floats (one-hot, or 0 and 1). */
export function trainingBatch(task: Train): { x: Float32Array; labels: Int32Array; targets: Float32Array } {
  const { batch, layers } = task;
  const classes = layers.at(-1)!;
  const labels = Int32Array.from({ length: batch }, (_, i) => (i * 7 + (i >> 2)) % Math.max(classes, 2));
  const targets = new Float32Array(batch * classes);
  labels.forEach((label, i) => {
    if (task.loss === "softmax") targets[i * classes + label] = 1;
    else targets[i] = label;
  });
  return { x: uniform(batch * layers[0]!, 1, 99), labels, targets };
}

/** Sixteen elements spread over a result, as a fingerprint. */
export function sampleOf(values: ArrayLike<number>): number[] {
  return Array.from({ length: 16 }, (_, i) => values[Math.floor(((i + 0.5) * values.length) / 16)]!);
}
