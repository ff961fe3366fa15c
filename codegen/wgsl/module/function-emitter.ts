// The commands of one function. Statements become dispatches in order; what may be left out names the control word that decides.

import { InternalError } from "../../../ir/errors.ts";
import { convolveOperands } from "../../../ir/program/access.ts";
import { describeFunction } from "../../../ir/program/describe-function.ts";
import type { MemoryPlan } from "../../../ir/program/plan.ts";
import type { Buffer, BufferId, Check, Contract, Convolve, If, Launch, Program, Repeat, Statement } from "../../../ir/program/program.ts";
import { statementsOf } from "../../../ir/program/walk.ts";
import { type Dim, dimEquals, evaluateDim, namesInDim } from "../../../ir/size.ts";
import { convolutionSizes, emitConvolution } from "../convolution/emit-convolution.ts";
import { type ConvolutionDescription, multiplyPatches } from "../convolution/multiply-patches.ts";
import { describeProduct, productSizes } from "../product/describe-product.ts";
import { emitInSlices, emitMultiplication, splitOf } from "../product/emit-product.ts";
import type { EpilogueDescription } from "../product/epilogue.ts";
import type { Multiplication } from "../product/multiplication.ts";
import { multiplyMatrices } from "../product/multiply-matrices.ts";
import { type Split, workspaceElements } from "../product/split.ts";
import type { StoredDType, StoredDTypes } from "../product/stored.ts";
import type { Shader } from "../shader.ts";
import type { WebgpuLimits } from "../target.ts";
import { branchShader, checkShader } from "./control-shaders.ts";
import { emitCopy } from "./copy-shader.ts";
import { emitLoop } from "./emit-loop.ts";
import type { FunctionScope } from "./function-scope.ts";
import { type Elements, type Place, Places } from "./places.ts";
import { type Command, controlWords, type GpuFunction, type PlanWord } from "./plan.ts";
import { planSize } from "./plan-size.ts";
import { countReaders, takeEpilogue } from "./take-epilogue.ts";
import type { ConstantTable, ShaderTable } from "./shader-table.ts";
import { type Life, Slots } from "./slots.ts";

/** What the functions of a model share. */
export interface ModelContext {
  readonly limits: WebgpuLimits;
  readonly shaders: ShaderTable;
  readonly constants: ConstantTable;
  /** Whether a check of any function may fail: then nothing writes state after it did, in later calls neither. */
  readonly canFail: boolean;
}

interface WithEpilogue { readonly epilogue?: EpilogueDescription }

/** A product or a convolution, as shaders. */
interface Multiplying {
  readonly operands: readonly [Place, Place];
  readonly words: readonly PlanWord[];
  readonly split: Split | undefined;
  readonly k: Dim;
  /** One, or, of slices, two. */
  emit(epilogue: WithEpilogue): readonly Shader[];
}

export interface EmittedFunction {
  readonly emitted: GpuFunction;
  /** Words of the control buffer that it uses. */
  readonly controlWords: number;
}

export function emitFunction(program: Program, plan: MemoryPlan, context: ModelContext): EmittedFunction {
  return new FunctionEmitter(program, plan, context).run();
}

export function canFail({ body }: Program): boolean {
  return statementsOf(body).some((statement) => statement.kind === "check" || (statement.kind === "repeat" && statement.overrun !== undefined));
}

/** What a size that is not known is taken for, to judge whether a sum is long. */
const typicalSize = 64;

function typical(dim: Dim): number {
  return evaluateDim(dim, new Map([...namesInDim(dim)].map((name) => [name, typicalSize])));
}

/** Whether the rows of the epilogue are those of the product. */
function isMatrix(statement: Contract | Convolve): boolean {
  return statement.kind === "contract" && statement.epilogue !== undefined && dimEquals(statement.batch, 1) && dimEquals(statement.epilogue.sizes[1]!, statement.m);
}

