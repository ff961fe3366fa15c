// The body of one function, written straight into bytes: each method appends one instruction and returns the builder.
// Control flow nests as the source does (`f.loop((top) => { ...; f.brIf(top); })`); a label is the block it names,
// and its relative depth is computed where it is used. Operands are not type-checked here: the engine validates.

import { InternalError } from "../../../ir/errors.ts";
import { ByteBuffer, bytesOfU32 } from "./bytes.ts";
import {
  ATOMIC_PREFIX, type AtomicOp, type LaneMemoryOp, type LaneOp, type LoadOp, MISC_PREFIX, type MemoryOpcode, type PackedOpcode,
  type PlainOp, SIMD_PREFIX, type StoreOp, laneMemoryOpcodes, laneOpcodes, memoryOpcodes, plainOpcodes,
} from "./opcodes.ts";
import { EMPTY_BLOCK, type Signature, type ValueType, valueTypeBytes } from "./value-types.ts";

/** Index of a parameter or local variable. */
export type Local = number;

declare const labelBrand: unique symbol;
/** A block that branches can leave (or, for a loop, restart). Valid only inside that block. */
export type Label = number & { readonly [labelBrand]: never };

const LOCAL_TEE = 0x22;

const lanes = new DataView(new ArrayBuffer(16));
const laneBytes = new Uint8Array(lanes.buffer);

export class FunctionBuilder {
  readonly signature: Signature;
  readonly #body = new ByteBuffer();
  readonly #locals: ValueType[] = [];
  #depth = 0;
  #usesTable = false;
  /** Where the body's local.tee instructions begin, and how often each local is read: a tee that nobody reads is left out. */
  readonly #tees: { readonly at: number; readonly local: Local }[] = [];
  readonly #reads: number[] = [];
  /** The last local.set, and where it begins and ends. */
  #lastSet = { local: -1, at: 0, end: -1 };

  constructor(signature: Signature) {
    this.signature = signature;
  }

  /** Whether there are indirect calls. */
  get usesTable(): boolean {
    return this.#usesTable;
  }

  /** Declares a local variable, zero on entry. */
  local(type: ValueType): Local {
    return this.signature.params.length + this.#locals.push(type) - 1;
  }

  /** Declares `count` local variables of one type. */
  localsOf(type: ValueType, count: number): Local[] {
    return Array.from({ length: count }, () => this.local(type));
  }

  /** Right after a local is set, its value is kept on the stack instead. */
  get(local: Local): this {
    const { local: last, at, end } = this.#lastSet;
    if (last === local && end === this.#body.length) {
      this.#body.patch(at, LOCAL_TEE);
      this.#tees.push({ at, local });
      this.#lastSet = { local: -1, at: 0, end: -1 };
      return this;
    }
    this.#reads[local] = (this.#reads[local] ?? 0) + 1;
    return this.#indexed(0x20, local);
  }
  set(local: Local): this {
    const at = this.#body.length;
    this.#indexed(0x21, local);
    this.#lastSet = { local, at, end: this.#body.length };
    return this;
  }
  tee(local: Local): this {
    this.#tees.push({ at: this.#body.length, local });
    return this.#indexed(LOCAL_TEE, local);
  }
  globalGet(global: number): this {
    return this.#indexed(0x23, global);
  }
  globalSet(global: number): this {
    return this.#indexed(0x24, global);
  }

  /** Any instruction without immediates. */
  op(name: PlainOp): this {
    this.#opcode(plainOpcodes[name]);
    return this;
  }

