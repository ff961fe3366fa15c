// jax-js, everything under jit; `jax-js-wasm` and `jax-js-webgpu` say on which device. It puts channels first; operands are given so from the start. It can train
// convolutional nets, but a step takes seconds (tens of times as long as tfjs-wasm's): those races go without it.

import { installMissing } from "./newer-javascript.ts";
import { type Engine, NotAvailable, type Prepared, preparedTraining } from "../engine.ts";
import { lstm, lstmParameters } from "../models/lstm.ts";
import { adamOptions, mlpBatch, mlpParameters, sgdRate } from "../models/mlp.ts";
import { countOf, type Parameter, uniform } from "../models/parameter.ts";
import { transformer, transformerParameters } from "../models/transformer.ts";
import {
  chainInput, type Convolution, convolutionInputs, convolutionShapes, type LinearAlgebra, linearAlgebraInputs, lineInput, matrixInputs, type MatrixWork, type Operand, poolingInput, productInputs,
} from "../task.ts";
import { filtersFirst, filtersLast, imagesFirst, imagesLast, permute, reorder } from "./layout.ts";
import type * as Jax from "@jax-js/jax";

installMissing();
const jax = await import("@jax-js/jax");
const { numpy: np, nn } = jax;
type Arrays = Jax.Array[];

/** What is done with a run whose result no one reads; a process has one. */
export interface Queue {
  /** Waits for a run, or leaves that to `finish` of what `onDevice` gives. */
  settle(done: Promise<void>): void | Promise<void>;
  onDevice(prepared: Prepared): Prepared;
}
let queue: Queue;

/** What the module exports starts when its device has. */
export async function startEngine(device: "wasm" | "webgpu", own: Queue): Promise<Engine> {
  if (!(await jax.init(device)).includes(device)) throw new NotAvailable(`its device ${device} did not start`);
  jax.defaultDevice(device);
  queue = own;
  return engine;
}

const run = (array: Jax.Array): void | Promise<void> => queue.settle(array.blockUntilReady().then((ready) => ready.dispose()));

const toArray = (data: Float32Array | Float64Array, shape: readonly number[]): Jax.Array =>
  np.array(data, { shape: [...shape], dtype: data instanceof Float64Array ? np.float64 : np.float32 });
const given = ({ data, shape, half = false }: Operand): Jax.Array => (half ? toArray(data, shape).astype(np.float16) : toArray(data, shape));
/** Images and filters are given with channels last. */
const image = ({ data, shape }: Operand): Jax.Array => toArray(permute(data as Float32Array, shape, imagesFirst), reorder(shape, imagesFirst));
const filters = ({ data, shape }: Operand): Jax.Array => toArray(permute(data as Float32Array, shape, filtersFirst), reorder(shape, filtersFirst));

interface Shown {
  /** Of the result as jax-js has it, and the order of axes that puts its channels last. */
  readonly shape: readonly number[];
  readonly order: readonly number[];
}

function expression(inputs: Arrays, body: (...inputs: Arrays) => Jax.Array, shown?: Shown): Prepared {
  const compiled = jax.jit(body);
  const call = (): Jax.Array => compiled(...inputs.map((input) => input.ref));
  return queue.onDevice({
    run: () => run(call()),
    async result() {
      const data = await call().astype(np.float32).data();
      return shown === undefined ? data : permute(data, shown.shape, shown.order);
    },
    dispose: () => inputs.forEach((input) => input.dispose()),
  });
}

const training = (step: () => Jax.Array): Prepared => queue.onDevice(preparedTraining(async () => (await step().data())[0]!, () => run(step())));

function trainWithSgd(parameters: Arrays, rate: number, inputs: Arrays, loss: (parameters: Arrays, ...inputs: Arrays) => Jax.Array): Prepared {
  const gradient = jax.valueAndGrad(loss);
  const step = jax.jit((p: Arrays, ...rest: Arrays) => {
    const [value, g] = gradient(p.map((array) => array.ref), ...rest);
    return { value, p: p.map((array, i) => array.sub(g[i]!.mul(rate))) };
  });
  let current = parameters;
  return training(() => {
    const { value, p } = step(current, ...inputs.map((input) => input.ref));
    current = p;
    return value;
  });
}

function trainWithAdam(parameters: Arrays, inputs: Arrays, loss: (parameters: Arrays, ...inputs: Arrays) => Jax.Array): Prepared {
  const { rate, beta1, beta2, epsilon } = adamOptions;
  const gradient = jax.valueAndGrad(loss);
  const zeros = (): Arrays => parameters.map((array) => np.zeros(array.shape));
  let state = { p: parameters, m: zeros(), v: zeros(), t: np.array(1) };
  const step = jax.jit(({ p, m, v, t }: typeof state, ...rest: Arrays) => {
    const [value, g] = gradient(p.map((array) => array.ref), ...rest);
    const [correction1, correction2] = [beta1, beta2].map((beta) => np.subtract(1, np.exp(t.ref.mul(Math.log(beta))))) as [Jax.Array, Jax.Array];
    const m2 = m.map((array, i) => array.mul(beta1).add(g[i]!.ref.mul(1 - beta1)));
    const v2 = v.map((array, i) => array.mul(beta2).add(g[i]!.ref.mul(g[i]!).mul(1 - beta2)));
    const p2 = p.map((array, i) => {
      const scaled = m2[i]!.ref.div(correction1.ref).mul(rate);
      return array.sub(scaled.div(np.sqrt(v2[i]!.ref.div(correction2.ref)).add(epsilon)));
    });
    correction1.dispose();
    correction2.dispose();
    return { value, state: { p: p2, m: m2, v: v2, t: t.add(1) } };
  });
  return training(() => {
    const result = step(state, ...inputs.map((input) => input.ref));
    state = result.state;
    return result.value;
  });
}

