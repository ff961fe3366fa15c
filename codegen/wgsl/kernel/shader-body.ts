// The statements of one shader's main function: instructions of a kernel as one invocation runs them, in the order that the kernel fixes.

import { InternalError } from "../../../ir/errors.ts";
import type { Carried, Instruction, Kernel, LoadInstruction, LoopInstruction, OpInstruction, StoreInstruction, ValueId } from "../../../ir/kernel/kernel.ts";
import { type CombineOp, identityOf, isBaseOp, type MathOp } from "../../../ir/kernel/scalar.ts";
import { normalize } from "../../../ir/kernel/scalar-meaning.ts";
import type { BoundBuffers } from "./bound-buffers.ts";
import { builtInMath } from "./built-in-math.ts";
import { neededIn } from "./dependence.ts";
import type { FourLanes } from "./fours.ts";
import { type FunctionName, nameOf } from "./functions.ts";
import type { KnownSizes } from "./grid.ts";
import type { Kept } from "./kept.ts";
import { letters, type Lanes, ofLanes } from "./lanes.ts";
import type { PlaceOffsets } from "./offsets.ts";
import { scalarForms } from "./scalar-ops.ts";
import { constantText, type ShaderDType, shaderDType } from "./shader-dtype.ts";

/** One of the turns in which an invocation goes through a row. */
export interface Keeping {
  readonly kept: Kept;
  readonly turn: number;
  /** Whether an invocation may be outside. */
  readonly inside: boolean;
}

/** The variable of what is kept in a turn. */
export function keptAs(number: number, turn: number): string {
  return `kept${number}_${turn}`;
}

export class ShaderBody {
  readonly kernel: Kernel;
  readonly bound: BoundBuffers;
  /** Functions that it calls. */
  readonly functions = { 1: new Set<FunctionName>(), 4: new Set<FunctionName>() };
  readonly lines: string[] = [];
  readonly #sizes: KnownSizes;
  readonly #dtypes = new Map<ValueId, ShaderDType>();
  /** Bindings that are declared as vectors of four. */
  readonly wideBindings: ReadonlySet<number>;
  /** Of the instructions that follow. */
  #fours: FourLanes | undefined;
  #keeping: Keeping | undefined;
  #indent = "  ";
  #needsZero = false;

  /** `sizes`: those that are written as numbers, not read from the uniform. */
  constructor(kernel: Kernel, bound: BoundBuffers, sizes: KnownSizes = [], wide: ReadonlySet<number> = new Set()) {
    this.kernel = kernel;
    this.wideBindings = wide;
    this.bound = bound;
    this.#sizes = sizes;
  }

  /** Whether it reads `zero`, which is 0 but not for a compiler to know. */
  get needsZero(): boolean {
    return this.#needsZero;
  }

