// TensorFlow.js; `tfjs-wasm` and `tfjs-webgpu` say on which backend.

import * as tf from "@tensorflow/tfjs";
import { type Engine, NotAvailable, type Prepared, preparedTraining } from "../engine.ts";
import { lenet, lenetParameters } from "../models/lenet.ts";
import { lstm, lstmParameters } from "../models/lstm.ts";
import { adamOptions, labelsOf, mlpBatch, mlpParameters, sgdRate } from "../models/mlp.ts";
import { countOf, type Parameter, uniform } from "../models/parameter.ts";
import { resnet, resnetLogits, resnetParameters } from "../models/resnet.ts";
import { transformer, transformerParameters } from "../models/transformer.ts";
import { chainInput, convolutionInputs, matrixInputs, type MatrixWork, type Operand, poolingInput, productInputs } from "../task.ts";
import { filterGradient, imageGradient } from "./tfjs-gradients.ts";

/** How results are read, and what is done with a task that is ready; a process has one. */
export interface Backend {
  read(tensor: tf.Tensor): ArrayLike<number> | Promise<ArrayLike<number>>;
  onDevice(prepared: Prepared): Prepared;
}
let backend: Backend;

export async function startEngine(name: "wasm" | "webgpu", own: Backend): Promise<Engine> {
  if (!(await tf.setBackend(name))) throw new NotAvailable(`its backend ${name} did not start`);
  backend = own;
  return engine;
}

const toTensor = ({ data, shape }: Operand): tf.Tensor => tf.tensor(data, shape);

function expression(inputs: readonly tf.Tensor[], body: () => tf.Tensor): Prepared {
  return backend.onDevice({
    run: () => tf.tidy(body).dispose(),
    async result() {
      const result = tf.tidy(body);
      const values = await backend.read(result);
      result.dispose();
      return values;
    },
    dispose: () => inputs.forEach((input) => input.dispose()),
  });
}

function training(parameters: readonly Parameter[], optimizer: tf.Optimizer, cost: (variables: readonly tf.Tensor[]) => tf.Tensor, inputs: readonly tf.Tensor[]): Prepared {
  const variables = parameters.map(({ values, shape }) => tf.variable(tf.tensor(values, shape)));
  const step = (): tf.Tensor => optimizer.minimize(() => cost(variables), true, variables);
  const read = async (): Promise<number> => {
    const loss = step();
    const value = (await backend.read(loss))[0]!;
    loss.dispose();
    return value;
  };
  return backend.onDevice({ ...preparedTraining(read, () => step().dispose()), dispose: () => [...variables, ...inputs].forEach((tensor) => tensor.dispose()) });
}

const layerNorm = (x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor): tf.Tensor => {
  const { mean, variance } = tf.moments(x, -1, true);
  return tf.add(tf.mul(tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5))), scale), offset);
};

const matrixWork: { readonly [op in MatrixWork["op"]]: (x: tf.Tensor, scale: tf.Tensor, offset: tf.Tensor) => tf.Tensor } = {
  softmax: (x) => tf.softmax(x),
  "layer-norm": layerNorm,
  "sum-axis-0": (x) => tf.sum(x, 0),
  "sum-axis-1": (x) => tf.sum(x, 1),
  argmax: (x) => tf.argMax(x, 1),
  transpose: (x) => tf.transpose(x),
  affine: (x, scale, offset) => tf.add(tf.mul(x, scale), offset),
};

/** Images of a classifier, its labels one-hot, and what the loss is. */
function classifier(
  parameters: readonly Parameter[], { batch, image, classes, rate }: typeof lenet | typeof resnet,
  logits: (x: tf.Tensor, variables: readonly tf.Tensor[]) => tf.Tensor,
): Prepared {
  const x = tf.tensor(uniform(batch * countOf(image), 1, 9), [batch, ...image]);
  const y = tf.tensor(labelsOf(batch, classes).targets, [batch, classes]);
  return training(parameters, tf.train.sgd(rate), (variables) => tf.losses.softmaxCrossEntropy(y, logits(x, variables)), [x, y]);
}

function transformerBlock(x: tf.Tensor, p: readonly tf.Tensor[]): tf.Tensor {
  const { batch, tokens, width, heads } = transformer;
  const rows = tf.reshape(x, [batch * tokens, width]);
  const projected = tf.add(tf.matMul(layerNorm(rows, p[0]!, p[1]!), p[2]!), p[3]!);
  const [q, k, v] = tf.unstack(tf.transpose(tf.reshape(projected, [batch, tokens, 3, heads, width / heads]), [2, 0, 3, 1, 4])) as [tf.Tensor, tf.Tensor, tf.Tensor];
  const weights = tf.softmax(tf.mul(tf.matMul(q, k, false, true), 1 / Math.sqrt(width / heads)));
  const attended = tf.reshape(tf.transpose(tf.matMul(weights, v), [0, 2, 1, 3]), [batch * tokens, width]);
  const middle = tf.add(rows, tf.add(tf.matMul(attended, p[4]!), p[5]!));
  const up = tf.add(tf.matMul(layerNorm(middle, p[6]!, p[7]!), p[8]!), p[9]!);
  const inner = tf.mul(Math.sqrt(2 / Math.PI), tf.add(up, tf.mul(0.044715, tf.mul(up, tf.mul(up, up)))));
  const gelu = tf.mul(tf.mul(up, 0.5), tf.add(1, tf.tanh(inner)));
  return tf.reshape(tf.add(middle, tf.add(tf.matMul(gelu, p[10]!), p[11]!)), [batch, tokens, width]);
}

