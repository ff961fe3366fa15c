// What of a kernel must be computed, and in which form: backward from stores and loop bounds. A value in a vector loop
// may be needed as a scalar (uniform, or its lane 0, for addresses), as a vector, as both, or not at all.

import type { StoreInstruction, ValueId } from "../../../ir/kernel/kernel.ts";
import { AffineAnalysis } from "./affine.ts";
import { type Definition, type LoopScope, collectDefinitions, hasStore } from "./definitions.ts";
import { type LaneAnalysis, type LaneRate, analyzeLanes } from "./lanes.ts";
import { matchSelectExtremum } from "./select-extremum.ts";
import { byLane } from "./vector-forms.ts";
import type { Kernel, LoadInstruction, LoopInstruction, OpInstruction } from "./wasm-kernel.ts";

export type Access = LoadInstruction | StoreInstruction;

/** An address that a loop carries along: of buffer[offset], moving by `rate` elements an iteration. */
export interface Pointer {
  readonly buffer: number;
  readonly offset: ValueId;
  readonly rate: number;
}

export interface AccessPlan {
  /** The offset over the lanes of the vector loop; 0 outside one. */
  readonly lane: LaneRate;
  readonly pointer: Pointer | undefined;
}

export type Form = "scalar" | "vector";

export class Demand {
  readonly lanes: LaneAnalysis;
  readonly affine: AffineAnalysis;
  readonly access = new Map<Access, AccessPlan>();
  /** The pointers of each loop that are needed. */
  readonly pointers = new Map<LoopInstruction, Pointer[]>();
  readonly definitions: readonly Definition[];
  readonly #scopes: ReadonlyMap<unknown, LoopScope>;
  readonly #scalar = new Set<ValueId>();
  readonly #vector = new Set<ValueId>();
  readonly #pending: [ValueId, Form][] = [];

  /** `result`: a scalar that is needed after the kernel. */
  constructor(kernel: Kernel, result?: ValueId) {
    const { definitions, scopeOf } = collectDefinitions(kernel);
    this.definitions = definitions;
    this.#scopes = scopeOf;
    this.lanes = analyzeLanes(kernel);
    this.affine = new AffineAnalysis(kernel);
    this.#roots(kernel.body);
    if (result !== undefined) this.#need(result, "scalar");
    for (let next = this.#pending.pop(); next !== undefined; next = this.#pending.pop()) this.#visit(...next);
  }

  has(value: ValueId, form: Form): boolean {
    return (form === "scalar" ? this.#scalar : this.#vector).has(value);
  }

  /** Whether the loop does anything that is needed. */
  runs(loop: LoopInstruction): boolean {
    return hasStore(loop.body) || loop.carried.some(({ current, result }) =>
      [current, result].some((value) => this.has(value, "scalar") || this.has(value, "vector")));
  }

  constantOf(value: ValueId): number | bigint | undefined {
    const { instruction } = this.definitions[value]!;
    return instruction?.kind === "constant" ? instruction.value : undefined;
  }

  isUniform(value: ValueId): boolean {
    return this.lanes.rates[value] === 0;
  }

  #roots(body: Kernel["body"]): void {
    for (const instruction of body) {
      if (instruction.kind === "store") {
        this.#need(instruction.value, this.lanes.vectorLoop.get(instruction) === undefined ? "scalar" : "vector");
        this.#accessOffset(instruction);
      } else if (instruction.kind === "loop" && hasStore(instruction.body)) {
        this.#need(instruction.extent, "scalar");
        this.#roots(instruction.body);
      }
    }
  }

  #need(value: ValueId, form: Form): void {
    const set = form === "scalar" ? this.#scalar : this.#vector;
    if (set.has(value)) return;
    set.add(value);
    this.#pending.push([value, form]);
  }

  #visit(value: ValueId, form: Form): void {
    const { kind, instruction, loop } = this.definitions[value]!;
    if (form === "vector" && this.isUniform(value)) {
      if (instruction?.kind !== "constant") this.#need(value, "scalar");
      return;
    }
    if (kind === "index") {
      if (form === "vector") this.#need(value, "scalar");
      this.#need(loop!.extent, "scalar");
    } else if (kind !== "instruction") {
      this.#visitCarried(this.definitions[value]!, form);
    } else if (instruction?.kind === "load") {
      this.#accessOffset(instruction);
    } else if (instruction?.kind === "op") {
      this.#visitOperation(instruction, form);
    }
  }

  #visitCarried({ loop, carried, kind }: Definition, form: Form): void {
    const { init, current, next } = carried!;
    this.#need(loop!.extent, "scalar");
    if (this.lanes.lanes.get(loop!)! > 1) {
      this.#need(init, "scalar");
      this.#need(current, "vector");
      this.#need(next, "vector");
      return;
    }
    this.#need(init, form);
    this.#need(next, form);
    if (kind === "result") this.#need(current, form);
  }

  #visitOperation(operation: OpInstruction, form: Form): void {
    const extremum = form === "vector" ? matchSelectExtremum(operation, this.definitions) : undefined;
    if (extremum !== undefined) {
      for (const arg of extremum.args) this.#need(arg, "vector");
      return;
    }
    const { op, args, dtype } = operation;
    const from = this.definitions[args[0]!]!.dtype;
    args.forEach((arg, i) => {
      const scalarUse = this.isUniform(arg) && (byLane(op, dtype, from) || (i === 1 && (op === "shl" || op === "shr")));
      this.#need(arg, form === "vector" && !scalarUse ? "vector" : "scalar");
    });
  }

  #accessOffset(access: Access): void {
    if (this.access.has(access)) return;
    const loop = this.#scopes.get(access)?.loop;
    const lane = this.lanes.rates[access.offset];
    const rate = loop === undefined || lane === undefined ? undefined : this.affine.rate(access.offset, loop);
    if (loop === undefined || rate === undefined) {
      this.access.set(access, { lane, pointer: undefined });
      this.#need(access.offset, lane === undefined ? "vector" : "scalar");
      return;
    }
    this.access.set(access, { lane, pointer: this.#pointer(loop, access, rate) });
    for (const leaf of this.affine.leaves(access.offset, loop)) this.#need(leaf, "scalar");
  }

  #pointer(loop: LoopInstruction, { buffer, offset }: Access, rate: number): Pointer {
    let pointers = this.pointers.get(loop);
    if (pointers === undefined) this.pointers.set(loop, (pointers = []));
    let pointer = pointers.find((known) => known.buffer === buffer && known.offset === offset);
    if (pointer === undefined) pointers.push((pointer = { buffer, offset, rate }));
    return pointer;
  }
}
