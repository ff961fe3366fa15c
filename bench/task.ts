// The pieces of work that are measured, as data that goes to every engine's process; their inputs, and what a run costs.

import type { Mlp } from "./models/mlp.ts";
import { countOf, uniform } from "./models/parameter.ts";

/** a[m,k] times b[k,n]; with `a: "transposed"` a is given as [k,m], with `b: "transposed"` b as [n,k]. */
export interface Product {
  readonly kind: "product";
  readonly dtype: "f16" | "f32" | "f64";
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly transposed?: "a" | "b";
}

/** tanh(0.7 x + 0.1) * sigmoid(x) + exp(-x * x), elementwise. */
export interface Chain {
  readonly kind: "chain";
  readonly length: number;
}

/** A 2D convolution, or its gradient by the image or the filters for a given cotangent. */
export interface Convolution {
  readonly kind: "convolution";
  readonly part: "forward" | "filters" | "image";
  readonly batch: number;
  /** Height and width. */
  readonly size: number;
  readonly channels: number;
  readonly filters: number;
  /** Height and width of the window. */
  readonly window: number;
  readonly stride: number;
  readonly padding: "same" | "valid";
  /** One filter for each channel; `filters` equals `channels`. */
  readonly depthwise: boolean;
}

/** Windows of 2 x 2, side by side. */
export interface Pooling {
  readonly kind: "pooling";
  readonly of: "max" | "average";
  readonly batch: number;
  readonly size: number;
  readonly channels: number;
}

/** Along the last axis unless the name says another; `affine`: each column times a number, plus a number. */
export interface MatrixWork {
  readonly kind: "matrix";
  readonly op: "softmax" | "layer-norm" | "sum-axis-0" | "sum-axis-1" | "argmax" | "transpose" | "affine";
  readonly rows: number;
  readonly columns: number;
}

/** All parts of a factorization, or the solution of a system with one right side; the matrix is symmetric and positive definite for `cholesky`, symmetric for `eigh`. */
export interface LinearAlgebra {
  readonly kind: "linear algebra";
  readonly op: "cholesky" | "solve" | "qr" | "svd" | "eigh";
  readonly dtype: "f32" | "f64";
  readonly size: number;
}

/** Numbers in ascending order. */
export interface Sort {
  readonly kind: "sort";
  readonly length: number;
}

/** The first half of the spectrum of a real line: pairs 0 ... length / 2, one after the other. */
export interface Spectrum {
  readonly kind: "spectrum";
  readonly length: number;
}

/** One training step, its loss read back. */
export interface MlpTraining extends Mlp {
  readonly kind: "mlp";
}
export interface ModelTraining {
  readonly kind: "lenet" | "resnet" | "transformer" | "lstm";
}

export type Task = Product | Chain | Convolution | Pooling | MatrixWork | LinearAlgebra | Sort | Spectrum | MlpTraining | ModelTraining;
export type Kind = Task["kind"];
export type TaskOf<K extends Kind> = Extract<Task, { readonly kind: K }>;

export interface Operand {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array;
  /** The data are halves. */
  readonly half?: boolean;
}

function operand(shape: readonly number[], scale: number, seed: number): Operand & { readonly data: Float32Array } {
  return { shape, data: uniform(countOf(shape), scale, seed) };
}

export function productInputs({ dtype, m, k, n, transposed }: Product): { a: Operand; b: Operand } {
  const a = operand(transposed === "a" ? [k, m] : [m, k], 1, 1);
  const b = operand(transposed === "b" ? [n, k] : [k, n], 1, 2);
  const widen = ({ shape, data }: Operand): Operand => ({ shape, data: Float64Array.from(data) });
  const halve = ({ shape, data }: Operand): Operand => ({ shape, data: data.map((value) => Math.round(value * 256) / 256), half: true });
  const convert = { f16: halve, f32: (given: Operand) => given, f64: widen }[dtype];
  return { a: convert(a), b: convert(b) };
}

export const chainInput = ({ length }: Chain): Float32Array => uniform(length, 6, 1);

