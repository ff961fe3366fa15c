// Damo in its variants. All but `calls` write their inputs once into the module's own buffers, as the peers keep theirs on their
// device; `calls` is the everyday form, which checks and copies inputs and outputs at every call.

import {
  avgPool2d, compile, type CompileOptions, conv2d, DamoError, fn, grad, input, layerNorm, maxPool2d, type Tensor,
} from "damo";
import { rfft } from "damo/fft";
import * as linalg from "damo/linalg";
import { sort } from "damo/sorting";
import { type Engine, NotAvailable, type Prepared, preparedTraining } from "./engine.ts";
import { defineLenet, lenet } from "./models/lenet.ts";
import { defineLstm, lstm } from "./models/lstm.ts";
import { defineMlp, labelsOf, mlpBatch } from "./models/mlp.ts";
import { countOf, uniform } from "./models/parameter.ts";
import { defineResnet, resnet } from "./models/resnet.ts";
import { defineTransformer, transformer } from "./models/transformer.ts";
import { chainInput, type Convolution, convolutionInputs, type LinearAlgebra, linearAlgebraInputs, lineInput, type MatrixWork, matrixInputs, type Operand, poolingInput, productInputs } from "./task.ts";

type Numbers = Float32Array | Float64Array | Int32Array;
export interface Feed {
  readonly data: Numbers;
  readonly shape: readonly number[];
  readonly half?: boolean;
}
type Feeds = Readonly<Record<string, Feed>>;

/** What is measured of a compiled function: its one output. */
interface Callable {
  (inputs: Feeds): Readonly<Record<string, { readonly data: ArrayLike<number> }>>;
  bindBuffers(sizes: Readonly<Record<string, number>>): {
    readonly inputs: Readonly<Record<string, { set(values: ArrayLike<number>): void }>>;
    readonly outputs: Readonly<Record<string, ArrayLike<number>>>;
    run(): void;
  };
}

/** A function of one output, and what it is fed. */
export interface Definition {
  readonly function: object;
  readonly feeds: Feeds;
  readonly sizes?: Readonly<Record<string, number>>;
}

interface Variant {
  readonly form: "bound" | "calls";
  /** Of `compile`. A version that does not know one of them refuses it. */
  readonly options?: Readonly<Record<string, unknown>>;
}

/** Elsewhere wide code is strict code, with a warning. */
const joinsVectors = Number.parseInt(process.versions.node, 10) >= 24;

/** One run that returns the output's elements. */
async function runner({ form, options = {} }: Variant, definition: Definition): Promise<() => ArrayLike<number>> {
  if ("engine" in options && !joinsVectors) throw new NotAvailable("wide code needs Node 24");
  const compiled = await compile(definition.function as Parameters<typeof compile>[0], options as CompileOptions).catch((error: unknown) => {
    throw error instanceof DamoError && error.code === "E410" ? new NotAvailable(error.message) : error;
  }) as unknown as Callable;
  const { feeds, sizes = {} } = definition;
  if (form === "calls") return () => Object.values(compiled(feeds))[0]!.data;
  const buffers = compiled.bindBuffers(sizes);
  for (const [name, { data }] of Object.entries(feeds)) buffers.inputs[name]!.set(data);
  const [output] = Object.keys(buffers.outputs);
  return () => {
    buffers.run();
    return buffers.outputs[output!]!;
  };
}

/** How a definition gets ready; of a training step the output is its loss. */
export type Prepare = (definition: Definition, kind: "expression" | "training") => Promise<Prepared>;

const onCpu = (variant: Variant): Prepare => async (definition, kind) => {
  const run = await runner(variant, definition);
  return kind === "training" ? preparedTraining(() => run()[0]!) : { run: () => void run(), result: run };
};

/** Inputs of fixed shape with these values. */
function inputsOf(feeds: Feeds): Readonly<Record<string, Tensor>> {
  return Object.fromEntries(Object.entries(feeds).map(([name, { data, shape, half = false }]) =>
    [name, input(name, [...shape], { dtype: half ? "f16" : data instanceof Float64Array ? "f64" : "f32" })]));
}

function expression(prepare: Prepare, feeds: Feeds, build: (inputs: Readonly<Record<string, Tensor>>) => Tensor): Promise<Prepared> {
  const inputs = inputsOf(feeds);
  return prepare({ function: fn({ inputs: inputs as never, outputs: { result: build(inputs) } }), feeds }, "expression");
}

function convolution({ stride, padding, channels, depthwise, part }: Convolution): (inputs: Readonly<Record<string, Tensor>>) => Tensor {
  return (inputs) => {
    const [image, filters, cotangent] = [inputs["image"] as Tensor<"f32">, inputs["filters"] as Tensor<"f32">, inputs["cotangent"] as Tensor<"f32">];
    const result: Tensor = conv2d(image, filters, { stride, padding, groups: depthwise ? channels : 1 });
    return part === "forward" ? result : grad(result.mul(cotangent).sum() as Tensor<"f32", []>, part === "filters" ? filters : image);
  };
}

const matrixWork: { readonly [op in MatrixWork["op"]]: (x: Tensor, scale: Tensor, offset: Tensor) => Tensor } = {
  softmax: (x) => x.softmax(-1),
  "layer-norm": (x, scale, offset) => layerNorm(x as Tensor<"f32">, scale as Tensor<"f32">, offset as Tensor<"f32">),
  "sum-axis-0": (x) => x.sum(0),
  "sum-axis-1": (x) => x.sum(1),
  argmax: (x) => x.argmax(1),
  transpose: (x) => x.transpose(),
  affine: (x, scale, offset) => x.mul(scale as Tensor<"f32">).add(offset as Tensor<"f32">),
};

