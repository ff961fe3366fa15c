// The parts of the peers that the benchmarks use. Declared here so that the repository type-checks without them.

declare module "@tensorflow/tfjs" {
  export interface Tensor {
    dataSync(): Float32Array;
    dispose(): void;
  }
  export interface Optimizer {
    minimize(cost: () => Tensor, returnCost: true, variables: readonly Tensor[]): Tensor;
  }
  export function setBackend(name: string): Promise<boolean>;
  export function tensor(values: ArrayLike<number>, shape: readonly number[]): Tensor;
  export function scalar(value: number): Tensor;
  export function zeros(shape: readonly number[]): Tensor;
  export function variable(value: Tensor): Tensor;
  export function tidy<T>(body: () => T): T;
  export function matMul(a: Tensor, b: Tensor): Tensor;
  export function add(a: Tensor, b: Tensor): Tensor;
  export function mul(a: Tensor, b: Tensor): Tensor;
  export function neg(a: Tensor): Tensor;
  export function exp(a: Tensor): Tensor;
  export function tanh(a: Tensor): Tensor;
  export function sigmoid(a: Tensor): Tensor;
  export function relu(a: Tensor): Tensor;
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
  export const env: { wasm: { numThreads: number; wasmPaths: string } };
  export class Tensor {
    constructor(type: "float32", data: Float32Array, shape: readonly number[]);
    readonly data: Float32Array;
  }
  export interface Session {
    run(inputs: Record<string, Tensor>): Promise<Record<string, Tensor>>;
    release(): Promise<void>;
  }
  export const InferenceSession: {
    create(model: Uint8Array, options: { executionProviders: readonly string[]; intraOpNumThreads: number }): Promise<Session>;
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
    data(): Promise<Float32Array>;
    blockUntilReady(): Promise<Array>;
    dispose(): void;
  }
  export function init(device: string): Promise<readonly string[]>;
  export function defaultDevice(device: string): void;
  export function jit<A extends readonly unknown[], R>(body: (...values: A) => R): (...values: A) => R;
  export function valueAndGrad<A extends readonly unknown[]>(
    body: (parameters: Array[], ...rest: A) => Array,
  ): (parameters: Array[], ...rest: A) => [Array, Array[]];
  export const numpy: {
    array(values: Float32Array | number): Array;
    zeros(shape: readonly number[]): Array;
    matmul(a: Array, b: Array): Array;
    exp(a: Array): Array;
    tanh(a: Array): Array;
    sqrt(a: Array): Array;
    subtract(a: number, b: Array): Array;
    sum(a: Array, axis: number): Array;
    mean(a: Array): Array;
  };
  export const nn: {
    relu(a: Array): Array;
    sigmoid(a: Array): Array;
    logSoftmax(a: Array): Array;
    softplus(a: Array): Array;
  };
}
