// The bandwidth of 128-bit loads and stores: loops that move as many bytes as the task. `copy` reads half of them and writes half;
// `read` only reads.

import type { Engine, Prepared } from "../engine.ts";
import { bytesOf, type Task } from "../task.ts";
import { instantiate, pageBytes } from "./wasm-text.ts";

const registers = 4;
const block = 16 * registers;
const indices = Array.from({ length: registers }, (_, i) => i);

const text = (pages: number): string => `(module (memory (export "memory") ${pages})
  (func (export "copy") (param $to i32) (param $bytes i32) (local $at i32)
    (loop $again
      ${indices.map((i) => `(v128.store offset=${16 * i} (i32.add (local.get $at) (local.get $to)) (v128.load offset=${16 * i} (local.get $at)))`).join("\n")}
      (br_if $again (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const ${block}))) (local.get $bytes)))))
  (func (export "read") (param $bytes i32) (result i32) (local $at i32) ${indices.map((i) => `(local $x${i} v128)`).join(" ")}
    (loop $again
      ${indices.map((i) => `(local.set $x${i} (v128.xor (local.get $x${i}) (v128.load offset=${16 * i} (local.get $at))))`).join("\n")}
      (br_if $again (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const ${block}))) (local.get $bytes))))
    (i32x4.extract_lane 0 ${indices.slice(1).reduce((sum, i) => `(v128.xor ${sum} (local.get $x${i}))`, "(local.get $x0)")})))`;

function prepare(task: Task, kind: "copy" | "read"): Prepared {
  const blocks = Math.ceil(bytesOf(task)! / (kind === "copy" ? 2 : 1) / block);
  const bytes = blocks * block;
  const { copy, read, memory } = instantiate<"copy" | "read">(text(Math.ceil((2 * bytes) / pageBytes)));
  // Pages that were never written may all be one page of zeros.
  new Uint8Array(memory!.buffer).fill(1);
  return { run: kind === "copy" ? () => void copy(bytes, bytes) : () => void read(bytes), result: () => [] };
}

const moving = (kind: "copy" | "read"): Engine => ({
  product: (task) => prepare(task, kind),
  pooling: (task) => prepare(task, kind),
  matrix: (task) => prepare(task, kind),
  chain: (task) => prepare(task, kind),
});

export const copy = moving("copy");
export const read = moving("read");