/** The routine of a factorization computes all its parts, whatever is read of them. */
const linearAlgebra: { readonly [op in LinearAlgebra["op"]]: (a: Tensor<"f32">, b: Tensor<"f32">) => Tensor } = {
  cholesky: (a) => linalg.cholesky(a), solve: (a, b) => linalg.solve(a, b), qr: (a) => linalg.qr(a).r.abs(), svd: (a) => linalg.svd(a).s, eigh: (a) => linalg.eigh(a).values,
};

export function createEngine(prepare: Prepare): Engine {
  return {
    product: (task) => expression(prepare, { ...productInputs(task) }, ({ a, b }) =>
      (task.transposed === "a" ? a!.transpose() : a!).dot((task.transposed === "b" ? b!.transpose() : b!) as Tensor<"f32">)),
    chain: (task) => expression(prepare, { x: { data: chainInput(task), shape: [task.length] } }, ({ x }) =>
      x!.mul(0.7).add(0.1).tanh().mul(x!.sigmoid() as Tensor<"f32">).add(x!.mul(x as Tensor<"f32">).neg().exp() as Tensor<"f32">)),
    convolution: (task) => {
      const { image, filters, cotangent } = convolutionInputs(task);
      return expression(prepare, task.part === "forward" ? { image, filters } : { image, filters, cotangent }, convolution(task));
    },
    pooling: (task) => expression(prepare, { x: poolingInput(task) }, ({ x }) =>
      task.of === "max" ? maxPool2d(x as Tensor<"f32">, 2) : avgPool2d(x as Tensor<"f32">, 2)),
    matrix: (task) => {
      const { x, scale, offset } = matrixInputs(task);
      return expression(prepare, task.op === "layer-norm" || task.op === "affine" ? { x, scale, offset } : { x }, (inputs) => matrixWork[task.op](inputs["x"]!, inputs["scale"]!, inputs["offset"]!));
    },
    "linear algebra": (task) => {
      const { a, b } = linearAlgebraInputs(task);
      return expression(prepare, task.op === "solve" ? { a, b } : { a }, (inputs) => linearAlgebra[task.op](inputs["a"] as Tensor<"f32">, inputs["b"] as Tensor<"f32">));
    },
    sort: (task) => expression(prepare, { x: { data: lineInput(task), shape: [task.length] } }, ({ x }) => sort(x!)),
    spectrum: (task) => expression(prepare, { x: { data: lineInput(task), shape: [task.length] } }, ({ x }) => rfft(x!)),
    mlp: (task) => {
      const { batch, layers } = task;
      const { x, labels, targets } = mlpBatch(task);
      const y = task.loss === "softmax" ? { data: labels, shape: [batch] } : { data: targets, shape: [batch, layers.at(-1)!] };
      return prepare({ function: defineMlp(task).train, feeds: { x: { data: x, shape: [batch, layers[0]!] }, y }, sizes: { batch } }, "training");
    },
    lenet: () => classifier(prepare, defineLenet().train, lenet),
    resnet: () => classifier(prepare, defineResnet().train, resnet),
    lstm: () => {
      const { steps, batch, inputs, hidden } = lstm;
      return prepare({ function: defineLstm().train, feeds: { x: feed([steps, batch, inputs], 9), y: feed([batch, hidden], 10) } }, "training");
    },
    transformer: () => {
      const { batch, tokens, width } = transformer;
      const shape = [batch, tokens, width];
      return prepare({ function: defineTransformer().train, feeds: { x: feed(shape, 9), y: feed(shape, 10) }, sizes: { batch } }, "training");
    },
  };
}

const feed = (shape: readonly number[], seed: number) => ({ data: uniform(countOf(shape), 1, seed), shape });

function classifier(prepare: Prepare, train: object, { batch, image, classes }: { readonly batch: number; readonly image: readonly number[]; readonly classes: number }): Promise<Prepared> {
  const x = { data: uniform(batch * countOf(image), 1, 9), shape: [batch, ...image] };
  return prepare({ function: train, feeds: { x, y: { data: labelsOf(batch, classes).labels, shape: [batch] } }, sizes: { batch } }, "training");
}

export const plain = createEngine(onCpu({ form: "bound" }));
export const calls = createEngine(onCpu({ form: "calls" }));
export const relaxed = createEngine(onCpu({ form: "bound", options: { relaxed: true } }));
export const wide = createEngine(onCpu({ form: "bound", options: { engine: { wide: true } } }));
export const wideRelaxed = createEngine(onCpu({ form: "bound", options: { engine: { wide: true }, relaxed: true } }));
export const threads = createEngine(onCpu({ form: "bound", options: { threads: 2 } }));

/** The same product of operands that are laid out as it reads them. */
export const untransposed: Engine = {
  product: (task) => {
    const { a, b } = productInputs(task);
    const operands = { a: task.transposed === "a" ? transpose(a) : a, b: task.transposed === "b" ? transpose(b) : b };
    return expression(onCpu({ form: "bound" }), operands, (inputs) => inputs["a"]!.dot(inputs["b"] as Tensor<"f32">));
  },
};

function transpose({ shape, data }: Operand): Operand {
  const [rows, columns] = shape as [number, number];
  return { shape: [columns, rows], data: data.map((_, i) => data[(i % rows) * columns + Math.floor(i / rows)]!) };
}
