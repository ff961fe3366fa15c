// The parts of the peers that the benchmarks use. Declared here so that the repository type-checks without them.

declare module "@tensorflow/tfjs" {
  export class Tensor {
    readonly shape: readonly number[];
    readonly dataId: object;
    data(): Promise<Float32Array>;
    dataSync(): Float32Array;
    dispose(): void;
  }
  type Value = Tensor | number;
  export interface Optimizer {
    minimize(cost: () => Tensor, returnCost: true, variables: readonly Tensor[]): Tensor;
  }
  export interface KernelCall {
    readonly inputs: { readonly [name: string]: Tensor };
    readonly attrs: object;
    readonly backend: object;
  }
  export interface Kernel {
    readonly kernelName: string;
    readonly backendName: string;
    readonly setupFunc?: unknown;
    readonly kernelFunc: (call: KernelCall) => object;
  }
  export function registerKernel(kernel: Kernel): void;
  export function unregisterKernel(name: string, backend: string): void;
  export function getKernel(name: string, backend: string): Kernel;
  export function backend(): { incRef(id: object): void };
  export function engine(): { makeTensorFromTensorInfo(info: object): Tensor; tidy(body: () => Tensor): Tensor };
  export function setBackend(name: string): Promise<boolean>;
  export function tensor(values: ArrayLike<number>, shape: readonly number[]): Tensor;
  export function variable(value: Tensor): Tensor;
  export function tidy(body: () => Tensor): Tensor;
  export function keep(x: Tensor): Tensor;
  export function matMul(a: Tensor, b: Tensor, transposeA?: boolean, transposeB?: boolean): Tensor;
  export function conv2d(x: Tensor, filters: Tensor, stride: number, padding: string | readonly (readonly [number, number])[], format?: string, dilation?: number): Tensor;
  export function depthwiseConv2d(x: Tensor, filters: Tensor, stride: number, padding: string): Tensor;
  export function maxPool(x: Tensor, window: number, stride: number, padding: string): Tensor;
  export function avgPool(x: Tensor, window: number, stride: number, padding: string): Tensor;
  export function pad(x: Tensor, widths: readonly (readonly [number, number])[]): Tensor;
  export function slice(x: Tensor, begin: readonly number[], size: readonly number[]): Tensor;
  export function reverse(x: Tensor, axes: readonly number[]): Tensor;
  export function reshape(x: Tensor, shape: readonly number[]): Tensor;
  export function transpose(x: Tensor, order?: readonly number[]): Tensor;
  export function unstack(x: Tensor): Tensor[];
  export function split(x: Tensor, count: number, axis: number): Tensor[];
  export function moments(x: Tensor, axis: number, keepDims: boolean): { mean: Tensor; variance: Tensor };
  export function mean(x: Tensor, axes?: readonly number[]): Tensor;
  export function sum(x: Tensor, axis: number): Tensor;
  export function argMax(x: Tensor, axis: number): Tensor;
  export function softmax(x: Tensor): Tensor;
  export function add(a: Value, b: Value): Tensor;
  export function sub(a: Value, b: Value): Tensor;
  export function mul(a: Value, b: Value): Tensor;
  export function neg(a: Tensor): Tensor;
  export function exp(a: Tensor): Tensor;
  export function tanh(a: Tensor): Tensor;
  export function sigmoid(a: Tensor): Tensor;
  export function relu(a: Tensor): Tensor;
  export function rsqrt(a: Tensor): Tensor;
  export function square(a: Tensor): Tensor;
  export const losses: {
    softmaxCrossEntropy(labels: Tensor, logits: Tensor): Tensor;
    sigmoidCrossEntropy(labels: Tensor, logits: Tensor): Tensor;
  };
  export const train: {
    sgd(rate: number): Optimizer;
    adam(rate: number, beta1: number, beta2: number, epsilon: number): Optimizer;
  };
}

declare module "@tensorflow/tfjs-backend-wasm" {
  export function setWasmPaths(folder: string): void;
  export function setThreadsCount(count: number): void;
}

declare module "onnxruntime-web" {
  export const env: { logLevel: string; wasm: { numThreads: number; wasmPaths: string } };
  export const InferenceSession: {
    create(model: Uint8Array, options: { graphOptimizationLevel: "all" | "disabled"; executionProviders: readonly string[]; intraOpNumThreads: number }): Promise<import("./onnxruntime.ts").Session>;
  };
}

declare module "@tensorflow/tfjs-backend-webgpu";

declare module "onnxruntime-web/webgpu" {
  export const env: { logLevel: string; wasm: { numThreads: number } };
  export const InferenceSession: {
    create(model: Uint8Array, options: { graphOptimizationLevel: "all" | "disabled"; executionProviders: readonly string[]; preferredOutputLocation?: "gpu-buffer" }): Promise<import("./onnxruntime.ts").Session>;
  };
}

declare module "onnxruntime-node" {
  export const InferenceSession: {
    create(model: Uint8Array, options: { graphOptimizationLevel: "all" | "disabled"; executionProviders: readonly string[]; intraOpNumThreads: number; interOpNumThreads: number }): Promise<import("./onnxruntime.ts").Session>;
  };
}

