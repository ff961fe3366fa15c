// What is measured, and what is asked of it: the whole benchmark as data.

import { type EngineName, natives, wasmPeers } from "./engines.ts";
import { digits, tiny } from "./models/mlp.ts";
import type { Convolution, MatrixWork, Pooling, Product, Task } from "./task.ts";

/** How fast an engine must be beside the fastest of others. An engine that is not there is not judged. */
export interface Demand {
  readonly engine: EngineName;
  readonly of: readonly EngineName[];
  /** Its speed is at least so many times theirs, or its time at most. */
  readonly speed?: number;
  readonly time?: number;
  /** Without others: milliseconds at most. */
  readonly ms?: number;
}

/** One of the demands must be met. */
export type Ask = readonly Demand[];

/** Engines that race on a task. */
export interface Race {
  readonly name: string;
  readonly task: Task;
  readonly asks: readonly Ask[];
  /** Whose results those of the others are held against: `damo` unless said otherwise. */
  readonly first?: EngineName;
  /** What a time is: `device`, what the device spent in shaders by its own clock, where it has one. */
  readonly clock?: "device";
  /** Engines beyond those that the asks name. */
  readonly also?: readonly EngineName[];
}

/** What Damo shows by itself: a module and the export that measures it. */
export interface Figure {
  readonly name: string;
  readonly figure: readonly [module: string, name: string];
}

export type Case = Race | Figure;

const speed = (atLeast: number, ...of: readonly EngineName[]): Demand => ({ engine: "damo", of, speed: atLeast });
const time = (atMost: number, ...of: readonly EngineName[]): Demand => ({ engine: "damo", of, time: atMost });
const by = (engine: EngineName, demand: Demand): Demand => ({ ...demand, engine });
const each = (...demands: readonly Demand[]): Ask[] => demands.map((demand) => [demand]);

function product(m: number, k: number, n: number, rest: Partial<Product> = {}): Product {
  return { kind: "product", dtype: "f32", m, k, n, ...rest };
}

const twoThreads = by("damo-threads", speed(1.8, "damo"));

const squares: readonly Race[] = [256, 512, 1024, 2048].map((size) => ({
  name: `gemm ${size}x${size}x${size}`, task: product(size, size, size), also: natives,
  asks: each(
    speed(0.85, "peak"), speed(1.3, "tfjs-wasm"), speed(1.7, "onnxruntime-web"), speed(1.7, "jax-js"),
    by("damo-relaxed", speed(0.93, "peak")), by("damo-relaxed", speed(1.7, "onnxruntime-web")), by("damo-relaxed", speed(1.7, "jax-js")),
    by("damo-wide", speed(1.5, "peak")), by("damo-wide", speed(2.2, "tfjs-wasm")), twoThreads,
  ),
}));

const products: readonly Race[] = [
  ...[[64, 64, 64], [32, 784, 512], [128, 784, 512]].map(([m, k, n]): Race => (
    { name: `gemm ${m}x${k}x${n}`, task: product(m!, k!, n!), asks: each(speed(0.75, "peak")), also: [...wasmPeers, ...natives] })),
  // 0.97: what two runs of one thing differ by here.
  ...(["a", "b"] as const).map((transposed): Race => ({
    name: `gemm 128x784x512, ${transposed} transposed`, task: product(128, 784, 512, { transposed }),
    asks: each(speed(0.75, "peak"), speed(0.97, "damo-untransposed")), also: ["tfjs-wasm", "onnxruntime-web"],
  })),
  ...[undefined, "b" as const].map((transposed): Race => ({
    name: `gemv 1x1024x1024${transposed === undefined ? "" : ", b transposed"}`, task: product(1, 1024, 1024, transposed && { transposed }),
    asks: [[speed(1.15, ...wasmPeers), speed(0.85, "read")]], also: natives,
  })),
  { name: "gemm f64 512x512x512", task: product(512, 512, 512, { dtype: "f64" }), asks: each(speed(0.8, "peak")), also: ["onnxruntime-web", "jax-js"] },
];

const smallForThreads: readonly Task[] = [
  ...[16, 32, 64, 96, 128, 192].map((size) => product(size, size, size)), product(32, 784, 10),
  ...[1000, 10_000, 100_000].map((length): Task => ({ kind: "chain", length })),
];
const threads: readonly Race[] = smallForThreads.map((task) => ({
  name: `threads, small: ${task.kind === "product" ? `gemm ${task.m}x${task.k}x${task.n}` : `chain of ${(task as { length: number }).length}`}`,
  task, asks: each(by("damo-threads", speed(0.97, "damo"))),
}));

type Geometry = Omit<Convolution, "kind" | "part" | "depthwise" | "padding"> & Partial<Pick<Convolution, "depthwise" | "padding">>;
const geometries: readonly [name: string, Geometry][] = [
  ["3x3 56x56x64", { batch: 1, size: 56, channels: 64, filters: 64, window: 3, stride: 1 }],
  ["3x3 28x28x64 b8", { batch: 8, size: 28, channels: 64, filters: 64, window: 3, stride: 1 }],
  ["1x1 112x112x32-64", { batch: 1, size: 112, channels: 32, filters: 64, window: 1, stride: 1 }],
  ["5x5 12x12x20-50 b128", { batch: 128, size: 12, channels: 20, filters: 50, window: 5, stride: 1, padding: "valid" }],
  ["7x7 s2 224x224x3-64", { batch: 1, size: 224, channels: 3, filters: 64, window: 7, stride: 2 }],
  ["depthwise 3x3 14x14x512", { batch: 1, size: 14, channels: 512, filters: 512, window: 3, stride: 1, depthwise: true }],
  ["depthwise 3x3 s2 56x56x128", { batch: 1, size: 56, channels: 128, filters: 128, window: 3, stride: 2, depthwise: true }],
];
const convolutions: readonly Race[] = geometries.flatMap(([name, geometry]) =>
  (["forward", "filters", "image"] as const).map((part): Race => ({
    name: `conv ${name}${part === "forward" ? "" : `, gradient by ${part}`}`,
    task: { kind: "convolution", part, padding: "same", depthwise: false, ...geometry },
    asks: each(speed(1.3, ...wasmPeers)),
  })));

