// Memory-bound kernels beside a loop of 128-bit loads and stores that moves the same bytes, and beside tfjs-wasm:
// `node --import ./.ci/ts.mjs bench/kernels.ts [words]`. One process, engines take turns, medians of ratios by round.
import { createRequire } from "node:module";
import { dirname } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import { compile, fn, input, layerNorm, softmax, type Tensor } from "damo";
import createWabt from "wabt";
import { uniform } from "./models/parameter.ts";

type Rows = readonly [x: Tensor<"f32">, ...others: readonly Tensor<"f32" | "i32">[]];

interface Row {
  readonly shape: readonly number[];
  /** Operands beside x. */
  readonly others?: readonly { readonly data: Float32Array | Int32Array; readonly shape: readonly number[] }[];
  /** Bytes that must be read and written, once each. */
  readonly bytes: number;
  readonly damo: (...operands: Rows) => Tensor<"f32" | "i32">;
  readonly peer: (x: tf.Tensor, ...others: readonly tf.Tensor[]) => tf.Tensor;
}

const square = 4 * 4096 * 4096;
const indices = Int32Array.from(uniform(1e5, 25000, 11), (value) => Math.min(49999, Math.floor(value + 25000)));

const rows: Readonly<Record<string, Row>> = {
  "softmax 4096x1000": { shape: [4096, 1000], bytes: 8 * 4096 * 1000, damo: (x) => softmax(x), peer: (x) => tf.softmax(x) },
  "layerNorm 4096x768": {
    shape: [4096, 768], bytes: 8 * 4096 * 768, others: [8, 9].map((seed) => ({ data: uniform(768, 1, seed), shape: [768] })),
    damo: (x, scale, offset) => layerNorm(x, scale as Tensor<"f32">, offset as Tensor<"f32">),
    peer: (x, scale, offset) => {
      const { mean, variance } = tf.moments(x, -1, true);
      return tf.add(tf.mul(tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-5))), scale!), offset!);
    },
  },
  "sum 4096x4096, axis 0": { shape: [4096, 4096], bytes: square, damo: (x) => x.sum(0), peer: (x) => tf.sum(x, 0) },
  "sum 4096x4096, axis 1": { shape: [4096, 4096], bytes: square, damo: (x) => x.sum(1), peer: (x) => tf.sum(x, 1) },
  "argmax 4096x1000": { shape: [4096, 1000], bytes: 4 * 4096 * 1000, damo: (x) => x.argmax(1), peer: (x) => tf.argMax(x, 1) },
  "transpose 4096x4096": { shape: [4096, 4096], bytes: 2 * square, damo: (x) => x.transpose([1, 0]), peer: (x) => tf.transpose(x, [1, 0]) },
  "transpose 8x512x512": { shape: [8, 512, 512], bytes: 8 * 8 * 512 * 512, damo: (x) => x.transpose([0, 2, 1]), peer: (x) => tf.transpose(x, [0, 2, 1]) },
  "cumsum 4096x1024": { shape: [4096, 1024], bytes: 8 * 4096 * 1024, damo: (x) => x.cumsum(1), peer: (x) => tf.cumsum(x, 1) },
  "gather 1e5 of 50000x64": {
    shape: [50000, 64], bytes: 4 * (2 * 64 + 1) * 1e5, others: [{ data: indices, shape: [1e5] }],
    damo: (x, at) => x.take(at as Tensor<"i32">, 0), peer: (x, at) => tf.gather(x, tf.cast(at!, "int32")),
  },
};

const rounds = 25;
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

const block = 64;
const wabt = await createWabt();

/** A loop that copies so many bytes, half of them read and half written. */
function copyLoop(bytes: number): () => void {
  const half = Math.ceil(bytes / 2 / block) * block;
  const text = `(module (memory (export "memory") ${Math.ceil((2 * half) / 65536)})
    (func (export "copy") (param $to i32) (local $at i32) (loop $again
      ${[0, 16, 32, 48].map((at) => `(v128.store offset=${at} (i32.add (local.get $at) (local.get $to)) (v128.load offset=${at} (local.get $at)))`).join("\n")}
      (br_if $again (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const ${block}))) (local.get $to))))))`;
  const { buffer } = wabt.parseWat("copy.wat", text, { simd: true }).toBinary({});
  const { copy, memory } = new WebAssembly.Instance(new WebAssembly.Module(buffer as Uint8Array<ArrayBuffer>)).exports;
  // Pages that were never written may all be one page of zeros.
  new Uint8Array((memory as WebAssembly.Memory).buffer).fill(1);
  return () => (copy as (to: number) => void)(half);
}

async function measure(name: string, row: Row): Promise<string> {
  const length = row.shape.reduce((product, size) => product * size, 1);
  const data = uniform(length, 4, 3);
  const feeds = [{ data, shape: row.shape }, ...(row.others ?? [])];
  const operands = feeds.map((feed, i) => input(`x${i}`, feed.shape as number[], { dtype: feed.data instanceof Int32Array ? "i32" : "f32" }));
  const inputs = Object.fromEntries(operands.map((operand, i) => [`x${i}`, operand]));
  const model = await compile(fn({ inputs, outputs: { y: row.damo(...(operands as unknown as Rows)) } }));
  const buffers = model.bindBuffers({} as never) as unknown as {
    inputs: Record<string, { set(values: ArrayLike<number>): void }>; outputs: { y: ArrayLike<number> }; run(): void;
  };
  feeds.forEach((feed, i) => buffers.inputs[`x${i}`]!.set(feed.data));
  const tensors = feeds.map((feed) => tf.tensor(feed.data, feed.shape as number[]));
  const peer = (): tf.Tensor => tf.tidy(() => row.peer(...(tensors as [tf.Tensor])));
  buffers.run();
  const result = peer();
  const [ours, theirs] = [buffers.outputs.y, result.dataSync()];
  for (let i = 0; i < ours.length; i += 97) {
    if (!(Math.abs(ours[i]! - theirs[i]!) <= 2e-3 * (1 + Math.abs(theirs[i]!)))) throw new Error(`${name}: element ${i} is ${ours[i]} here and ${theirs[i]} there`);
  }
  result.dispose();
  const engines = { damo: () => buffers.run(), copy: copyLoop(row.bytes), tfjs: () => peer().dispose() };
  const times = { damo: [] as number[], copy: [] as number[], tfjs: [] as number[] };
  for (let round = -5; round < rounds; round++) {
    for (const engine of ["damo", "copy", "tfjs"] as const) {
      const start = performance.now();
      engines[engine]();
      if (round >= 0) times[engine].push(performance.now() - start);
    }
  }
  model.dispose();
  for (const one of tensors) one.dispose();
  const bandwidth = median(times.copy.map((time, i) => time / times.damo[i]!));
  const ratio = median(times.tfjs.map((time, i) => time / times.damo[i]!));
  const passed = bandwidth >= 0.7 || ratio >= 1.5;
  return [
    name.padEnd(24), `${median(times.damo).toFixed(2)} ms`.padStart(11), `${(100 * bandwidth).toFixed(0)} % of copy`.padStart(15),
    `${ratio.toFixed(2)}x tfjs-wasm`.padStart(18), passed ? "" : "  below 70 % and 1.5x",
  ].join("");
}

setWasmPaths(`${dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-backend-wasm"))}/`);
setThreadsCount(1);
await tf.setBackend("wasm");
const words = process.argv.slice(2);
for (const [name, row] of Object.entries(rows)) {
  if (words.length === 0 || words.some((word) => name.includes(word))) console.log(await measure(name, row));
}