function lstmState(x: readonly tf.Tensor[], [wInput, wState, bias]: readonly tf.Tensor[]): tf.Tensor {
  let [h, c]: (tf.Tensor | undefined)[] = [];
  for (const own of x) {
    const driven = tf.add(tf.matMul(own, wInput!), bias!);
    const [input, candidate, forget, output] = tf.split(h === undefined ? driven : tf.add(driven, tf.matMul(h, wState!)), 4, 1) as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
    const added = tf.mul(tf.sigmoid(input), tf.tanh(candidate));
    c = c === undefined ? added : tf.add(added, tf.mul(tf.sigmoid(forget), c));
    h = tf.mul(tf.sigmoid(output), tf.tanh(c));
  }
  return h!;
}

const engine: Engine = {
  product(task) {
    if (task.dtype !== "f32") throw new NotAvailable(`it has no ${task.dtype}`);
    const { a, b } = productInputs(task);
    const [left, right] = [toTensor(a), toTensor(b)];
    return expression([left, right], () => tf.matMul(left, right, task.transposed === "a", task.transposed === "b"));
  },
  chain(task) {
    const x = tf.tensor(chainInput(task), [task.length]);
    return expression([x], () => tf.add(tf.mul(tf.tanh(tf.add(tf.mul(x, 0.7), 0.1)), tf.sigmoid(x)), tf.exp(tf.neg(tf.mul(x, x)))));
  },
  convolution(task) {
    const { stride, padding, depthwise, part } = task;
    const operands = convolutionInputs(task);
    const [image, filters, cotangent] = [toTensor(operands.image), toTensor(operands.filters), toTensor(operands.cotangent)];
    const inputs = [image, filters, cotangent];
    if (depthwise) {
      // [height, width, channels, 1] is how it wants the filters.
      const own = tf.reshape(filters, [task.window, task.window, task.channels, 1]);
      return part === "forward" ? expression(inputs, () => tf.depthwiseConv2d(image, own, stride, padding)) : undefined;
    }
    switch (part) {
      case "forward": return expression(inputs, () => tf.conv2d(image, filters, stride, padding));
      case "filters": return expression(inputs, () => filterGradient(image, cotangent, operands.filters.shape as never, stride, padding));
      case "image": return expression(inputs, () => imageGradient(cotangent, filters, operands.image.shape as never, stride, padding));
    }
  },
  pooling(task) {
    const x = toTensor(poolingInput(task));
    return expression([x], () => (task.of === "max" ? tf.maxPool(x, 2, 2, "valid") : tf.avgPool(x, 2, 2, "valid")));
  },
  matrix(task) {
    const operands = matrixInputs(task);
    const [x, scale, offset] = [toTensor(operands.x), toTensor(operands.scale), toTensor(operands.offset)];
    return expression([x, scale, offset], () => matrixWork[task.op](x, scale, offset));
  },
  mlp(task) {
    const { x, targets } = mlpBatch(task);
    const input = tf.tensor(x, [task.batch, task.layers[0]!]);
    const target = tf.tensor(targets, [task.batch, task.layers.at(-1)!]);
    const { rate, beta1, beta2, epsilon } = adamOptions;
    const optimizer = task.optimizer === "sgd" ? tf.train.sgd(sgdRate) : tf.train.adam(rate, beta1, beta2, epsilon);
    const loss = task.loss === "softmax" ? tf.losses.softmaxCrossEntropy : tf.losses.sigmoidCrossEntropy;
    return training(mlpParameters(task), optimizer, (variables) => {
      let hidden = input;
      for (let i = 0; i < variables.length; i += 2) {
        const sum = tf.add(tf.matMul(hidden, variables[i]!), variables[i + 1]!);
        hidden = i + 2 < variables.length ? tf.relu(sum) : sum;
      }
      return loss(target, hidden);
    }, [input, target]);
  },
  lenet: () => classifier(lenetParameters(), lenet, (x, [c1, b1, c2, b2, w3, b3, w4, b4]) => {
    const first = tf.maxPool(tf.relu(tf.add(tf.conv2d(x, c1!, 1, "valid"), b1!)), 2, 2, "valid");
    const second = tf.maxPool(tf.relu(tf.add(tf.conv2d(first, c2!, 1, "valid"), b2!)), 2, 2, "valid");
    const hidden = tf.relu(tf.add(tf.matMul(tf.reshape(second, [lenet.batch, 800]), w3!), b3!));
    return tf.add(tf.matMul(hidden, w4!), b4!);
  }),
  resnet: () => classifier(resnetParameters(), resnet, (x, variables) => resnetLogits(x, variables, {
    convolve: (image, filters, bias, stride) => tf.add(tf.conv2d(image, filters, stride, "same"), bias),
    relu: (image) => tf.relu(image),
    add: (a, b) => tf.add(a, b),
    classify: (image, weights, bias) => tf.add(tf.matMul(tf.mean(image, [1, 2]), weights), bias),
  })),
  lstm() {
    const { steps, batch, inputs, hidden, rate } = lstm;
    // As separate tensors from the start: to take a slice, this backend copies more than the slice.
    const sequence = tf.unstack(tf.tensor(uniform(steps * batch * inputs, 1, 9), [steps, batch, inputs]));
    const target = tf.tensor(uniform(batch * hidden, 1, 10), [batch, hidden]);
    return training(lstmParameters(), tf.train.sgd(rate), (variables) => tf.mean(tf.square(tf.sub(lstmState(sequence, variables), target))), [...sequence, target]);
  },
  transformer() {
    const shape = [transformer.batch, transformer.tokens, transformer.width];
    const [x, y] = [9, 10].map((seed) => tf.tensor(uniform(countOf(shape), 1, seed), shape)) as [tf.Tensor, tf.Tensor];
    return training(transformerParameters(), tf.train.sgd(transformer.rate), (variables) => tf.mean(tf.square(tf.sub(transformerBlock(x, variables), y))), [x, y]);
  },
};
