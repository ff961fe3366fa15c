// Loads and stores of all lanes of a vector loop: consecutive elements at once, others one by one. In the last, partial
// turn (`valid` lanes) loads may run into a slot's padding but never past it, lanes that do not exist take the address of
// lane 0, and stores write only the lanes that exist.

import { isSigned, itemSize } from "../../../ir/types.ts";
import type { Local } from "../encode/index.ts";
import { emitKnownStore, emitPartialStore, emitStore } from "./partial-store.ts";
import type { Push } from "./scalar-ops.ts";
import type { ValidLanes, VectorContext } from "./vector-context.ts";
import { isWide, lanesPerRegister, registersFor } from "./vector-forms.ts";
import type { WasmDType } from "./wasm-kernel.ts";

export interface VectorAddress {
  readonly dtype: WasmDType;
  readonly lanes: number;
  /** Pushes the byte address of lane 0; where the lanes' offsets differ arbitrarily, of the buffer. */
  readonly base: Push;
  /** Elements from lane to lane, or the registers of the offsets in elements. */
  readonly lane: number | readonly Local[];
  /** In the partial turn. */
  readonly valid: ValidLanes | undefined;
  /** Whether the stores of a partial turn may be a call. */
  readonly called: boolean;
}

/** Readable bytes after every tensor. */
const padding = 64;

/** Whether all lanes from an element of a tensor on may be loaded at once, however few of them exist. */
export function mayReadAhead(dtype: WasmDType, lanes: number): boolean {
  return itemSize[dtype] * (lanes - 1) <= padding;
}

export function emitVectorLoad(context: VectorContext, address: VectorAddress, result: readonly Local[]): void {
  if (address.lane === 1) loadConsecutive(context, address, result);
  else loadLanes(context, address, result);
}

function loadConsecutive(context: VectorContext, { dtype, base, valid }: VectorAddress, result: readonly Local[]): void {
  const { f } = context;
  const bytes = itemSize[dtype] * lanesPerRegister(dtype);
  result.forEach((local, register) => {
    const offset = bytes * register;
    const load = (): void => {
      base();
      if (itemSize[dtype] !== 1) f.load("v128.load", offset, itemSize[dtype]);
      else loadBytes(context, dtype, offset);
    };
    if (valid !== undefined && offset + bytes > itemSize[dtype] + padding) {
      valid.push();
      f.i32(register * lanesPerRegister(dtype)).op("i32.gt_s").if(load, () => context.constant(0, "i32"), "v128");
    } else {
      load();
    }
    f.set(local);
  });
}

/** Four elements of one byte each, extended to 32-bit lanes; takes the address from the stack. */
function loadBytes({ f }: VectorContext, dtype: WasmDType, offset: number): void {
  const sign = isSigned(dtype) ? "s" : "u";
  f.load("v128.load32_zero", offset, 1);
  f.op(`i16x8.extend_low_i8x16_${sign}`).op(`i32x4.extend_low_i16x8_${sign}`);
  if (dtype === "bool") f.op("i32x4.neg");
}

function loadLanes(context: VectorContext, address: VectorAddress, result: readonly Local[]): void {
  const { f } = context;
  const { dtype } = address;
  const pushAddress = laneAddresses(context, address);
  const perRegister = lanesPerRegister(dtype);
  result.forEach((local, register) => {
    for (let lane = 0; lane < perRegister; lane++) {
      const offset = pushAddress(register * perRegister + lane);
      if (itemSize[dtype] === 1) {
        f.load(isSigned(dtype) ? "i32.load8_s" : "i32.load8_u", offset);
        if (lane === 0) f.op("i32x4.splat");
        else replaceLane(context, local, lane);
      } else if (lane === 0) {
        f.load(isWide(dtype) ? "v128.load64_zero" : "v128.load32_zero", offset);
      } else {
        f.get(local).loadLane(isWide(dtype) ? "v128.load64_lane" : "v128.load32_lane", lane, offset);
      }
      f.set(local);
    }
    if (dtype === "bool") f.get(local).op("i32x4.neg").set(local);
  });
}

/** Puts the i32 on the stack into a lane of the local; leaves the vector on the stack. */
function replaceLane(context: VectorContext, local: Local, lane: number): void {
  const { f } = context;
  const value = context.scratch("i32", 7);
  f.set(value).get(local).get(value).lane("i32x4.replace_lane", lane);
}