  i32(value: number): this {
    this.#body.byte(0x41);
    this.#body.s32(value);
    return this;
  }
  i64(value: bigint | number): this {
    this.#body.byte(0x42);
    if (typeof value === "number" && (value | 0) === value) this.#body.s32(value);
    else this.#body.s64(BigInt(value));
    return this;
  }
  f32(value: number): this {
    this.#body.byte(0x43);
    this.#body.f32(value);
    return this;
  }
  f64(value: number): this {
    this.#body.byte(0x44);
    this.#body.f64(value);
    return this;
  }
  /** A vector constant from its 16 bytes; one with equal words is a splat, which is half as long. */
  v128(bytes: ArrayLike<number>): this {
    if (bytes.length !== 16) throw new InternalError(`v128.const of ${bytes.length} bytes`);
    laneBytes.set(bytes);
    const word = lanes.getInt32(0, true);
    if (word === lanes.getInt32(4, true) && word === lanes.getInt32(8, true) && word === lanes.getInt32(12, true)) return this.i32(word).op("i32x4.splat");
    this.#opcode((SIMD_PREFIX << 16) | 12);
    this.#body.append(bytes);
    return this;
  }
  /** A vector constant; one value is repeated in all lanes. */
  f32x4(a: number, b = a, c = a, d = a): this {
    lanes.setFloat32(0, a, true);
    lanes.setFloat32(4, b, true);
    lanes.setFloat32(8, c, true);
    lanes.setFloat32(12, d, true);
    return this.v128(laneBytes);
  }
  f64x2(a: number, b = a): this {
    lanes.setFloat64(0, a, true);
    lanes.setFloat64(8, b, true);
    return this.v128(laneBytes);
  }
  i32x4(a: number, b = a, c = a, d = a): this {
    lanes.setInt32(0, a, true);
    lanes.setInt32(4, b, true);
    lanes.setInt32(8, c, true);
    lanes.setInt32(12, d, true);
    return this.v128(laneBytes);
  }
  i64x2(a: bigint, b = a): this {
    lanes.setBigInt64(0, a, true);
    lanes.setBigInt64(8, b, true);
    return this.v128(laneBytes);
  }
  i16x8(a: number): this {
    for (let lane = 0; lane < 16; lane += 2) lanes.setInt16(lane, a, true);
    return this.v128(laneBytes);
  }
  i8x16(a: number): this {
    laneBytes.fill(a);
    return this.v128(laneBytes);
  }

  /** Loads from [address + offset]; `alignment` in bytes is a hint and defaults to the natural one. */
  load(name: LoadOp, offset = 0, alignment?: number): this {
    return this.#access(memoryOpcodes[name], offset, alignment);
  }
  store(name: StoreOp, offset = 0, alignment?: number): this {
    return this.#access(memoryOpcodes[name], offset, alignment);
  }
  /** Atomic loads, stores, read-modify-writes, wait and notify; traps on unaligned addresses. */
  atomic(name: AtomicOp, offset = 0): this {
    return this.#access(memoryOpcodes[name], offset, undefined);
  }
  atomicFence(): this {
    this.#opcode((ATOMIC_PREFIX << 16) | 3);
    this.#body.byte(0);
    return this;
  }
  loadLane(name: Extract<LaneMemoryOp, `v128.load${string}`>, lane: number, offset = 0, alignment?: number): this {
    return this.#accessLane(name, lane, offset, alignment);
  }
  storeLane(name: Extract<LaneMemoryOp, `v128.store${string}`>, lane: number, offset = 0, alignment?: number): this {
    return this.#accessLane(name, lane, offset, alignment);
  }
  /** Extracts or replaces a lane. */
  lane(name: LaneOp, lane: number): this {
    const [opcode, count] = laneOpcodes[name];
    if (!(lane >= 0 && lane < count)) throw new InternalError(`${name} of lane ${lane}`);
    this.#opcode((SIMD_PREFIX << 16) | opcode);
    this.#body.byte(lane);
    return this;
  }
  /** i8x16.shuffle: 16 byte indices into the two operands, 0..31. */
  shuffleBytes(indices: readonly number[]): this {
    if (indices.length !== 16) throw new InternalError(`shuffle of ${indices.length} bytes`);
    this.#opcode((SIMD_PREFIX << 16) | 13);
    this.#body.append(indices);
    return this;
  }
  /** i8x16.shuffle by whole lanes: 2, 4, 8 or 16 lane indices into the two operands, the second counted after the first. */
  shuffle(indices: readonly number[]): this {
    const width = 16 / indices.length;
    return this.shuffleBytes(indices.flatMap((lane) => Array.from({ length: width }, (_, byte) => lane * width + byte)));
  }

