// Damo, in two forms. `bound` writes its inputs once into the module's own buffers, as the peers keep theirs on their
// device; `calls` is the everyday form, which checks and copies inputs and outputs at every call.
import {
  adam as adamUpdates, binaryCrossEntropyWithLogits, compile, fn, input, sgd, shared, softmaxCrossEntropy, type Tensor, zeros,
} from "damo";
import { adam, initialLayers, sampleOf, sgdRate, type Task, type Train, trainingBatch, uniform } from "./cases.ts";
import { type Engine, type Prepared, preparedTraining } from "./engine.ts";

type Form = "bound" | "calls";
type Feeds = Readonly<Record<string, { readonly data: Float32Array | Int32Array; readonly shape: readonly number[] }>>;

/** What the two forms share of a compiled function with one output. */
interface Callable {
  (inputs: Feeds): Readonly<Record<string, { readonly data: ArrayLike<number> }>>;
  bindBuffers(sizes: Readonly<Record<string, number>>): {
    readonly inputs: Readonly<Record<string, { set(values: ArrayLike<number>): void }>>;
    readonly outputs: Readonly<Record<string, ArrayLike<number>>>;
    run(): void;
  };
}

/** One run that returns the output's elements. */
function runner(form: Form, compiled: Callable, feeds: Feeds, sizes: Readonly<Record<string, number>>, output: string): () => ArrayLike<number> {
  if (form === "calls") return () => compiled(feeds)[output]!.data;
  const buffers = compiled.bindBuffers(sizes);
  for (const [name, { data }] of Object.entries(feeds)) buffers.inputs[name]!.set(data);
  return () => {
    buffers.run();
    return buffers.outputs[output]!;
  };
}

function expression(run: () => ArrayLike<number>): Prepared {
  return {
    run: () => void run(),
    check: async () => sampleOf(run()),
  };
}

async function training(form: Form, task: Train): Promise<Prepared> {
  const features = task.layers[0]!;
  const classes = task.layers.at(-1)!;
  const { x, labels, targets } = trainingBatch(task);
  const layers = initialLayers(task).map(({ rows, columns, weights }, i) => ({
    weights: shared(`w${i}`, { data: weights, shape: [rows, columns] }),
    bias: shared(`b${i}`, zeros([columns])),
  }));
  const parameters = layers.flatMap(({ weights, bias }) => [weights, bias]);
  const images = input("x", ["batch", features]);
  const logits = layers.reduce<Tensor<"f32", ["batch", number]>>((hidden, { weights, bias }, i) => {
    const sum = hidden.dot(weights).add(bias) as Tensor<"f32", ["batch", number]>;
    return i + 1 < layers.length ? sum.relu() : sum;
  }, images);
  const classIndex = input("y", ["batch"], { dtype: "i32" });
  const target = input("y", ["batch", classes]);
  const softmax = task.loss === "softmax";
  const cost = softmax ? softmaxCrossEntropy(logits, classIndex).mean() : binaryCrossEntropyWithLogits(logits, target).mean();
  const updates =
    task.optimizer === "sgd"
      ? sgd(cost, parameters, { learningRate: sgdRate })
      : adamUpdates(cost, parameters, { learningRate: adam.rate, beta1: adam.beta1, beta2: adam.beta2, epsilon: adam.epsilon });
  const inputs = softmax ? { x: images, y: classIndex } : { x: images, y: target };
  const { train } = await compile({ train: fn({ inputs, outputs: { cost }, updates }) });
  const feeds: Feeds = {
    x: { data: x, shape: [task.batch, features] },
    y: softmax ? { data: labels, shape: [task.batch] } : { data: targets, shape: [task.batch, classes] },
  };
  const step = runner(form, train as unknown as Callable, feeds, { batch: task.batch }, "cost");
  return preparedTraining(() => step()[0]!);
}

async function prepare(form: Form, task: Task): Promise<Prepared> {
  if (task.kind === "train") return training(form, task);
  if (task.kind === "gemm") {
    const shape = [task.size, task.size] as const;
    const a = input("a", [task.size, task.size]);
    const b = input("b", [task.size, task.size]);
    const compiled = await compile({ product: fn({ inputs: { a, b }, outputs: { c: a.dot(b) } }) });
    const feeds: Feeds = {
      a: { data: uniform(task.size ** 2, 1, 1), shape },
      b: { data: uniform(task.size ** 2, 1, 2), shape },
    };
    return expression(runner(form, compiled.product as unknown as Callable, feeds, {}, "c"));
  }
  const x = input("x", ["n"]);
  const y = x.mul(0.7).add(0.1).tanh().mul(x.sigmoid()).add(x.mul(x).neg().exp());
  const compiled = await compile({ chain: fn({ inputs: { x }, outputs: { y } }) });
  const feeds: Feeds = { x: { data: uniform(task.length, 6, 1), shape: [task.length] } };
  return expression(runner(form, compiled.chain as unknown as Callable, feeds, { n: task.length }, "y"));
}

export const bound: Engine = { name: "damo", prepare: (task) => prepare("bound", task) };
export const calls: Engine = { name: "damo calls", prepare: (task) => prepare("calls", task) };
