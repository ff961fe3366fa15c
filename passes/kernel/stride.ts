// How an offset moves with a loop's index: by a constant number of elements, by an unknown but fixed number, or in no
// regular way.

import type { Instruction, ValueId } from "../../ir/kernel/kernel.ts";

/** Elements per step of the index; `fixed`: the same at every step, but not known; `irregular`: not affine. */
export type Stride = number | "fixed" | "irregular";

/** Strides of all i32 values of a loop body with respect to `index`; values defined outside do not move. */
export class Strides {
  /** By value; an array, since a body may have 100,000. */
  readonly #stride: Stride[] = [];
  readonly #constant = new Map<ValueId, number>();

  constructor(index: ValueId) {
    this.#stride[index] = 1;
  }

  of(value: ValueId): Stride {
    return this.#stride[value] ?? 0;
  }

  /** Records one instruction; call in order. */
  visit(instruction: Instruction): void {
    if (instruction.kind === "constant" && typeof instruction.value === "number") this.#constant.set(instruction.id, instruction.value);
    if (instruction.kind === "load" && this.of(instruction.offset) !== 0) this.#stride[instruction.id] = "irregular";
    if (instruction.kind !== "op") return;
    if (instruction.args.every((arg) => this.of(arg) === 0)) return;
    this.#stride[instruction.id] = instruction.dtype === "i32" ? this.#ofOp(instruction.op, instruction.args, instruction.args.map((arg) => this.of(arg))) : "irregular";
  }

  #ofOp(op: string, args: readonly ValueId[], [a, b]: readonly Stride[]): Stride {
    switch (op) {
      case "add": case "sub": {
        if (a === "irregular" || b === "irregular") return "irregular";
        if (typeof a === "number" && typeof b === "number") return op === "add" ? a + b : a - b;
        return "fixed";
      }
      case "mul": {
        if (a === "irregular" || b === "irregular" || (a !== 0 && b !== 0)) return "irregular";
        const [moving, factor] = a === 0 ? [b!, this.#constant.get(args[0]!)] : [a!, this.#constant.get(args[1]!)];
        return factor === undefined || moving === "fixed" ? "fixed" : (moving as number) * factor;
      }
      case "neg": return typeof a === "number" ? -a : a!;
      default: return "irregular";
    }
  }
}
