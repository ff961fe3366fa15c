// Sizes evaluated inside the module, in i64. A result that leaves +-2^62 sets the overflow word instead of wrapping, so
// that f_prepare can refuse it; each distinct size is computed once.

import { type Atom, type Dim, type Size, showDim } from "../../../ir/size.ts";
import type { FunctionBuilder, Local, ModuleBuilder } from "../encode/index.ts";
import { header } from "./layout.ts";

/** Functions (i64, i64) -> i64 that never trap. */
export interface DimArithmetic {
  readonly add: number;
  readonly mul: number;
  readonly floorDiv: number;
}

const bound = 2 ** 62;

export function emitDimArithmetic(module: ModuleBuilder): DimArithmetic {
  const overflow = (f: FunctionBuilder): void => {
    f.i32(header.overflow).i32(1).store("i32.store");
  };
  // The f64 result is within one rounding of the exact one: enough to tell 2^62 from 2^63.
  const checked = (op: "add" | "mul"): number =>
    module.addFunction(`size_${op}`, ["i64", "i64"], ["i64"], (f, a, b) => {
      f.get(a).op("f64.convert_i64_s").get(b).op("f64.convert_i64_s").op(`f64.${op}`).op("f64.abs").f64(bound).op("f64.ge");
      f.if(() => {
        overflow(f);
        f.i64(0).op("return");
      });
      f.get(a).get(b).op(`i64.${op}`);
    });
  const floorDiv = module.addFunction("size_floor_div", ["i64", "i64"], ["i64"], (f, a, b) => {
    f.get(b).i64(0).op("i64.le_s").if(() => {
      overflow(f);
      f.i64(0).op("return");
    });
    f.get(a).get(b).op("i64.div_s");
    // One less where truncation rounded up.
    f.get(a).get(b).op("i64.rem_s").i64(0).op("i64.lt_s").op("i64.extend_i32_u").op("i64.sub");
  });
  return { add: checked("add"), mul: checked("mul"), floorDiv };
}

export class DimEmitter {
  readonly #f: FunctionBuilder;
  readonly #arithmetic: DimArithmetic;
  readonly #names: ReadonlyMap<string, Local>;
  readonly #known = new Map<string, Local>();

  /** `names`: i64 locals of the named sizes. */
  constructor(f: FunctionBuilder, arithmetic: DimArithmetic, names: ReadonlyMap<string, Local>) {
    this.#f = f;
    this.#arithmetic = arithmetic;
    this.#names = names;
  }

  /** Pushes the value as an i64. */
  push(dim: Dim): void {
    if (typeof dim === "number") this.#f.i64(BigInt(dim));
    else this.#f.get(this.#local(showDim(dim), () => this.#sum(dim)));
  }

  #local(key: string, compute: () => void): Local {
    let local = this.#known.get(key);
    if (local === undefined) {
      compute();
      local = this.#f.local("i64");
      this.#f.set(local);
      this.#known.set(key, local);
    }
    return local;
  }

  #sum(size: Size): void {
    size.terms.forEach(({ coefficient, atoms }, i) => {
      this.#f.i64(BigInt(coefficient));
      for (const atom of atoms) {
        this.#atom(atom);
        this.#f.call(this.#arithmetic.mul);
      }
      if (i > 0) this.#f.call(this.#arithmetic.add);
    });
  }

  #atom(atom: Atom): void {
    const f = this.#f;
    if (atom.kind === "name") {
      f.get(this.#names.get(atom.name)!);
      return;
    }
    const [a, b] = atom.args;
    this.push(a);
    this.push(b);
    if (atom.kind === "floor_div") {
      f.call(this.#arithmetic.floorDiv);
      return;
    }
    this.push(a);
    this.push(b);
    f.op(atom.kind === "min" ? "i64.lt_s" : "i64.gt_s").op("select");
  }
}
