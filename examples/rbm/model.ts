// A restricted Boltzmann machine with binary units, trained by persistent contrastive divergence (Tieleman, 2008). An epoch is one
// call: a loop over batches with the updates in its body, and in it the steps of Gibbs sampling, which draw their numbers there.

import { constant, type Dim, fn, grad, input, scan, sgd, shared, type Tensor, uniform, zeros } from "damo";
import * as random from "damo/random";

/** [images, units] */
type Units = Tensor<"f32", [Dim, number]>;
type Key = Tensor<"u32", [2]>;

export interface RbmOptions {
  readonly visible: number;
  readonly hidden: number;
  /** Images in a batch, and chains that are kept from batch to batch. */
  readonly batch: number;
  /** Steps of each chain between updates. */
  readonly gibbsSteps: number;
  readonly learningRate: number;
  readonly seed: number;
}

/** `train` learns from images u8[batches, batch, visible] whose ink is a probability, and gives for each batch an estimate of the
 *  pseudo-log-likelihood, in nats. `dream` goes on from images u8[chains, visible] and shows what is visible `pictures` times, `steps`
 *  apart; `filters` gives the weights of each hidden unit. */
export function defineRbm({ visible, hidden, batch, gibbsSteps, learningRate, seed }: RbmOptions) {
  const reach = 4 * Math.sqrt(6 / (visible + hidden));
  const weights = shared("weights", uniform([visible, hidden], { seed, low: -reach, high: reach }));
  const hiddenBias = shared("hidden_bias", zeros([hidden]));
  const visibleBias = shared("visible_bias", zeros([visible]));
  const parameters = [weights, hiddenBias, visibleBias];
  /** The hidden units of the chains, and how many batches were seen. */
  const chains = shared("chains", zeros([batch, hidden]));
  const seen = shared("seen", 0, { dtype: "i32" });

  const draw = (key: Key, probability: Units): Units => random.bernoulli(key, probability.shape, probability).convert("f32");
  const up = (units: Units): Units => units.dot(weights).add(hiddenBias).sigmoid();
  const down = (units: Units): Units => units.dot(weights.transpose()).add(visibleBias).sigmoid();
  /** -log of the sum over all hidden states, [images]. */
  const freeEnergy = (units: Units): Tensor<"f32", [Dim]> =>
    units.dot(visibleBias).add(units.dot(weights).add(hiddenBias).softplus().sum(1)).neg();
  /** From hidden units to hidden units, with what was visible between. */
  const step = (key: Key, units: Units) => {
    const own = random.split(key, 2);
    const mean = down(units);
    const shown = draw(own.at(0), mean);
    return { mean, shown, hidden: draw(own.at(1), up(shown)) };
  };

  const inkOf = (bytes: Tensor<"u8", [Dim, number]>): Units => bytes.convert("f32").div(255);
  /** How much likelier one pixel is than its opposite, for the number of pixels; it takes turns. */
  const pseudoLikelihood = (ink: Units): Tensor<"f32", []> => {
    const binary = ink.round();
    const chosen = constant(Int32Array.from({ length: visible }, (_, i) => i)).eq(seen.rem(visible)).convert("f32");
    const flipped = binary.add(chosen.mul(binary.mul(-2).add(1)));
    return freeEnergy(flipped).sub(freeEnergy(binary)).neg().softplus().mean().mul(-visible);
  };

  const images = input("images", ["batches", batch, visible], { dtype: "u8" });
  const [likelihoods, updates] = scan({
    sequences: images,
    fn(bytes) {
      const ink = inkOf(bytes);
      const keys = random.split(random.foldIn(random.key(seed), seen), gibbsSteps);
      const [end] = scan((now, key) => {
        const { shown, hidden: next } = step(key, now.hidden);
        return [{ hidden: next, shown }, null];
      }, { hidden: chains, shown: zeros([batch, visible]) }, keys);
      const cost = freeEnergy(ink).mean().sub(freeEnergy(end.shown).mean());
      // What the chains hold counts as given.
      const gradients = grad(cost, parameters, { considerConstant: [end.shown] });
      return { outputs: pseudoLikelihood(ink), updates: [...sgd(gradients, parameters, { learningRate }), [chains, end.hidden], [seen, seen.add(1)]] };
    },
  });

  const start = input("start", ["chains", visible], { dtype: "u8" });
  const key = input("key", [2], { dtype: "u32" });
  const [, pictures] = scan((units, own) => {
    const [end] = scan((now, ownKey) => {
      const { mean, hidden: next } = step(ownKey, now.hidden);
      return [{ hidden: next, mean }, null];
    }, { hidden: units, mean: zeros(["chains", visible]) }, random.split(own, "steps"));
    return [end.hidden, end.mean.mul(255).round().convert("u8")];
  }, draw(random.foldIn(key, 0), up(inkOf(start))), random.split(random.foldIn(key, 1), "pictures"));

  return {
    train: fn({ inputs: { images }, outputs: { likelihoods }, updates }),
    dream: fn({ inputs: { start, key }, sizes: ["pictures", "steps"], outputs: { pictures } }),
    filters: fn({ inputs: {}, outputs: { filters: weights.transpose() } }),
  };
}
