// Writes the body of a kernel: instructions in their order, each value in the forms that are needed of it.

import { InternalError } from "../../../ir/errors.ts";
import type { StoreInstruction, ValueId } from "../../../ir/kernel/kernel.ts";
import { type BaseOp, isBaseOp } from "../../../ir/kernel/scalar.ts";
import { itemSize } from "../../../ir/types.ts";
import type { FunctionBuilder, Local } from "../encode/index.ts";
import type { EmitterState, VectorTurn } from "./emitter-state.ts";
import { type LoadQuad, collectLoadQuads, emitLoadQuad } from "./load-quads.ts";
import { emitLoop } from "./loops.ts";
import { emitScalarOp } from "./scalar-ops.ts";
import { type SelectExtremum, matchSelectExtremum } from "./select-extremum.ts";
import { scalarType } from "./vector-forms.ts";
import { type VectorAddress, emitVectorLoad, emitVectorStore } from "./vector-memory.ts";
import { emitVectorOp } from "./vector-ops.ts";
import type { VectorOperand } from "./vector-context.ts";
import type { Instruction, LoadInstruction, OpInstruction, WasmDType } from "./wasm-kernel.ts";

export function emitBody(state: EmitterState, body: readonly Instruction[], turn: VectorTurn | undefined): void {
  for (const instruction of body) {
    switch (instruction.kind) {
      case "constant": break;
      case "size": state.splat(instruction.id); break;
      case "op": emitOperation(state, instruction, turn); break;
      case "load": emitLoad(state, instruction, turn); break;
      case "store": emitStore(state, instruction, turn); break;
      case "loop": emitLoop(state, instruction, turn, (part, inner) => emitBody(state, part, inner));
    }
  }
}

function baseOp(state: EmitterState, { op }: OpInstruction): BaseOp {
  if (!isBaseOp(op)) throw new InternalError(`kernel ${state.kernel.name}: ${op} was not expanded`);
  return op;
}

function emitOperation(state: EmitterState, instruction: OpInstruction, turn: VectorTurn | undefined): void {
  const { id, dtype, args } = instruction;
  const { demand, f } = state;
  const op = baseOp(state, instruction);
  if (demand.has(id, "scalar")) {
    const pushes = args.map((arg) => () => state.pushScalar(arg));
    emitScalarOp(f, op, dtype, state.dtypeOf(args[0]!), pushes, () => state.scratch("i32", 6), args[1] === undefined ? undefined : demand.constantOf(args[1]));
    f.set(state.scalarLocal(id));
  }
  if (demand.isUniform(id)) {
    state.splat(id);
  } else if (demand.has(id, "vector") && turn !== undefined) {
    const extremum = matchSelectExtremum(instruction, demand.definitions);
    if (extremum !== undefined) {
      emitSelectExtremum(state, extremum, dtype, state.vectorLocals(id, turn.lanes));
      return;
    }
    const operands = args.map((arg) => operandOf(state, arg));
    emitVectorOp(state, { op, dtype, args: operands, lanes: turn.lanes, result: state.vectorLocals(id, turn.lanes) });
  }
}

function emitSelectExtremum(state: EmitterState, { op, args }: SelectExtremum, dtype: WasmDType, result: readonly Local[]): void {
  result.forEach((local, register) => {
    for (const arg of args) state.pushVector(arg, register);
    state.f.op(dtype === "f64" ? `f64x2.${op}` : `f32x4.${op}`).set(local);
  });
}

function operandOf(state: EmitterState, value: ValueId): VectorOperand {
  const constant = state.demand.constantOf(value);
  const scalar = state.demand.isUniform(value) && (constant !== undefined || state.demand.has(value, "scalar"));
  return {
    dtype: state.dtypeOf(value),
    push: (register) => state.pushVector(value, register),
    scalar: scalar ? () => state.pushScalar(value) : undefined,
    constant,
  };
}

function emitLoad(state: EmitterState, load: LoadInstruction, turn: VectorTurn | undefined): void {
  const { id, dtype } = load;
  const { demand, f } = state;
  if (demand.isUniform(id)) {
    if (!demand.has(id, "scalar")) return;
    state.address(load)();
    emitScalarLoad(f, dtype);
    f.set(state.scalarLocal(id));
    state.splat(id);
  } else if (demand.has(id, "vector")) {
    const quad = quadOf(state, load);
    if (quad !== undefined) {
      if (quad[0] === load) emitLoadQuad(state, vectorAddress(state, load, dtype, turn!), quad.map((one) => state.vectorLocals(one.id, turn!.lanes)));
      return;
    }
    emitVectorLoad(state, vectorAddress(state, load, dtype, turn!), state.vectorLocals(id, turn!.lanes));
  }
}

/** The quad that a load is made with. In a loop over consecutive elements, or where one of the four is not needed, there is none. */
function quadOf(state: EmitterState, load: LoadInstruction): LoadQuad | undefined {
  const quad = collectLoadQuads(state.kernel).get(load);
  const { demand } = state;
  return quad?.every((one) => demand.has(one.id, "vector") && !demand.isUniform(one.id) && demand.access.get(one)?.lane !== 1) ? quad : undefined;
}

function emitStore(state: EmitterState, store: StoreInstruction, turn: VectorTurn | undefined): void {
  const { dtype } = state.kernel.buffers[store.buffer]!;
  if (turn === undefined) {
    state.address(store)();
    state.pushScalar(store.value);
    emitScalarStore(state.f, dtype);
  } else {
    emitVectorStore(state, vectorAddress(state, store, dtype, turn), (register) => state.pushVector(store.value, register));
  }
}

function vectorAddress(state: EmitterState, access: LoadInstruction | StoreInstruction, dtype: WasmDType, turn: VectorTurn): VectorAddress {
  const { lane } = state.demand.access.get(access)!;
  if (lane !== undefined) return { dtype, ...turn, lane, base: state.address(access) };
  return {
    dtype, ...turn, lane: state.vectorLocals(access.offset, turn.lanes),
    base: () => {
      state.f.get(access.buffer);
    },
  };
}

function emitScalarLoad(f: FunctionBuilder, dtype: WasmDType): void {
  if (itemSize[dtype] === 1) f.load(dtype === "i8" ? "i32.load8_s" : "i32.load8_u");
  else f.load(`${scalarType[dtype]}.load`);
}

function emitScalarStore(f: FunctionBuilder, dtype: WasmDType): void {
  if (itemSize[dtype] === 1) f.store("i32.store8");
  else f.store(`${scalarType[dtype]}.store`);
}
