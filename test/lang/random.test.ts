// Keys, streams and the initialisers: what is a function of what. Distributions are tested in random-distributions.test.ts.
import {
  add, compile, fn, glorotNormal, glorotUniform, heNormal, heUniform, input, normal, scalar, shared, sizeOf, type Tensor, uniform, zeros,
} from "damo";
import * as random from "damo/random";
import { expect, test } from "vitest";
import { threefry2x32 } from "../../ir/reference/threefry.ts";

async function draw(tensor: Tensor, target: "wasm" | "reference" = "wasm"): Promise<readonly number[]> {
  const f = await compile(fn({ inputs: {}, outputs: tensor }), { target });
  return Array.from(f().data as Float32Array, Number);
}

test("random bits are Threefry of the key and the element's position, on every target", async () => {
  const expected = Array.from({ length: 12 }, (_, i) => threefry2x32(3, 0xfedcba98, 0, i)[0]);
  for (const target of ["wasm", "reference"] as const) {
    expect(await draw(random.bits(random.key(3 * 2 ** 32 + 0xfedcba98), [3, 4]), target)).toEqual(expected);
  }
});

test("a key may be computed: of a seed, of a step, of one among many", async () => {
  const seed = scalar("seed", { dtype: "i32" });
  const keys = random.split(random.key(seed), 3);
  const f = await compile(fn({ inputs: { seed }, outputs: { keys, folded: random.foldIn(random.key(seed), seed), known: random.foldIn(random.key(9), 9) } }));
  const { keys: split, folded, known } = f({ seed: 9 });
  expect(split.toArray()).toEqual([0, 1, 2].map((i) => threefry2x32(0, 9, 2, i)));
  expect([...folded.data]).toEqual(threefry2x32(0, 9, 1, 9));
  expect([...known.data]).toEqual([...folded.data]);
});

test("draws, derived keys and split keys of one key have no word in common", async () => {
  const key = random.key(4);
  const words = [...await draw(random.bits(key, [100])), ...await draw(random.split(key, 50)), ...await draw(random.foldIn(key, 7))];
  expect(new Set(words).size).toBe(202);
});

test("a draw depends on neither the shape's form nor what is drawn beside it", async () => {
  const key = random.key(8);
  const n = input("x", ["n"]);
  const f = await compile(fn({ inputs: { n }, outputs: { open: random.normal(key, ["n"]), tall: random.normal(key, [6, 1]).flatten(), size: sizeOf("n") }, onUnusedInput: "ignore" }));
  const { open, tall } = f({ n: new Float32Array(6) });
  expect([...open.data]).toEqual([...tall.data]);
});

test("f64 draws have 53 bits", async () => {
  const values = await draw(random.uniform(random.key(1), [1000], { dtype: "f64" }));
  expect(values.every((value) => Number.isInteger(value * 2 ** 53) && value < 1)).toBe(true);
  expect(values.some((value) => !Number.isInteger(value * 2 ** 40))).toBe(true);
});

test.each([
  ["a key of floats", () => random.normal(zeros([2]) as never, [3]), "E202 normal: f32[2] is not a key (u32[2])"],
  ["a negative seed", () => random.key(-1), "E209 key: the seed -1 is not a non-negative integer"],
  ["a seed with a fraction", () => random.randomStream(0.5), "E209 randomStream: the seed 0.5 is not a non-negative integer"],
  ["an integer dtype", () => random.uniform(random.key(1), [2], { dtype: "i32" as never }), "E101 uniform: i32 is not a float dtype"],
  ["a parameter that does not stretch", () => random.normal(random.key(1), [2, 3], { mean: zeros([2]) }), "E203 normal: [2] does not stretch to [2,3]"],
  ["too many different ones", () => random.choice(random.key(1), 3, [4], { replace: false }), "E205 choice: 4 different ones of 3 are asked for"],
  ["too many different classes", () => random.categoricalWithoutReplacement(random.key(1), zeros([3]), 4), "E205 categoricalWithoutReplacement: 4 different classes of 3"],
  ["classes of a scalar", () => random.categorical(random.key(1), add(1, 1)), "E203 categorical: [] has no axis of classes"],
  ["a number that is too large to fold in", () => random.foldIn(random.key(1), 2 ** 32), "E209 foldIn: 4294967296 is not an integer below 2^32"],
] as const)("%s is refused", (_, make, message) => {
  expect(make).toThrow(message);
  expect(make).toThrow("random.test.ts");
});