declare module "@jax-js/jax" {
  /** Operations consume their operands; `ref` keeps one for another use. */
  export interface Array {
    readonly ref: Array;
    readonly shape: readonly number[];
    add(other: Array | number): Array;
    sub(other: Array | number): Array;
    mul(other: Array | number): Array;
    div(other: Array | number): Array;
    neg(): Array;
    reshape(shape: readonly number[]): Array;
    slice(...indices: readonly (number | readonly number[])[]): Array;
    astype(dtype: DType): Array;
    data(): Promise<Float32Array>;
    blockUntilReady(): Promise<Array>;
    dispose(): void;
  }
  type DType = { readonly brand: "dtype" };
  type Padding = readonly (readonly [number, number])[];
  export function init(device: string): Promise<readonly string[]>;
  export function defaultDevice(device: string): void;
  export function jit<A extends readonly unknown[], R>(body: (...values: A) => R): (...values: A) => R;
  export function vjp(body: (value: Array) => Array, at: readonly [Array]): [Array, (cotangent: Array) => Array[]];
  export function valueAndGrad<A extends readonly unknown[]>(
    body: (parameters: Array[], ...rest: A) => Array,
  ): (parameters: Array[], ...rest: A) => [Array, Array[]];
  export const numpy: {
    readonly float16: DType;
    readonly float32: DType;
    readonly float64: DType;
    array(values: Float32Array | Float64Array | number, options?: { shape: readonly number[]; dtype: DType }): Array;
    zeros(shape: readonly number[]): Array;
    matmul(a: Array, b: Array): Array;
    transpose(a: Array): Array;
    exp(a: Array): Array;
    tanh(a: Array): Array;
    sqrt(a: Array): Array;
    square(a: Array): Array;
    subtract(a: number, b: Array): Array;
    sum(a: Array, axis: number): Array;
    max(a: Array, axes: readonly number[]): Array;
    mean(a: Array, axes?: readonly number[]): Array;
    argmax(a: Array, axis: number): Array;
    sort(a: Array): Array;
    stack(arrays: readonly Array[], axis: number): Array;
    readonly fft: { rfft(a: Array): { readonly real: Array; readonly imag: Array } };
    readonly linalg: {
      svd(a: Array, options: { fullMatrices: boolean }): readonly Array[];
      eigh(a: Array): readonly Array[];
    };
  };
  export const lax: {
    readonly linalg: { cholesky(a: Array): Array };
    convGeneralDilated(x: Array, filters: Array, strides: readonly number[], padding: Padding, options?: { featureGroupCount?: number }): Array;
  };
  export const nn: {
    relu(a: Array): Array;
    gelu(a: Array): Array;
    sigmoid(a: Array): Array;
    softmax(a: Array, axis: number): Array;
    logSoftmax(a: Array): Array;
    softplus(a: Array): Array;
    standardize(a: Array, axis: number): Array;
    dotProductAttention(q: Array, k: Array, v: Array): Array;
  };
}

declare module "ml-matrix" {
  export class Matrix {
    static from1DArray(rows: number, columns: number, data: ArrayLike<number>): Matrix;
    to1DArray(): number[];
  }
  export class CholeskyDecomposition {
    constructor(a: Matrix);
    readonly lowerTriangularMatrix: Matrix;
  }
  export class LuDecomposition {
    constructor(a: Matrix);
    solve(b: Matrix): Matrix;
  }
  export class QrDecomposition {
    constructor(a: Matrix);
    readonly orthogonalMatrix: Matrix;
    readonly upperTriangularMatrix: Matrix;
  }
  export class SingularValueDecomposition {
    constructor(a: Matrix);
    readonly diagonal: number[];
  }
  export class EigenvalueDecomposition {
    constructor(a: Matrix, options: { readonly assumeSymmetric: boolean });
    readonly realEigenvalues: number[];
  }
}

declare module "fft.js" {
  class FFT {
    constructor(size: number);
    createComplexArray(): number[];
    /** Fills the first half of the spectrum. */
    realTransform(out: number[], line: ArrayLike<number>): void;
  }
  export { FFT as default };
}

declare module "kissfft-js" {
  export class FFTR {
    constructor(size: number);
    forward(line: Float32Array): Float32Array;
  }
}

declare module "@echogarden/pffft-wasm/simd" {
  function create(): Promise<{
    readonly HEAPF32: Float32Array;
    _pffft_new_setup(length: number, kind: 0 | 1): number;
    _pffft_aligned_malloc(bytes: number): number;
    _pffft_transform_ordered(setup: number, from: number, to: number, work: number, direction: 0 | 1): void;
  }>;
  export { create as default };
}

declare module "numpy-ts" {
  export interface NDArray {
    readonly data: ArrayLike<number>;
    reshape(...shape: number[]): NDArray;
  }
  export function array(data: ArrayLike<number>, dtype: "float32" | "float64"): NDArray;
  export namespace linalg {
    function cholesky(a: NDArray): NDArray;
    function solve(a: NDArray, b: NDArray): NDArray;
    function qr(a: NDArray): { readonly q: NDArray; readonly r: NDArray };
    function svd(a: NDArray, fullMatrices: boolean): { readonly u: NDArray; readonly s: NDArray; readonly vt: NDArray };
    function eigh(a: NDArray): { readonly w: NDArray; readonly v: NDArray };
  }
  export namespace fft {
    function rfft(a: NDArray): NDArray;
  }
  export function sort(a: NDArray): NDArray;
}
