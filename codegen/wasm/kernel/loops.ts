// Loops: one element at a time, or L lanes at a time with a last, partial turn; and the end of a reduction, where the
// lanes are combined in the order that the kernel IR prescribes.

import { identityOf } from "../../../ir/kernel/scalar.ts";
import { normalize } from "../../../ir/kernel/scalar-meaning.ts";
import { itemSize } from "../../../ir/types.ts";
import type { Local } from "../encode/index.ts";
import { collectDefinitions, hasStore } from "./definitions.ts";
import type { Form } from "./demand.ts";
import type { EmitterState, VectorTurn } from "./emitter-state.ts";
import { emitScalarOp } from "./scalar-ops.ts";
import { type ValidLanes, widenMask } from "./vector-context.ts";
import { isWide, lanesPerRegister, registersFor, scalarType, shapeOf } from "./vector-forms.ts";
import { mayReadAhead } from "./vector-memory.ts";
import { emitVectorBinary } from "./vector-ops.ts";
import type { Carried, Instruction, LoopInstruction, WasmDType } from "./wasm-kernel.ts";

/** Writes the body of the loop, or a part of it. */
type Body = (part: readonly Instruction[], turn: VectorTurn | undefined) => void;

export function emitLoop(state: EmitterState, loop: LoopInstruction, turn: VectorTurn | undefined, body: Body): void {
  if (!state.demand.runs(loop)) return;
  const lanes = state.demand.lanes.lanes.get(loop)!;
  if (lanes === 1) emitScalarLoop(state, loop, turn, body);
  else emitVectorLoop(state, loop, lanes, body);
}

function extentOf(state: EmitterState, loop: LoopInstruction): number | undefined {
  const constant = state.demand.constantOf(loop.extent);
  return constant === undefined ? undefined : Number(constant);
}

// --- one at a time; inside a vector loop, the carried values may be vectors

function formsOf(state: EmitterState, { current, result }: Carried): Form[] {
  const uniform = state.demand.isUniform(current);
  const needed = (form: Form): boolean => state.demand.has(current, form) || state.demand.has(result, form);
  return uniform ? (needed("scalar") || needed("vector") ? ["scalar"] : []) : (["scalar", "vector"] as const).filter(needed);
}

function emitScalarLoop(state: EmitterState, loop: LoopInstruction, turn: VectorTurn | undefined, body: Body): void {
  const { f } = state;
  const extent = extentOf(state, loop);
  const lanes = turn?.lanes ?? 1;
  for (const carried of loop.carried) {
    for (const form of formsOf(state, carried)) copyValue(state, carried.init, carried.current, form, lanes);
  }
  const counter = state.scalarLocal(loop.index);
  const turns = (again: (() => void) | undefined): void => {
    state.splat(loop.index);
    for (const { current } of loop.carried) state.splat(current);
    body(loop.body, turn);
    moveToNext(state, loop, lanes);
    state.stepPointers(loop, 1);
    again?.();
  };
  const wholeLoop = (): void => {
    f.i32(0).set(counter);
    state.startPointers(loop);
    if (extent !== undefined && extent * countOperations(loop.body) <= unrollLimit) {
      for (let index = 0; index < extent; index++) {
        if (index > 0) f.i32(index).set(counter);
        turns(undefined);
      }
      return;
    }
    f.loop((start) => {
      turns(() => {
        f.get(counter).i32(1).op("i32.add").tee(counter);
        state.pushScalar(loop.extent);
        f.op("i32.lt_s").brIf(start);
      });
    });
  };
  if (extent === undefined) {
    state.pushScalar(loop.extent);
    f.i32(0).op("i32.gt_s").if(wholeLoop);
  } else if (extent > 0) {
    wholeLoop();
  }
  for (const { current, result } of loop.carried) {
    state.alias(result, current);
    if (formsOf(state, { current, result } as Carried).length > 0) state.splat(result);
  }
}

/** Loops are written out turn by turn up to so many operations. */
const unrollLimit = 32;

/** Operations, loads and stores; a body with a loop in it is too large to be written out more than once. */
function countOperations(body: readonly Instruction[]): number {
  return body.reduce((sum, instruction) => sum + (instruction.kind === "loop" ? unrollLimit : 1), 0);
}

function copyValue(state: EmitterState, from: number, to: number, form: Form, lanes: number): void {
  if (form === "scalar") {
    state.pushScalar(from);
    state.f.set(state.scalarLocal(to));
    return;
  }
  state.vectorLocals(to, lanes).forEach((local, register) => {
    state.pushVector(from, register);
    state.f.set(local);
  });
}

/** All next values are read before the first is written: they may be each other's current ones. */
function moveToNext(state: EmitterState, loop: LoopInstruction, lanes: number): void {
  const targets: Local[] = [];
  for (const carried of loop.carried) {
    for (const form of formsOf(state, carried)) {
      if (form === "scalar") {
        state.pushScalar(carried.next);
        targets.push(state.scalarLocal(carried.current));
      } else {
        state.vectorLocals(carried.current, lanes).forEach((local, register) => {
          state.pushVector(carried.next, register);
          targets.push(local);
        });
      }
    }
  }
  for (const target of targets.reverse()) state.f.set(target);
}

