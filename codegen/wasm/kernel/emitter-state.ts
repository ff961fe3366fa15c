// The function that a kernel becomes, while it is written: where each value lives, which vector constants are held in
// locals, and which addresses the loops carry along.

import { InternalError } from "../../../ir/errors.ts";
import type { ValueId } from "../../../ir/kernel/kernel.ts";
import { isBaseOp } from "../../../ir/kernel/scalar.ts";
import { itemSize } from "../../../ir/types.ts";
import type { FunctionBuilder, Local } from "../encode/index.ts";
import { collectConstants, laneBytes, laneKey, splatBytes, splatKey } from "./constant-pool.ts";
import type { Access, Demand, Pointer } from "./demand.ts";
import { type Push, emitScalarOp } from "./scalar-ops.ts";
import type { ValidLanes, VectorContext } from "./vector-context.ts";
import { registersFor, scalarType } from "./vector-forms.ts";
import type { Kernel, LoopInstruction, WasmDType } from "./wasm-kernel.ts";

/** The turn of a vector loop that is being written; `valid`, the lanes that exist, is set in the partial one. */
export interface VectorTurn {
  readonly lanes: number;
  readonly valid: ValidLanes | undefined;
  /** Whether the loop stands in no other, so that its partial turn may call functions. */
  readonly called: boolean;
}

export class EmitterState implements VectorContext {
  readonly f: FunctionBuilder;
  readonly kernel: Kernel;
  readonly demand: Demand;
  readonly partialStore: (registers: number) => number;
  readonly #held = new Map<string, Local>();
  readonly #scalars = new Map<ValueId, Local>();
  readonly #vectors = new Map<ValueId, readonly Local[]>();
  readonly #pointers = new Map<Pointer, Local>();
  readonly #scratch = new Map<string, Local>();

  constructor(f: FunctionBuilder, kernel: Kernel, demand: Demand, partialStore: (registers: number) => number) {
    this.f = f;
    this.kernel = kernel;
    this.demand = demand;
    this.partialStore = partialStore;
    const byBytes = new Map<string, Local>();
    for (const [key, bytes] of collectConstants(demand)) {
      const text = bytes.join();
      let local = byBytes.get(text);
      if (local === undefined) {
        byBytes.set(text, local = f.local("v128"));
        // Locals are zero on entry.
        if (bytes.some((byte) => byte !== 0)) f.v128(bytes).set(local);
      }
      this.#held.set(key, local);
    }
  }

  // --- constants and scratch
  constant(value: number | bigint, dtype: WasmDType): void {
    this.#pushHeld(splatKey(value, dtype), () => splatBytes(value, dtype));
  }

  /** 0, 1, 2, 3 shifted by four for each register. */
  lanesOf(register: number): void {
    this.#pushHeld(laneKey(register), () => laneBytes(register));
  }

