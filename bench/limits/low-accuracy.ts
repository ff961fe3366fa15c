// The fused chain in the least arithmetic that passes for right: tanh as a rational function of degree 13 over 6 (that of Eigen), sigmoid
// through it, and exp by a polynomial of degree 6 (Cephes). Wrong by tens of ULP, and by any number of ULP where sigmoid is small.

import type { Engine } from "../engine.ts";
import { chainInput } from "../task.ts";
import { instantiate, pageBytes } from "./wasm-text.ts";

const bound = 7.90531110763549805;
const numerator = [-2.76076847742355e-16, 2.00018790482477e-13, -8.60467152213735e-11, 5.12229709037114e-8, 1.48572235717979e-5, 6.37261928875436e-4, 4.89352455891786e-3];
const denominator = [1.19825839466702e-6, 1.18534705686654e-4, 2.26843463243900e-3, 4.89352518554385e-3];
const exponential = [1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1];
/** Adding 1.5 * 2^23 rounds to an integer, which then stands in the low bits. */
const roundingBias = 12582912;

const constants: string[] = [];
const assignments: string[] = [];
/** Constants live in locals: inside a loop some engines make them anew each time. */
function constant(value: number): string {
  const name = `$k${value.toString().replace(/[^0-9a-z]/g, "_")}`;
  const text = `(local ${name} v128)`;
  if (!constants.includes(text)) {
    constants.push(text);
    assignments.push(`(local.set ${name} (v128.const f32x4 ${`${value} `.repeat(4)}))`);
  }
  return `(local.get ${name})`;
}

const op = (name: string, a: string, b: string): string => `(f32x4.${name} ${a} ${b})`;
const set = (local: string, value: string): string => `(local.set ${local} ${value})`;
const get = (local: string): string => `(local.get ${local})`;
const horner = (coefficients: readonly number[], x: string): string =>
  coefficients.slice(1).reduce((sum, coefficient) => op("add", op("mul", sum, x), constant(coefficient)), constant(coefficients[0]!));

/** tanh of $z into $z. */
const tanh = (): string => [
  set("$z", op("pmax", op("pmin", get("$z"), constant(bound)), constant(-bound))),
  set("$s", op("mul", get("$z"), get("$z"))),
  set("$z", op("div", op("mul", get("$z"), horner(numerator, get("$s"))), horner(denominator, get("$s")))),
].join("\n");

/** exp of $z into $z. */
const exp = (): string => [
  set("$z", op("pmax", op("pmin", get("$z"), constant(88.02)), constant(-87.33))),
  set("$n", op("add", op("mul", get("$z"), constant(Math.LOG2E)), constant(roundingBias))),
  set("$s", op("sub", get("$n"), constant(roundingBias))),
  set("$z", op("sub", op("sub", get("$z"), op("mul", get("$s"), constant(0.693359375))), op("mul", get("$s"), constant(-2.1219444e-4)))),
  set("$s", op("mul", horner(exponential, get("$z")), op("mul", get("$z"), get("$z")))),
  set("$z", op("add", op("add", get("$s"), get("$z")), constant(1))),
  set("$z", `(i32x4.add (local.get $z) (i32x4.shl (local.get $n) (i32.const 23)))`),
].join("\n");

function chainText(pages: number): string {
  const body = [
    set("$x", "(v128.load (local.get $at))"),
    set("$z", op("mul", get("$x"), constant(0.5))), tanh(),
    set("$y", op("add", op("mul", get("$z"), constant(0.5)), constant(0.5))),
    set("$z", op("add", op("mul", get("$x"), constant(0.7)), constant(0.1))), tanh(),
    set("$y", op("mul", get("$y"), get("$z"))),
    set("$z", "(f32x4.neg (f32x4.mul (local.get $x) (local.get $x)))"), exp(),
    `(v128.store (i32.add (local.get $at) (local.get $to)) ${op("add", get("$y"), get("$z"))})`,
  ].join("\n");
  return `(module (memory (export "memory") ${pages}) (func (export "run") (param $to i32) (local $at i32)
    (local $x v128) (local $y v128) (local $z v128) (local $s v128) (local $n v128) ${constants.join(" ")}
    ${assignments.join("\n")}
    (loop $again ${body}
      (br_if $again (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 16))) (local.get $to))))))`;
}

export const engine: Engine = {
  chain(task) {
    const bytes = 16 * Math.ceil(task.length / 4);
    const { run, memory } = instantiate<"run">(chainText(Math.ceil((2 * bytes) / pageBytes)));
    new Float32Array(memory!.buffer).set(chainInput(task));
    return {
      run: () => void run(bytes),
      result() {
        run(bytes);
        return new Float32Array(memory!.buffer, bytes, task.length);
      },
    };
  },
};
