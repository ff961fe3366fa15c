// Sizes evaluated inside the module, in i64, each distinct one once. What may leave +-2^62 is computed by functions that refuse the
// sizes instead of wrapping; for most models none is needed.

import { errorNumbers } from "../../../ir/program/signature.ts";
import { type Atom, type Dim, type Size, type Term, isNonNegative, showDim } from "../../../ir/size.ts";
import type { FunctionBuilder, Local, ModuleBuilder } from "../encode/index.ts";
import type { Refusals } from "./refusals.ts";

const bound = 2 ** 62;

/** Functions (i64, i64) -> i64 that never trap, emitted when they are first asked for. */
export class DimArithmetic {
  readonly #module: ModuleBuilder;
  readonly #refusals: Refusals;
  #add: number | undefined;
  #mul: number | undefined;
  #floorDiv: number | undefined;

  constructor(module: ModuleBuilder, refusals: Refusals) {
    this.#module = module;
    this.#refusals = refusals;
  }

  get add(): number {
    return (this.#add ??= this.#checked("add"));
  }

  get mul(): number {
    return (this.#mul ??= this.#checked("mul"));
  }

  get floorDiv(): number {
    return (this.#floorDiv ??= this.#module.addFunction("size_floor_div", ["i64", "i64"], ["i64"], (f, a, b) => {
      f.get(b).i64(0).op("i64.le_s").if(() => this.#overflow(f));
      f.get(a).get(b).op("i64.div_s");
      // One less where truncation rounded up.
      f.get(a).get(b).op("i64.rem_s").i64(0).op("i64.lt_s").op("i64.extend_i32_u").op("i64.sub");
    }));
  }

  /** The f64 result is within one rounding of the exact one: enough to tell 2^62 from 2^63. */
  #checked(op: "add" | "mul"): number {
    return this.#module.addFunction(`size_${op}`, ["i64", "i64"], ["i64"], (f, a, b) => {
      f.get(a).op("f64.convert_i64_s").get(b).op("f64.convert_i64_s").op(`f64.${op}`).op("f64.abs").f64(bound).op("f64.ge");
      f.if(() => this.#overflow(f));
      f.get(a).get(b).op(`i64.${op}`);
    });
  }

  #overflow(f: FunctionBuilder): void {
    f.i32(errorNumbers.badSize).i32(-1).i32(0).call(this.#refusals.refuse).i64(0).op("return");
  }
}

export class DimEmitter {
  readonly #f: FunctionBuilder;
  readonly #arithmetic: DimArithmetic;
  readonly #names: ReadonlyMap<string, Local>;
  readonly #known = new Map<string, Local>();

  /** `names`: i64 locals of the named sizes, each within +-2^31. */
  constructor(f: FunctionBuilder, arithmetic: DimArithmetic, names: ReadonlyMap<string, Local>) {
    this.#f = f;
    this.#arithmetic = arithmetic;
    this.#names = names;
  }

  /** Pushes the value as an i64. */
  push(dim: Dim): void {
    const f = this.#f;
    if (typeof dim === "number") {
      f.i64(dim);
      return;
    }
    const key = showDim(dim);
    const known = this.#known.get(key);
    if (known !== undefined) {
      f.get(known);
      return;
    }
    this.#sum(dim);
    const local = f.local("i64");
    f.tee(local);
    this.#known.set(key, local);
  }

  #sum({ terms }: Size): void {
    let magnitude = 0;
    terms.forEach((term, i) => {
      this.#product(term);
      magnitude += magnitudeOf(term);
      if (i > 0) this.#combine("add", magnitude);
    });
  }

  #product({ coefficient, atoms }: Term): void {
    const f = this.#f;
    let magnitude = Math.abs(coefficient);
    if (coefficient !== 1 || atoms.length === 0) f.i64(coefficient);
    atoms.forEach((atom, i) => {
      this.#atom(atom);
      magnitude *= magnitudeOfAtom(atom);
      if (i > 0 || coefficient !== 1) this.#combine("mul", magnitude);
    });
  }

  /** Adds or multiplies two values on the stack; the result and those that lead to it are within +-magnitude. */
  #combine(op: "add" | "mul", magnitude: number): void {
    // Far from the bound, whatever the rounding of the magnitude.
    if (magnitude < bound / 2) this.#f.op(`i64.${op}`);
    else this.#f.call(this.#arithmetic[op]);
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
      if (typeof b === "number" && isNonNegative(a)) f.op("i64.div_u");
      else f.call(this.#arithmetic.floorDiv);
      return;
    }
    this.push(a);
    this.push(b);
    f.op(atom.kind === "min" ? "i64.lt_s" : "i64.gt_s").op("select");
  }
}

/** No value of the dimension is further from 0, sizes being within +-2^31. */
function magnitudeOfDim(dim: Dim): number {
  return typeof dim === "number" ? Math.abs(dim) : dim.terms.reduce((sum, term) => sum + magnitudeOf(term), 0);
}

function magnitudeOf({ coefficient, atoms }: Term): number {
  return atoms.reduce((product, atom) => product * magnitudeOfAtom(atom), Math.abs(coefficient));
}

function magnitudeOfAtom(atom: Atom): number {
  if (atom.kind === "name") return 2 ** 31;
  const [a, b] = atom.args.map(magnitudeOfDim) as [number, number];
  return atom.kind === "floor_div" ? a + 1 : Math.max(a, b);
}
