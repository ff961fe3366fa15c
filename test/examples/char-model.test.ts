// The text is laid out as it stands, gradients through time are those of finite differences, and a small net learns.
import { compile, constant, fn, input, type Tensor } from "damo";
import { checkGradient } from "damo/testing";
import { describe, expect, test } from "vitest";
import { learnToWrite } from "../../examples/char-model/learn.ts";
import { bitsOf, type Cell, read, type State, type Weights } from "../../examples/char-model/model.ts";
import { heldOf, writeReport } from "../../examples/char-model/report.ts";
import { decode, encode, encodeWith, layOut, readBook } from "../../examples/char-model/text.ts";

const cells: readonly Cell[] = ["elman", "lstm"];

describe("the text", () => {
  test("is numbers of its alphabet, and back", () => {
    const { alphabet, codes } = encode("abrac\n");
    expect(alphabet).toEqual(["\n", "a", "b", "c", "r"]);
    expect([...codes]).toEqual([1, 2, 4, 1, 3, 0]);
    expect(decode(alphabet, codes)).toBe("abrac\n");
    expect([...encodeWith(alphabet, "car")]).toEqual([3, 1, 4]);
    expect(() => encodeWith(alphabet, "cat")).toThrow('"t" is not in the alphabet');
  });

  test("is cut into streams, with the next character beside each", () => {
    // Two streams of four: 0 1 2 3 and 4 5 6 7, in two chunks; 8 is the last one's next, 9 is left out.
    const { x, y } = layOut(Int32Array.from({ length: 10 }, (_, i) => i), { steps: 2, streams: 2 });
    expect(x.shape).toEqual([2, 2, 2]);
    expect([...x.data]).toEqual([0, 4, 1, 5, 2, 6, 3, 7]);
    expect([...y.data]).toEqual([1, 5, 2, 6, 3, 7, 4, 8]);
  });

  test("is the book", () => {
    const { alphabet, codes } = readBook();
    expect(codes.length).toBeGreaterThan(1_000_000);
    expect(decode(alphabet, codes.subarray(0, 40))).toMatch(/^CHAPTER 1\. Loomings\.\n\nCall me Ishmael/);
  });
});

/** Numbers near 0, always the same. */
const numbers = (shape: readonly number[], seed: number) => {
  const length = shape.reduce((product, size) => product * size, 1);
  return { shape, data: Float64Array.from({ length }, (_, i) => 0.5 * Math.sin(seed + 2.3 * i)) };
};

const [alphabet, hidden, steps, streams] = [5, 3, 6, 2];
const sums = { elman: 1, lstm: 4 } as const;
const states = { elman: 1, lstm: 2 } as const;

const pointOf = (cell: Cell) => [
  numbers([alphabet, sums[cell] * hidden], 1), numbers([hidden, sums[cell] * hidden], 2), numbers([sums[cell] * hidden], 3), numbers([hidden, alphabet], 4), numbers([alphabet], 5),
  ...Array.from({ length: states[cell] }, (_, i) => numbers([streams, hidden], 6 + i)),
];

/** The mean of the bits as a function of the weights and the first state, for one text. */
function costOf(cell: Cell, ...args: readonly Tensor[]): Tensor<"f32", []> {
  const [fromInput, state, bias, output, outputBias, ...first] = args as unknown as [State, State, Tensor<"f32", [number]>, State, Tensor<"f32", [number]>, ...State[]];
  const weights: Weights = { input: fromInput, state, bias, output, outputBias };
  const text = (ahead: number) => constant({ data: Int32Array.from({ length: steps * streams }, (_, i) => ((i + ahead) * 7) % alphabet), shape: [steps, streams] });
  return bitsOf(read(cell, weights, first, text(0)).logits, text(3)).mean();
}