  #pushHeld(key: string, bytes: () => Uint8Array): void {
    const local = this.#held.get(key);
    if (local === undefined) this.f.v128(bytes());
    else this.f.get(local);
  }

  scratch(type: "i32" | "i64" | "f32" | "f64" | "v128", index: number): Local {
    const key = `${type} ${index}`;
    let local = this.#scratch.get(key);
    if (local === undefined) this.#scratch.set(key, (local = this.f.local(type)));
    return local;
  }

  // --- values
  dtypeOf(value: ValueId): WasmDType {
    return this.demand.definitions[value]!.dtype;
  }

  scalarLocal(value: ValueId): Local {
    let local = this.#scalars.get(value);
    if (local === undefined) this.#scalars.set(value, (local = this.f.local(scalarType[this.dtypeOf(value)])));
    return local;
  }

  vectorLocals(value: ValueId, lanes: number): readonly Local[] {
    let locals = this.#vectors.get(value);
    if (locals === undefined) this.#vectors.set(value, (locals = this.f.localsOf("v128", registersFor(this.dtypeOf(value), lanes))));
    return locals;
  }

  /** From here on the value is where the other one is. */
  alias(value: ValueId, other: ValueId): void {
    const scalar = this.#scalars.get(other);
    const vector = this.#vectors.get(other);
    if (scalar !== undefined) this.#scalars.set(value, scalar);
    if (vector !== undefined) this.#vectors.set(value, vector);
  }

  pushScalar(value: ValueId): void {
    const { instruction, dtype } = this.demand.definitions[value]!;
    if (instruction?.kind === "constant") this.#pushConstant(instruction.value, dtype);
    else if (instruction?.kind === "size") this.f.get(this.kernel.buffers.length + instruction.parameter);
    else this.f.get(this.#scalars.get(value) ?? this.#missing(value));
  }

  pushVector(value: ValueId, register: number): void {
    const constant = this.demand.constantOf(value);
    if (constant !== undefined) {
      this.constant(constant, this.dtypeOf(value));
      return;
    }
    const locals = this.#vectors.get(value) ?? this.#missing(value);
    this.f.get(locals[this.demand.isUniform(value) ? 0 : register]!);
  }

  #missing(value: ValueId): never {
    throw new InternalError(`kernel ${this.kernel.name}: %${value} is not computed in the form that is asked for`);
  }

  #pushConstant(value: number | bigint, dtype: WasmDType): void {
    switch (scalarType[dtype]) {
      case "f32": this.f.f32(Number(value)); break;
      case "f64": this.f.f64(Number(value)); break;
      case "i64": this.f.i64(BigInt(value)); break;
      case "i32": this.f.i32(Number(value)); break;
    }
  }

  /** Makes the vector form of a value that is the same in all lanes, where it is needed, of its scalar. */
  splat(value: ValueId): void {
    if (!this.demand.isUniform(value) || !this.demand.has(value, "vector")) return;
    const dtype = this.dtypeOf(value);
    let locals = this.#vectors.get(value);
    if (locals === undefined) this.#vectors.set(value, (locals = [this.f.local("v128")]));
    if (dtype === "bool") this.f.i32(0);
    this.pushScalar(value);
    if (dtype === "bool") this.f.op("i32.sub");
    const type = scalarType[dtype];
    this.f.op(type === "f32" ? "f32x4.splat" : type === "f64" ? "f64x2.splat" : type === "i64" ? "i64x2.splat" : "i32x4.splat");
    this.f.set(locals[0]!);
  }

  // --- addresses
  /** Pushes a local with the address of element `offset`, at lane 0 of the vector loop. */
  address(access: Access): Push {
    const { pointer } = this.demand.access.get(access)!;
    if (pointer !== undefined) {
      const local = this.#pointers.get(pointer)!;
      return () => {
        this.f.get(local);
      };
    }
    const local = this.scratch("i32", 9);
    this.#pushElement(access.buffer, () => this.pushScalar(access.offset));
    this.f.set(local);
    return () => {
      this.f.get(local);
    };
  }

  #pushElement(buffer: number, offset: Push): void {
    const shift = Math.log2(itemSize[this.kernel.buffers[buffer]!.dtype]);
    this.f.get(buffer);
    offset();
    if (shift > 0) this.f.i32(shift).op("i32.shl");
    this.f.op("i32.add");
  }

  /** Before the loop: its pointers stand at index 0. */
  startPointers(loop: LoopInstruction): void {
    for (const pointer of this.demand.pointers.get(loop) ?? []) {
      let local = this.#pointers.get(pointer);
      if (local === undefined) this.#pointers.set(pointer, (local = this.f.local("i32")));
      if (pointer.offset === loop.index) this.f.get(pointer.buffer);
      else this.#pushElement(pointer.buffer, () => this.#pushAtZero(pointer.offset, loop));
      this.f.set(local);
    }
  }

  stepPointers(loop: LoopInstruction, iterations: number): void {
    for (const pointer of this.demand.pointers.get(loop) ?? []) {
      if (pointer.rate === 0) continue;
      const local = this.#pointers.get(pointer)!;
      const bytes = pointer.rate * iterations * itemSize[this.kernel.buffers[pointer.buffer]!.dtype];
      this.f.get(local).i32(bytes).op("i32.add").set(local);
    }
  }

  /** An affine offset at index 0, computed of values from outside the loop. */
  #pushAtZero(value: ValueId, loop: LoopInstruction): void {
    const { instruction } = this.demand.definitions[value]!;
    if (value === loop.index) {
      this.f.i32(0);
    } else if (!this.demand.affine.isInside(value, loop)) {
      this.pushScalar(value);
    } else if (instruction?.kind === "op" && isBaseOp(instruction.op)) {
      const { op, args } = instruction;
      if (op === "add" && args.includes(loop.index)) {
        this.#pushAtZero(args[args[0] === loop.index ? 1 : 0]!, loop);
        return;
      }
      emitScalarOp(this.f, op, "i32", "i32", args.map((arg) => () => this.#pushAtZero(arg, loop)), () => this.scratch("i32", 0));
    }
  }
}
