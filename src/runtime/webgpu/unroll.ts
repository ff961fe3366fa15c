// A function's commands for given sizes: loops unrolled, words evaluated, each gate with the dispatches that it rules. Knows of no device.

import type { Command, GpuFunction, LoopCommand, PlanSize, PlanWord } from "../../../codegen/wgsl/module/plan.ts";
import { countWorkgroups, type Shader } from "../../../codegen/wgsl/shader.ts";
import { gateShader } from "./gate-shader.ts";

/** What is bound: a place of the plan, or a buffer of the executor's own. */
export interface Binding {
  readonly kind: "input" | "output" | "state" | "constant" | "slot" | "control" | "counts" | "indirect";
  readonly index: number;
  readonly bytes: number;
}

export interface UnrolledDispatch {
  readonly shader: Shader;
  readonly bindings: readonly Binding[];
  /** Where its words begin in Unrolled.words. */
  words: number;
  readonly counts: readonly [number, number, number];
  /** Where its three counts lie in the indirect arguments, if a gate rules it. */
  indirect: number | undefined;
}

/** A loop whose steps are not all queued at once: the host looks at a control word after each piece, and goes on while it is not 0. */
export interface UnrolledLoop {
  readonly until: number;
  readonly pieces: readonly (readonly Unrolled[])[];
  /** After the last piece comes the first again; else the loop is then over. */
  readonly endless: boolean;
}

export type Unrolled = UnrolledDispatch | UnrolledLoop;

export interface UnrolledFunction {
  readonly items: readonly Unrolled[];
  /** Blocks of 64 words (256 bytes, what a dynamic offset must be a multiple of); equal ones once. */
  readonly words: readonly number[];
  /** Of the gated dispatches, three each. */
  readonly counts: readonly number[];
}

const blockWords = 64;
/** A piece of a loop has about so many dispatches: few enough that little is done in vain, many enough that reading a word back costs little beside them. */
const pieceDispatches = 256;

export function unroll(shaders: readonly Shader[], f: GpuFunction, valueOf: (size: PlanSize) => number, mostWorkgroups: number): UnrolledFunction {
  return new Unroller(shaders, f, valueOf, mostWorkgroups).run();
}

interface Gated {
  readonly gate: UnrolledDispatch;
  readonly word: number;
  readonly members: UnrolledDispatch[];
}

class Unroller {
  readonly #shaders: readonly Shader[];
  readonly #function: GpuFunction;
  readonly #valueOf: (size: PlanSize) => number;
  readonly #most: number;
  readonly #words: number[] = [];
  readonly #blocks = new Map<string, number>();
  readonly #gates: Gated[] = [];
  /** By control word, the last gate that named it. */
  readonly #open = new Map<number, Gated>();
  /** What carried buffers stand for in the present step. */
  readonly #carried = new Map<number, number>();
  readonly #bindings = new Map<number, Binding>();

  constructor(shaders: readonly Shader[], f: GpuFunction, valueOf: (size: PlanSize) => number, most: number) {
    this.#shaders = shaders;
    this.#function = f;
    this.#valueOf = valueOf;
    this.#most = most;
  }