  block(body: (end: Label) => void, result?: ValueType): this {
    return this.#nested(0x02, result, body);
  }
  /** A branch to the label goes back to the start. */
  loop(body: (start: Label) => void, result?: ValueType): this {
    return this.#nested(0x03, result, body);
  }
  /** Takes an i32 condition from the stack. */
  if(then: (end: Label) => void, otherwise?: (end: Label) => void, result?: ValueType): this {
    return this.#nested(0x04, result, (end) => {
      then(end);
      if (otherwise !== undefined) {
        this.#body.byte(0x05);
        otherwise(end);
      }
    });
  }
  br(label: Label): this {
    return this.#indexed(0x0c, this.#relativeDepth(label));
  }
  brIf(label: Label): this {
    return this.#indexed(0x0d, this.#relativeDepth(label));
  }
  /** Branches to `labels[i]` for the i32 on the stack, to `otherwise` where i is past the last. */
  brTable(labels: readonly Label[], otherwise: Label): this {
    this.#indexed(0x0e, labels.length);
    for (const label of labels) this.#body.u32(this.#relativeDepth(label));
    this.#body.u32(this.#relativeDepth(otherwise));
    return this;
  }
  call(functionIndex: number): this {
    return this.#indexed(0x10, functionIndex);
  }
  /** Takes a place in the module's table from the stack, after the arguments. */
  callIndirect(typeIndex: number): this {
    this.#usesTable = true;
    this.#indexed(0x11, typeIndex);
    this.#body.u32(0);
    return this;
  }

  memorySize(): this {
    return this.#indexed(0x3f, 0);
  }
  /** Takes a number of pages; gives the old size, or -1. */
  memoryGrow(): this {
    return this.#indexed(0x40, 0);
  }
  /** Takes destination, source in the segment, and length. */
  memoryInit(dataSegment: number): this {
    return this.#misc(8, dataSegment, 0);
  }
  dataDrop(dataSegment: number): this {
    return this.#misc(9, dataSegment);
  }
  /** Takes destination, source and length; the ranges may overlap. */
  memoryCopy(): this {
    return this.#misc(10, 0, 0);
  }
  /** Takes destination, byte value and length. */
  memoryFill(): this {
    return this.#misc(11, 0);
  }

  /** Appends the function's entry in the code section: size, local declarations, body. */
  encode(out: ByteBuffer): void {
    if (this.#depth !== 0) throw new InternalError("a function is encoded inside one of its own blocks");
    const declarations = new ByteBuffer(64);
    const runs = this.#localRuns();
    declarations.u32(runs.length);
    for (const [count, type] of runs) {
      declarations.u32(count);
      declarations.byte(valueTypeBytes[type]);
    }
    const body = this.#withoutUnreadTees();
    out.u32(declarations.length + body.length + 1);
    out.append(declarations.view());
    out.append(body.view());
    out.byte(0x0b);
  }

  #withoutUnreadTees(): ByteBuffer {
    const unread = this.#tees.filter(({ local }) => this.#reads[local] === undefined);
    if (unread.length === 0) return this.#body;
    const all = this.#body.view();
    const kept = new ByteBuffer(all.length);
    let from = 0;
    for (const { at, local } of unread) {
      kept.append(all.subarray(from, at));
      from = at + 1 + bytesOfU32(local);
    }
    kept.append(all.subarray(from));
    return kept;
  }

  #localRuns(): [count: number, type: ValueType][] {
    const runs: [number, ValueType][] = [];
    for (const type of this.#locals) {
      const last = runs.at(-1);
      if (last?.[1] === type) last[0]++;
      else runs.push([1, type]);
    }
    return runs;
  }

  #opcode(packed: PackedOpcode): void {
    if (packed < 0x10000) {
      this.#body.byte(packed);
    } else {
      this.#body.byte(packed >> 16);
      this.#body.u32(packed & 0xffff);
    }
  }

  #indexed(opcode: number, index: number): this {
    this.#body.byte(opcode);
    this.#body.u32(index);
    return this;
  }

  #misc(opcode: number, first: number, second?: number): this {
    this.#opcode((MISC_PREFIX << 16) | opcode);
    this.#body.u32(first);
    if (second !== undefined) this.#body.u32(second);
    return this;
  }

  #access([opcode, natural]: MemoryOpcode, offset: number, alignment: number | undefined): this {
    this.#opcode(opcode);
    this.#body.u32(alignment === undefined ? natural : 31 - Math.clz32(alignment));
    this.#body.u32(offset);
    return this;
  }

  #accessLane(name: LaneMemoryOp, lane: number, offset: number, alignment: number | undefined): this {
    const [opcode, natural] = laneMemoryOpcodes[name];
    if (!(lane >= 0 && lane < 16 >> natural)) throw new InternalError(`${name} of lane ${lane}`);
    this.#opcode((SIMD_PREFIX << 16) | opcode);
    this.#body.u32(alignment === undefined ? natural : 31 - Math.clz32(alignment));
    this.#body.u32(offset);
    this.#body.byte(lane);
    return this;
  }

  #nested(opcode: number, result: ValueType | undefined, body: (label: Label) => void): this {
    this.#body.byte(opcode);
    this.#body.byte(result === undefined ? EMPTY_BLOCK : valueTypeBytes[result]);
    body(++this.#depth as Label);
    this.#depth--;
    this.#body.byte(0x0b);
    return this;
  }

  #relativeDepth(label: Label): number {
    if (label > this.#depth) throw new InternalError("a branch to a block that it does not stand in");
    return this.#depth - label;
  }
}
