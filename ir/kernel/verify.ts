// Checks that a kernel is well formed: every value defined once, in scope where it is read, and of the dtype that its
// reader takes; loops as their contract says. A fault is a bug of a pass or a lowering, hence an InternalError.

import { InternalError } from "../errors.ts";
import { type DType, isFloat, isInt, itemSize } from "../types.ts";
import type { Instruction, Kernel, LoopInstruction, OpInstruction, ValueId } from "./kernel.ts";
import { printKernel } from "./print.ts";
import type { ScalarOp } from "./scalar.ts";

const laneCounts: ReadonlySet<number> = new Set([1, 4, 8, 16]);

/** Throws an InternalError that shows the kernel. */
export function verifyKernel(kernel: Kernel): void {
  new Verifier(kernel).run();
}

class Verifier {
  readonly #kernel: Kernel;
  /** Values in scope, and all values ever defined. */
  readonly #scope = new Map<ValueId, DType>();
  readonly #defined = new Set<ValueId>();

  constructor(kernel: Kernel) {
    this.#kernel = kernel;
  }

  run(): void {
    this.#body(this.#kernel.body);
  }

  #fail(message: string): never {
    throw new InternalError(`kernel ${this.#kernel.name}: ${message}`, printKernel(this.#kernel));
  }

  #define(id: ValueId, dtype: DType): void {
    if (this.#defined.has(id)) this.#fail(`%${id} is defined twice`);
    this.#defined.add(id);
    this.#scope.set(id, dtype);
  }

  #use(id: ValueId, dtype?: DType): DType {
    const actual = this.#scope.get(id);
    if (actual === undefined) this.#fail(`%${id} is not in scope`);
    if (dtype !== undefined && actual !== dtype) this.#fail(`%${id} is ${actual}, not ${dtype}`);
    return actual;
  }

  #body(body: readonly Instruction[]): void {
    for (const instruction of body) this.#instruction(instruction);
  }

  #instruction(instruction: Instruction): void {
    switch (instruction.kind) {
      case "constant":
        this.#constant(instruction.value, instruction.dtype);
        this.#define(instruction.id, instruction.dtype);
        break;
      case "size":
        if (!(instruction.parameter >= 0 && instruction.parameter < this.#kernel.sizes)) this.#fail(`there is no size ${instruction.parameter}`);
        this.#define(instruction.id, "i32");
        break;
      case "load":
        this.#use(instruction.offset, "i32");
        if (this.#buffer(instruction.buffer).access === "write") this.#fail(`b${instruction.buffer} is loaded but only written`);
        if (this.#buffer(instruction.buffer).dtype !== instruction.dtype) this.#fail(`%${instruction.id} is not of its buffer's dtype`);
        this.#define(instruction.id, instruction.dtype);
        break;
      case "store":
        this.#use(instruction.offset, "i32");
        this.#use(instruction.value, this.#buffer(instruction.buffer).dtype);
        if (this.#buffer(instruction.buffer).access === "read") this.#fail(`b${instruction.buffer} is stored to but only read`);
        break;
      case "op":
        this.#operation(instruction);
        this.#define(instruction.id, instruction.dtype);
        break;
      case "loop":
        this.#loop(instruction);
    }
  }

  #buffer(index: number): Kernel["buffers"][number] {
    return this.#kernel.buffers[index] ?? this.#fail(`there is no buffer b${index}`);
  }

  #constant(value: number | bigint, dtype: DType): void {
    if ((typeof value === "bigint") !== (dtype === "i64")) this.#fail(`a constant ${value} of ${dtype}`);
    if (dtype === "bool" && value !== 0 && value !== 1) this.#fail(`a bool constant ${value}`);
    if (isInt(dtype) && typeof value === "number" && !Number.isInteger(value)) this.#fail(`a constant ${value} of ${dtype}`);
  }

  #loop(loop: LoopInstruction): void {
    this.#use(loop.extent, "i32");
    if (!laneCounts.has(loop.lanes)) this.#fail(`a loop of ${loop.lanes} lanes`);
    for (const { init, dtype, combine } of loop.carried) {
      this.#use(init, dtype);
      if (combine !== undefined) continue;
      if (loop.lanes > 1) this.#fail(`%${loop.index} has lanes and a carried value without combine`);
      if (loop.order === "parallel") this.#fail(`the parallel loop %${loop.index} carries a value without combine`);
    }
    const outside = new Map(this.#scope);
    this.#define(loop.index, "i32");
    for (const { current, dtype } of loop.carried) this.#define(current, dtype);
    this.#body(loop.body);
    for (const { next, dtype } of loop.carried) this.#use(next, dtype);
    this.#scope.clear();
    for (const [id, dtype] of outside) this.#scope.set(id, dtype);
    for (const { result, dtype } of loop.carried) this.#define(result, dtype);
  }

  #operation(instruction: OpInstruction): void {
    const { op, args, dtype, id } = instruction;
    const types = args.map((arg) => this.#use(arg));
    const [first] = types;
    const wrong = (): never => this.#fail(`%${id} = ${op}(${types.join(", ")}) -> ${dtype}`);
    if (first === undefined || types.length !== arityOf(op)) return wrong();
    if (op === "convert") return;
    if (op === "bitcast") return itemSize[first] === itemSize[dtype] && dtype !== "bool" ? undefined : wrong();
    if (op === "select") {
      if (first !== "bool" || types[1] !== types[2] || types[1] !== dtype) wrong();
      return;
    }
    if (types.some((type) => type !== first) || dtype !== (comparisons.has(op) ? "bool" : first)) wrong();
    if (!accepts(op, first)) wrong();
  }
}

const comparisons: ReadonlySet<ScalarOp> = new Set<ScalarOp>(["eq", "ne", "lt", "le", "gt", "ge"]);
const unary: ReadonlySet<ScalarOp> = new Set<ScalarOp>(["neg", "abs", "sqrt", "floor", "ceil", "trunc", "nearest", "not", "convert", "bitcast"]);
const binaryMath: ReadonlySet<ScalarOp> = new Set<ScalarOp>(["pow", "atan2", "fmod"]);
const binary: ReadonlySet<ScalarOp> = new Set<ScalarOp>([
  "add", "sub", "mul", "div", "rem", "min", "max", "copysign", "and", "or", "xor", "shl", "shr", ...comparisons, ...binaryMath,
]);

function arityOf(op: ScalarOp): number {
  return op === "select" ? 3 : binary.has(op) ? 2 : 1;
}

function accepts(op: ScalarOp, dtype: DType): boolean {
  switch (op) {
    case "add": case "sub": case "mul": case "div": case "neg": case "abs": return dtype !== "bool";
    case "rem": case "shl": case "shr": return isInt(dtype);
    case "and": case "or": case "xor": case "not": return !isFloat(dtype);
    case "min": case "max": case "eq": case "ne": case "lt": case "le": case "gt": case "ge": return true;
    default: return unary.has(op) || binary.has(op) || arityOf(op) === 1 ? isFloat(dtype) : false;
  }
}
