// Math functions in base operations: accurate to what docs/accuracy.md states on every input, the same bits on every
// target that rounds each operation.

import { InternalError } from "../../errors.ts";
import { KernelBuilder } from "../build.ts";
import type { Instruction, Kernel, LoopInstruction, ValueId } from "../kernel.ts";
import { isBaseOp, type MathOp } from "../scalar.ts";
import type { MathTable } from "./forms.ts";
import { Num } from "./number.ts";

/** The function's value in base operations. Arguments are f32 or f64, of one dtype, which is also the result's. */
export function expandMath(kernel: KernelBuilder, op: MathOp, args: readonly ValueId[], math: MathTable): ValueId {
  const dtype = kernel.dtypeOf(args[0]!);
  if (dtype !== "f32" && dtype !== "f64") throw new InternalError(`${op} of ${dtype}`);
  const [x, y = x] = args.map((id) => new Num(kernel, id));
  const forms = math[op];
  if (forms === undefined) throw new InternalError(`${op} is not loaded`);
  return forms[dtype](x!, y!).id;
}

/** The same kernel with every math function expanded in the scope it stands in; the same object if there is none. */
export function expandKernelMath(kernel: Kernel, math: MathTable): Kernel {
  return mathIn(kernel.body).size > 0 ? new Expansion(kernel, math).run() : kernel;
}

/** The math functions that instructions use. */
export function mathIn(body: readonly Instruction[], found: Set<MathOp> = new Set()): ReadonlySet<MathOp> {
  for (const instruction of body) {
    if (instruction.kind === "loop") mathIn(instruction.body, found);
    else if (instruction.kind === "op" && !isBaseOp(instruction.op)) found.add(instruction.op);
  }
  return found;
}

/** Builds the kernel anew; the builder places and merges what the expansions consist of. */
class Expansion {
  readonly #kernel: Kernel;
  readonly #math: MathTable;
  readonly #builder: KernelBuilder;
  readonly #values = new Map<ValueId, ValueId>();
  readonly #sizes: readonly ValueId[];

  constructor(kernel: Kernel, math: MathTable) {
    this.#kernel = kernel;
    this.#math = math;
    this.#builder = new KernelBuilder(kernel.name);
    for (const { dtype, access } of kernel.buffers) this.#builder.buffer(dtype, access);
    this.#sizes = Array.from({ length: kernel.sizes }, () => this.#builder.sizeParameter());
  }

  run(): Kernel {
    this.#body(this.#kernel.body);
    return this.#builder.finish();
  }

  #get(id: ValueId): ValueId {
    const value = this.#values.get(id);
    if (value === undefined) throw new InternalError(`kernel ${this.#kernel.name}: %${id} is not defined`);
    return value;
  }

  #body(body: readonly Instruction[]): void {
    for (const instruction of body) {
      if (instruction.kind === "store") {
        this.#builder.store(instruction.buffer, this.#get(instruction.offset), this.#get(instruction.value));
      } else if (instruction.kind === "loop") {
        this.#loop(instruction);
      } else {
        this.#values.set(instruction.id, this.#value(instruction));
      }
    }
  }

  #value(instruction: Exclude<Instruction, { kind: "store" | "loop" }>): ValueId {
    switch (instruction.kind) {
      case "constant": return this.#builder.constant(instruction.value, instruction.dtype);
      case "size": return this.#sizes[instruction.parameter]!;
      case "load": return this.#builder.load(instruction.buffer, this.#get(instruction.offset));
      case "op": {
        const args = instruction.args.map((arg) => this.#get(arg));
        if (!isBaseOp(instruction.op)) return expandMath(this.#builder, instruction.op, args, this.#math);
        if (instruction.op === "convert") return this.#builder.convert(args[0]!, instruction.dtype);
        if (instruction.op === "bitcast") return this.#builder.bitcast(args[0]!, instruction.dtype);
        return this.#builder.op(instruction.op, ...args);
      }
    }
  }

  #loop(loop: LoopInstruction): void {
    const { carried, order, lanes } = loop;
    const init = carried.map((value) => this.#get(value.init));
    const combine = carried.map((value) => value.combine);
    const results = this.#builder.loop(this.#get(loop.extent), { order, lanes, init, combine }, (index, current) => {
      this.#values.set(loop.index, index);
      carried.forEach((value, i) => this.#values.set(value.current, current[i]!));
      this.#body(loop.body);
      return carried.map((value) => this.#get(value.next));
    });
    carried.forEach((value, i) => this.#values.set(value.result, results[i]!));
  }
}