/** Gives a function that pushes the address of a lane and returns the static offset to add in the access. */
export function laneAddresses(context: VectorContext, address: VectorAddress): (lane: number) => number {
  const { f } = context;
  const { dtype, lane: step, base, valid } = address;
  const size = itemSize[dtype];
  if (typeof step !== "number") return indexedAddresses(context, address, step);
  const origin = context.scratch("i32", 8);
  const back = step < 0 && valid === undefined ? (address.lanes - 1) * step * size : 0;
  base();
  if (back !== 0) f.i32(back).op("i32.add");
  f.set(origin);
  return (lane) => {
    f.get(origin);
    if (valid === undefined || lane === 0) return lane * step * size - back;
    f.i32(lane * step * size).i32(0);
    valid.push();
    f.i32(lane).op("i32.gt_s").op("select").op("i32.add");
    return 0;
  };
}

function indexedAddresses(context: VectorContext, { dtype, base, valid }: VectorAddress, offsets: readonly Local[]): (lane: number) => number {
  const { f } = context;
  const shift = Math.log2(itemSize[dtype]);
  const offset = (lane: number): void => {
    f.get(offsets[lane >> 2]!).lane("i32x4.extract_lane", lane & 3);
  };
  return (lane) => {
    base();
    offset(lane);
    if (valid !== undefined && lane > 0) {
      offset(0);
      valid.push();
      f.i32(lane).op("i32.gt_s").op("select");
    }
    if (shift > 0) f.i32(shift).op("i32.shl");
    f.op("i32.add");
    return 0;
  };
}

/** `push` pushes a register of the value, in the form of its dtype. */
export function emitVectorStore(context: VectorContext, address: VectorAddress, push: (register: number) => void): void {
  const { f } = context;
  const { dtype, lanes, lane: step, valid, base, called } = address;
  if (step !== 1) {
    storeLanes(context, address, push, laneAddresses(context, address));
    return;
  }
  const perRegister = lanesPerRegister(dtype);
  const registers = registersFor(dtype, lanes);
  if (valid !== undefined && itemSize[dtype] === 1) {
    storeLanes(context, address, push, (lane) => {
      base();
      return lane;
    });
  } else if (valid?.known !== undefined) {
    emitKnownStore(f, base, valid.known * itemSize[dtype], push);
  } else if (valid !== undefined) {
    const places = called ? undefined : { address: context.scratch("i32", 10), count: context.scratch("i32", 11), values: valueLocals(context, registers) };
    base();
    if (places !== undefined) f.set(places.address);
    valid.push();
    f.i32(Math.log2(itemSize[dtype])).op("i32.shl");
    if (places !== undefined) f.set(places.count);
    for (let register = 0; register < registers; register++) {
      push(register);
      if (places !== undefined) f.set(places.values[register]!);
    }
    if (places === undefined) f.call(context.partialStore(registers));
    else emitPartialStore(f, places.address, places.count, places.values);
  } else {
    const bytes = itemSize[dtype] * perRegister;
    for (let register = 0; register < registers; register++) storeRegister(context, dtype, base, () => push(register), bytes * register);
  }
}

function valueLocals(context: VectorContext, registers: number): readonly Local[] {
  return Array.from({ length: registers }, (_, i) => context.scratch("v128", 1 + i));
}

function storeRegister(context: VectorContext, dtype: WasmDType, base: Push, push: Push, offset: number): void {
  const { f } = context;
  if (itemSize[dtype] !== 1) {
    emitStore(f, base, offset, itemSize[dtype], () => pushStored(context, dtype, push));
    return;
  }
  base();
  pushStored(context, dtype, push);
  const packed = context.scratch("v128", 0);
  f.tee(packed).get(packed).shuffleBytes([0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12, 0, 4, 8, 12]);
  f.storeLane("v128.store32_lane", 0, offset, 1);
}

/** A mask is stored as ones. */
function pushStored(context: VectorContext, dtype: WasmDType, push: Push): void {
  push();
  if (dtype !== "bool") return;
  context.constant(1, "i32");
  context.f.op("v128.and");
}

/** One lane after another, as far as they exist. */
function storeLanes(
  context: VectorContext, { dtype, lanes, valid }: VectorAddress, push: (register: number) => void, pushAddress: (lane: number) => number,
): void {
  const { f } = context;
  const perRegister = lanesPerRegister(dtype);
  const name = itemSize[dtype] === 8 ? "v128.store64_lane" : itemSize[dtype] === 4 ? "v128.store32_lane" : "v128.store8_lane";
  f.block((done) => {
    for (let lane = 0; lane < lanes; lane++) {
      if (valid?.known !== undefined && lane >= valid.known) return;
      if (valid !== undefined && valid.known === undefined && lane > 0) {
        valid.push();
        f.i32(lane).op("i32.le_s").brIf(done);
      }
      const offset = pushAddress(lane);
      pushStored(context, dtype, () => push(Math.floor(lane / perRegister)));
      const within = lane % perRegister;
      f.storeLane(name, itemSize[dtype] === 1 ? 4 * within : within, offset, itemSize[dtype]);
    }
  });
}
