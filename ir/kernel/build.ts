// Builds kernels: scoped SSA with common subexpressions merged and integer constants folded. An operation lands in
// the innermost open loop that one of its operands belongs to; so loop-invariant work stands outside by construction.

import { InternalError } from "../errors.ts";
import { type DType, isFloat } from "../types.ts";
import type { Access, Carried, Instruction, Kernel, ValueId } from "./kernel.ts";
import { type CombineOp, isBaseOp, type ScalarOp } from "./scalar.ts";
import { applyBaseOp, normalize } from "./scalar-meaning.ts";

interface Scope {
  readonly depth: number;
  readonly body: Instruction[];
  /** Operations and loads by hash: texts as keys would cost more than all else that the builder does. */
  readonly known: Map<number, Known>;
}

/** What was built from an op, a dtype and up to three numbers, in a list of those with one hash. */
interface Known {
  readonly id: ValueId;
  readonly op: ScalarOp | "load";
  readonly dtype: DType;
  readonly a: number;
  readonly b: number;
  readonly c: number;
  readonly next: Known | undefined;
}

function hashOf(op: string, dtype: DType, a: number, b: number, c: number): number {
  const tag = op.charCodeAt(0) * 31 + op.charCodeAt(op.length - 1) * 7 + op.length + dtype.charCodeAt(0) * 5 + dtype.length;
  return Math.imul(Math.imul(Math.imul(tag, 0x9e3779b1) + a, 0x85ebca6b) + b, 0xc2b2ae35) + c | 0;
}

interface Definition {
  readonly dtype: DType;
  readonly depth: number;
  readonly constant: number | bigint | undefined;
  /** Of min(x, c) on floats: c. */
  readonly atMost?: number;
}

const comparisons: ReadonlySet<ScalarOp> = new Set<ScalarOp>(["eq", "ne", "lt", "le", "gt", "ge"]);
const commutative: ReadonlySet<ScalarOp> = new Set<ScalarOp>(["add", "mul", "min", "max", "and", "or", "xor", "eq", "ne"]);

/** What a loop's body returns: the next value of each carried one. */
export type LoopBody = (index: ValueId, current: readonly ValueId[]) => readonly ValueId[];

export interface LoopOptions {
  readonly order: "parallel" | "serial";
  readonly lanes?: number;
  readonly init?: readonly ValueId[];
  /** Per carried value; absent: iterations depend on each other. */
  readonly combine?: readonly (CombineOp | undefined)[];
}

export class KernelBuilder {
  readonly #name: string;
  readonly #buffers: { dtype: DType; access: Access }[] = [];
  readonly #definitions: Definition[] = [];
  readonly #scopes: Scope[] = [{ depth: 0, body: [], known: new Map() }];
  #sizes = 0;
  /** Bumped by every store: loads before and after a store of the same buffer are different values. */
  readonly #epochs: number[] = [];
  readonly #constants = new Map<DType, Map<number | bigint | string, ValueId>>();

  constructor(name: string) {
    this.#name = name;
  }

  // --- parameters
  buffer(dtype: DType, access: Access): number {
    this.#epochs.push(0);
    return this.#buffers.push({ dtype, access }) - 1;
  }

  setAccess(buffer: number, access: Access): void {
    this.#buffers[buffer]!.access = access;
  }

  sizeParameter(): ValueId {
    const parameter = this.#sizes++;
    return this.#insert(0, "i32", undefined, (id) => ({ kind: "size", id, parameter }));
  }

  // --- values
  dtypeOf(value: ValueId): DType {
    return this.#definition(value).dtype;
  }

  /** The value if it is a constant. */
  constantOf(value: ValueId): number | bigint | undefined {
    return this.#definition(value).constant;
  }

  /** What a float is known not to exceed, NaN aside: Infinity where nothing is known. */
  upperBoundOf(value: ValueId): number {
    return this.#definition(value).atMost ?? Infinity;
  }

