// What is measured on WebGPU, and what is asked of it, as data. Peers are asked about on every adapter; a machine's own limits only on a GPU.

import { type Ask, type Demand, type Race } from "../cases.ts";
import { type EngineName, webgpuPeers } from "../engines.ts";
import { digits } from "../models/mlp.ts";
import { type Convolution, flopsOf, type MatrixWork, type Product, type Task } from "../task.ts";

export interface GpuCase extends Race {
  /** What only a GPU can show. */
  readonly gpuAsks: readonly Ask[];
}

const engine = "damo-webgpu";
const faster = (speed: number, ...of: readonly EngineName[]): Ask => [{ engine, of, speed }];
const within = (ms: number): Ask => [{ engine, of: [], ms } satisfies Demand];

function race(name: string, task: Task, ask: number, gpuAsks: readonly Ask[] = [], rest: Partial<Race> = {}): GpuCase {
  return { name, task, first: engine, also: webgpuPeers, asks: [faster(ask, ...webgpuPeers)], gpuAsks, ...rest };
}

const floats = { f32: "", f16: " f16" } as const;
const product = (dtype: "f32" | "f16", m: number, k: number, n: number): Product => ({ kind: "product", dtype, m, k, n });

/** GFLOP/s of a product of 4096 x 4096 x 4096 in f32. */
const gemmRate = 25_000;

const gemm: readonly GpuCase[] = (["f32", "f16"] as const).flatMap((dtype) => [256, 512, 1024, 2048, 4096].map((size) => {
  const task = product(dtype, size, size, size);
  return race(`gemm${floats[dtype]} ${size}x${size}x${size}`, task, 1.5, dtype === "f32" && size === 4096 ? [within(flopsOf(task)! / gemmRate / 1e6)] : []);
}));

/** Bound by memory: timed by what the device spends in shaders, beside a shader that copies as many bytes. */
function moving(name: string, task: Task): GpuCase {
  return race(name, task, 1, [faster(0.75, "copy-webgpu")], { clock: "device", also: [...webgpuPeers, "copy-webgpu"] });
}

const gemv: readonly GpuCase[] = (["f32", "f16"] as const).map((dtype) => moving(`gemv${floats[dtype]} 1x4096x4096`, product(dtype, 1, 4096, 4096)));

const matrices: readonly [op: MatrixWork["op"], rows: number, columns: number][] = (["affine", "sum-axis-1", "sum-axis-0", "softmax"] as const)
  .flatMap((op) => [[1024, 1024], [8192, 4096]].map(([rows, columns]): [MatrixWork["op"], number, number] => [op, rows!, columns!]));
const memoryBound = matrices.map(([op, rows, columns]) => moving(`${op} ${rows}x${columns}`, { kind: "matrix", op, rows, columns }));

const geometries: readonly [name: string, geometry: Pick<Convolution, "batch" | "size" | "channels" | "filters">][] = [
  ["3x3 14x14x64", { batch: 1, size: 14, channels: 64, filters: 64 }],
  ["3x3 56x56x64", { batch: 1, size: 56, channels: 64, filters: 64 }],
  ["3x3 56x56x64 b32", { batch: 32, size: 56, channels: 64, filters: 64 }],
  ["3x3 14x14x256 b32", { batch: 32, size: 14, channels: 256, filters: 256 }],
];
const convolutions = geometries.map(([name, geometry]) =>
  race(`conv ${name}`, { kind: "convolution", part: "forward", window: 3, stride: 1, padding: "same", depthwise: false, ...geometry }, 1));

const training: readonly GpuCase[] = [
  race("train mlp 784-128-10 b32", { kind: "mlp", ...digits, layers: [784, 128, 10], batch: 32, optimizer: "sgd" }, 1),
  race("train mlp 784-512-512-10 b128", { kind: "mlp", ...digits, batch: 128, optimizer: "sgd" }, 1),
  race("train mlp 784-512-512-10 b1024", { kind: "mlp", ...digits, batch: 1024, optimizer: "sgd" }, 1, [within(0.5)]),
  race("train lenet b128", { kind: "lenet" }, 1),
];

export const gpuCases: readonly GpuCase[] = [...gemm, ...gemv, ...memoryBound, ...convolutions, ...training];

/** About as many operations as a run takes, or elements that it moves. */
export function workOf({ task }: GpuCase): number {
  if (task.kind === "mlp") return 6 * task.batch * task.layers.slice(1).reduce((sum, columns, i) => sum + columns * task.layers[i]!, 0);
  if (task.kind === "lenet") return 1.6e9;
  return flopsOf(task) ?? (task.kind === "matrix" ? task.rows * task.columns : Number.POSITIVE_INFINITY);
}

/** The most work that is asked of a software adapter, by a word of its name. */
export const softwareWork: { readonly [word: string]: number } = { swiftshader: 1e8, llvmpipe: 2e9 };
