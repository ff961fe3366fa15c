// What this machine can do with 128-bit WebAssembly, one thread, as loops that do nothing else: multiplications and
// additions in registers (no memory, no dependence between the 13 chains), and a sum over memory.
import loadWabt from "wabt";

export type Loop = () => void;

export interface Machine {
  /** Floating-point operations in one run of the loop. */
  readonly flops: { readonly f32: number; readonly f64: number };
  readonly peak: { readonly f32: Loop; readonly f64: Loop };
  /** Bytes that one run of `read` loads: 4 MB, more than a core's own caches, less than a shared one. */
  readonly bytes: number;
  readonly read: Loop;
}

const chains = 13;
const unroll = 8;
const turns = 20_000;
const bytes = 4 << 20;

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

function peakFunction(name: string, type: "f32x4" | "f64x2", scalar: "f32" | "f64"): string {
  const step = (i: number): string =>
    `(local.set $s${i} (${type}.add (${type}.mul (local.get $s${i}) (local.get $a)) (local.get $b)))`;
  return `(func (export "${name}") (param $n i32) (result ${scalar})
    (local $a v128) (local $b v128) ${range(chains).map((i) => `(local $s${i} v128)`).join(" ")}
    (local.set $a (${type}.splat (${scalar}.const 0.999))) (local.set $b (${type}.splat (${scalar}.const 0.001)))
    (loop $next
      ${range(unroll).flatMap(() => range(chains).map(step)).join("\n")}
      (br_if $next (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (${type}.extract_lane 0 ${range(chains).map((i) => `(local.get $s${i})`).reduce((sum, next) => `(${type}.add ${sum} ${next})`)}))`;
}

const readFunction = `(func (export "read") (param $n i32) (result f32)
    (local $p i32) ${range(8).map((i) => `(local $s${i} v128)`).join(" ")}
    (loop $next
      ${range(8).map((i) => `(local.set $s${i} (f32x4.add (local.get $s${i}) (v128.load offset=${16 * i} (local.get $p))))`).join("\n")}
      (br_if $next (i32.lt_u (local.tee $p (i32.add (local.get $p) (i32.const 128))) (local.get $n))))
    (f32x4.extract_lane 0 ${range(8).map((i) => `(local.get $s${i})`).reduce((sum, next) => `(f32x4.add ${sum} ${next})`)}))`;

export async function loadMachine(): Promise<Machine> {
  const wabt = await loadWabt();
  const text = `(module (memory ${bytes >> 16}) ${peakFunction("f32", "f32x4", "f32")} ${peakFunction("f64", "f64x2", "f64")} ${readFunction})`;
  const binary = wabt.parseWat("machine.wat", text, { simd: true }).toBinary({}).buffer;
  const exports = new WebAssembly.Instance(new WebAssembly.Module(binary as Uint8Array<ArrayBuffer>)).exports as Record<"f32" | "f64" | "read", (n: number) => number>;
  const operations = turns * unroll * chains * 2;
  return {
    flops: { f32: 4 * operations, f64: 2 * operations },
    peak: { f32: () => void exports.f32(turns), f64: () => void exports.f64(turns) },
    bytes,
    read: () => void exports.read(bytes),
  };
}

/** Processor time of this process in milliseconds: what other processes do does not count. */
export function processorTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
