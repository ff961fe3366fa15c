// The values of a function for given sizes, and its commands as what is queued, in order: loops are gone through, places are values, gates know which dispatches they rule. Counted in bytes.

import type { FailWith } from "./messages.ts";
import type { BundleCommand, Place, SizeEntry } from "./bundle-plan.ts";

/** One dispatch: as commands have it, with values. */
export type Item = readonly [words: readonly number[], counts: readonly number[], shader: number, buffers: readonly number[]];

/** Queues them at once. Gives what the control words have become if there is more, else the function's results. */
export type Queue<T> = (items: readonly Item[], more?: boolean) => Promise<ArrayLike<number> | T>;

/** `values` begin with the sizes, and become those of the program. */
export function openProgram(program: readonly SizeEntry[], values: number[], failWith: FailWith) {
  const valueAt = (place: Place): number => values[place]!;
  const evaluate = (place: Place, end: Place): void => {
    for (; place < end; place++) {
      const [operation, first, second, error] = program[place]!;
      const a = values[first]!;
      const b = values[second!]!;
      if (operation > 4 && a !== b) failWith(error!, a, b);
      values[place] = [first, a + b, a * b, Math.floor(a / b), Math.max(a, b)][operation]!;
    }
  };
  evaluate(values.length, program.length);
  const walk = async <T>(commands: readonly BundleCommand[], queue: Queue<T>): Promise<T> => {
    let items: Item[] = [];
    /** By ~word, the words of its last gate: ~word, and the first and the end of what it rules. */
    const gated: { [word: number]: number[] } = {};
    const go = async (list: readonly BundleCommand[]): Promise<void> => {
      for (const [shader, buffers, from, to, body, total, place, end, rooms, until, gates] of list) {
        if (body) {
          /** All at once: one may take another's place. */
          const turn = (next: readonly Place[]): void => next.map(valueAt).forEach((buffer, i) => values[buffers[i]!] = buffer);
          turn(from);
          for (let step = 0; step < values[total!]!; step++) {
            // An even number of steps, as plans want it.
            if (until && step && step % 64 === 0) {
              const words = await queue(items, true) as ArrayLike<number>;
              items = [];
              // What comes asks the conditions anew.
              await go(gates!);
              if (!words[until]) break;
            }
            values[place!] = step;
            evaluate(place! + 1, end!);
            for (const [next, ...turns] of rooms!) values[next] = values[turns[step % turns.length]!]!;
            await go(body);
            turn(to);
          }
        } else {
          const words = from.map(valueAt);
          const counts = to.map(valueAt);
          if (!shader) {
            gated[words[0]!] = words;
            words[1] = items.length;
          }
          if (!counts.includes(0)) (gated[counts[3]!] ??= [])[2] = items.push([words, counts, shader, buffers.map(valueAt)]);
        }
      }
    };
    await go(commands);
    return queue(items) as Promise<T>;
  };
  return [valueAt, walk] as const;
}
