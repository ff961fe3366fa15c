// A loop of a program as a loop of a plan. How many steps it takes is known to the host, or its steps are gated by a word that says whether
// there is one more. Carried values lie in two rooms by turns; where the host does not know how many steps there are, the last value is copied once, behind the loop, to the
// room where it then is read. Without rooms, and in loops whose first steps are left out, values lie in one place, to which the next value is copied at the end of the step.

import { accessOf } from "../../../ir/program/access.ts";
import type { BufferId, CarriedBuffer, Repeat } from "../../../ir/program/program.ts";
import { statementsOf } from "../../../ir/program/walk.ts";
import { checkEven, checkOverrun, enterLoop, enterStep, leaveStep, type LoopEnds, storeTaken } from "./control-shaders.ts";
import type { FunctionScope } from "./function-scope.ts";
import type { Place } from "./places.ts";
import { controlWords, type PlanCarried, type PlanWord } from "./plan.ts";
import { planSize } from "./plan-size.ts";
import type { Life } from "./slots.ts";

export function emitLoop(repeat: Repeat, on: FunctionScope, life: Life): void {
  new LoopEmitter(repeat, on, life).run();
}

/** The words of a loop whose steps are gated. */
interface LoopWords { readonly active: number; readonly taken: number; readonly stopped: number }

class LoopEmitter {
  readonly #repeat: Repeat;
  readonly #on: FunctionScope;
  readonly #life: Life;
  readonly #ends: LoopEnds;
  readonly #words: LoopWords | undefined;
  readonly #carried: PlanCarried[] = [];
  /** To be copied at the end of each step. */
  readonly #moves: { readonly next: BufferId; readonly to: Place }[] = [];
  /** Rooms of a loop whose steps are gated: the value lies in `from` if their number is even, and belongs in `to`. */
  readonly #settled: { readonly current: BufferId; readonly from: Place; readonly to: Place }[] = [];
  #namedPlaces: ReadonlySet<number | undefined> | undefined;

  constructor(repeat: Repeat, on: FunctionScope, life: Life) {
    this.#repeat = repeat;
    this.#on = on;
    this.#life = life;
    const { steps, stop, taken, reverse, limit } = repeat;
    this.#ends = { steps: steps !== undefined, stop: stop !== undefined, reverse };
    const isGated = steps !== undefined || stop !== undefined || taken !== undefined || limit === undefined;
    this.#words = isGated ? { active: on.newWord(), taken: on.newWord(), stopped: on.newWord() } : undefined;
  }

