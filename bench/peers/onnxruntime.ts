// ONNX Runtime, as its web package or its native one. It runs models and does not train. Operands are in the model and the result is cut
// to one element before it leaves, or stays on the device: so the time has no copies in it, as with peers that keep tensors on theirs.

import type { Engine, Prepared } from "../engine.ts";
import {
  chainInput, type Convolution, convolutionInputs, convolutionShapes, matrixInputs, type MatrixWork, type Operand, poolingInput, type Product, productInputs,
} from "../task.ts";
import { filtersFirst, filtersLast, imagesFirst, imagesLast, permute, reorder } from "./layout.ts";
import { type OnnxData, type OnnxNode, type OnnxTensor, type OnnxType, writeOnnxModel } from "./onnx-model.ts";

export interface Session {
  run(inputs: Record<string, never>): Promise<Record<string, { readonly data: unknown; dispose?(): void }>>;
  release(): Promise<void>;
}

export type Optimization = "all" | "disabled";
/** `stays`: results stay on the device. */
export type CreateSession = (model: Uint8Array, optimization: Optimization, stays: boolean) => Promise<Session>;
export type OnDevice = (prepared: Prepared) => Prepared;

interface Model {
  readonly nodes: readonly OnnxNode[];
  readonly variables: readonly OnnxTensor[];
  readonly constants?: readonly OnnxTensor[];
  readonly output: { readonly shape: readonly number[]; readonly type?: OnnxType | undefined };
  /** From the result's layout to that of the task. */
  readonly order?: readonly number[];
  /** `disabled` where the optimiser would cut the operand rather than the result; `all` otherwise. */
  readonly optimization?: Optimization;
}

const integers = (name: string, ...values: number[]): OnnxTensor => ({ name, shape: [values.length], data: BigInt64Array.from(values, BigInt) });
const numbersOf = (data: unknown): ArrayLike<number> => (data instanceof BigInt64Array ? Float64Array.from(data, Number) : data as ArrayLike<number>);

async function prepare(create: CreateSession, onDevice: OnDevice | undefined, { nodes, variables, constants = [], output: { shape, type = "float32" }, order, optimization = "all" }: Model): Promise<Prepared> {
  const zeros = shape.map(() => 0);
  const session = await create(writeOnnxModel(onDevice !== undefined ? { nodes, variables, constants, output: { name: "y", shape, type } } : {
    nodes: [...nodes, { op: "Slice", inputs: ["y", "slice_from", "slice_to"], output: "first" }],
    variables,
    constants: [...constants, integers("slice_from", ...zeros), integers("slice_to", ...shape.map(() => 1))],
    output: { name: "first", shape: shape.map(() => 1), type },
  }), optimization, onDevice !== undefined);
  return (onDevice ?? ((prepared: Prepared) => prepared))({
    run: () => session.run({}).then((results) => results["y"]?.dispose?.()),
    async result() {
      const widened: OnnxNode[] = type === "float16" ? [{ op: "Cast", inputs: ["y"], output: "wide", attributes: { to: 1 } }] : [];
      const output = type === "float16" ? { name: "wide", shape, type: "float32" as const } : { name: "y", shape, type };
      const whole = await create(writeOnnxModel({ nodes: [...nodes, ...widened], variables, constants, output }), optimization, false);
      const data = numbersOf((await whole.run({}))[output.name]!.data);
      await whole.release();
      return order === undefined ? data : permute(data as Float32Array, shape, order);
    },
    dispose: () => void session.release(),
  });
}

const tensor = (name: string, { shape, data, half = false }: Operand): OnnxTensor => ({ name, shape, data: half ? Uint16Array.from(data, bitsOfHalf) : data as OnnxData });

/** Of a normal half, or 0. */
function bitsOfHalf(value: number): number {
  if (value === 0) return 0;
  const exponent = Math.floor(Math.log2(Math.abs(value)));
  return (value < 0 ? 0x8000 : 0) + (exponent + 15) * 1024 + (Math.abs(value) / 2 ** exponent - 1) * 1024;
}
const reordered = (name: string, { shape, data }: Operand, order: readonly number[]): OnnxTensor =>
  ({ name, shape: reorder(shape, order), data: permute(data as Float32Array, shape, order) });

function product(task: Product): Model {
  const { a, b } = productInputs(task);
  const gemm: OnnxNode = { op: "Gemm", inputs: ["a", "b"], output: "y", attributes: task.transposed === "a" ? { transA: 1 } : { transB: 1 } };
  return {
    nodes: [task.transposed === undefined ? { op: "MatMul", inputs: ["a", "b"], output: "y" } : gemm],
    variables: [tensor("a", a), tensor("b", b)],
    output: { shape: [task.m, task.n], type: ({ f16: "float16", f32: "float32", f64: "float64" } as const)[task.dtype] },
  };
}

const chainNodes: readonly OnnxNode[] = [
  { op: "Mul", inputs: ["x", "scale"], output: "scaled" },
  { op: "Add", inputs: ["scaled", "shift"], output: "shifted" },
  { op: "Tanh", inputs: ["shifted"], output: "tanh" },
  { op: "Sigmoid", inputs: ["x"], output: "sigmoid" },
  { op: "Mul", inputs: ["tanh", "sigmoid"], output: "product" },
  { op: "Mul", inputs: ["x", "x"], output: "square" },
  { op: "Neg", inputs: ["square"], output: "negated" },
  { op: "Exp", inputs: ["negated"], output: "bell" },
  { op: "Add", inputs: ["product", "bell"], output: "y" },
];

