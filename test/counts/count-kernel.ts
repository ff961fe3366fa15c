// How often a kernel's instructions run at given sizes: by walking its loops, not by running it. Exact: an extent that the
// walk does not know (because it depends on data) is refused.

import type { Instruction, Kernel, LoopInstruction, OpInstruction, ValueId } from "../../ir/kernel/kernel.ts";
import { isBaseOp } from "../../ir/kernel/scalar.ts";
import { applyBaseOp, convertScalar, type Scalar } from "../../ir/kernel/scalar-meaning.ts";
import { type DType, itemSize } from "../../ir/types.ts";

export interface KernelCount {
  /** Bytes. */
  readonly loaded: number;
  readonly stored: number;
  /** Scalar operations, one per element. */
  readonly operations: number;
  /** The loop nest: `128(512/4 10)` is a loop of 128 around one of 512, four at a time, and one of 10. A range where the extent varies. */
  readonly loops: string;
}

type Known = ReadonlyMap<ValueId, { readonly dtype: DType; readonly value: Scalar }>;

interface Tally {
  loaded: number;
  stored: number;
  operations: number;
}

/** Of one loop, over all times that it starts. */
interface LoopRecord {
  readonly lanes: number;
  least: number;
  most: number;
  readonly inner: Map<LoopInstruction, LoopRecord>;
}

export function countKernel(kernel: Kernel, sizes: readonly number[]): KernelCount {
  const tally: Tally = { loaded: 0, stored: 0, operations: 0 };
  const loops = new Map<LoopInstruction, LoopRecord>();
  if (!walk(kernel, kernel.body, sizes, new Map(), 1, tally, loops)) throw new Error(`${kernel.name}: an extent depends on data`);
  return { ...tally, loops: showLoops(loops) };
}

/** Adds `times` runs of the body. False if an extent in it is not known: then nothing was added. */
function walk(kernel: Kernel, body: readonly Instruction[], sizes: readonly number[], outer: Known, times: number, tally: Tally, loops: Map<LoopInstruction, LoopRecord>): boolean {
  const known = new Map(outer);
  const own: Tally = { loaded: 0, stored: 0, operations: 0 };
  const records = new Map<LoopInstruction, LoopRecord>();
  for (const instruction of body) {
    switch (instruction.kind) {
      case "constant": known.set(instruction.id, instruction); break;
      case "size": known.set(instruction.id, { dtype: "i32", value: sizes[instruction.parameter]! }); break;
      case "op": {
        own.operations += times;
        const value = evaluate(instruction, known);
        if (value !== undefined) known.set(instruction.id, { dtype: instruction.dtype, value });
        break;
      }
      case "load": own.loaded += times * itemSize[instruction.dtype]; break;
      case "store": own.stored += times * itemSize[kernel.buffers[instruction.buffer]!.dtype]; break;
      case "loop": {
        const extent = known.get(instruction.extent)?.value;
        if (extent === undefined) return false;
        const record: LoopRecord = { lanes: instruction.lanes, least: Number(extent), most: Number(extent), inner: new Map() };
        if (!walkLoop(kernel, instruction, Number(extent), sizes, known, times, own, record)) return false;
        records.set(instruction, record);
      }
    }
  }
  tally.loaded += own.loaded;
  tally.stored += own.stored;
  tally.operations += own.operations;
  for (const [loop, record] of records) merge(loops, loop, record);
  return true;
}

function walkLoop(kernel: Kernel, loop: LoopInstruction, extent: number, sizes: readonly number[], known: Known, times: number, tally: Tally, record: LoopRecord): boolean {
  if (walk(kernel, loop.body, sizes, known, times * extent, tally, record.inner)) return true;
  // The extent of a loop inside depends on this one's index: take the iterations one by one.
  for (let i = 0; i < extent; i++) {
    const at = new Map(known).set(loop.index, { dtype: "i32", value: i });
    if (!walk(kernel, loop.body, sizes, at, times, tally, record.inner)) return false;
  }
  return true;
}

function merge(into: Map<LoopInstruction, LoopRecord>, loop: LoopInstruction, record: LoopRecord): void {
  const present = into.get(loop);
  if (present === undefined) {
    into.set(loop, record);
    return;
  }
  present.least = Math.min(present.least, record.least);
  present.most = Math.max(present.most, record.most);
  for (const [inner, innerRecord] of record.inner) merge(present.inner, inner, innerRecord);
}

/** The value of an operation on integers that are known. */
function evaluate({ op, dtype, args }: OpInstruction, known: Known): Scalar | undefined {
  const operands = args.map((arg) => known.get(arg));
  if (operands.includes(undefined) || !isBaseOp(op) || op === "bitcast") return undefined;
  const values = operands.map((operand) => operand!.value);
  const from = operands[0]!.dtype;
  return op === "convert" ? convertScalar(values[0]!, from, dtype) : applyBaseOp(op, op === "select" ? dtype : from, values);
}

function showLoops(loops: ReadonlyMap<LoopInstruction, LoopRecord>): string {
  return [...loops.values()].map(({ lanes, least, most, inner }) => {
    const extent = least === most ? String(most) : `${least}..${most}`;
    return `${extent}${lanes === 1 ? "" : `/${lanes}`}${inner.size === 0 ? "" : `(${showLoops(inner)})`}`;
  }).join(" ");
}
