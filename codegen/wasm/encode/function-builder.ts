// The body of one function, written straight into bytes: each method appends one instruction and returns the builder.
// Control flow nests as the source does (`f.loop((top) => { ...; f.brIf(top); })`); a label is the block it names,
// and its relative depth is computed where it is used. Operands are not type-checked here: the engine validates.

import { InternalError } from "../../../ir/errors.ts";
import { ByteBuffer } from "./bytes.ts";
import {
  type AtomicOp, type LaneMemoryOp, type LaneOp, type LoadOp, MISC_PREFIX, type MemoryOpcode, type PackedOpcode,
  type PlainOp, SIMD_PREFIX, type StoreOp, laneMemoryOpcodes, laneOpcodes, memoryOpcodes, plainOpcodes,
} from "./opcodes.ts";
import { EMPTY_BLOCK, type Signature, type ValueType, valueTypeBytes } from "./value-types.ts";

/** Index of a parameter or local variable. */
export type Local = number;

declare const labelBrand: unique symbol;
/** A block that branches can leave (or, for a loop, restart). Valid only inside that block. */
export type Label = number & { readonly [labelBrand]: never };

const LOCAL_TEE = 0x22;

/** Operations with the same bits whichever operand comes first (but for those of a NaN, which engines choose). */
const commutative: ReadonlySet<PlainOp> = new Set([
  "i32.add", "i32.mul", "i32.and", "i32.or", "i32.xor", "i64.add", "i64.mul", "f32.add", "f32.mul", "f64.add", "f64.mul",
  "i32x4.add", "i32x4.mul", "i64x2.add", "v128.and", "v128.or", "v128.xor", "f32x4.add", "f32x4.mul", "f64x2.add", "f64x2.mul",
]);

/** An instruction on a local: the bytes from `at` to `end`. */
interface LocalAccess {
  readonly local: Local;
  readonly at: number;
  readonly end: number;
}

export class FunctionBuilder {
  readonly signature: Signature;
  readonly #body = new ByteBuffer();
  readonly #locals: ValueType[] = [];
  #depth = 0;
  #usesTable = false;
  /** Where the body's local.tee instructions are, and how often each local is read: a tee that nobody reads is left out. */
  readonly #tees: LocalAccess[] = [];
  readonly #reads: (number | undefined)[] = [];
  #lastSet: LocalAccess | undefined;
  /** The reads that follow the last set without anything in between. */
  #readsAfterSet: LocalAccess[] = [];

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
    const last = this.#lastSet;
    if (last?.local === local && last.end === this.#body.length) {
      this.#keepOnStack(last);
      return this;
    }
    this.#countRead(local, 1);
    const follows = (this.#readsAfterSet.at(-1) ?? last)?.end === this.#body.length;
    const read = this.#access(0x20, local);
    if (follows) this.#readsAfterSet.push(read);
    return this;
  }
  set(local: Local): this {
    this.#lastSet = this.#access(0x21, local);
    this.#readsAfterSet = [];
    return this;
  }
  tee(local: Local): this {
    this.#tees.push(this.#access(LOCAL_TEE, local));
    return this;
  }

  /** Any instruction without immediates. */
  op(name: PlainOp): this {
    if (commutative.has(name)) this.#keepSecondOperand();
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
  v128(bytes: Uint8Array): this {
    if (bytes.length !== 16) throw new InternalError(`v128.const of ${bytes.length} bytes`);
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    const [first, ...others] = [0, 4, 8, 12].map((at) => view.getInt32(at, true)) as [number, number, number, number];
    if (others.every((word) => word === first)) return this.i32(first).op("i32x4.splat");
    this.#opcode((SIMD_PREFIX << 16) | 12);
    this.#body.append(bytes);
    return this;
  }

  /** Loads from [address + offset]; `alignment` in bytes is a hint and defaults to the natural one. */
  load(name: LoadOp, offset = 0, alignment?: number): this {
    return this.#memory(memoryOpcodes[name], offset, alignment);
  }
  store(name: StoreOp, offset = 0, alignment?: number): this {
    return this.#memory(memoryOpcodes[name], offset, alignment);
  }
  /** Atomic loads, stores, read-modify-writes, wait and notify; traps on unaligned addresses. */
  atomic(name: AtomicOp, offset = 0): this {
    return this.#memory(memoryOpcodes[name], offset, undefined);
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

  /** Of `set x; get y; get x` before a commutative operation: x stays on the stack. */
  #keepSecondOperand(): void {
    const [last, [other, again, more]] = [this.#lastSet, this.#readsAfterSet];
    if (last === undefined || other === undefined || again === undefined || more !== undefined) return;
    if (again.local !== last.local || other.local === last.local || again.end !== this.#body.length) return;
    this.#body.truncate(again.at);
    this.#countRead(again.local, -1);
    this.#keepOnStack(last);
  }

  #keepOnStack(set: LocalAccess): void {
    this.#body.patch(set.at, LOCAL_TEE);
    this.#tees.push(set);
    this.#lastSet = undefined;
    this.#readsAfterSet = [];
  }

  #countRead(local: Local, change: 1 | -1): void {
    this.#reads[local] = (this.#reads[local] ?? 0) + change;
  }

  #withoutUnreadTees(): ByteBuffer {
    const unread = this.#tees.filter(({ local }) => (this.#reads[local] ?? 0) === 0);
    if (unread.length === 0) return this.#body;
    const all = this.#body.view();
    const kept = new ByteBuffer(all.length);
    let from = 0;
    for (const { at, end } of unread) {
      kept.append(all.subarray(from, at));
      from = end;
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

  #access(opcode: number, local: Local): LocalAccess {
    const at = this.#body.length;
    this.#indexed(opcode, local);
    return { local, at, end: this.#body.length };
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

  #memory([opcode, natural]: MemoryOpcode, offset: number, alignment: number | undefined): this {
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