/** Gradients are the same sums as convolutions of their operands. */
function convolution(task: Convolution): Model | undefined {
  const { window, stride, channels, depthwise, part } = task;
  const shapes = convolutionShapes(task);
  const operands = convolutionInputs(task);
  const [before, after] = shapes.pads;
  const pads = [before, before, after, after];
  const group = depthwise ? channels : 1;
  const window2 = [window, window];
  switch (part) {
    case "forward": return {
      nodes: [{ op: "Conv", inputs: ["x", "w"], output: "y", attributes: { kernel_shape: window2, strides: [stride, stride], pads, group } }],
      variables: [reordered("x", operands.image, imagesFirst)],
      constants: [reordered("w", operands.filters, filtersFirst)],
      output: { shape: reorder(shapes.result, imagesFirst) }, order: imagesLast,
    };
    case "image": {
      const missing = task.size + before + after - window - stride * (shapes.result[1] - 1);
      return {
        nodes: [{ op: "ConvTranspose", inputs: ["d", "w"], output: "y", attributes: { kernel_shape: window2, strides: [stride, stride], pads, output_padding: [missing, missing], group } }],
        variables: [reordered("d", operands.cotangent, imagesFirst)],
        constants: [reordered("w", operands.filters, filtersFirst)],
        output: { shape: reorder(shapes.image, imagesFirst) }, order: imagesLast,
      };
    }
    case "filters": {
      // Each channel would be a convolution of its own, with the batch as its channels: no fast path for that here.
      if (depthwise) return undefined;
      const places = shapes.result[1];
      return {
        nodes: [
          { op: "Transpose", inputs: ["x"], output: "xt", attributes: { perm: [1, 0, 2, 3] } },
          { op: "Transpose", inputs: ["d"], output: "dt", attributes: { perm: [1, 0, 2, 3] } },
          { op: "Conv", inputs: ["xt", "dt"], output: "wide", attributes: { kernel_shape: [places, places], dilations: [stride, stride], pads } },
          { op: "Slice", inputs: ["wide", "window_from", "window_to"], output: "wt" },
          { op: "Transpose", inputs: ["wt"], output: "y", attributes: { perm: [1, 0, 2, 3] } },
        ],
        variables: [reordered("x", operands.image, imagesFirst), reordered("d", operands.cotangent, imagesFirst)],
        constants: [integers("window_from", 0, 0, 0, 0), integers("window_to", channels, task.filters, window, window)],
        output: { shape: reorder(shapes.filters, filtersFirst) }, order: filtersLast,
      };
    }
  }
}

const matrixNodes: { readonly [op in MatrixWork["op"]]: readonly OnnxNode[] } = {
  softmax: [{ op: "Softmax", inputs: ["x"], output: "y", attributes: { axis: 1 } }],
  "layer-norm": [{ op: "LayerNormalization", inputs: ["x", "scale", "offset"], output: "y", attributes: { axis: -1, epsilon: { float: 1e-5 } } }],
  "sum-axis-0": [{ op: "ReduceSum", inputs: ["x", "axis_0"], output: "y", attributes: { keepdims: 0 } }],
  "sum-axis-1": [{ op: "ReduceSum", inputs: ["x", "axis_1"], output: "y", attributes: { keepdims: 0 } }],
  argmax: [{ op: "ArgMax", inputs: ["x"], output: "y", attributes: { axis: 1, keepdims: 0 } }],
  transpose: [{ op: "Transpose", inputs: ["x"], output: "y", attributes: { perm: [1, 0] } }],
  affine: [{ op: "Mul", inputs: ["x", "scale"], output: "scaled" }, { op: "Add", inputs: ["scaled", "offset"], output: "y" }],
};

function matrixWork(task: MatrixWork): Model {
  const { op, rows, columns } = task;
  const { x, scale, offset } = matrixInputs(task);
  const shapes = { softmax: [rows, columns], "layer-norm": [rows, columns], affine: [rows, columns], transpose: [columns, rows], "sum-axis-0": [columns], "sum-axis-1": [rows], argmax: [rows] };
  const affine = [tensor("scale", scale), tensor("offset", offset)];
  const constants = { "layer-norm": affine, affine, "sum-axis-0": [integers("axis_0", 0)], "sum-axis-1": [integers("axis_1", 1)] };
  return {
    nodes: matrixNodes[op], variables: [tensor("x", x)], constants: constants[op as keyof typeof constants] ?? [],
    output: { shape: shapes[op], type: op === "argmax" ? "int64" : "float32" }, optimization: "disabled",
  };
}

export function createEngine(create: CreateSession, onDevice?: OnDevice): Engine {
  return {
    product: (task) => prepare(create, onDevice, product(task)),
    chain: (task) => prepare(create, onDevice, {
      nodes: chainNodes, variables: [{ name: "x", shape: [task.length], data: chainInput(task) }],
      constants: [{ name: "scale", shape: [1], data: Float32Array.of(0.7) }, { name: "shift", shape: [1], data: Float32Array.of(0.1) }],
      output: { shape: [task.length] },
    }),
    convolution: (task) => {
      const model = convolution(task);
      return model && prepare(create, onDevice, model);
    },
    pooling: ({ of, batch, size, channels, kind }) => prepare(create, onDevice, {
      nodes: [{ op: of === "max" ? "MaxPool" : "AveragePool", inputs: ["x"], output: "y", attributes: { kernel_shape: [2, 2], strides: [2, 2] } }],
      variables: [reordered("x", poolingInput({ kind, of, batch, size, channels }), imagesFirst)],
      output: { shape: [batch, channels, size / 2, size / 2] }, order: imagesLast,
    }),
    matrix: (task) => prepare(create, onDevice, matrixWork(task)),
  };
}
