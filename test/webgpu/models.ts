// Models that WebGPU and the CPU train side by side, as small as each can be and still have all of its parts. In f64 as well, to know what f32 itself loses.

import { adam, conv2d, fn, gelu, grad, input, layerNorm, maxPool2d, mse, sgd, shared, softmaxCrossEntropy, type Tensor, type Shared, type Update } from "damo";
import { scan } from "damo/loops";

/** f64 goes by the name of f32, so that one type fits both. */
export type FloatDType = "f32";

export interface TrainedModel {
  /** Two functions: `train` gives the cost and takes a step, `gradients` gives the gradient of each parameter. */
  define(dtype: FloatDType): { readonly train: unknown; readonly gradients: unknown };
  /** Of one member of the batch. */
  readonly x: readonly number[];
  /** A class, or numbers of this shape. */
  readonly y: "class" | readonly number[];
  /** The axis of x that the batch is. */
  readonly batchAxis: number;
}

const classes = 5;

/** Numbers in [-scale, scale) that look random. */
export function numbers(length: number, scale: number, seed: number): number[] {
  let state = seed * 7919 + 17;
  return Array.from({ length }, () => ((state = (state * 48271) % 2147483647) / 2147483647 * 2 - 1) * scale);
}

class Parameters {
  readonly all: Shared<"f32">[] = [];
  readonly #dtype: FloatDType;

  constructor(dtype: FloatDType) {
    this.#dtype = dtype;
  }

