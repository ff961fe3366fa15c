// `damo/random`: random draws inside compiled code. `import * as random from "damo/random"`, then
// `random.normal(random.key(1), [3])`. What is imported from `damo` loads none of it but what initial values take.

export {
  bernoulli, beta, binomial, bits, categorical, categoricalWithoutReplacement, choice, dirichlet, dropout, exponential, foldIn, gamma, gaussianDropout, gaussianNoise,
  glorotNormal, glorotUniform, gumbel, heNormal, heUniform, integers, key, laplace, multinomial, multivariateNormal, normal, permutation, poisson, shuffledBatch, split,
  studentT, truncatedNormal, uniform,
} from "./functions.ts";
export type * from "./functions.ts";
export { randomStream, type RandomStream } from "./stream.ts";