// --- in lanes

function emitVectorLoop(state: EmitterState, loop: LoopInstruction, lanes: number, body: Body): void {
  const { f } = state;
  const extent = extentOf(state, loop);
  if (extent !== undefined && extent <= 0 && loop.carried.length === 0) return;
  const accumulators = loop.carried.filter(({ current }) => state.demand.has(current, "vector"));
  for (const { current, combine, dtype } of accumulators) {
    for (const local of state.vectorLocals(current, lanes)) {
      state.constant(normalize(identityOf(combine!, dtype), dtype), dtype);
      f.set(local);
    }
  }
  const counter = state.scalarLocal(loop.index);
  state.startPointers(loop);
  const hasRest = extent === undefined || (extent > lanes && extent % lanes !== 0);
  const called = collectDefinitions(state.kernel).scopeOf.get(loop) === undefined;
  const turns: VectorLoop = { loop, lanes, extent, accumulators, counter, body, called };
  if (hasRest && sharesTurns(state, loop, lanes)) emitSharedTurns(state, turns);
  else emitSeparateTurns(state, turns);
  for (const carried of accumulators) combineLanes(state, carried, lanes);
}

interface VectorLoop {
  readonly loop: LoopInstruction;
  readonly lanes: number;
  /** Where it is known. */
  readonly extent: number | undefined;
  readonly accumulators: readonly Carried[];
  readonly counter: Local;
  readonly body: Body;
  readonly called: boolean;
}

/** All whole turns, then a partial one, each with code of its own. */
function emitSeparateTurns(state: EmitterState, { loop, lanes, extent, accumulators, counter, body, called }: VectorLoop): void {
  const { f } = state;
  f.i32(0).set(counter);
  const writeTurn = (turn: VectorTurn): void => {
    emitIndexVector(state, loop, lanes);
    body(loop.body, turn);
    accumulate(state, accumulators, turn);
  };
  const writeMain = (limit: () => void, single: boolean): void => {
    const step = (): void => {
      writeTurn({ lanes, valid: undefined, called });
      state.stepPointers(loop, lanes);
      f.get(counter).i32(lanes).op("i32.add").set(counter);
    };
    if (single) step();
    else f.loop((start) => {
      step();
      f.get(counter);
      limit();
      f.op("i32.lt_s").brIf(start);
    });
  };
  if (extent === undefined) {
    const limit = f.local("i32");
    state.pushScalar(loop.extent);
    f.i32(-lanes).op("i32.and").tee(limit).i32(0).op("i32.gt_s");
    f.if(() => writeMain(() => f.get(limit), false));
    state.pushScalar(loop.extent);
    const left = f.local("i32");
    f.get(counter).op("i32.sub").tee(left).i32(0).op("i32.gt_s");
    f.if(() => writeTurn({ lanes, valid: { push: () => f.get(left), known: undefined }, called }));
  } else {
    const limit = extent - (extent % lanes);
    if (limit > 0) writeMain(() => f.i32(limit), limit === lanes);
    const known = extent - limit;
    if (known > 0) writeTurn({ lanes, valid: { push: () => f.i32(known), known }, called });
  }
}

/** Whether the partial turn may compute as a whole one does: loads of consecutive elements run into padding at most, and all stores
 *  stand at the end. */
function sharesTurns(state: EmitterState, loop: LoopInstruction, lanes: number): boolean {
  const mayRun = (body: readonly Instruction[]): boolean => body.every((instruction) => {
    if (instruction.kind === "loop") return !hasStore(instruction.body) && mayRun(instruction.body);
    if (instruction.kind !== "load" || state.demand.isUniform(instruction.id) || !state.demand.has(instruction.id, "vector")) return true;
    return state.demand.access.get(instruction)?.lane === 1 && mayReadAhead(instruction.dtype, lanes);
  });
  const { values, stores } = splitStores(loop);
  return mayRun(values) && stores.every((instruction) => instruction.kind === "store" && state.demand.access.get(instruction)?.lane === 1
    && itemSize[state.kernel.buffers[instruction.buffer]!.dtype] >= 4);
}

function splitStores({ body }: LoopInstruction): { readonly values: readonly Instruction[]; readonly stores: readonly Instruction[] } {
  const first = body.findIndex((instruction) => instruction.kind === "store");
  return first < 0 ? { values: body, stores: [] } : { values: body.slice(0, first), stores: body.slice(first) };
}

