// What holds of every plan: indices in range, the right number of bindings and words, nothing bound twice in one command, gates before what
// they gate.

import { controlWords, type Command, type Dispatch, type GpuFunction, type GpuPlan, type LoopCommand, type PlanWord } from "../../codegen/wgsl/module/plan.ts";

/** The first faults of a plan, none if it is sound. */
export function findPlanFaults(plan: GpuPlan, storageBuffers = 8): string[] {
  return plan.functions.flatMap((of) => new FunctionVerifier(plan, of, storageBuffers).run());
}

class FunctionVerifier {
  readonly #faults: string[] = [];
  readonly #plan: GpuPlan;
  readonly #of: GpuFunction;
  readonly #storageBuffers: number;

  constructor(plan: GpuPlan, of: GpuFunction, storageBuffers: number) {
    this.#plan = plan;
    this.#of = of;
    this.#storageBuffers = storageBuffers;
  }

  run(): string[] {
    const { buffers, slots, placement, inputs, outputs, commands } = this.#of;
    const counts = { input: inputs.length, output: outputs.length, state: this.#plan.state.length, constant: this.#plan.constants.length, slot: slots.length };
    buffers.forEach(({ place }, i) => {
      if ("index" in place) this.#check(place.index >= 0 && place.index < counts[place.kind], `buffer ${i} is ${place.kind} ${place.index}`);
    });
    const keys = buffers.flatMap(({ place }) => ("index" in place ? [`${place.kind} ${place.index}`] : place.kind === "control" ? ["control"] : []));
    this.#check(new Set(keys).size === keys.length, "a place has two buffers");
    if (placement !== undefined) this.#placement(placement);
    this.#commands(commands, [], new Set(), new Set());
    return this.#faults.map((fault) => `${this.#of.name}: ${fault}`);
  }

  #check(holds: boolean, fault: string): void {
    if (!holds) this.#faults.push(fault);
  }

  #placement({ offsets, bytes }: NonNullable<GpuFunction["placement"]>): void {
    const { slots } = this.#of;
    this.#check(offsets.length === slots.length, `${offsets.length} offsets for ${slots.length} slots`);
    slots.forEach((slot, i) => {
      const [begin, end] = [offsets[i]!, offsets[i]! + (slot.bytes as number)];
      this.#check(typeof slot.bytes === "number" && slot.bytes > 0 && begin % 256 === 0 && end <= bytes, `slot ${i} lies at ${begin} to ${end} of ${bytes}`);
      slots.slice(0, i).forEach((other, j) => {
        const lives = other.first <= slot.last && slot.first <= other.last;
        this.#check(!lives || end <= offsets[j]! || offsets[j]! + (other.bytes as number) <= begin, `slots ${j} and ${i} meet`);
      });
    });
  }

  /** `carried`: what loops have said where it lies. `named`: words that a gate has named. */
  #commands(commands: readonly Command[], loops: readonly LoopCommand[], carried: Set<number>, named: Set<number>): void {
    for (const command of commands) {
      switch (command.kind) {
        case "dispatch": this.#dispatch(command, loops, carried, named); break;
        case "gate":
          for (const word of command.words) {
            this.#check(word >= 0 && word < this.#plan.controlWords && (word === controlWords.running || word >= controlWords.flags), `a gate names word ${word}`);
            named.add(word);
          }
          break;
        case "loop": this.#loop(command, loops, carried, named);
      }
    }
  }

  #loop(loop: LoopCommand, loops: readonly LoopCommand[], carried: Set<number>, named: ReadonlySet<number>): void {
    const { buffers } = this.#of;
    this.#check(loop.count !== undefined || loop.until !== undefined, "a loop has no end");
    const inside = new Set(carried);
    for (const { current, init, next, rooms } of loop.carried) {
      for (const own of [current, ...(rooms.length > 0 ? [next] : [])]) {
        this.#check(buffers[own]?.place.kind === "carried", `buffer ${own} is carried and has a place`);
        inside.add(own);
      }
      for (const place of [init, ...rooms]) this.#check(buffers[place]?.place.kind !== "carried" || carried.has(place), `buffer ${place} lies nowhere`);
    }
    this.#commands(loop.body, [...loops, loop], inside, new Set(named));
    for (const { current } of loop.carried) carried.add(current);
  }

  #dispatch({ shader, buffers, words, gate }: Dispatch, loops: readonly LoopCommand[], carried: ReadonlySet<number>, named: ReadonlySet<number>): void {
    const of = this.#plan.shaders[shader];
    if (of === undefined) {
      this.#faults.push(`there is no shader ${shader}`);
      return;
    }
    this.#check(buffers.length === of.buffers.length && buffers.length <= this.#storageBuffers, `${of.name} has ${of.buffers.length} bindings and gets ${buffers.length}`);
    this.#check(new Set(buffers).size === buffers.length, `${of.name} gets a buffer twice`);
    this.#check(words.length === of.sizes, `${of.name} has ${of.sizes} words and gets ${words.length}`);
    buffers.forEach((buffer, i) => {
      const place = this.#of.buffers[buffer]?.place;
      this.#check(place !== undefined && (place.kind !== "carried" || carried.has(buffer)), `${of.name} binds buffer ${buffer}, which lies nowhere`);
      const isFixed = place?.kind === "input" || place?.kind === "constant";
      this.#check(!isFixed || of.buffers[i]?.access === "read", `${of.name} writes an ${place?.kind}`);
    });
    for (const word of words) this.#check(isWord(word, loops.length), `${of.name} has a word of a loop that is not open`);
    for (const { words: counted } of of.workgroups) this.#check(counted.every((word) => word < words.length), `${of.name} counts workgroups by a word that is not there`);
    if (gate !== undefined) this.#check(named.has(gate), `${of.name} is gated by word ${gate}, which no gate named`);
  }
}

function isWord(word: PlanWord, loops: number): boolean {
  return typeof word !== "object" || (word.step >= 0 && word.step < loops);
}
