// Kernel values written as expressions: a Num is a value of one dtype, and plain numbers beside it are constants of it.
// Expansions are straight-line code of base operations that suits SIMD: shift counts are constants, choices are
// selects, and each operation rounds on its own (no fused multiply-add).

import type { DType } from "../../types.ts";
import type { KernelBuilder } from "../build.ts";
import type { ValueId } from "../kernel.ts";
import type { ScalarOp } from "../scalar.ts";

export type Operand = Num | number | bigint;

export class Num {
  readonly kernel: KernelBuilder;
  readonly id: ValueId;

  constructor(kernel: KernelBuilder, id: ValueId) {
    this.kernel = kernel;
    this.id = id;
  }

  get dtype(): DType {
    return this.kernel.dtypeOf(this.id);
  }

  /** A constant of this dtype. */
  like(value: number | bigint): Num {
    return new Num(this.kernel, this.kernel.constant(value, this.dtype));
  }

  #op(op: ScalarOp, ...others: readonly Operand[]): Num {
    const ids = others.map((other) => (other instanceof Num ? other : this.like(other)).id);
    return new Num(this.kernel, this.kernel.op(op, this.id, ...ids));
  }

  add(other: Operand): Num { return this.#op("add", other); }
  sub(other: Operand): Num { return this.#op("sub", other); }
  mul(other: Operand): Num { return this.#op("mul", other); }
  div(other: Operand): Num { return this.#op("div", other); }
  neg(): Num { return this.#op("neg"); }
  abs(): Num { return this.#op("abs"); }
  sqrt(): Num { return this.#op("sqrt"); }
  floor(): Num { return this.#op("floor"); }
  trunc(): Num { return this.#op("trunc"); }
  nearest(): Num { return this.#op("nearest"); }
  copysign(sign: Num): Num { return this.#op("copysign", sign); }
  and(other: Operand): Num { return this.#op("and", other); }
  or(other: Operand): Num { return this.#op("or", other); }
  xor(other: Operand): Num { return this.#op("xor", other); }
  not(): Num { return this.#op("not"); }
  shl(count: number | Num): Num { return this.#op("shl", count); }
  shr(count: number | Num): Num { return this.#op("shr", count); }
  eq(other: Operand): Num { return this.#op("eq", other); }
  ne(other: Operand): Num { return this.#op("ne", other); }
  lt(other: Operand): Num { return this.#op("lt", other); }
  le(other: Operand): Num { return this.#op("le", other); }
  gt(other: Operand): Num { return this.#op("gt", other); }
  ge(other: Operand): Num { return this.#op("ge", other); }

  /** Of a bool: one of two values, at least one of which is a Num. */
  choose(yes: Operand, no: Operand): Num {
    const a = yes instanceof Num ? yes : (no as Num).like(yes);
    const b = no instanceof Num ? no : a.like(no);
    return new Num(this.kernel, this.kernel.select(this.id, a.id, b.id));
  }

  bits(dtype: DType): Num {
    return new Num(this.kernel, this.kernel.bitcast(this.id, dtype));
  }

  convert(dtype: DType): Num {
    return new Num(this.kernel, this.kernel.convert(this.id, dtype));
  }

  /** What this is known not to exceed, NaN aside. */
  get upperBound(): number {
    return this.kernel.upperBoundOf(this.id);
  }

  /** max(this, low); NaN stays. */
  atLeast(low: number): Num { return this.#op("max", low); }
  /** min(this, high); NaN stays. */
  atMost(high: number): Num { return this.#op("min", high); }

  /** coefficients[0] + coefficients[1] x + ..., by Horner's rule. */
  polynomial(coefficients: readonly number[]): Num {
    let sum = this.like(coefficients[coefficients.length - 1]!);
    for (let i = coefficients.length - 2; i >= 0; i--) sum = sum.mul(this).add(coefficients[i]!);
    return sum;
  }
}