test("a stream draws anew at each call, and each of its keys differently", async () => {
  const stream = random.randomStream(5);
  const model = await compile({ f: fn({ inputs: {}, outputs: { a: random.uniform(stream.key(), [4]), b: random.uniform(stream.key(), [4]) } }) });
  const [first, second] = [model.f(), model.f()];
  const all = [first.a, first.b, second.a, second.b].map((value) => [...value.data].join());
  expect(new Set(all).size).toBe(4);
  expect(Object.keys(model.state)).toEqual(["random_0", "random_1"]);
  stream.reseed(model);
  expect([...model.f().a.data].join()).toBe(all[0]);
  stream.reseed(model, 6);
  expect([...model.f().a.data].join()).not.toBe(all[0]);
});

test("a copied stream goes on as its model does", async () => {
  const stream = random.randomStream(1, { name: "noise" });
  const f = fn({ inputs: {}, outputs: random.normal(stream.key(), [3]) });
  const model = await compile({ f });
  model.f();
  const copy = await compile({ f }, { stateFrom: model });
  expect([...copy.f().data]).toEqual([...model.f().data]);
});

test("functions update what they read by default, unless told not to", async () => {
  const count = shared("count", 0, { dtype: "i32", update: (now) => now.add(1) });
  const read = fn({ inputs: {}, outputs: count });
  const model = await compile({
    read,
    still: fn({ inputs: {}, outputs: count, noDefaultUpdates: true }),
    others: fn({ inputs: {}, outputs: count, noDefaultUpdates: [shared("other", 0)] }),
    reset: fn({ inputs: {}, outputs: { before: count }, updates: [[count, 10]] }),
  });
  expect([model.read().item(), model.read().item(), model.still().item(), model.still().item()]).toEqual([0, 1, 2, 2]);
  expect(model.others().item()).toBe(2);
  expect([model.reset().before.item(), model.read().item()]).toEqual([3, 10]);
  expect(() => shared("bad", 0, { update: () => zeros([2]) })).toThrow("E405 shared: the update of bad is f32[2], bad f32[] is needed");
  expect(() => fn({ inputs: {}, outputs: count, noDefaultUpdates: 1 as never })).toThrow("E401 fn: noDefaultUpdates must be true or a list of shared variables");
});

function momentsOf(values: readonly number[]): { mean: number; std: number; least: number; largest: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, std: Math.sqrt(square), least: Math.min(...values), largest: Math.max(...values) };
}

// 10,000 draws: the mean is within 4 standard errors of the true one for these fixed seeds.
test.each([
  ["uniform", uniform([100, 100], { seed: 3, low: -1, high: 3 }), 1, 4 / Math.sqrt(12), 2],
  ["glorotUniform", glorotUniform([100, 100], { seed: 3 }), 0, Math.sqrt(2 / 200), Math.sqrt(6 / 200)],
  ["heUniform", heUniform([100, 100], { seed: 3 }), 0, Math.sqrt(2 / 100), Math.sqrt(6 / 100)],
  ["normal", normal([100, 100], { seed: 3, mean: 2, std: 0.5 }), 2, 0.5, Number.POSITIVE_INFINITY],
  ["glorotNormal", glorotNormal([100, 100], { seed: 3 }), 0, Math.sqrt(2 / 200), Number.POSITIVE_INFINITY],
  ["heNormal of a filter", heNormal([5, 5, 4, 100], { seed: 3 }), 0, Math.sqrt(2 / 100), Number.POSITIVE_INFINITY],
] as const)("%s has its mean, deviation and range", async (_name, tensor, mean, std, reach) => {
  const moments = momentsOf(await draw(tensor as Tensor));
  expect(Math.abs(moments.mean - mean)).toBeLessThan((4 * std) / 100);
  expect(Math.abs(moments.std / std - 1)).toBeLessThan(0.03);
  expect(moments.least).toBeGreaterThanOrEqual(mean - reach);
  expect(moments.largest).toBeLessThanOrEqual(mean + reach);
});

test("initial values are the same as draws inside compiled code", async () => {
  const w = shared("w", normal([5, 3], { seed: 2 }));
  const model = await compile({ read: fn({ inputs: {}, outputs: { w, drawn: normal([5, 3], { seed: 2 }) } }) });
  const { w: stored, drawn } = model.read();
  // The reference's logarithm and cosine may differ in the last places.
  stored.data.forEach((value, i) => expect(Math.abs(value - drawn.data[i]!)).toBeLessThan(1e-6));
});

test("equal seeds give equal values, different ones different values", async () => {
  const [first, again, other] = await Promise.all([1, 1, 2].map((seed) => draw(uniform([8], { seed }) as Tensor)));
  expect(again).toEqual(first);
  expect(other).not.toEqual(first);
});
