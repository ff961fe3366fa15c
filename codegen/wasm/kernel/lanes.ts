// How values vary over the lanes of the vector loop that they stand in, and which loops become vector loops at all.

import type { ValueId } from "../../../ir/kernel/kernel.ts";
import { InternalError } from "../../../ir/errors.ts";
import { combineRates } from "./affine.ts";
import { collectDefinitions, loopsInside } from "./definitions.ts";
import type { Instruction, Kernel, LoopInstruction, OpInstruction } from "./wasm-kernel.ts";

/** 0: the same in all lanes. Other numbers: lane l is lane 0 plus that many times l (i32 only). undefined: anything. */
export type LaneRate = number | undefined;

export interface LaneAnalysis {
  readonly rates: readonly LaneRate[];
  /** Lanes of each loop as emitted; 1 for a scalar loop. */
  readonly lanes: ReadonlyMap<LoopInstruction, number>;
  /** The vector loop that an instruction stands in. */
  readonly vectorLoop: ReadonlyMap<Instruction, LoopInstruction | undefined>;
}

export function analyzeLanes(kernel: Kernel): LaneAnalysis {
  const scalarOnly = new Set<LoopInstruction>();
  for (;;) {
    const attempt = new LanePass(kernel, scalarOnly);
    attempt.body(kernel.body, undefined);
    if (attempt.refused === undefined) return attempt;
    if (attempt.refused.carried.length > 0) {
      throw new InternalError(`kernel ${kernel.name}: a loop inside the combining loop %${attempt.refused.index} differs between lanes`);
    }
    scalarOnly.add(attempt.refused);
  }
}

class LanePass implements LaneAnalysis {
  readonly rates: LaneRate[] = [];
  readonly lanes = new Map<LoopInstruction, number>();
  readonly vectorLoop = new Map<Instruction, LoopInstruction | undefined>();
  /** A loop that cannot run in lanes, found on the way. */
  refused: LoopInstruction | undefined;
  readonly #kernel: Kernel;
  readonly #scalarOnly: ReadonlySet<LoopInstruction>;

  constructor(kernel: Kernel, scalarOnly: ReadonlySet<LoopInstruction>) {
    this.#kernel = kernel;
    this.#scalarOnly = scalarOnly;
  }

  body(body: readonly Instruction[], vector: LoopInstruction | undefined): void {
    for (const instruction of body) {
      this.vectorLoop.set(instruction, vector);
      switch (instruction.kind) {
        case "constant": case "size": this.rates[instruction.id] = 0; break;
        case "op": this.rates[instruction.id] = this.#operation(instruction); break;
        case "load": this.rates[instruction.id] = this.rates[instruction.offset] === 0 ? 0 : undefined; break;
        case "store": break;
        case "loop": this.#loop(instruction, vector);
      }
    }
  }

  #operation(instruction: OpInstruction): LaneRate {
    const rates = instruction.args.map((arg) => this.rates[arg]);
    if (rates.every((rate) => rate === 0)) return 0;
    if (instruction.dtype !== "i32" || rates.some((rate) => rate === undefined)) return undefined;
    const rate = combineRates(instruction, rates as number[], (arg) => this.#constant(arg));
    // A rate of 0 here (i - i) would claim that the operands need only lane 0; it never matters.
    return rate === 0 ? undefined : rate;
  }

  #constant(value: ValueId): number | undefined {
    const { instruction } = collectDefinitions(this.#kernel).definitions[value]!;
    return instruction?.kind === "constant" ? Number(instruction.value) : undefined;
  }

  #loop(loop: LoopInstruction, vector: LoopInstruction | undefined): void {
    if (vector === undefined) this.#outerLoop(loop);
    else this.#innerLoop(loop, vector);
  }

  #outerLoop(loop: LoopInstruction): void {
    const nested = loopsInside(loop.body).some((inner) => inner.lanes > 1);
    if (nested && loop.lanes > 1 && loop.carried.length > 0) this.refused ??= loop;
    const lanes = nested || this.#scalarOnly.has(loop) ? 1 : loop.lanes;
    this.lanes.set(loop, lanes);
    this.rates[loop.index] = lanes === 1 ? 0 : 1;
    for (const { current, result } of loop.carried) {
      this.rates[current] = lanes === 1 ? 0 : undefined;
      this.rates[result] = 0;
    }
    this.body(loop.body, lanes === 1 ? undefined : loop);
  }

  /** Carried values start as uniform ones where they begin so, until a turn shows that they do not stay so. */
  #innerLoop(loop: LoopInstruction, vector: LoopInstruction): void {
    this.lanes.set(loop, 1);
    if (this.rates[loop.extent] !== 0) this.refused ??= vector;
    this.rates[loop.index] = 0;
    for (const { current, init } of loop.carried) this.rates[current] = this.rates[init] === 0 ? 0 : undefined;
    for (let changed = true; changed;) {
      this.body(loop.body, vector);
      changed = false;
      for (const { current, next } of loop.carried) {
        if (this.rates[current] === 0 && this.rates[next] !== 0) {
          this.rates[current] = undefined;
          changed = true;
        }
      }
    }
    for (const { current, result } of loop.carried) this.rates[result] = this.rates[current];
  }
}