  constant(value: number | bigint | boolean, dtype: DType): ValueId {
    const normal = isFloat(dtype) ? normalize(Number(value), dtype) : dtype === "i64" ? BigInt(value) : Number(value);
    let known = this.#constants.get(dtype);
    if (known === undefined) this.#constants.set(dtype, known = new Map());
    // A Map takes 0 and -0 for one key.
    const key = Object.is(normal, -0) ? "-0" : normal;
    let id = known.get(key);
    if (id === undefined) {
      id = this.#insert(0, dtype, normal, (at) => ({ kind: "constant", id: at, dtype, value: normal }));
      known.set(key, id);
    }
    return id;
  }

  i32(value: number): ValueId {
    return this.constant(value, "i32");
  }

  /** Any scalar operation but convert and bitcast. */
  op(op: ScalarOp, ...args: readonly ValueId[]): ValueId {
    const simple = this.#simplify(op, args);
    if (simple !== undefined) return simple;
    const dtype = comparisons.has(op) ? "bool" : this.dtypeOf(op === "select" ? args[1]! : args[0]!);
    return this.#operation(op, dtype, args);
  }

  convert(value: ValueId, dtype: DType): ValueId {
    return this.dtypeOf(value) === dtype ? value : this.#operation("convert", dtype, [value]);
  }

  bitcast(value: ValueId, dtype: DType): ValueId {
    return this.dtypeOf(value) === dtype ? value : this.#operation("bitcast", dtype, [value]);
  }

  add(a: ValueId, b: ValueId): ValueId { return this.op("add", a, b); }
  sub(a: ValueId, b: ValueId): ValueId { return this.op("sub", a, b); }
  mul(a: ValueId, b: ValueId): ValueId { return this.op("mul", a, b); }
  div(a: ValueId, b: ValueId): ValueId { return this.op("div", a, b); }
  rem(a: ValueId, b: ValueId): ValueId { return this.op("rem", a, b); }
  min(a: ValueId, b: ValueId): ValueId { return this.op("min", a, b); }
  max(a: ValueId, b: ValueId): ValueId { return this.op("max", a, b); }
  select(condition: ValueId, a: ValueId, b: ValueId): ValueId { return this.op("select", condition, a, b); }

  load(buffer: number, offset: ValueId): ValueId {
    const { dtype } = this.#buffers[buffer]!;
    // A load of a buffer that this kernel also writes stays where it is asked for.
    const depth = this.#buffers[buffer]!.access === "read" ? this.#definition(offset).depth : this.#innermost().depth;
    return this.#intern(depth, "load", dtype, buffer, offset, this.#epochs[buffer]!, (id) => ({ kind: "load", id, dtype, buffer, offset }));
  }

  store(buffer: number, offset: ValueId, value: ValueId): void {
    this.#epochs[buffer] = this.#epochs[buffer]! + 1;
    this.#innermost().body.push({ kind: "store", buffer, offset, value });
  }

  /** Opens a loop, builds its body, and returns the carried values after the last iteration. */
  loop(extent: ValueId, options: LoopOptions, body: LoopBody): readonly ValueId[] {
    const outer = this.#innermost();
    const scope: Scope = { depth: outer.depth + 1, body: [], known: new Map() };
    this.#scopes.push(scope);
    const index = this.#define("i32", scope.depth, undefined);
    const init = options.init ?? [];
    const current = init.map((value) => this.#define(this.dtypeOf(value), scope.depth, undefined));
    const next = body(index, current);
    if (next.length !== init.length) throw new InternalError(`loop: ${init.length} carried values, ${next.length} returned`);
    this.#scopes.pop();
    const carried = init.map((value, i): Carried => ({
      dtype: this.dtypeOf(value), init: value, current: current[i]!, next: next[i]!,
      result: this.#define(this.dtypeOf(value), outer.depth, undefined), combine: options.combine?.[i],
    }));
    outer.body.push({
      kind: "loop", index, extent, order: options.order, lanes: options.lanes ?? 1, carried, body: scope.body,
    });
    return carried.map((value) => value.result);
  }

  finish(): Kernel {
    return { name: this.#name, buffers: this.#buffers, sizes: this.#sizes, body: this.#scopes[0]!.body };
  }

  #innermost(): Scope {
    return this.#scopes[this.#scopes.length - 1]!;
  }

  #definition(value: ValueId): Definition {
    const definition = this.#definitions[value];
    if (definition === undefined) throw new InternalError(`kernel ${this.#name}: value %${value} is not defined`);
    return definition;
  }