/** One body for all turns: before it stores and accumulates, the last, partial one leaves the loop. */
function emitSharedTurns(state: EmitterState, { loop, lanes, extent, accumulators, counter, body, called }: VectorLoop): void {
  const { f } = state;
  const { values, stores } = splitStores(loop);
  const whole: VectorTurn = { lanes, valid: undefined, called };
  const left = f.local("i32");
  const counted = state.demand.has(loop.index, "scalar");
  if (counted) f.i32(0).set(counter);
  const turns = (): void => void f.block((done) => {
    f.loop((start) => {
      emitIndexVector(state, loop, lanes);
      body(values, whole);
      f.get(left).i32(lanes).op("i32.lt_s").if(() => {
        const known = extent === undefined ? undefined : extent % lanes;
        const partial: VectorTurn = { lanes, valid: { push: () => f.get(left), known }, called };
        body(stores, partial);
        accumulate(state, accumulators, partial);
        f.br(done);
      });
      body(stores, whole);
      accumulate(state, accumulators, whole);
      state.stepPointers(loop, lanes);
      if (counted) f.get(counter).i32(lanes).op("i32.add").set(counter);
      f.get(left).i32(lanes).op("i32.sub");
      // The last turn of a known extent is a partial one, which has left.
      if (extent === undefined) f.tee(left).i32(0).op("i32.gt_s").brIf(start);
      else f.set(left).br(start);
    });
  });
  state.pushScalar(loop.extent);
  f.set(left);
  if (extent === undefined) f.get(left).i32(0).op("i32.gt_s").if(turns);
  else turns();
}

function emitIndexVector(state: EmitterState, loop: LoopInstruction, lanes: number): void {
  if (!state.demand.has(loop.index, "vector")) return;
  state.vectorLocals(loop.index, lanes).forEach((local, register) => {
    state.pushScalar(loop.index);
    state.f.op("i32x4.splat");
    state.lanesOf(register);
    state.f.op("i32x4.add").set(local);
  });
}

/** In the partial turn, lanes that do not exist keep what they have. */
function accumulate(state: EmitterState, accumulators: readonly Carried[], { lanes, valid }: VectorTurn): void {
  const targets: Local[] = [];
  for (const { current, next, dtype } of accumulators) {
    state.vectorLocals(current, lanes).forEach((local, register) => {
      const existing = valid?.known === undefined ? undefined : valid.known - register * lanesPerRegister(dtype);
      if (existing !== undefined && existing <= 0) return;
      state.pushVector(next, register);
      if (valid !== undefined) keepOthers(state, local, dtype, register, valid, existing);
      targets.push(local);
    });
  }
  for (const target of targets.reverse()) state.f.set(target);
}

/** Takes a register of next values from the stack and pushes it with the lanes that do not exist, all after the first `existing`, as they are. */
function keepOthers(state: EmitterState, local: Local, dtype: WasmDType, register: number, valid: ValidLanes, existing: number | undefined): void {
  const { f } = state;
  const count = lanesPerRegister(dtype);
  if (existing === undefined) {
    f.get(local);
    state.lanesOf(isWide(dtype) ? register >> 1 : register);
    valid.push();
    f.op("i32x4.splat").op("i32x4.lt_s");
    if (isWide(dtype)) widenMask(f, register);
    f.op("v128.bitselect");
  } else if (existing < count) {
    f.get(local).shuffle(Array.from({ length: count }, (_, lane) => (lane < existing ? lane : count + lane)));
  }
}

/** Upper half onto lower half until one lane is left; then the initial value comes first. */
function combineLanes(state: EmitterState, carried: Carried, lanes: number): void {
  const { f } = state;
  const { dtype, current, init, result } = carried;
  const combine = carried.combine!;
  const locals = state.vectorLocals(current, lanes);
  const get = (local: Local) => (): void => {
    f.get(local);
  };
  for (let half = registersFor(dtype, lanes) / 2; half >= 1; half /= 2) {
    for (let register = 0; register < half; register++) {
      emitVectorBinary(state, combine, dtype, get(locals[register]!), get(locals[register + half]!));
      f.set(locals[register]!);
    }
  }
  const last = locals[0]!;
  const perRegister = lanesPerRegister(dtype);
  for (let half = perRegister / 2; half >= 1; half /= 2) {
    const upper = Array.from({ length: perRegister }, (_, lane) => (lane + half) % perRegister);
    emitVectorBinary(state, combine, dtype, get(last), () => {
      f.get(last).get(last).shuffle(upper);
    });
    f.set(last);
  }
  f.get(last).lane(`${shapeOf[dtype]}.extract_lane`, 0);
  if (dtype === "bool") f.i32(1).op("i32.and");
  const { instruction } = state.demand.definitions[init]!;
  // Lanes that started from the identity are past it already: a sum of theirs is not -0 where 0 would have made it 0.
  if (instruction?.kind !== "constant" || !Object.is(normalize(instruction.value, dtype), normalize(identityOf(combine, dtype), dtype))) {
    const scalar = state.scratch(scalarType[dtype], 5);
    f.set(scalar);
    emitScalarOp(f, combine, dtype, dtype, [() => state.pushScalar(init), get(scalar)], () => state.scratch("i32", 6));
  }
  f.set(state.scalarLocal(result));
  state.splat(result);
}