class FunctionEmitter implements FunctionScope {
  readonly places: Places;
  readonly #program: Program;
  readonly #context: ModelContext;
  readonly #slots: Slots;
  readonly #readers: ReadonlyMap<BufferId, number>;
  #commands: Command[] = [];
  /** Everything here is left out where this word is 0; undefined: nothing is, but for what writes state. */
  #word: number | undefined;
  #words: number = controlWords.flags;
  /** Words that have not changed since the last gate that named them. */
  #named = new Set<number>();
  /** Of the statement, as the memory plan counts them. */
  #position = 0;

  constructor(program: Program, plan: MemoryPlan, context: ModelContext) {
    this.#program = program;
    this.#context = context;
    this.#readers = countReaders(program);
    this.#slots = new Slots(plan);
    this.places = new Places(program.buffers, plan, this.#slots, context.constants);
  }

  run(): EmittedFunction {
    const { body, sizeChecks, counts } = this.#program;
    this.body(body);
    const emitted: GpuFunction = {
      ...describeFunction(this.#program), buffers: this.places.planned, slots: this.#slots.slots, placement: this.#slots.placement,
      sizeChecks: sizeChecks.map(({ left, right, error }) => ({ left: planSize(left), right: planSize(right), error })),
      counts: counts.map(planSize), commands: this.#commands,
      canFail: canFail(this.#program) || statementsOf(body).some((statement) => statement.kind === "repeat" && statement.limit === undefined),
    };
    return { emitted, controlWords: this.#words };
  }

  body(body: readonly Statement[]): void {
    for (const statement of body) this.#statement(statement);
  }

  #statement(statement: Statement): void {
    const first = this.#position++;
    const life = { first, last: first };
    switch (statement.kind) {
      case "launch": this.#launch(statement, life); break;
      case "contract": this.#contract(statement, life); break;
      case "convolve": this.#convolve(statement, life); break;
      case "copy": this.copy(statement.from, statement.to); break;
      case "check": this.#check(statement, life); break;
      case "if": this.#if(statement, life); break;
      case "repeat": this.#repeat(statement, first); break;
      case "call": case "log": throw new InternalError(`a ${statement.kind} statement on webgpu`);
    }
  }

  get buffers(): readonly Buffer[] {
    return this.#program.buffers;
  }

  get outer(): number {
    return this.#word ?? (this.#context.canFail ? controlWords.running : -1);
  }

  #control(): Place {
    return this.places.at({ kind: "control" }, 4 * controlWords.flags);
  }

  newWord(): number {
    return this.#words++;
  }

  dispatchControl(shader: Shader, operands: readonly Place[], words: readonly PlanWord[], changed: readonly number[]): void {
    const buffers = [this.#control(), ...operands].map(({ buffer }) => buffer);
    this.#commands.push({ kind: "dispatch", shader: this.#context.shaders.add(shader), buffers, words });
    for (const word of changed) this.#named.delete(word);
  }

  #dispatch(shader: Shader, buffers: readonly number[], words: readonly PlanWord[]): void {
    if (words.length !== shader.sizes || buffers.length !== shader.buffers.length) throw new InternalError(`${shader.name} gets ${buffers.length} buffers and ${words.length} words`);
    const writesState = buffers.some((buffer, i) => shader.buffers[i]!.access !== "read" && this.places.planned[buffer]!.place.kind === "state");
    const gate = this.#word ?? (writesState && this.#context.canFail ? controlWords.running : undefined);
    if (gate !== undefined && !this.#named.has(gate)) this.#gate([gate]);
    this.#commands.push({ kind: "dispatch", shader: this.#context.shaders.add(shader), buffers, words, ...(gate === undefined ? {} : { gate }) });
  }

  #gate(words: readonly number[]): void {
    this.#commands.push({ kind: "gate", words });
    for (const word of words) this.#named.add(word);
  }

  under(word: number | undefined, emit: () => void): void {
    const around = this.#word;
    this.#word = word ?? around;
    emit();
    this.#word = around;
  }

  loopBody(set: readonly number[], emit: () => void): readonly Command[] {
    const around = this.#commands;
    for (const word of set) this.#named.delete(word);
    const before = new Set(this.#named);
    this.#commands = [];
    emit();
    const body = this.#commands;
    this.#commands = around;
    this.#named = new Set([...this.#named].filter((word) => before.has(word)));
    return body;
  }

  push(command: Command): void {
    this.#commands.push(command);
  }

  copy(from: BufferId, to: BufferId): void {
    this.copyPlaces(this.places.of(from), this.places.of(to), this.buffers[to]!);
  }

  copyPlaces(from: Place, to: Place, what: Elements): void {
    if (from.buffer === to.buffer) {
      if (from.bases.length === 0 && to.bases.length === 0) return;
      // Two parts of one buffer: a device takes no buffer twice.
      const aside = this.places.temporary(what, this.#now());
      this.copyPlaces(from, aside, what);
      this.copyPlaces(aside, to, what);
      return;
    }
    this.#dispatch(emitCopy(what.dtype === "f16" ? "f16" : "u32", from.bases.length, to.bases.length), [from.buffer, to.buffer], [planSize(what.elements), ...from.bases, ...to.bases]);
  }

  plain(buffer: BufferId, life: Life): Place {
    const place = this.places.of(buffer);
    return place.bases.length === 0 ? place : this.#aside(place, buffer, life);
  }

  #now(): Life {
    return { first: this.#position - 1, last: this.#position - 1 };
  }

  #aside(place: Place, buffer: BufferId, life: Life): Place {
    const aside = this.places.temporary(this.buffers[buffer]!, life);
    this.copyPlaces(place, aside, this.buffers[buffer]!);
    return aside;
  }

  #launch({ kernel, buffers, sizes }: Launch, life: Life): void {
    const places = buffers.map((buffer) => this.places.of(buffer));
    const bound = [...new Set(places.map(({ buffer }) => buffer))];
    const { shaders, workspaceBytes } = this.#context.shaders.kernel(kernel, {
      storageBuffers: this.#context.limits.storageBuffers, subgroup: this.#context.limits.subgroup, bindings: places.map(({ buffer }) => bound.indexOf(buffer)), bases: places.map(({ bases }) => bases.length),
      sizes: sizes.map((size) => (typeof size === "number" ? size : undefined)),
    });
    if (workspaceBytes > 0) bound.push(this.places.temporary({ dtype: "u32", elements: Math.ceil(workspaceBytes / 4) }, life).buffer);
    const words = [...sizes.map(planSize), ...places.flatMap(({ bases }) => bases)];
    for (const shader of shaders) this.#dispatch(shader, bound, words);
  }