  add(name: string, shape: readonly number[], scale: number): Tensor {
    const length = shape.reduce((product, size) => product * size, 1);
    // The same numbers in both dtypes.
    const values = Float32Array.from(numbers(length, scale, name.length + length));
    const variable = shared(name, { data: (this.#dtype as string) === "f64" ? Float64Array.from(values) as never : values, shape }) as Shared<"f32">;
    this.all.push(variable);
    return variable;
  }
}

function finish({ all }: Parameters, inputs: { readonly x: unknown; readonly y: unknown }, cost: Tensor, updates: (gradients: readonly Tensor[]) => readonly Update[]) {
  const gradients = grad(cost as never, all) as readonly Tensor[];
  return {
    train: fn({ inputs: inputs as never, outputs: { cost }, updates: updates(gradients) as Update[] }),
    gradients: fn({ inputs: inputs as never, outputs: Object.fromEntries(all.map(({ name }, i) => [name, gradients[i]!])) }),
  };
}

const label = () => input("y", ["batch"], { dtype: "i32" });

const perceptron: TrainedModel = {
  x: [12], y: "class", batchAxis: 0,
  define(dtype) {
    const p = new Parameters(dtype);
    const [x, y] = [input("x", ["batch", 12], { dtype }), label()];
    const hidden = (x as Tensor).dot(p.add("w1", [12, 20], 0.4)).add(p.add("b1", [20], 0.1)).relu();
    const cost = softmaxCrossEntropy(hidden.dot(p.add("w2", [20, classes], 0.4)).add(p.add("b2", [classes], 0.1)), y).mean();
    return finish(p, { x, y }, cost as Tensor, () => adam(cost as never, p.all, { learningRate: 0.01 }));
  },
};

const convolutional: TrainedModel = {
  x: [12, 12, 2], y: "class", batchAxis: 0,
  define(dtype) {
    const p = new Parameters(dtype);
    const [x, y] = [input("x", ["batch", 12, 12, 2], { dtype }), label()];
    const first: Tensor = maxPool2d(conv2d(x as Tensor, p.add("c1", [3, 3, 2, 4], 0.4)).add(p.add("b1", [4], 0.1)).relu() as Tensor, 2);
    const second: Tensor = conv2d(first, p.add("c2", [3, 3, 4, 6], 0.3), { stride: 2 }).add(p.add("b2", [6], 0.1)).tanh();
    const cost = softmaxCrossEntropy(second.reshape([-1, 24]).dot(p.add("w3", [24, classes], 0.4)), y).mean();
    return finish(p, { x, y }, cost as Tensor, () => sgd(cost as never, p.all, { learningRate: 0.05, momentum: 0.9 }));
  },
};

/** An LSTM (Hochreiter and Schmidhuber, 1997) over seven steps: one loop forwards, one backwards. */
const recurrent: TrainedModel = {
  x: [7, 6], y: [8], batchAxis: 1,
  define(dtype) {
    const p = new Parameters(dtype);
    const hidden = 8;
    const x = input("x", [7, "batch", 6], { dtype });
    const y = input("y", ["batch", hidden], { dtype });
    const [wInput, wState, bias] = [p.add("wInput", [6, 4 * hidden], 0.4), p.add("wState", [hidden, 4 * hidden], 0.3), p.add("bias", [4 * hidden], 0.1)];
    type State = Tensor<"f32", [number, number]>;
    const nothing = y.mul(0) as unknown as State;
    const [{ h }] = scan(({ h: before, c }: { h: State; c: State }, now) => {
      const sums: Tensor = (now as Tensor).dot(wInput).add(before.dot(wState)).add(bias);
      const gate = (i: number) => sums.slice(1, i * hidden, (i + 1) * hidden) as State;
      const next = gate(0).sigmoid().mul(gate(1).tanh()).add(gate(2).sigmoid().mul(c));
      return [{ h: gate(3).sigmoid().mul(next.tanh()), c: next }, null];
    }, { h: nothing, c: nothing }, x);
    const cost = mse(h as Tensor, y as unknown as Tensor);
    return finish(p, { x, y }, cost as Tensor, () => adam(cost as never, p.all, { learningRate: 0.01 }));
  },
};

/** One block of a transformer (Vaswani et al., 2017), normalised first. */
const transformer: TrainedModel = {
  x: [6, 8], y: [6, 8], batchAxis: 0,
  define(dtype) {
    const p = new Parameters(dtype);
    const [tokens, width, heads] = [6, 8, 2];
    const x = input("x", ["batch", tokens, width], { dtype }) as Tensor;
    const y = input("y", ["batch", tokens, width], { dtype }) as Tensor;
    const qkv: Tensor = layerNorm(x, p.add("scale1", [width], 1), p.add("offset1", [width], 0.1)).dot(p.add("wQkv", [width, 3 * width], 0.4))
      .reshape([-1, tokens, 3, heads, width / heads]).transpose([2, 0, 3, 1, 4]);
    const [q, k, v] = [0, 1, 2].map((i): Tensor => qkv.at(i)) as [Tensor, Tensor, Tensor];
    const weights: Tensor = q.matmul(k.transpose([0, 1, 3, 2])).mul(1 / Math.sqrt(width / heads)).softmax(-1);
    const attended: Tensor = weights.matmul(v).transpose([0, 2, 1, 3]).reshape([-1, tokens, width]);
    const middle: Tensor = x.add(attended.dot(p.add("wOut", [width, width], 0.4)));
    const up: Tensor = gelu(layerNorm(middle, p.add("scale2", [width], 1), p.add("offset2", [width], 0.1)).dot(p.add("wUp", [width, 16], 0.3)));
    const cost = mse(middle.add(up.dot(p.add("wDown", [16, width], 0.3))), y);
    return finish(p, { x, y }, cost as Tensor, () => adam(cost as never, p.all, { learningRate: 0.003 }));
  },
};

export const models: { readonly [name: string]: TrainedModel } = {
  "a multilayer perceptron": perceptron, "a convolutional net": convolutional, "an LSTM": recurrent, "a transformer's block": transformer,
};

/** What `train` and `gradients` are fed. */
export function batchFor({ x, y, batchAxis }: TrainedModel, size: number, seed: number, dtype: "f32" | "f64"): { readonly x: unknown; readonly y: unknown } {
  const tensor = (shape: readonly number[], from: number) => {
    const data = Float32Array.from(numbers(shape.reduce((product, extent) => product * extent, 1), 1, from));
    return { data: dtype === "f64" ? Float64Array.from(data) : data, shape };
  };
  return {
    x: tensor([...x.slice(0, batchAxis), size, ...x.slice(batchAxis)], seed),
    y: y === "class" ? Int32Array.from({ length: size }, (_, i) => (i * 3 + seed) % classes) : tensor([size, ...y], seed + 100),
  };
}