function perceptron(parameters: Arrays, x: Jax.Array): Jax.Array {
  let hidden = x;
  for (let i = 0; i < parameters.length; i += 2) {
    hidden = np.matmul(hidden, parameters[i]!).add(parameters[i + 1]!);
    if (i + 2 < parameters.length) hidden = nn.relu(hidden);
  }
  return hidden;
}

const softmaxLoss = (logits: Jax.Array, y: Jax.Array): Jax.Array => np.mean(np.sum(nn.logSoftmax(logits).mul(y), -1)).neg();
const sigmoidLoss = (logits: Jax.Array, y: Jax.Array): Jax.Array => np.mean(nn.softplus(logits.ref).sub(logits.mul(y)));

const layerNorm = (x: Jax.Array, scale: Jax.Array, offset: Jax.Array): Jax.Array => nn.standardize(x, -1).mul(scale).add(offset);

const matrixWork: { readonly [op in MatrixWork["op"]]: (x: Jax.Array, scale?: Jax.Array, offset?: Jax.Array) => Jax.Array } = {
  softmax: (x) => nn.softmax(x, -1),
  "layer-norm": (x, scale, offset) => layerNorm(x, scale!, offset!),
  "sum-axis-0": (x) => np.sum(x, 0),
  "sum-axis-1": (x) => np.sum(x, 1),
  argmax: (x) => np.argmax(x, 1),
  // A bare transpose is a view here; adding 0 makes it write the result.
  transpose: (x) => np.transpose(x).add(0),
  affine: (x, scale, offset) => x.mul(scale!).add(offset!),
};

/** It has no QR, and its `solve` fails under jit. */
const linearAlgebra: { readonly [op in LinearAlgebra["op"]]?: (a?: Jax.Array) => Jax.Array } = {
  cholesky: (a) => jax.lax.linalg.cholesky(a!),
  svd: (a) => keep(np.linalg.svd(a!, { fullMatrices: false }), 1), eigh: (a) => keep(np.linalg.eigh(a!), 0),
};
function keep(parts: readonly Jax.Array[], index: number): Jax.Array {
  parts.forEach((part, i) => { if (i !== index) part.dispose(); });
  return parts[index]!;
}

function convolution(task: Convolution): Prepared {
  const { stride, depthwise, channels, part } = task;
  const shapes = convolutionShapes(task);
  const pads = [[...shapes.pads], [...shapes.pads]] as [number, number][];
  const convolve = (x: Jax.Array, w: Jax.Array): Jax.Array =>
    jax.lax.convGeneralDilated(x, w, [stride, stride], pads, depthwise ? { featureGroupCount: channels } : {});
  const operands = convolutionInputs(task);
  const [x, w] = [image(operands.image), filters(operands.filters)];
  if (part === "forward") return expression([x, w], convolve, { shape: reorder(shapes.result, imagesFirst), order: imagesLast });
  const pullBack = (body: (value: Jax.Array) => Jax.Array, at: Jax.Array, cotangent: Jax.Array): Jax.Array => {
    const [value, back] = jax.vjp(body, [at]);
    value.dispose();
    return back(cotangent)[0]!;
  };
  const d = image(operands.cotangent);
  return part === "filters"
    ? expression([x, w, d], (a, b, c) => pullBack((value) => convolve(a!, value), b!, c!), { shape: reorder(shapes.filters, filtersFirst), order: filtersLast })
    : expression([x, w, d], (a, b, c) => pullBack((value) => convolve(value, b!), a!, c!), { shape: reorder(shapes.image, imagesFirst), order: imagesLast });
}

/** Windows side by side as axes of their own: several times faster here than `reduceWindow`. */
function pool(x: Jax.Array, of: "max" | "average"): Jax.Array {
  const [batch, channels, rows, columns] = x.shape as [number, number, number, number];
  return (of === "max" ? np.max : np.mean)(x.reshape([batch, channels, rows / 2, 2, columns / 2, 2]), [3, 5]);
}

const modelParameters = (parameters: readonly Parameter[]): Arrays => parameters.map(({ shape, values }) => toArray(values, shape));

