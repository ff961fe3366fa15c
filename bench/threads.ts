// Several threads beside one, in one process, sample by sample in turns: `node --import ./.ci/ts.mjs bench/threads.ts [THREADS] [WORDS...]`.
// Prints the time on one thread and the speedup: of the quickest samples, where nobody else was on the processor, and of the
// medians. On a machine whose other core is busy, threads wait for it: then no line means much.

import { compile, conv2d, fn, grad, input, type Model, type Tensor } from "damo";
import { defineLenet, lenet } from "./models/lenet.ts";
import { defineLstm, lstm } from "./models/lstm.ts";
import { defineMlp, digits, labelsOf, type Mlp, mlpBatch, tiny } from "./models/mlp.ts";
import { countOf, uniform } from "./models/parameter.ts";
import { defineResnet, resnet } from "./models/resnet.ts";
import { defineTransformer, transformer } from "./models/transformer.ts";

interface Compiled {
  run(): void;
  dispose(): void;
}

interface Feeds { readonly [name: string]: Float32Array | Int32Array }

type Prepare = (threads: number) => Promise<Compiled>;

/** Buffers that were filled once, as the peers of the other benchmark have them. */
function bindModel(model: Model<never>, name: string, sizes: { readonly [name: string]: number }, feeds: Feeds): Compiled {
  const callable = (model as unknown as { readonly [name: string]: { bindBuffers(sizes: object): { inputs: { [name: string]: { set(values: ArrayLike<number>): void } }; run(): void } } })[name]!;
  const bound = callable.bindBuffers(sizes);
  for (const [input, values] of Object.entries(feeds)) bound.inputs[input]!.set(values);
  return { run: () => bound.run(), dispose: () => (model as unknown as { dispose(): void }).dispose() };
}

const product = (m: number, n: number, k: number): Prepare => async (threads) => {
  const [a, b] = [input("a", [m, k]), input("b", [k, n])];
  const model = await compile({ f: fn({ inputs: { a, b }, outputs: { c: a.dot(b) } }) }, { threads });
  return bindModel(model as never, "f", {}, { a: uniform(m * k, 1, 1), b: uniform(k * n, 1, 2) });
};

const elementwise = (length: number, heavy: boolean): Prepare => async (threads) => {
  const x = input("x", ["n"]);
  const y = heavy ? x.mul(0.7).add(0.1).tanh().mul(x.sigmoid()).add(x.mul(x).neg().exp()) : x.mul(3).add(1);
  const model = await compile({ f: fn({ inputs: { x }, outputs: { y } }) }, { threads });
  return bindModel(model as never, "f", { n: length }, { x: uniform(length, 6, 1) });
};

const reduction = (length: number, ofDifference: boolean): Prepare => async (threads) => {
  const [x, y] = [input("x", ["n"]), input("y", ["n"])];
  const [values, targets] = [uniform(length, 6, 1), uniform(length, 6, 2)];
  const f = ofDifference ? fn({ inputs: { x, y }, outputs: { cost: x.sub(y).square().mean() } }) : fn({ inputs: { x }, outputs: { sum: x.sum() } });
  const model = await compile({ f } as never, { threads });
  return bindModel(model as never, "f", { n: length }, ofDifference ? { x: values, y: targets } : { x: values });
};

const depthwiseGradient = (batch: number, size: number, channels: number): Prepare => async (threads) => {
  const [x, w, g] = [input("x", [batch, size, size, channels]), input("w", [3, 3, 1, channels]), input("g", [batch, size, size, channels])];
  const cost = conv2d(x, w, { padding: "same", groups: channels }).mul(g).sum() as Tensor<"f32", []>;
  const model = await compile({ f: fn({ inputs: { x, w, g }, outputs: { dw: grad(cost, [w])[0]! } }) } as never, { threads });
  const count = batch * size * size * channels;
  return bindModel(model as never, "f", {}, { x: uniform(count, 1, 1), w: uniform(9 * channels, 1, 3), g: uniform(count, 1, 2) });
};

const softmaxRows = (rows: number, columns: number): Prepare => async (threads) => {
  // One row is all there is.
  const x = input("x", [rows === 1 ? 1 : "n", columns]);
  const model = await compile({ f: fn({ inputs: { x }, outputs: { y: x.softmax() } }) }, { threads });
  return bindModel(model as never, "f", rows === 1 ? {} : { n: rows }, { x: uniform(rows * columns, 4, 1) });
};

const feed = (shape: readonly number[], seed: number): Float32Array => uniform(countOf(shape), 1, seed);

const mlp = (model: Mlp): Prepare => async (threads) => {
  const { x, labels, targets } = mlpBatch(model);
  return training(defineMlp(model), threads, { batch: model.batch }, { x, y: model.loss === "softmax" ? labels : targets });
};

const classifier = (define: () => Step, { batch, image, classes }: { readonly batch: number; readonly image: readonly number[]; readonly classes: number }): Prepare => (threads) =>
  training(define(), threads, { batch }, { x: feed([batch, ...image], 9), y: labelsOf(batch, classes).labels });

