// Teaches a net the text: so many passes over its first 95 %, after each of which it is asked about the others.

import { compile } from "damo";
import { type Cell, defineCharModel } from "./model.ts";
import { type Codes, decode, encodeWith, layOut, type Layout, type Text } from "./text.ts";

export interface Training extends Layout {
  readonly cell: Cell;
  readonly hidden: number;
  readonly learningRate: number;
  readonly epochs: number;
}

/** Bits per character of the text that is learnt from, over each part of an epoch, and of the text that was held back, after the epoch. */
export interface Progress {
  readonly epoch: number;
  readonly learnt: readonly number[];
  readonly held: number;
  readonly seconds: number;
}

export interface Learnt extends Training {
  readonly progress: readonly Progress[];
  /** In milliseconds. */
  readonly compileTime: number;
  readonly sample: string;
  /** Bits of each character held back that one stream read, in order. */
  readonly passage: { readonly text: string; readonly bits: Float32Array };
}

/** The text is divided: the first 95 % are learnt, the others held back. */
export async function learnToWrite({ alphabet, codes }: Text, training: Training, report: (progress: Progress) => void = () => {}): Promise<Learnt> {
  const border = Math.floor(0.95 * codes.length);
  const given = layOut(codes.subarray(0, border), training);
  const held = layOut(codes.subarray(border), training);
  const [chunks] = given.x.shape;
  const begun = performance.now();
  const model = await compile(defineCharModel({ ...training, characters: alphabet.length, chunks: chunks * training.epochs }));
  const compileTime = performance.now() - begun;
  const progress: Progress[] = [];
  let bits: Float32Array = new Float32Array();
  for (let epoch = 1; epoch <= training.epochs; epoch++) {
    const start = performance.now();
    const learnt = partsOf(model.train(given).bits.data, 40);
    const seconds = (performance.now() - start) / 1000;
    bits = model.measure(held).bits.data;
    progress.push({ epoch, learnt, held: meanOf(bits), seconds });
    report(progress.at(-1)!);
  }
  const { written } = model.write({ prompt: encodeWith(alphabet, "\nThe whale "), seed: 3, temperature: 0.7, length: 600 });
  model.dispose();
  return { ...training, progress, compileTime, sample: decode(alphabet, written.data), passage: { text: decode(alphabet, firstStream(held.y)), bits: firstStream({ ...held.y, data: bits }) } };
}

const meanOf = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function partsOf(values: Float32Array, count: number): number[] {
  return Array.from({ length: count }, (_, i) => meanOf(values.subarray(Math.floor(i * values.length / count), Math.floor((i + 1) * values.length / count))));
}

function firstStream<A extends Int32Array | Float32Array>({ data, shape: [, , streams] }: Omit<Codes, "data"> & { readonly data: A }): A {
  return data.filter((_, i) => i % streams === 0) as A;
}
