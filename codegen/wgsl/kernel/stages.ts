// A place of a kernel as stages: launches in each of which one of its nests is shared out among several workgroups. What a nest carries goes to the
// workspace, slice by slice, and later stages combine it. Everything else is computed where it is needed.

import type { Carried, Instruction, LoopInstruction, ValueId } from "../../../ir/kernel/kernel.ts";
import { eachRead } from "../../../ir/kernel/reads.ts";
import type { BoundBuffers } from "./bound-buffers.ts";
import { touchedBindings } from "./dependence.ts";
import { type Nest, nestOf } from "./nest.ts";
import { type Lanes, letters, ofLanes } from "./lanes.ts";
import type { ShaderBody } from "./shader-body.ts";
import type { ShaderDType } from "./shader-dtype.ts";
import type { TeamWriter } from "./team.ts";
import type { TeamShape } from "./team-shape.ts";

export interface Stages {
  /** The instructions of a place that each stage needs, in order. */
  readonly stages: readonly Stage[];
  /** Values that nests carry: the workspace has a word of each for each place and slice. */
  readonly words: ReadonlyMap<Carried, number>;
}

export interface Stage {
  readonly needed: ReadonlySet<Instruction>;
  /** Shared out in this stage; the last may have none. */
  readonly nest: Nest | undefined;
}

/** Undefined: what the place does cannot be torn apart at its nests. */
export function planStages(place: readonly Instruction[], bound: BoundBuffers): Stages | undefined {
  const { bindings } = bound;
  const nests: Nest[] = [];
  /** The first stage in which a value is known. */
  const known = new Map<ValueId, number>();
  const knownIn = (instruction: Instruction): number => {
    let stage = 0;
    eachRead(instruction, (id) => { stage = Math.max(stage, known.get(id) ?? 0); });
    return stage;
  };
  const stores: { readonly store: Instruction; readonly binding: number; readonly from: number; readonly after: number }[] = [];
  /** Of what is stored, too: `before` so many stores. */
  const loads: { readonly load: Instruction; readonly binding: number; readonly before: number }[] = [];
  for (const instruction of place) {
    if (instruction.kind === "loop") {
      const nest = nestOf(instruction, bindings);
      if (nest === undefined) return undefined;
      for (const { result } of instruction.carried) known.set(result, nests.length + 1);
      nests.push(nest);
    } else if (instruction.kind === "store") {
      stores.push({ store: instruction, binding: bindings[instruction.buffer]!, from: knownIn(instruction), after: nests.length });
    } else {
      if (instruction.kind === "load" && bound.isStored(bindings[instruction.buffer]!)) loads.push({ load: instruction, binding: bindings[instruction.buffer]!, before: stores.length });
      known.set(instruction.id, knownIn(instruction));
    }
  }

  const touched = nests.map(([loop]) => touchedBindings([loop], bindings));
  const stageOf = new Map<Instruction, number>();
  const last = new Map<number, number>();
  for (const { store, binding, from, after } of stores) {
    const fits = (stage: number): boolean =>
      touched.every(({ loaded, stored }, i) => !(loaded.has(binding) || stored.has(binding)) || (i < after ? i < stage : i > stage));
    let stage = Math.max(from, last.get(binding) ?? 0);
    while (stage <= nests.length && !fits(stage)) stage++;
    if (stage > nests.length) return undefined;
    last.set(binding, stage);
    stageOf.set(store, stage);
  }

  const count = Math.max(nests.length, ...[...stageOf.values()].map((stage) => stage + 1));
  const words = new Map<Carried, number>();
  for (const [{ carried }] of nests) for (const value of carried) words.set(value, words.size);
  const stages = Array.from({ length: count }, (_, stage) => ({ nest: nests[stage], needed: neededIn(stage, place, nests[stage]?.[0], stageOf) }));
  const seesRight = ({ load, binding, before }: typeof loads[number]): boolean => stages.every(({ nest, needed }, stage) => !needed.has(load) || stores.every((other, at) => {
    if (other.binding !== binding) return true;
    const stored = stageOf.get(other.store)!;
    // In the same launch only where one workgroup has the place.
    return before <= at ? stage < stored || (stage === stored && nest === undefined) : stage > stored;
  }));
  return loads.every(seesRight) ? { words, stages } : undefined;
}

function neededIn(stage: number, place: readonly Instruction[], loop: LoopInstruction | undefined, stageOf: ReadonlyMap<Instruction, number>): ReadonlySet<Instruction> {
  const needed = new Set<Instruction>();
  const read = new Set<ValueId>();
  for (const instruction of [...place].reverse()) {
    const isNeeded = instruction === loop || stageOf.get(instruction) === stage
      || (instruction.kind === "loop" ? instruction.carried.some(({ result }) => read.has(result)) : "id" in instruction && read.has(instruction.id));
    if (!isNeeded) continue;
    needed.add(instruction);
    // Of a nest that an earlier stage has gone through, the initial values.
    if (instruction.kind === "loop" && instruction !== loop) for (const { init } of instruction.carried) read.add(init);
    else eachRead(instruction, (id) => read.add(id));
  }
  return needed;
}

export interface StageContext {
  readonly body: ShaderBody;
  readonly writer: TeamWriter;
  readonly shape: TeamShape;
  readonly places: number;
}

export function writeStage(place: readonly Instruction[], { words }: Stages, { nest, needed }: Stage, context: StageContext): void {
  const { body, writer, shape: { slices: { most } } } = context;
  const lanes = writer.ofPlace;
  const places = context.places / lanes;
  const word = (value: Carried, slice: string): string => {
    const of = words.get(value)! * most;
    const row = of === 0 ? slice : `(${of}u + ${slice})`;
    return `workspace[${places === 1 ? row : `${row} * ${places}u + at`}]`;
  };
  for (const instruction of place) {
    if (!needed.has(instruction)) continue;
    if (instruction.kind === "store") {
      if (nest === undefined) writer.store(instruction);
      else writer.byFirst(() => body.instruction(instruction), "slice == 0u");
    } else if (instruction.kind !== "loop") {
      writer.value(instruction);
    } else if (instruction === nest?.[0]) {
      writer.sharePart(nest, (value, joined) => writer.byFirst(() => body.line(`${word(value, "slice")} = ${toWord(joined, body.dtype(value.dtype), lanes)};`)));
    } else {
      writer.shareParts(instruction, (value, slice) => fromWord(word(value, slice), body.dtype(value.dtype), lanes));
    }
  }
}

function fromWord(word: string, dtype: ShaderDType, lanes: Lanes): string {
  return dtype === "u32" ? word : ofLanes(dtype === "bool" ? `${word} != U{0u}` : `bitcast<${letters[dtype]}>(${word})`, lanes);
}

function toWord(value: string, dtype: ShaderDType, lanes: Lanes): string {
  return dtype === "u32" ? value : ofLanes(dtype === "bool" ? `U(${value})` : `bitcast<U>(${value})`, lanes);
}
