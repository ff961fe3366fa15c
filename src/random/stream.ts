// A stream of keys that goes on from call to call: each key it gives stands in a shared variable that a function which reads
// it replaces by the next one. So two calls draw different numbers, and a model with the same state draws the same.

import { threefry2x32 } from "../../ir/reference/threefry.ts";
import type { ModelMembers } from "../model.ts";
import { checkName } from "../input.ts";
import { located } from "../location.ts";
import { shared } from "../shared.ts";
import type { Tensor } from "../tensor.ts";
import { foldIn } from "./functions.ts";
import { keyOfSeed, purpose } from "./keys.ts";

/** Made by `randomStream`. */
export class RandomStream {
  readonly #seed: number;
  readonly #name: string;
  readonly #variables: string[] = [];

  constructor(seed: number, name: string) {
    this.#seed = seed;
    this.#name = name;
  }

  /** A key for one draw of a function: another one at every call. Different keys of a stream are independent. Functions
   *  that are given `noDefaultUpdates` draw the same again and again. */
  key(): Tensor<"u32", [2]> {
    return located(() => {
      const name = `${this.#name}_${this.#variables.length}`;
      const state = shared(name, { data: firstKey(this.#seed, this.#variables.length), shape: [2] as const }, { update: (now) => foldIn(now, 0) });
      this.#variables.push(name);
      return foldIn(state, 1);
    }, "randomStream");
  }

  /** Starts the stream again in a compiled model, from another seed or its own. */
  reseed(model: ModelMembers, seed = this.#seed): void {
    keyOfSeed("reseed", seed);
    this.#variables.forEach((name, i) => model.state[name]?.set({ data: firstKey(seed, i), shape: [2] }));
  }
}

function firstKey(seed: number, index: number): Uint32Array {
  const [high, low] = keyOfSeed("randomStream", seed);
  return Uint32Array.from(threefry2x32(high, low, purpose.fold, index));
}

/** A stream of keys whose state is part of the model: `random.normal(stream.key(), [3])` draws anew at each call. The state
 *  is saved, copied and set as other variables are; `name` stands before their names. */
export function randomStream(seed: number, options: { readonly name?: string } = {}): RandomStream {
  return located(() => {
    keyOfSeed("randomStream", seed);
    return new RandomStream(seed, checkName("randomStream", options.name ?? "random"));
  });
}
