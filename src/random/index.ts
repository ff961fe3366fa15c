// `damo/random`: random draws inside compiled code. `import * as random from "damo/random"`, then
// `random.normal(random.key(1), [3])`. What is imported from `damo` loads none of it but what initial values take.

export {
  bernoulli, bits, categorical, categoricalWithoutReplacement, choice, dropout, exponential, foldIn, gumbel, integers, key, laplace, multinomial, normal, permutation,
  split, truncatedNormal, uniform,
} from "./functions.ts";
export type * from "./functions.ts";
export { randomStream, type RandomStream } from "./stream.ts";
