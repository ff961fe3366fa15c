// Offsets that are affine in a loop's index: offset = rate * index + rest, with a constant rate and a rest that is known
// before the loop. From them come pointers that walk through memory, and vector loads of consecutive elements.

import type { ValueId } from "../../../ir/kernel/kernel.ts";
import { type Definition, collectDefinitions } from "./definitions.ts";
import type { Kernel, LoopInstruction, OpInstruction } from "./wasm-kernel.ts";

/** Expressions larger than this are computed in the loop as they stand. */
const maxNodes = 48;

export class AffineAnalysis {
  readonly #definitions: readonly Definition[];
  readonly #memo = new Map<LoopInstruction, Map<ValueId, number | undefined>>();

  constructor(kernel: Kernel) {
    this.#definitions = collectDefinitions(kernel).definitions;
  }

  isInside(value: ValueId, loop: LoopInstruction): boolean {
    return encloses(loop, this.#definitions[value]!.scope);
  }

  /** d value / d index of the loop, for an i32 that can be computed before the loop at index 0; else undefined. */
  rate(value: ValueId, loop: LoopInstruction): number | undefined {
    return this.#size(value, loop) > maxNodes ? undefined : this.#rate(value, loop);
  }

  #rate(value: ValueId, loop: LoopInstruction): number | undefined {
    if (value === loop.index) return 1;
    if (!this.isInside(value, loop)) return 0;
    let memo = this.#memo.get(loop);
    if (memo === undefined) this.#memo.set(loop, (memo = new Map()));
    if (!memo.has(value)) memo.set(value, this.#rateOfOperation(value, loop));
    return memo.get(value);
  }

  #rateOfOperation(value: ValueId, loop: LoopInstruction): number | undefined {
    const { instruction, dtype } = this.#definitions[value]!;
    if (instruction?.kind !== "op" || dtype !== "i32") return undefined;
    const rates = instruction.args.map((arg) => this.#rate(arg, loop));
    if (rates.some((rate) => rate === undefined)) return undefined;
    return combineRates(instruction, rates as number[], (arg) => this.#constant(arg));
  }

  #constant(value: ValueId): number | undefined {
    const { instruction } = this.#definitions[value]!;
    return instruction?.kind === "constant" ? Number(instruction.value) : undefined;
  }

  #size(value: ValueId, loop: LoopInstruction): number {
    const { instruction } = this.#definitions[value]!;
    if (!this.isInside(value, loop) || instruction?.kind !== "op") return 1;
    let size = 1;
    for (const arg of instruction.args) {
      size += this.#size(arg, loop);
      if (size > maxNodes) break;
    }
    return size;
  }

  /** The values from outside the loop that the value at index 0 is computed of. */
  leaves(value: ValueId, loop: LoopInstruction): ValueId[] {
    if (value === loop.index) return [];
    if (!this.isInside(value, loop)) return [value];
    const { instruction } = this.#definitions[value]!;
    return (instruction as OpInstruction).args.flatMap((arg) => this.leaves(arg, loop));
  }
}

/** The rate of an i32 operation from the rates of its operands; undefined where it is not constant. */
export function combineRates(
  { op, args }: OpInstruction, rates: readonly number[], constant: (value: ValueId) => number | undefined,
): number | undefined {
  const [a = 0, b = 0] = rates;
  switch (op) {
    case "add": return a + b;
    case "sub": return a - b;
    case "neg": return -a;
    case "mul": return product(a, constant(args[1]!), b, constant(args[0]!));
    case "shl": return b !== 0 ? undefined : product(a, shifted(constant(args[1]!)), 0, undefined);
    default: return undefined;
  }
}

function shifted(count: number | undefined): number | undefined {
  return count === undefined || count < 0 || count > 30 ? undefined : 2 ** count;
}

/** x * y where x has rate a and y the constant value `valueB`, and the other way round. */
function product(a: number, valueB: number | undefined, b: number, valueA: number | undefined): number | undefined {
  if (a === 0 && b === 0) return 0;
  const rate = b === 0 && valueB !== undefined ? a * valueB : a === 0 && valueA !== undefined ? b * valueA : undefined;
  return rate === undefined || Math.abs(rate) >= 2 ** 28 ? undefined : rate;
}

function encloses(loop: LoopInstruction, scope: Definition["scope"]): boolean {
  for (let at = scope; at !== undefined; at = at.parent) {
    if (at.loop === loop) return true;
  }
  return false;
}
