// The peak of 128-bit arithmetic: a loop that multiplies and adds in registers only, doing as many operations as the task.

import type { Engine, Prepared } from "../engine.ts";
import { flopsOf, type LinearAlgebra, type Product } from "../task.ts";
import { instantiate } from "./wasm-text.ts";

/** As many independent chains as the 15 registers hold beside the one operand: they hide the latency of a multiplication and an addition.
 *  Twelve were 8 % slower. */
const chains = 14;
const repeats = 8;

function loopText(shape: "f32x4" | "f64x2", scalar: "f32" | "f64"): string {
  const names = Array.from({ length: chains }, (_, i) => `$x${i}`);
  const step = names.map((x) => `(local.set ${x} (${shape}.add (${shape}.mul (local.get ${x}) (local.get $a)) (local.get $a)))`).join("\n");
  return `(module (func (export "run") (param $count i32) (param $seed ${scalar}) (result ${scalar})
    ${names.map((x) => `(local ${x} v128)`).join(" ")} (local $a v128)
    (local.set $a (${shape}.splat (local.get $seed)))
    ${names.map((x, i) => `(local.set ${x} (${shape}.splat (${scalar}.const ${i})))`).join("\n")}
    (loop $again
      ${step.concat("\n").repeat(repeats)}
      (br_if $again (local.tee $count (i32.sub (local.get $count) (i32.const 1)))))
    (${shape}.extract_lane 0 ${names.reduce((sum, x) => `(${shape}.add ${sum} (local.get ${x}))`, "(local.get $a)")})))`;
}

function peak(task: Product | LinearAlgebra): Prepared | undefined {
  const flops = flopsOf(task);
  if (flops === undefined) return undefined;
  const lanes = task.dtype === "f32" ? 4 : 2;
  const { run } = instantiate<"run">(task.dtype === "f32" ? loopText("f32x4", "f32") : loopText("f64x2", "f64"));
  const count = Math.ceil(flops / (2 * lanes * chains * repeats));
  return { run: () => void run(count, 0.5), result: () => [] };
}

export const engine: Engine = { product: peak, "linear algebra": peak };