  run(): UnrolledFunction {
    const items: Unrolled[] = [];
    this.#body(this.#function.commands, [], items);
    const counts: number[] = [];
    for (const { gate, word, members } of this.#gates) {
      const first = counts.length;
      for (const member of members) {
        member.indirect = counts.length;
        counts.push(...member.counts);
      }
      const words = [word, first, counts.length - first];
      gate.words = this.#block(words);
      Object.assign(gate, { counts: countWorkgroups(gateShader, words, this.#most) });
    }
    return { items, words: this.#words, counts };
  }

  /** `steps`: of the loops around, the innermost first. */
  #body(commands: readonly Command[], steps: readonly number[], into: Unrolled[]): void {
    for (const command of commands) {
      if (command.kind === "gate") for (const word of command.words) this.#gate(word, into);
      else if (command.kind === "loop") this.#loop(command, steps, into);
      else {
        const words = command.words.map((word) => this.#word(word, steps));
        const dispatch = this.#dispatch(this.#shaders[command.shader]!, command.buffers.map((buffer) => this.#bind(this.#resolve(buffer))), words, into);
        if (command.gate !== undefined) this.#open.get(command.gate)!.members.push(dispatch);
      }
    }
  }

  #loop(loop: LoopCommand, steps: readonly number[], into: Unrolled[]): void {
    const { count: size, until, reverse, carried, body } = loop;
    const count = size === undefined ? Number.POSITIVE_INFINITY : this.#valueOf(size);
    const perPiece = 2 * Math.max(1, Math.ceil(pieceDispatches / (2 * Math.max(1, body.length))));
    const inPieces = until !== undefined && count > perPiece;
    const pieces: Unrolled[][] = [];
    let current = carried.map(({ init }) => this.#resolve(init));
    const taken = Math.min(count, size === undefined ? perPiece : count);
    for (let step = 0; step < taken; step++) {
      if (inPieces && step % perPiece === 0) {
        pieces.push([]);
        this.#gateAgain(pieces.at(-1)!);
      }
      carried.forEach(({ current: buffer, next, rooms }, i) => {
        this.#carried.set(buffer, current[i]!);
        if (rooms.length > 0) this.#carried.set(next, this.#resolve(rooms[step % rooms.length]!));
      });
      this.#body(body, [reverse ? count - 1 - step : step, ...steps], pieces.at(-1) ?? into);
      current = carried.map(({ next }) => this.#resolve(next));
    }
    if (inPieces) {
      into.push({ until, pieces, endless: size === undefined });
      this.#gateAgain(into);
    }
    carried.forEach(({ current: buffer }, i) => this.#carried.set(buffer, current[i]!));
  }

  /** Where pieces are repeated or left out, what follows asks the conditions anew: the gates before may not have been the last. */
  #gateAgain(into: Unrolled[]): void {
    for (const word of [...this.#open.keys()]) this.#gate(word, into);
  }

  #gate(word: number, into: Unrolled[]): void {
    const own = (kind: "control" | "counts" | "indirect"): Binding => ({ kind, index: 0, bytes: 4 });
    const gate = this.#dispatch(gateShader, [own("control"), own("counts"), own("indirect")], undefined, into);
    const gated: Gated = { gate, word, members: [] };
    this.#gates.push(gated);
    this.#open.set(word, gated);
  }

  #dispatch(shader: Shader, bindings: readonly Binding[], words: readonly number[] | undefined, into: Unrolled[]): UnrolledDispatch {
    const counts = words === undefined ? ([0, 0, 0] as const) : countWorkgroups(shader, words, this.#most);
    const dispatch: UnrolledDispatch = { shader, bindings, words: words === undefined ? 0 : this.#block(words), counts, indirect: undefined };
    into.push(dispatch);
    return dispatch;
  }

  #block(words: readonly number[]): number {
    const key = words.join();
    let at = this.#blocks.get(key);
    if (at === undefined) {
      this.#blocks.set(key, at = this.#words.length);
      this.#words.push(...words, ...new Array<number>(-words.length & (blockWords - 1)).fill(0));
    }
    return at;
  }

  #word(word: PlanWord, steps: readonly number[]): number {
    return typeof word === "object" ? steps[word.step]! * this.#valueOf(word.times) : this.#valueOf(word);
  }

  /** The buffer that a carried one stands for. */
  #resolve(buffer: number): number {
    return this.#carried.get(buffer) ?? buffer;
  }

  #bind(buffer: number): Binding {
    let binding = this.#bindings.get(buffer);
    if (binding === undefined) {
      const { place, bytes } = this.#function.buffers[buffer]!;
      if (place.kind === "carried") throw new Error(`buffer ${buffer} is carried by no loop around`);
      this.#bindings.set(buffer, binding = { kind: place.kind, index: place.kind === "control" ? 0 : place.index, bytes: this.#valueOf(bytes) });
    }
    return binding;
  }
}
