// A recurrent net that says, character by character, what comes next: Elman's ("Finding structure in time", 1990) or an LSTM
// (Hochreiter and Schmidhuber, 1997; Gers et al., 2000). A whole pass over the text is one call: a loop over chunks of the text
// with Adam's updates in its body, and in that body a loop over the characters, through which the gradients go back.

import { adam, clipByGlobalNorm, cosineDecay, type Dim, fn, grad, input, scan, shared, softmaxCrossEntropy, type Tensor, uniform, zeros } from "damo";
import * as random from "damo/random";
import type { Layout } from "./text.ts";

export type Cell = "elman" | "lstm";

/** [streams, hidden] */
export type State = Tensor<"f32", [number, number]>;

interface CellRule {
  /** Sums of a step, each as wide as the state. */
  readonly sums: number;
  /** What is carried from character to character; the first is what the net shows. */
  readonly states: number;
  /** The bias of each sum at the start. */
  readonly bias: readonly number[];
  advance(before: readonly State[], sum: (i: number) => State): readonly State[];
}

const cells: { readonly [C in Cell]: CellRule } = {
  elman: { sums: 1, states: 1, bias: [0], advance: (_, sum) => [sum(0).tanh()] },
  // Input, candidate, forget and output gate; at first nothing is forgotten (Jozefowicz et al., 2015).
  lstm: {
    sums: 4, states: 2, bias: [0, 0, 1, 0],
    advance([, memory], sum) {
      const next = sum(0).sigmoid().mul(sum(1).tanh()).add(sum(2).sigmoid().mul(memory!));
      return [sum(3).sigmoid().mul(next.tanh()), next];
    },
  },
};

export interface Weights {
  /** [alphabet, sums * hidden]: a character's row is what it adds to the sums. */
  readonly input: Tensor<"f32", [number, number]>;
  /** [hidden, sums * hidden] */
  readonly state: Tensor<"f32", [number, number]>;
  /** [sums * hidden] */
  readonly bias: Tensor<"f32", [number]>;
  /** [hidden, alphabet] and [alphabet] */
  readonly output: Tensor<"f32", [number, number]>;
  readonly outputBias: Tensor<"f32", [number]>;
}

/** Reads characters i32[steps, streams]; gives the state after them and, for each, the logits of the next one. */
export function read<Steps extends Dim>(cell: Cell, weights: Weights, state: readonly State[], characters: Tensor<"i32", [Steps, number]>) {
  const { advance } = cells[cell];
  const hidden = weights.state.shape[0];
  const driven = weights.input.take(characters, 0).add(weights.bias);
  const [last, shown] = scan((before: readonly State[], x) => {
    const sums = x.add(before[0]!.dot(weights.state));
    const next = advance(before, (i) => sums.slice(1, i * hidden, (i + 1) * hidden));
    return [next, next[0]!];
  }, state, driven);
  return { last, logits: shown.dot(weights.output).add(weights.outputBias) };
}

/** -log2 of the probability of each next character. */
export function bitsOf(logits: Tensor<"f32", [number, number, number]>, next: Tensor<"i32", [number, number]>): Tensor<"f32", [number, number]> {
  return softmaxCrossEntropy(logits, next).div(Math.LN2);
}

export interface CharModelOptions extends Layout {
  readonly cell: Cell;
  readonly hidden: number;
  /** Size of the alphabet. */
  readonly characters: number;
  /** Of Adam at the start; falls to 0 in `chunks` updates. */
  readonly learningRate: number;
  readonly chunks: number;
}

/** Chunks of the text, i32[chunks, steps, streams], and the next characters: `train` learns from them and `measure` does not, both
 *  give the bits that each character cost. `write` goes on from a prompt. */
export function defineCharModel({ cell, hidden, characters, steps, streams, learningRate, chunks }: CharModelOptions) {
  const { sums, states, bias } = cells[cell];
  const variables = [
    shared("input", uniform([characters, sums * hidden], { seed: 1, low: -0.1, high: 0.1 })),
    shared("state", uniform([hidden, sums * hidden], { seed: 2, low: -1 / Math.sqrt(hidden), high: 1 / Math.sqrt(hidden) })),
    shared("bias", bias.flatMap((value) => new Array<number>(hidden).fill(value))),
    shared("output", uniform([hidden, characters], { seed: 3, low: -0.1, high: 0.1 })),
    shared("output_bias", zeros([characters])),
  ] as const;
  const weights: Weights = { input: variables[0], state: variables[1], bias: variables[2], output: variables[3], outputBias: variables[4] };
  const nothing = Array.from({ length: states }, (): State => zeros([streams, hidden]));

  const x = input("x", ["chunks", steps, streams], { dtype: "i32" });
  const y = input("y", ["chunks", steps, streams], { dtype: "i32" });
  // The state goes on from chunk to chunk; gradients do not.
  const [learnt, updates] = scan({
    sequences: [x, y], outputsInfo: [null, ...nothing],
    fn(chunk, next, ...before) {
      const { last, logits } = read(cell, weights, before, chunk);
      const bits = bitsOf(logits, next);
      const gradients = clipByGlobalNorm(grad(bits.mean(), variables), 5);
      return { outputs: [bits, ...last], updates: adam(gradients, variables, { learningRate: cosineDecay(learningRate, { steps: chunks }) }) };
    },
  });
  const [, measured] = scan((before: readonly State[], [chunk, next]) => {
    const { last, logits } = read(cell, weights, before, chunk);
    return [last, bitsOf(logits, next)];
  }, nothing, [x, y]);

  const prompt = input("prompt", ["prompt_length"], { dtype: "i32" });
  const seed = input("seed", [], { dtype: "i32" });
  const temperature = input("temperature", []);
  const written = writeOn(cell, weights, prompt, random.split(random.key(seed), "length"), temperature);
  return {
    train: fn({ inputs: { x, y }, outputs: { bits: learnt[0] }, updates }),
    measure: fn({ inputs: { x, y }, outputs: { bits: measured } }),
    write: fn({ inputs: { prompt, seed, temperature }, sizes: ["length"], outputs: { written } }),
  };
}

/** As many characters as there are keys, each drawn with the probability that the net gives it. */
function writeOn(cell: Cell, weights: Weights, prompt: Tensor<"i32", [string]>, keys: Tensor<"u32", [string, 2]>, temperature: Tensor<"f32", []>) {
  const start = Array.from({ length: cells[cell].states }, (): State => zeros([1, weights.state.shape[0]]));
  const begun = read(cell, weights, start, prompt.reshape([-1, 1]));
  const [, written] = scan(({ state, logits }, key) => {
    const character = random.categorical(key, logits.div(temperature));
    const { last, logits: next } = read(cell, weights, state, character.reshape([1, 1]));
    return [{ state: last, logits: next.at(0, 0) }, character];
  }, { state: begun.last, logits: begun.logits.at(-1, 0) }, keys);
  return written;
}
