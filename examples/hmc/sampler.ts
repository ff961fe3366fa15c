// Hamiltonian Monte Carlo (Duane et al., 1987; Neal, "MCMC using Hamiltonian dynamics", 2011) for any energy: draws from the density
// proportional to exp(-energy). A loop over draws, in it a loop over leapfrog steps, in whose body the energy is differentiated.

import { type Dim, grad, scan, type Tensor, where } from "damo";
import * as random from "damo/random";

/** [chains, dimensions] */
export type Positions = Tensor<"f32", [Dim, number]>;

/** Of each chain; differentiable. */
export type Energy = (positions: Positions) => Tensor<"f32", [Dim]>;

type Scalar = Tensor<"f32", []>;

/** Positions and velocities along a path of almost constant energy, and all positions on it, [steps, chains, dimensions]. */
export function leapfrog(energy: Energy, position: Positions, velocity: Positions, stepSize: Scalar, steps: number) {
  const force = (at: Positions): Positions => grad(energy(at).sum(), at).neg();
  const half = velocity.add(force(position).mul(stepSize).mul(0.5));
  const [end, path] = scan((now) => {
    const next = now.position.add(now.velocity.mul(stepSize));
    return [{ position: next, velocity: now.velocity.add(force(next).mul(stepSize)) }, next];
  }, { position, velocity: half }, null, { length: steps });
  // The last kick was a whole one.
  const velocityThere = end.velocity.sub(force(end.position).mul(stepSize).mul(0.5));
  return { position: end.position, velocity: velocityThere, path };
}

export interface HmcOptions {
  /** Leapfrog steps between draws. */
  readonly steps: number;
  /** The share of proposals that should be accepted. Where it is said, the step size grows when more are and shrinks when less are
   *  (Robbins and Monro, 1951): draws are then not quite from the density and serve to find the step size. */
  readonly adaptTo?: number;
}

/** Where the chains are, and how far a step goes. */
export interface ChainState {
  readonly position: Positions;
  readonly stepSize: Scalar;
}

const gain = 0.2;

/** One draw for each key, u32[draws, 2]: positions [draws, chains, dimensions], and which proposals were accepted. */
export function drawByHmc<Draws extends string | number>(energy: Energy, start: ChainState, keys: Tensor<"u32", [Draws, 2]>, { steps, adaptTo }: HmcOptions) {
  const hamiltonian = (position: Positions, velocity: Positions) => energy(position).add(velocity.square().sum(1).mul(0.5));
  return scan((now, key) => {
    const own = random.split(key, 2);
    const velocity: Positions = random.normal(own.at(0), now.position.shape);
    const proposal = leapfrog(energy, now.position, velocity, now.stepSize, steps);
    const rise = hamiltonian(proposal.position, proposal.velocity).sub(hamiltonian(now.position, velocity));
    const probability = rise.neg().exp().minimum(1);
    const accepted = random.uniform(own.at(1), rise.shape).lt(probability);
    const position = where(accepted.expandDims(1), proposal.position, now.position);
    const stepSize = adaptTo === undefined ? now.stepSize : now.stepSize.mul(probability.mean().sub(adaptTo).mul(gain).exp());
    return [{ position, stepSize }, { position, accepted }];
  }, start, keys);
}