  run(): void {
    const { limit, reverse, carried, slices, body } = this.#repeat;
    const on = this.#on;
    const steps = this.#repeat.steps === undefined ? [] : [on.plain(this.#repeat.steps, this.#life)];
    for (const value of carried) this.#place(value);
    const words = this.#words;
    if (words !== undefined) on.dispatchControl(enterLoop(this.#ends), steps, this.#list(words), Object.values(words));
    const isReverse = this.#isReverse;
    const set = [...(words === undefined ? [] : [words.active]), ...(statementsOf(body).some(({ kind }) => kind === "check" || kind === "repeat") ? [controlWords.running] : [])];
    let commands: ReturnType<FunctionScope["loopBody"]> = [];
    on.places.inLoop(slices, () => {
      commands = on.loopBody(set, () => {
        if (words !== undefined && isReverse) on.dispatchControl(enterStep, steps, [...this.#list(words), { step: 0, times: 1 }], [words.active]);
        on.under(words?.active, () => {
          on.body(body);
          for (const { next, to } of this.#moves) on.copyPlaces(on.places.of(next), to, on.buffers[next]!);
        });
        if (words !== undefined) this.#leave(words, steps);
      });
    });
    on.push({
      kind: "loop", count: limit === undefined ? undefined : planSize(limit), until: isReverse ? undefined : words?.active, reverse, carried: this.#carried, body: commands,
    });
    if (words !== undefined) this.#settle(words);
    this.#finish(steps);
  }

  /** Whether the first steps are those that are left out. */
  get #isReverse(): boolean {
    return this.#ends.steps && this.#repeat.reverse;
  }

  #list({ active, taken, stopped }: LoopWords): readonly PlanWord[] {
    return [this.#on.outer, active, taken, stopped];
  }

  #leave(words: LoopWords, steps: readonly Place[]): void {
    const { stop } = this.#repeat;
    const stopping = stop === undefined ? [] : [this.#on.plain(stop, this.#life)];
    this.#on.dispatchControl(leaveStep(this.#ends), [...steps, ...stopping], this.#list(words), Object.values(words));
  }

  /** Says where a carried value lies, and puts the first one there. */
  #place({ current, init, next, rooms }: CarriedBuffer): void {
    const { places } = this.#on;
    if (this.#words === undefined && rooms.length === 2) {
      const first = this.#exclusive(init);
      this.#carried.push({ current: places.carry(current).buffer, init: first.buffer, next: places.carry(next).buffer, rooms: rooms.map((room) => places.of(room).buffer) });
      return;
    }
    const value = this.#on.buffers[current]!;
    if (rooms.length === 2 && !this.#isReverse) {
      const [to, from] = [places.of(rooms[0]!), places.of(rooms[1]!)];
      this.#on.copyPlaces(places.of(init), from, value);
      this.#carried.push({ current: places.carry(current).buffer, init: from.buffer, next: places.carry(next).buffer, rooms: [to.buffer, from.buffer] });
      this.#settled.push({ current, from, to });
      return;
    }
    const place = rooms[0] === undefined ? places.temporary(value, this.#life) : places.of(rooms[0]);
    places.settle(current, place);
    if (rooms.length > 0) places.settle(next, places.of(rooms.at(-1)!));
    if (rooms.length !== 1) this.#moves.push({ next, to: place });
    this.#on.copyPlaces(places.of(init), place, value);
  }

  /** The place of the first value, which nothing in the loop names but as the current one: a device takes no buffer twice. */
  #exclusive(init: BufferId): Place {
    const on = this.#on;
    const place = on.places.of(init);
    const isNamed = this.#named().has(place.buffer) || this.#carried.some((other) => other.init === place.buffer);
    if (place.bases.length === 0 && !isNamed) return place;
    const own = on.places.temporary(on.buffers[init]!, this.#life);
    on.copyPlaces(place, own, on.buffers[init]!);
    return own;
  }

  /** What the statements of the body bind, values that only loops inside carry aside. */
  #named(): ReadonlySet<number | undefined> {
    return (this.#namedPlaces ??= new Set(this.#repeat.body.flatMap((statement) => {
      const { reads, writes } = accessOf(statement, this.#on.buffers);
      return [...reads, ...writes].map((buffer) => this.#on.places.wholeOf(buffer));
    })));
  }

  #settle({ taken }: LoopWords): void {
    const on = this.#on;
    if (this.#settled.length === 0) return;
    const even = on.newWord();
    on.dispatchControl(checkEven, [], [on.outer, taken, even], [even]);
    on.under(even, () => this.#settled.forEach(({ current, from, to }) => on.copyPlaces(from, to, on.buffers[current]!)));
    for (const { current, to } of this.#settled) on.places.settle(current, to);
  }

  #finish(steps: readonly Place[]): void {
    const { limit, taken, overrun, carried } = this.#repeat;
    const on = this.#on;
    const words = this.#words;
    if (overrun !== undefined && words !== undefined) {
      on.dispatchControl(checkOverrun, steps, [on.outer, words.stopped, planSize(limit!), overrun], [controlWords.running]);
    }
    for (const { current, last } of carried) if (last !== undefined) on.copy(current, last);
    if (taken !== undefined && words !== undefined) on.into(taken, this.#life, (place) => on.dispatchControl(storeTaken, [place], [on.outer, words.taken], []));
  }
}