describe.each(cells)("%s", (cell) => {
  test("gradients through time are those of finite differences", () =>
    checkGradient((...args) => costOf(cell, ...args) as unknown as Tensor<"f64">, pointOf(cell)));

  test("a step is its formula", async () => {
    const point = pointOf(cell);
    const inputs = Object.fromEntries(point.map(({ shape }, i) => [`x${i}`, input(`x${i}`, shape, { dtype: "f64" })]));
    const f = await compile(fn({ inputs, outputs: { cost: costOf(cell, ...Object.values(inputs)) } }));
    expect(f(Object.fromEntries(point.map((value, i) => [`x${i}`, value]))).cost.item()).toBeCloseTo(bitsByHand(cell, point), 12);
  });
});

/** The same cost in JavaScript. */
function bitsByHand(cell: Cell, [fromInput, state, bias, output, outputBias, ...first]: readonly { readonly data: Float64Array }[]): number {
  const width = sums[cell] * hidden;
  const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
  let total = 0;
  for (let stream = 0; stream < streams; stream++) {
    let [h, c = []] = first.map(({ data }) => Array.from(data.subarray(stream * hidden, (stream + 1) * hidden))) as [number[], number[]?];
    for (let step = 0; step < steps; step++) {
      const at = step * streams + stream;
      const [now, next] = [(at * 7) % alphabet, ((at + 3) * 7) % alphabet];
      const sum = Array.from({ length: width }, (_, j) =>
        fromInput!.data[now * width + j]! + bias!.data[j]! + h.reduce((all, value, k) => all + value * state!.data[k * width + j]!, 0));
      if (cell === "lstm") c = c.map((value, j) => sigmoid(sum[j]!) * Math.tanh(sum[hidden + j]!) + sigmoid(sum[2 * hidden + j]!) * value);
      h = cell === "lstm" ? c.map((value, j) => sigmoid(sum[3 * hidden + j]!) * Math.tanh(value)) : sum.map(Math.tanh);
      const logits = Array.from({ length: alphabet }, (_, j) => outputBias!.data[j]! + h.reduce((all, value, k) => all + value * output!.data[k * alphabet + j]!, 0));
      total += Math.log2(logits.reduce((all, value) => all + Math.exp(value), 0)) - logits[next]! / Math.LN2;
    }
  }
  return total / (steps * streams);
}

/** What the text held back takes if only the character before is known: counts of pairs in the text that is learnt, one half added to each. */
function bitsByPairs(codes: Int32Array, count: number): number {
  const border = Math.floor(0.95 * codes.length);
  const pairs = new Float64Array(count * count).fill(0.5);
  for (let i = 1; i < border; i++) pairs[codes[i - 1]! * count + codes[i]!]!++;
  let bits = 0;
  for (let i = border + 1; i < codes.length; i++) {
    const row = pairs.subarray(codes[i - 1]! * count, (codes[i - 1]! + 1) * count);
    bits += Math.log2(row.reduce((sum, value) => sum + value, 0) / row[codes[i]!]!);
  }
  return bits / (codes.length - border - 1);
}

test("small nets learn from the first pages, write in their alphabet, and are drawn", { timeout: 120_000 }, async () => {
  const book = readBook();
  const pages = encode(decode(book.alphabet, book.codes.subarray(0, 60_000)));
  const nets = await Promise.all(cells.map((cell) => learnToWrite(pages, { cell, hidden: 48, steps: 16, streams: 8, learningRate: cell === "lstm" ? 0.02 : 0.006, epochs: 3 })));
  for (const net of nets) {
    expect(heldOf(net)).toBeLessThan(bitsByPairs(pages.codes, pages.alphabet.length) - 0.2);
    expect(heldOf(net)).toBeLessThan(net.progress[0]!.held);
    expect(net.sample).toHaveLength(600);
    expect([...net.sample].every((character) => pages.alphabet.includes(character))).toBe(true);
  }
  const page = writeReport(nets, pages.codes.length, 4);
  expect(page).not.toMatch(/NaN|undefined|(src|href)="(?!data:)|<script/);
});