const pooling: readonly Race[] = (["max", "average"] as const).map((of): Race => ({
  name: `pool ${of} 2x2 56x56x64 b8`, task: { kind: "pooling", of, batch: 8, size: 56, channels: 64 } satisfies Pooling,
  asks: [[speed(1.5, ...wasmPeers), speed(0.7, "copy")]],
}));

const matrices: readonly [op: MatrixWork["op"], rows: number, columns: number][] = [
  ["softmax", 4096, 1000], ["layer-norm", 4096, 768], ["sum-axis-0", 4096, 4096], ["sum-axis-1", 4096, 4096], ["argmax", 4096, 1000], ["transpose", 4096, 4096],
];
const memoryBound: readonly Race[] = matrices.map(([op, rows, columns]) => ({
  name: `${op} ${rows}x${columns}`, task: { kind: "matrix", op, rows, columns },
  asks: [[speed(1.5, ...wasmPeers), speed(0.7, "copy")]],
}));

const factorizers: readonly EngineName[] = ["jax-js", "ml-matrix", "numpy-ts"];
const linearAlgebra: readonly Race[] = (["f32", "f64"] as const).flatMap((dtype) => ([["cholesky", 512], ["solve", 512], ["qr", 512], ["svd", 128], ["eigh", 128]] as const).map(([op, size]): Race => ({
  name: `${op} ${dtype} ${size}x${size}`, task: { kind: "linear algebra", op, dtype, size },
  asks: size === 512 ? each(speed(5, ...factorizers), by("damo-wide-relaxed", speed(5, ...factorizers)), speed(0.35, "numpy")) : each(speed(2, ...factorizers)), also: size === 512 ? ["peak", "numpy"] : ["numpy"],
})));

const lines: readonly Race[] = [
  {
    name: "sort f32 1000000", task: { kind: "sort", length: 1_000_000 },
    asks: each(speed(3, "typed-array")), also: ["numpy-ts", "jax-js", "numpy"],
  },
  {
    name: "rfft f32 65536", task: { kind: "spectrum", length: 65536 },
    asks: each(speed(1.5, "fft.js", "kissfft-js", "numpy-ts", "jax-js"), speed(1, "pffft-wasm")), also: ["numpy"],
  },
];

const chain: Race = {
  name: "chain of 1000000", task: { kind: "chain", length: 1_000_000 }, also: ["damo-relaxed", "damo-wide", "damo-calls", ...natives],
  asks: each(time(1.5, "low-accuracy"), speed(1.8, "onnxruntime-web"), speed(4, "jax-js"), speed(4, "tfjs-wasm"), twoThreads),
};

const mlp: readonly Race[] = (["sgd", "adam"] as const).map((optimizer) => ({
  name: `train mlp 784-512-512-10 b128 ${optimizer}`, task: { kind: "mlp", ...digits, optimizer }, also: ["damo-calls", "tfjs-wasm"],
  asks: each(time(0.65, "jax-js"), by("damo-wide", time(0.4, "jax-js")), by("damo-threads", time(0.6, "damo"))),
}));

const training: readonly Race[] = [
  ...mlp,
  { name: "train lenet b128", task: { kind: "lenet" }, asks: each(time(0.4, "tfjs-wasm")) },
  { name: "train resnet b32", task: { kind: "resnet" }, asks: each(time(0.5, "tfjs-wasm")) },
  { name: "train lstm 64-128 b32, 100 steps", task: { kind: "lstm" }, asks: each(time(0.4, "tfjs-wasm", "jax-js")) },
  { name: "train transformer d256 b8", task: { kind: "transformer" }, asks: each(time(0.6, "tfjs-wasm", "jax-js")) },
  {
    name: "train tiny 11-6-6-1 b10 adam", task: { kind: "mlp", ...tiny, optimizer: "adam" }, also: ["damo"],
    asks: each(by("damo-calls", speed(50, "tfjs-wasm", "jax-js")), speed(1, "handwritten"), by("damo-calls", speed(1, "handwritten"))),
  },
];

const figures: readonly Figure[] = [
  { name: "compile time of mlp", figure: ["./figures/compile-time.ts", "mlp"] },
  { name: "compile time of lstm", figure: ["./figures/compile-time.ts", "loop"] },
  { name: "compile time of 10,000 nodes", figure: ["./figures/compile-time.ts", "small"] },
  { name: "compile time of 100,000 nodes", figure: ["./figures/compile-time.ts", "large"] },
  { name: "first call", figure: ["./figures/first-call.ts", "measure"] },
  { name: "module size", figure: ["./figures/module-size.ts", "measure"] },
  { name: "peak memory", figure: ["./figures/peak-memory.ts", "measure"] },
];

export const cases: readonly Case[] = [...squares, ...products, ...threads, ...convolutions, ...pooling, ...memoryBound, ...linearAlgebra, ...lines, chain, ...training, ...figures];

/** The engines of a race, Damo first: the others' results are held against its. */
export function enginesOf({ asks, first = "damo", also = [] }: Race): readonly EngineName[] {
  return [...new Set<EngineName>([first, ...asks.flat().flatMap(({ engine, of }) => [engine, ...of]), ...also])];
}
