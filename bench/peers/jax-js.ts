// jax-js on its WebAssembly device, everything under jit.
import * as jax from "@jax-js/jax";
import { adam, initialLayers, sampleOf, sgdRate, type Train, trainingBatch, uniform } from "../cases.ts";
import { type Engine, type Prepared, preparedTraining } from "../engine.ts";

await jax.init("wasm");
jax.defaultDevice("wasm");
const np = jax.numpy;

type Arrays = jax.Array[];

function expression(call: () => jax.Array): Prepared {
  return {
    run: async () => (await call().blockUntilReady()).dispose(),
    check: async () => sampleOf(await call().data()),
  };
}

function forward(parameters: Arrays, x: jax.Array): jax.Array {
  let hidden = x;
  for (let i = 0; i < parameters.length; i += 2) {
    hidden = np.matmul(hidden, parameters[i]!).add(parameters[i + 1]!);
    if (i + 2 < parameters.length) hidden = jax.nn.relu(hidden);
  }
  return hidden;
}

const softmaxLoss = (parameters: Arrays, x: jax.Array, y: jax.Array): jax.Array =>
  np.mean(np.sum(jax.nn.logSoftmax(forward(parameters, x)).mul(y), -1)).neg();

function sigmoidLoss(parameters: Arrays, x: jax.Array, y: jax.Array): jax.Array {
  const logits = forward(parameters, x);
  return np.mean(jax.nn.softplus(logits.ref).sub(logits.mul(y)));
}

function training(task: Train): Prepared {
  const { x, targets } = trainingBatch(task);
  const input = np.array(x).reshape([task.batch, task.layers[0]!]);
  const target = np.array(targets).reshape([task.batch, task.layers.at(-1)!]);
  let parameters = initialLayers(task).flatMap(({ rows, columns, weights }) => [
    np.array(weights).reshape([rows, columns]),
    np.zeros([columns]),
  ]);
  const gradient = jax.valueAndGrad(task.loss === "softmax" ? softmaxLoss : sigmoidLoss);
  if (task.optimizer === "sgd") {
    const step = jax.jit((p: Arrays, inputs: jax.Array, labels: jax.Array) => {
      const [loss, g] = gradient(p.map((value) => value.ref), inputs, labels);
      return { loss, p: p.map((value, i) => value.sub(g[i]!.mul(sgdRate))) };
    });
    return preparedTraining(async () => {
      const result = step(parameters, input.ref, target.ref);
      parameters = result.p;
      return (await result.loss.data())[0]!;
    });
  }
  let state = {
    p: parameters,
    m: parameters.map((value) => np.zeros(value.shape)),
    v: parameters.map((value) => np.zeros(value.shape)),
    t: np.array(1),
  };
  const step = jax.jit(({ p, m, v, t }: typeof state, inputs: jax.Array, labels: jax.Array) => {
    const [loss, g] = gradient(p.map((value) => value.ref), inputs, labels);
    const correction1 = np.subtract(1, np.exp(t.ref.mul(Math.log(adam.beta1))));
    const correction2 = np.subtract(1, np.exp(t.ref.mul(Math.log(adam.beta2))));
    const m2 = m.map((value, i) => value.mul(adam.beta1).add(g[i]!.ref.mul(1 - adam.beta1)));
    const v2 = v.map((value, i) => value.mul(adam.beta2).add(g[i]!.ref.mul(g[i]!).mul(1 - adam.beta2)));
    const p2 = p.map((value, i) =>
      value.sub(
        m2[i]!.ref
          .div(correction1.ref)
          .mul(adam.rate)
          .div(np.sqrt(v2[i]!.ref.div(correction2.ref)).add(adam.epsilon)),
      ),
    );
    correction1.dispose();
    correction2.dispose();
    return { loss, state: { p: p2, m: m2, v: v2, t: t.add(1) } };
  });
  return preparedTraining(async () => {
    const result = step(state, input.ref, target.ref);
    state = result.state;
    return (await result.loss.data())[0]!;
  });
}

export const engine: Engine = {
  name: "jax-js",
  async prepare(task) {
    if (task.kind === "train") return training(task);
    if (task.kind === "gemm") {
      const { size } = task;
      const a = np.array(uniform(size * size, 1, 1)).reshape([size, size]);
      const b = np.array(uniform(size * size, 1, 2)).reshape([size, size]);
      const product = jax.jit((left: jax.Array, right: jax.Array) => np.matmul(left, right));
      return expression(() => product(a.ref, b.ref));
    }
    const x = np.array(uniform(task.length, 6, 1));
    const chain = jax.jit((value: jax.Array) =>
      np
        .tanh(value.ref.mul(0.7).add(0.1))
        .mul(jax.nn.sigmoid(value.ref))
        .add(np.exp(value.ref.mul(value).neg())),
    );
    return expression(() => chain(x.ref));
  },
};