function transformerBlock(p: Arrays, x: Jax.Array): Jax.Array {
  const { batch, tokens, width, heads } = transformer;
  const rows = x.reshape([batch * tokens, width]);
  const qkv = np.matmul(layerNorm(rows.ref, p[0]!, p[1]!), p[2]!).add(p[3]!).reshape([batch, tokens, 3, heads, width / heads]);
  const [q, k, v] = [qkv.ref.slice([], [], 0), qkv.ref.slice([], [], 1), qkv.slice([], [], 2)];
  const attended = nn.dotProductAttention(q, k, v).reshape([batch * tokens, width]);
  const middle = rows.add(np.matmul(attended, p[4]!).add(p[5]!));
  const up = nn.gelu(np.matmul(layerNorm(middle.ref, p[6]!, p[7]!), p[8]!).add(p[9]!));
  return middle.add(np.matmul(up, p[10]!).add(p[11]!)).reshape([batch, tokens, width]);
}

/** Every step written out: it has no loop. One product for the inputs of all steps would be slower here. */
function lstmState([wInput, wState, bias]: Arrays, x: Jax.Array): Jax.Array {
  const { steps, hidden } = lstm;
  let [h, c]: (Jax.Array | undefined)[] = [];
  for (let step = 0; step < steps; step++) {
    const goesOn = step < steps - 1;
    const again = (array: Jax.Array): Jax.Array => (goesOn ? array.ref : array);
    const driven = np.matmul(again(x).slice(step), again(wInput!)).add(again(bias!));
    const sums = h === undefined ? driven : driven.add(np.matmul(h, again(wState!)));
    const gate = (i: number): Jax.Array => (i < 3 ? sums.ref : sums).slice([], [i * hidden, (i + 1) * hidden]);
    const [input, candidate, forget, output] = [gate(0), gate(1), c === undefined ? undefined : gate(2), gate(3)];
    const added = nn.sigmoid(input).mul(np.tanh(candidate));
    const next: Jax.Array = forget === undefined ? added : nn.sigmoid(forget).mul(c!).add(added);
    h = nn.sigmoid(output).mul(np.tanh(again(next)));
    c = next;
  }
  return h!;
}

const engine: Engine = {
  product(task) {
    const { a, b } = productInputs(task);
    return expression([given(a), given(b)], (left, right) =>
      np.matmul(task.transposed === "a" ? np.transpose(left!) : left!, task.transposed === "b" ? np.transpose(right!) : right!));
  },
  chain: (task) => expression([toArray(chainInput(task), [task.length])], (x) =>
    np.tanh(x!.ref.mul(0.7).add(0.1)).mul(nn.sigmoid(x!.ref)).add(np.exp(x!.ref.mul(x!).neg()))),
  convolution,
  pooling(task) {
    const { batch, size, channels } = task;
    return expression([image(poolingInput(task))], (x) => pool(x!, task.of), { shape: [batch, channels, size / 2, size / 2], order: imagesLast });
  },
  matrix(task) {
    const { x, scale, offset } = matrixInputs(task);
    return expression(task.op === "layer-norm" || task.op === "affine" ? [given(x), given(scale), given(offset)] : [given(x)], (a, b, c) => matrixWork[task.op](a!, b, c));
  },
  "linear algebra"(task) {
    const { a } = linearAlgebraInputs(task);
    const run = linearAlgebra[task.op];
    return run && expression([given(a)], run);
  },
  sort: (task) => expression([toArray(lineInput(task), [task.length])], (x) => np.sort(x!)),
  spectrum: (task) => expression([toArray(lineInput(task), [task.length])], (x) => {
    const { real, imag } = np.fft.rfft(x!);
    return np.stack([real, imag], 1);
  }),
  mlp(task) {
    const { x, targets } = mlpBatch(task);
    const inputs = [toArray(x, [task.batch, task.layers[0]!]), toArray(targets, [task.batch, task.layers.at(-1)!])];
    const cost = task.loss === "softmax" ? softmaxLoss : sigmoidLoss;
    const loss = (p: Arrays, input?: Jax.Array, target?: Jax.Array): Jax.Array => cost(perceptron(p, input!), target!);
    const parameters = modelParameters(mlpParameters(task));
    return task.optimizer === "sgd" ? trainWithSgd(parameters, sgdRate, inputs, loss) : trainWithAdam(parameters, inputs, loss);
  },
  lstm() {
    const { steps, batch, inputs, hidden, rate } = lstm;
    const x = toArray(uniform(steps * batch * inputs, 1, 9), [steps, batch, inputs]);
    const y = toArray(uniform(batch * hidden, 1, 10), [batch, hidden]);
    return trainWithSgd(modelParameters(lstmParameters()), rate, [x, y], (p, sequence, target) => np.mean(np.square(lstmState(p, sequence!).sub(target!))));
  },
  transformer() {
    const shape = [transformer.batch, transformer.tokens, transformer.width];
    const inputs = [9, 10].map((seed) => toArray(uniform(countOf(shape), 1, seed), shape));
    return trainWithSgd(modelParameters(transformerParameters()), transformer.rate, inputs, (p, x, y) => np.mean(np.square(transformerBlock(p, x!).sub(y!))));
  },
};
