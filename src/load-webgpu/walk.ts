// The commands of a function as what is queued, in order: loops are gone through, words are numbers, gates know which dispatches they rule. Counted in bytes.

import type { BundleCommand, BundleShader, PlanSize } from "./bundle-plan.ts";

/** One dispatch. `gated`: where its indirect arguments lie, in bytes. */
export type Item = readonly [shader: number, buffers: readonly number[], words: number[], counts: readonly number[], gated: number | undefined];

export interface WalkContext {
  readonly shaders: readonly BundleShader[];
  readonly valueOf: (size: PlanSize) => number;
  /** The number of the control buffer. */
  readonly controlAt: number;
  readonly mostWorkgroups: number;
}

/** Steps of a loop that ends by a condition, before the host asks for it. Even, as plans want it. */
const stepsPerPiece = 64;

/**
 * `queue` takes what is to be queued, with the counts of gated dispatches and the word that rules each; `ask` then gives what a control word has become. All at once, unless a loop
 * ends by a condition after many steps. What was queued, if it was all at once: another call of the same sizes queues the same.
 */
export async function walk(
  commands: readonly BundleCommand[], { shaders, valueOf, controlAt, mostWorkgroups }: WalkContext,
  queue: (items: readonly Item[], counts: readonly number[]) => void, ask: (word: number) => Promise<number | undefined>,
): Promise<readonly Item[] | undefined> {
  let items: Item[] = [];
  let counts: number[] = [];
  let whole = true;
  /** By control word, the words of its last gate. */
  const open: { [word: number]: number[] } = {};
  /** What carried buffers stand for. */
  const carried: { [buffer: number]: number } = {};
  const resolve = (buffer: number): number => carried[buffer] ?? buffer;
  const gate = (word: number): void => {
    // Beside the control buffer lie the words, the counts and the arguments.
    items.push([0, [controlAt, controlAt + 2, controlAt + 3], open[word] = [word, counts.length / 4, 0], [1, 1, 1], undefined]);
  };
  const go = async (list: readonly BundleCommand[], steps: readonly number[]): Promise<void> => {
    for (const command of list) {
      if ("body" in command) {
        const { body, count, until, reverse, carried: values } = command;
        const total = count === undefined ? Infinity : valueOf(count);
        let present = values.map(([, init]) => resolve(init));
        for (let step = 0; step < total; step++) {
          if (until !== undefined && step && step % stepsPerPiece === 0) {
            queue(items, counts);
            const goesOn = await ask(until);
            [items, counts, whole] = [[], [], false];
            // What comes asks the conditions anew.
            Object.keys(open).forEach((word) => gate(+word));
            if (!goesOn) break;
          }
          values.forEach(([value, , next, rooms], i) => {
            carried[value] = present[i]!;
            if (rooms.length > 0) carried[next] = resolve(rooms[step % rooms.length]!);
          });
          await go(body, [reverse ? total - 1 - step : step, ...steps]);
          present = values.map(([, , next]) => resolve(next));
        }
        values.forEach(([value], i) => carried[value] = present[i]!);
      } else if (command.length === 1) command[0].forEach(gate);
      else {
        const [shader, buffers, words, ruler] = command;
        const own = words.map((word) => (typeof word === "object" ? steps[word[0]]! * valueOf(word[1]) : valueOf(word)));
        const workgroups = shaders[shader]![2].map(([times, factors, per, most]) =>
          Math.min(mostWorkgroups, most ?? Infinity, Math.max(most ? 1 : 0, Math.ceil(factors.reduce((product, word) => product * own[word]!, times) / per))));
        if (ruler === undefined && workgroups.includes(0)) continue;
        items.push([shader, buffers.map(resolve), own, workgroups, ruler === undefined ? undefined : counts.length * 4]);
        if (ruler !== undefined) open[ruler]![2] = counts.push(...workgroups, ruler) / 4;
      }
    }
  };
  await go(commands, []);
  queue(items, counts);
  return whole ? items : undefined;
}