  line(text: string): void {
    this.#needsZero ||= /\bzero\)/.test(text);
    this.lines.push(this.#indent + text);
  }

  block(head: string, write: () => void): void {
    const outer = this.#indent;
    this.line(head === "" ? "{" : `${head} {`);
    this.#indent += "  ";
    write();
    this.#indent = outer;
    this.line("}");
  }

  define(id: ValueId, dtype: ShaderDType, value: string, as: "let" | "var" = "let"): void {
    this.#dtypes.set(id, dtype);
    this.line(`${as} v${id} = ${value};`);
  }

  dtype(dtype: Carried["dtype"]): ShaderDType {
    return shaderDType(dtype, this.kernel.name);
  }

  combine(op: CombineOp, dtype: ShaderDType, a: string, b: string, lanes: Lanes = 1): string {
    return ofLanes(scalarForms[op]({ from: dtype, to: dtype, args: [a, b], use: this.#use(lanes) }), lanes);
  }

  identity(op: CombineOp, dtype: ShaderDType, lanes: Lanes = 1): string {
    return ofLanes(`${letters[dtype]}{${constantText(Number(normalize(identityOf(op, dtype), dtype)), dtype)}}`, lanes);
  }

  /** In what is written, values and accesses have four lanes as it says. */
  inFours(fours: FourLanes | undefined, write: () => void): void {
    const outer = this.#fours;
    this.#fours = fours;
    write();
    this.#fours = outer;
  }

  /** In what is written, what is kept of a row is that of a turn; stores are for those who are `inside`. */
  keeping(turn: Keeping, write: () => void): void {
    this.#keeping = turn;
    write();
    this.#keeping = undefined;
  }

  /** How many elements a value has. */
  lanesOf(id: ValueId): Lanes {
    return this.#fours?.values.has(id) === true ? 4 : 1;
  }

  /** A value with an element in each lane. */
  value(id: ValueId, lanes: Lanes): string {
    if (lanes === 1 || this.lanesOf(id) === 4) return `v${id}`;
    return id === this.#fours?.index ? `(vec4i(v${id}) + vec4i(0, 1, 2, 3))` : ofLanes(`${letters[this.#dtypes.get(id)!]}{v${id}}`, 4);
  }

  /** Loops as one range: their indices from a place in it, and at each the values that stand in it beside the next loop. `four`: the place is the first of so many fours. */
  atPlace(loops: readonly LoopInstruction[], at: string, innermost: (loop: LoopInstruction) => void, four = false): void {
    loops.forEach((loop, i) => {
      this.#indices([loop], loops, at, four);
      if (i === loops.length - 1) innermost(loop);
      else this.instructions(loop.body.filter(({ kind }) => kind !== "loop"));
    });
  }

  /** Indices of some of the loops of a range, at a place in it. */
  #indices(some: readonly LoopInstruction[], loops: readonly LoopInstruction[], at: string, four: boolean): void {
    const extents = this.extents(loops, four);
    for (const loop of some) {
      const i = loops.indexOf(loop);
      const inner = extents.slice(i + 1);
      const quotient = inner.length === 0 ? at : inner.length === 1 ? `${at} / ${inner[0]}` : `${at} / (${inner.join(" * ")})`;
      this.define(loop.index, "i32", `i32(${i === 0 ? quotient : `${quotient} % ${extents[i]}`})${four && inner.length === 0 ? " * 4" : ""}`);
    }
  }

  /** A place of a grid by where its elements lie: only what is needed besides is computed. In fours, `at` counts fours of places. */
  atOffsets(loops: readonly LoopInstruction[], at: string, offsets: PlaceOffsets, fours: FourLanes | undefined): void {
    const place = loops.flatMap(({ body }, i) => (i === loops.length - 1 ? body : body.filter(({ kind }) => kind !== "loop")));
    const textOf = (offset: ValueId): string | undefined => offsets.text(offset, at, fours !== undefined);
    const read = neededIn(place, (offset) => textOf(offset) !== undefined);
    this.#indices(loops.filter(({ index }) => read.has(index)), loops, at, fours !== undefined);
    this.inFours(fours, () => {
      for (const instruction of place) {
        if (instruction.kind === "load" || instruction.kind === "store") this.#access(instruction, textOf(instruction.offset));
        else if (instruction.kind === "loop" || read.has(instruction.id)) this.instruction(instruction);
      }
    });
  }

  /** `at`: the offset as a u32, of four neighbours in fours. Absent: it is the value. */
  #access(instruction: LoadInstruction | StoreInstruction, at?: string): void {
    const { kind, buffer, offset } = instruction;
    const lanes = this.#fours?.accesses.has(instruction) === true ? 4 : 1;
    const element = this.wideBindings.has(this.bound.bindings[buffer]!)
      ? (lanes === 4 ? { at: at ?? `u32(v${offset}) / 4u` } : { at: `(${at ?? `u32(v${offset})`}) / 4u`, component: `(${at ?? `u32(v${offset})`}) % 4u` })
      : { at };
    const keeping = this.#keeping;
    const [from, saved] = [keeping?.kept.from.get(instruction), keeping?.kept.saves.get(instruction)];
    if (kind === "load") this.define(instruction.id, this.dtype(instruction.dtype), from === undefined ? this.bound.load(buffer, offset, element, lanes) : keptAs(from, keeping!.turn));
    const value = this.value(kind === "load" ? instruction.id : instruction.value, lanes);
    if (saved !== undefined) this.line(`${keptAs(saved, keeping!.turn)} = ${value};`);
    if (kind === "load" || keeping?.kept.dead.has(instruction) === true) return;
    const store = this.bound.store(buffer, offset, value, element, lanes);
    this.line(keeping?.inside === true ? `if (inside) { ${store} }` : store);
  }

  /** Of loops that are one range, as u32; `four`: the innermost in fours. */
  extents(loops: readonly LoopInstruction[], four = false): string[] {
    return loops.map(({ extent }, i) => (four && i === loops.length - 1 ? `(u32(v${extent}) / 4u)` : `u32(v${extent})`));
  }

  instructions(body: readonly Instruction[]): void {
    for (const instruction of body) this.instruction(instruction);
  }

  instruction(instruction: Instruction): void {
    switch (instruction.kind) {
      case "constant": {
        const dtype = this.dtype(instruction.dtype);
        this.define(instruction.id, dtype, constantText(Number(instruction.value), dtype));
        break;
      }
      case "size": this.define(instruction.id, "i32", this.#size(instruction.parameter)); break;
      case "op": this.define(instruction.id, this.dtype(instruction.dtype), this.#operation(instruction)); break;
      case "load": case "store": this.#access(instruction); break;
      case "loop": this.#loop(instruction);
    }
  }

  #size(parameter: number): string {
    const known = this.#sizes[parameter];
    return known === undefined ? `sizes.s${parameter}` : `${known}i`;
  }

  #operation(instruction: OpInstruction): string {
    const lanes = this.lanesOf(instruction.id);
    const args = instruction.args.map((arg) => this.value(arg, lanes));
    return ofLanes(this.#form(instruction, args, lanes), lanes);
  }

  #form({ op, dtype, args: operands }: OpInstruction, args: readonly string[], lanes: Lanes): string {
    if (!isBaseOp(op)) return this.#builtIn(op, args);
    const from = this.#dtypes.get(operands[op === "select" ? 1 : 0]!);
    if (from === undefined) throw new InternalError(`kernel ${this.kernel.name}: an operand of ${op} is not defined`);
    return scalarForms[op]({ from, to: this.dtype(dtype), args, use: this.#use(lanes), lanes });
  }

  #builtIn(op: MathOp, args: readonly string[]): string {
    const name = builtInMath[op];
    if (name === undefined) throw new InternalError(`kernel ${this.kernel.name}: ${op} is not expanded`);
    return `${name}(${args.join(", ")})`;
  }

  #use(lanes: Lanes): (name: FunctionName) => string {
    return (name) => {
      this.functions[lanes].add(name);
      return nameOf(name, lanes);
    };
  }

  /** Carried values are variables named as their results; with lanes, arrays that are joined after the loop. */
  #loop({ index, extent, lanes, carried, body }: LoopInstruction): void {
    const held = ({ result }: Carried): string => (lanes === 1 ? `v${result}` : `lanes${result}[v${index} % ${lanes}]`);
    for (const value of carried) {
      const dtype = this.dtype(value.dtype);
      if (lanes === 1) this.startCarried(value);
      else this.#startLanes(value, dtype, lanes);
    }
    this.count({ index, extent }, () => this.turn(carried, held, body));
    if (lanes > 1) for (const value of carried) this.#joinLanes(value, this.dtype(value.dtype), lanes);
  }

  /** The variable of what a loop carries, named as its result. */
  startCarried({ dtype, init, result }: Carried): void {
    this.define(result, this.dtype(dtype), this.value(init, this.lanesOf(result)), "var");
  }

  /** Counts the index from 0. */
  count({ index, extent }: Pick<LoopInstruction, "index" | "extent">, write: () => void): void {
    this.#dtypes.set(index, "i32");
    this.block(`for (var v${index} = 0; v${index} < v${extent}; v${index}++)`, write);
  }

  /** One iteration; `held` is the variable of what it carries. */
  turn(carried: readonly Carried[], held: (value: Carried) => string, body: readonly Instruction[], write = (of: readonly Instruction[]): void => this.instructions(of)): void {
    for (const value of carried) this.define(value.current, this.dtype(value.dtype), held(value));
    write(body);
    for (const value of carried) this.line(`${held(value)} = ${this.value(value.next, this.lanesOf(value.current))};`);
  }

  #startLanes({ result, combine }: Carried, dtype: ShaderDType, lanes: number): void {
    if (combine === undefined) throw new InternalError(`kernel ${this.kernel.name}: lanes without combine`);
    this.line(`let identity${result} = ${this.identity(combine, dtype)};`);
    this.line(`var lanes${result} = array<${dtype}, ${lanes}>(${Array.from({ length: lanes }, () => `identity${result}`).join(", ")});`);
  }

  /** Upper half onto lower half until one is left; the initial value comes first. */
  #joinLanes({ result, init, combine }: Carried, dtype: ShaderDType, lanes: number): void {
    this.block(`for (var half = ${lanes / 2}; half > 0; half /= 2)`, () => {
      this.block("for (var lane = 0; lane < half; lane++)", () => {
        this.line(`let low = lanes${result}[lane];`);
        this.line(`let high = lanes${result}[lane + half];`);
        this.line(`lanes${result}[lane] = ${this.combine(combine!, dtype, "low", "high")};`);
      });
    });
    this.line(`let joined${result} = lanes${result}[0];`);
    this.define(result, dtype, this.combine(combine!, dtype, `v${init}`, `joined${result}`));
  }
}