  #define(dtype: DType, depth: number, constant: number | bigint | undefined): ValueId {
    return this.#definitions.push({ dtype, depth, constant }) - 1;
  }

  #insert(depth: number, dtype: DType, constant: number | bigint | undefined, make: (id: ValueId) => Instruction): ValueId {
    const id = this.#define(dtype, depth, constant);
    this.#scopes[depth]!.body.push(make(id));
    return id;
  }

  #intern(depth: number, op: Known["op"], dtype: DType, a: number, b: number, c: number, make: (id: ValueId) => Instruction): ValueId {
    const { known } = this.#scopes[depth]!;
    const hash = hashOf(op, dtype, a, b, c);
    const first = known.get(hash);
    for (let at = first; at !== undefined; at = at.next) {
      if (at.a === a && at.b === b && at.c === c && at.op === op && at.dtype === dtype) return at.id;
    }
    const id = this.#insert(depth, dtype, undefined, make);
    known.set(hash, { id, op, dtype, a, b, c, next: first });
    return id;
  }

  #operation(op: ScalarOp, dtype: DType, args: readonly ValueId[]): ValueId {
    let depth = 0;
    for (const arg of args) depth = Math.max(depth, this.#definition(arg).depth);
    const sorted = commutative.has(op) && args[0]! > args[1]! ? [args[1]!, args[0]!] : args;
    const [a, b = -1, c = -1] = sorted;
    const id = this.#intern(depth, op, dtype, a!, b, c, (fresh) => ({ kind: "op", id: fresh, dtype, op, args: sorted }));
    if (op === "min" && isFloat(dtype)) this.#bound(id, sorted);
    return id;
  }

  #bound(minimum: ValueId, args: readonly ValueId[]): void {
    const atMost = Math.min(...args.map((arg) => Number(this.constantOf(arg) ?? this.upperBoundOf(arg))));
    if (!Number.isNaN(atMost)) this.#definitions[minimum] = { ...this.#definition(minimum), atMost };
  }

  /** Laws of i32 index arithmetic and of select; floats are left as they were written. */
  #simplify(op: ScalarOp, args: readonly ValueId[]): ValueId | undefined {
    if (op === "select") {
      const condition = this.constantOf(args[0]!);
      if (condition !== undefined) return condition ? args[1]! : args[2]!;
      return args[1] === args[2] ? args[1] : undefined;
    }
    if (args.length !== 2 || isFloat(this.dtypeOf(args[0]!))) return undefined;
    const dtype = this.dtypeOf(args[0]!);
    const [a, b] = [this.constantOf(args[0]!), this.constantOf(args[1]!)];
    if (dtype === "bool") {
      if (op === "and") return a === 1 ? args[1] : b === 1 ? args[0] : a === 0 ? args[0] : b === 0 ? args[1] : undefined;
      if (op === "or") return a === 0 ? args[1] : b === 0 ? args[0] : a === 1 ? args[0] : b === 1 ? args[1] : undefined;
      return undefined;
    }
    if (dtype !== "i32") return undefined;
    if (typeof a === "number" && typeof b === "number") {
      if (isBaseOp(op) && op !== "convert" && op !== "bitcast") {
        return this.constant(applyBaseOp(op, "i32", [a, b]), comparisons.has(op) ? "bool" : "i32");
      }
    }
    if (op === "add") return a === 0 ? args[1] : b === 0 ? args[0] : undefined;
    if (op === "sub") return b === 0 ? args[0] : undefined;
    if (op === "mul") return a === 1 ? args[1] : b === 1 ? args[0] : a === 0 ? args[0] : b === 0 ? args[1] : undefined;
    if (op === "div") return b === 1 ? args[0] : undefined;
    if (op === "rem") return b === 1 ? this.i32(0) : undefined;
    return undefined;
  }
}