export interface ConvolutionShapes {
  readonly image: readonly [number, number, number, number];
  /** Height, width, channels in (1 of a depthwise convolution), channels out. */
  readonly filters: readonly [number, number, number, number];
  readonly result: readonly [number, number, number, number];
  /** Before and after each spatial axis. */
  readonly pads: readonly [number, number];
}

export function convolutionShapes({ batch, size, channels, filters, window, stride, padding, depthwise }: Convolution): ConvolutionShapes {
  const places = padding === "same" ? Math.ceil(size / stride) : Math.floor((size - window) / stride) + 1;
  const missing = padding === "same" ? Math.max(0, (places - 1) * stride + window - size) : 0;
  return {
    image: [batch, size, size, channels],
    filters: [window, window, depthwise ? 1 : channels, filters],
    result: [batch, places, places, filters],
    pads: [missing >> 1, missing - (missing >> 1)],
  };
}

export function convolutionInputs(task: Convolution): { image: Operand; filters: Operand; cotangent: Operand } {
  const shapes = convolutionShapes(task);
  return {
    image: operand(shapes.image, 1, 3),
    filters: operand(shapes.filters, 1 / Math.sqrt(task.window ** 2 * shapes.filters[2]), 5),
    cotangent: operand(shapes.result, 1, 7),
  };
}

export const poolingInput = ({ batch, size, channels }: Pooling): Operand => operand([batch, size, size, channels], 1, 3);

export function matrixInputs({ op, rows, columns }: MatrixWork): { x: Operand; scale: Operand; offset: Operand } {
  return { x: operand([rows, columns], op === "softmax" ? 4 : 1, 3), scale: operand([columns], 1, 8), offset: operand([columns], 1, 9) };
}

/** A matrix and a right side. The result that is compared: L, x, the magnitudes of R, the singular values, the eigenvalues. */
export function linearAlgebraInputs({ op, dtype, size }: LinearAlgebra): { a: Operand; b: Operand } {
  const [a, b] = [operand([size, size], 1, 3), operand([size], 1, 5)];
  if (op === "cholesky" || op === "eigh") {
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < i; j++) a.data[j * size + i] = a.data[i * size + j]!;
      if (op === "cholesky") a.data[i * size + i] = size;
    }
  }
  const widen = ({ shape, data }: Operand): Operand => ({ shape, data: Float64Array.from(data) });
  return dtype === "f32" ? { a, b } : { a: widen(a), b: widen(b) };
}

export const lineInput = ({ length }: Sort | Spectrum): Float32Array => uniform(length, 1, 3);

/** Multiplications and additions for each cube of the size, in the leading term; of `qr` with Q. */
const factorOperations = { cholesky: 1 / 3, solve: 2 / 3, qr: 8 / 3 };

/** Multiplications and additions of a run, where they are the bound. */
export function flopsOf(task: Task): number | undefined {
  if (task.kind === "product") return 2 * task.m * task.k * task.n;
  if (task.kind === "linear algebra") return task.op in factorOperations ? factorOperations[task.op as keyof typeof factorOperations] * task.size ** 3 : undefined;
  if (task.kind !== "convolution") return undefined;
  const { filters, result } = convolutionShapes(task);
  return 2 * countOf(result) * filters[0] * filters[1] * filters[2];
}

/** Bytes of the operands and the result, each moved once, where that is the bound. */
export function bytesOf(task: Task): number | undefined {
  switch (task.kind) {
    case "product": return { f16: 2, f32: 4, f64: 8 }[task.dtype] * (task.m * task.k + task.k * task.n + task.m * task.n);
    case "chain": return 8 * task.length;
    case "pooling": return 5 * task.batch * task.size ** 2 * task.channels;
    case "matrix": {
      const elements = task.rows * task.columns;
      const result = { softmax: elements, "layer-norm": elements, transpose: elements, affine: elements, "sum-axis-0": task.columns, "sum-axis-1": task.rows, argmax: task.rows };
      return 4 * (elements + result[task.op]);
    }
    case "linear algebra": case "sort": case "spectrum": case "convolution": case "mlp": case "lenet": case "resnet": case "transformer": case "lstm": return undefined;
  }
}