  #contract(contract: Contract, life: Life): void {
    const a = this.places.of(contract.a.buffer);
    const given = this.places.of(contract.b.buffer);
    // A device takes no buffer twice.
    const b = given.buffer === a.buffer ? this.#aside(given, contract.b.buffer, life) : given;
    const base = ({ bases, aligned }: Place) => ({ words: bases.length, aligned });
    const hasBases = a.bases.length + b.bases.length > 0;
    const description = {
      ...describeProduct(contract), ...this.#stored(contract.a.buffer, contract.b.buffer, contract.c), ...(hasBases ? { bases: { a: base(a), b: base(b) } } : {}),
    };
    const multiplication = (epilogue: WithEpilogue): Multiplication => multiplyMatrices({ ...description, ...epilogue });
    const { kind } = this.#context.limits;
    const split = splitOf(multiplication({}), typical(contract.k));
    this.#multiply(contract, contract.c, life, {
      operands: [a, b], words: [...productSizes(contract).map(planSize), ...a.bases, ...b.bases], split, k: contract.k,
      emit: (epilogue) => (split === undefined ? [emitMultiplication(multiplication(epilogue), kind)] : emitInSlices(multiplication(epilogue), split, kind)),
    });
  }

  /** What the buffers of a multiplication hold, if that is not f32 alone. */
  #stored(...buffers: readonly [a: BufferId, b: BufferId, c: BufferId]): { readonly stored?: StoredDTypes } {
    const [a, b, c] = buffers.map((buffer) => (this.buffers[buffer]!.dtype === "f16" ? "f16" : "f32")) as [StoredDType, StoredDType, StoredDType];
    return [a, b, c].includes("f16") ? { stored: { a, b, c } } : {};
  }

  #convolve(convolve: Convolve, life: Life): void {
    const { read, written } = convolveOperands(convolve);
    const [x, given] = read.map((buffer) => this.plain(buffer, life)) as [Place, Place];
    const other = given.buffer === x.buffer ? this.#aside(given, read[1]!, life) : given;
    const { computes, geometry } = convolve;
    const words = convolutionSizes(convolve);
    const places = typeof words[0] === "number" ? { places: words[0] } : {};
    const describe = (epilogue: WithEpilogue): ConvolutionDescription => ({ computes, geometry, ...places, ...this.#stored(read[0]!, read[1]!, written), ...epilogue });
    const { kind } = this.#context.limits;
    const split = computes === "filter" ? splitOf(multiplyPatches(describe({})), typical(words[0]!)) : undefined;
    this.#multiply(convolve, written, life, {
      operands: [x, other], words: words.map(planSize), split, k: words[0]!,
      emit: (epilogue) => (split === undefined ? [emitConvolution(describe(epilogue), kind)] : emitInSlices(multiplyPatches(describe(epilogue)), split, kind)),
    });
  }

  /** What is summed up in slices goes through a workspace. With the last sum, one dispatch where the shader can take the epilogue in, else one for each. */
  #multiply(statement: Contract | Convolve, product: BufferId, life: Life, { operands: [a, b], words, split, k, emit }: Multiplying): void {
    const { epilogue } = statement;
    const partial = split && this.places.temporary({ dtype: "f32", elements: workspaceElements(split, k) }, life);
    const read = partial === undefined ? [a, b] : [partial];
    const run = (given: WithEpilogue, suffix: string, buffers: readonly number[], more: readonly PlanWord[]): void => {
      const shaders = emit(given);
      const last = shaders.at(-1)!;
      if (partial !== undefined) this.#dispatch(shaders[0]!, [a.buffer, b.buffer, partial.buffer], words);
      this.#dispatch({ ...last, name: `${last.name}${suffix}` }, [...read.map(({ buffer }) => buffer), ...buffers], [...words, ...more]);
    };
    const taken = epilogue && takeEpilogue(epilogue, isMatrix(statement), product, read, this, this.#readers, this.#context.limits);
    if (taken !== undefined) {
      run({ epilogue: taken.description }, ` then ${taken.description.kernel.name}`, taken.buffers, taken.words);
      return;
    }
    this.into(product, life, (c) => run({}, "", [c.buffer], []));
    if (epilogue !== undefined) this.#launch(epilogue, life);
  }

  into(buffer: BufferId, life: Life, write: (place: Place) => void): void {
    const place = this.places.of(buffer);
    if (place.bases.length === 0) {
      write(place);
      return;
    }
    const aside = this.places.temporary(this.buffers[buffer]!, life);
    write(aside);
    this.copyPlaces(aside, place, this.buffers[buffer]!);
  }

  #check({ flag, error }: Check, life: Life): void {
    this.dispatchControl(checkShader, [this.plain(flag, life)], [this.#word ?? -1, error], [controlWords.running]);
  }

  #if({ condition, then, otherwise }: If, life: Life): void {
    const words = [this.newWord(), this.newWord()] as const;
    this.dispatchControl(branchShader, [this.plain(condition, life)], [this.outer, ...words], words);
    const used = words.filter((_, i) => [then, otherwise][i]!.length > 0);
    if (used.length > 0) this.#gate(used);
    this.under(words[0], () => this.body(then));
    this.under(words[1], () => this.body(otherwise));
    this.#position++;
  }

  #repeat(repeat: Repeat, first: number): void {
    const end = first + statementsOf([repeat]).length + statementsOf(repeat.body).filter(({ kind }) => kind === "repeat" || kind === "if").length;
    emitLoop(repeat, this, { first, last: end });
    if (this.#position !== end) throw new InternalError("the statements of a loop are counted differently");
    this.#position++;
  }
}