const sequence: Prepare = (threads) => {
  const { steps, batch, inputs, hidden } = lstm;
  return training(defineLstm(), threads, {}, { x: feed([steps, batch, inputs], 9), y: feed([batch, hidden], 10) });
};

const attention: Prepare = (threads) => {
  const { batch, tokens, width } = transformer;
  return training(defineTransformer(), threads, { batch }, { x: feed([batch, tokens, width], 9), y: feed([batch, tokens, width], 10) });
};

/** A function of a model that trains. */
interface Step { readonly train: object }

async function training({ train }: Step, threads: number, sizes: { readonly [name: string]: number }, feeds: Feeds): Promise<Compiled> {
  const model = await compile({ train: train as never }, { threads });
  return bindModel(model as never, "train", sizes, feeds);
}

const large: ReadonlyMap<string, Prepare> = new Map([
  ["gemm-128", product(128, 128, 128)], ["gemm-256", product(256, 256, 256)], ["gemm-512", product(512, 512, 512)], ["gemm-1024", product(1024, 1024, 1024)],
  ["gemm-1x1024", product(1, 1024, 1024)], ["gemm-128x784x512", product(128, 512, 784)],
  ["chain-1e5", elementwise(100_000, true)], ["chain-1e6", elementwise(1_000_000, true)], ["scale-1e6", elementwise(1_000_000, false)],
  ["sum-1e5", reduction(100_000, false)], ["sum-1e6", reduction(1_000_000, false)], ["sum-1e7", reduction(10_000_000, false)],
  ["squared-error-1e6", reduction(1_000_000, true)], ["softmax-1x1e6", softmaxRows(1, 1_000_000)],
  ["depthwise-filter-8x28x28x128", depthwiseGradient(8, 28, 128)],
  ["softmax-4096x1000", softmaxRows(4096, 1000)],
  ["mlp-sgd", mlp({ ...digits, optimizer: "sgd" })], ["mlp-adam", mlp({ ...digits, optimizer: "adam" })],
  ["lenet", classifier(defineLenet, lenet)], ["resnet", classifier(defineResnet, resnet)], ["lstm", sequence], ["transformer", attention],
]);

/** What must not get slower: nothing here is worth a second thread. */
const small: ReadonlyMap<string, Prepare> = new Map([
  ["small-gemm-16", product(16, 16, 16)], ["small-gemm-32", product(32, 32, 32)], ["small-gemm-64", product(64, 64, 64)],
  ["small-chain-100", elementwise(100, true)], ["small-chain-1000", elementwise(1000, true)], ["small-scale-1000", elementwise(1000, false)],
  ["small-sum-1000", reduction(1000, false)], ["small-squared-error-1000", reduction(1000, true)],
  ["small-softmax-8x10", softmaxRows(8, 10)], ["small-softmax-32x64", softmaxRows(32, 64)],
  ["small-mlp-11-6-6-1", mlp({ ...tiny, optimizer: "adam" })],
]);

const sampleMs = 4;
const caseMs = 1500;

function time(run: () => void, count: number): number {
  const start = performance.now();
  for (let i = 0; i < count; i++) run();
  return (performance.now() - start) / count;
}

async function measure(name: string, prepare: Prepare, threads: number): Promise<string> {
  const compiled = [await prepare(1), await prepare(threads)];
  const warm = performance.now() + 400;
  while (performance.now() < warm) for (const { run } of compiled) run();
  const count = Math.max(1, Math.round(sampleMs / Math.min(...compiled.map(({ run }) => Math.min(time(run, 3), time(run, 3))))));
  const samples: number[][] = [[], []];
  const end = performance.now() + caseMs;
  while (performance.now() < end || samples[0]!.length < 15) compiled.forEach(({ run }, i) => samples[i]!.push(time(run, count)));
  for (const { dispose } of compiled) dispose();
  const [one, several] = samples.map((list) => list.sort((a, b) => a - b)) as [number[], number[]];
  const ratio = (at: number): string => (one[Math.floor(one.length * at)]! / several[Math.floor(several.length * at)]!).toFixed(2).padStart(8);
  return `${name.padEnd(22)} ${(1000 * one[0]!).toFixed(1).padStart(10)} µs ${ratio(0)} ${ratio(0.25)} ${ratio(0.5)}`;
}

const [threads = "2", ...words] = process.argv.slice(2);
console.log(`Node ${process.versions.node}, ${threads} threads; speedup over one`);
console.log(`${"".padEnd(22)} ${"one thread".padStart(13)} ${"quickest".padStart(8)} ${"quarter".padStart(8)} ${"median".padStart(8)}`);
for (const [name, prepare] of [...large, ...small]) {
  if (words.length > 0 && !words.some((word) => name.includes(word))) continue;
  console.log(await measure(name, prepare, Number(threads)));
}
