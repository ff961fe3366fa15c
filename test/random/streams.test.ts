// Streams in loops: a loop of N steps draws what N calls draw, and leaves the stream where N calls leave it.
import { compile, constant, fn, grad, input, scalar, shared, type Tensor, zeros } from "damo";
import { cond, fori, map, scan, whileLoop } from "damo/loops";
import * as random from "damo/random";
import { describe, expect, test } from "vitest";

const targets = ["wasm", "reference"] as const;

/** What `calls` calls of a function without loops draw, each two numbers. */
async function drawCalls(calls: number): Promise<readonly number[][]> {
  const stream = random.randomStream(4);
  const model = await compile({ f: fn({ inputs: {}, outputs: random.uniform(stream.key(), [2]) }) });
  return Array.from({ length: calls }, () => [...model.f().data]);
}

describe.each(targets)("on %s", (target) => {
  test("a scan draws anew at each step, goes on at the next call, and steps carry nothing that the caller sees", async () => {
    const stream = random.randomStream(4);
    const [last, draws] = scan((sum, x) => {
      const drawn = random.uniform(stream.key(), [2]);
      return [sum.add(drawn.mul(x)), drawn];
    }, zeros([2]), constant([1, 1, 1]));
    expect(last.shape).toEqual([2]);
    const model = await compile({ f: fn({ inputs: {}, outputs: { last, draws } }) }, { target });
    const expected = await drawCalls(6);
    expect(model.f().draws.toArray()).toEqual(expected.slice(0, 3));
    expect(model.f().draws.toArray()).toEqual(expected.slice(3));
    stream.reseed(model);
    expect(model.f().draws.toArray()).toEqual(expected.slice(0, 3));
  });

  test("the number of steps is what the stream goes on by: none leave it", async () => {
    const stream = random.randomStream(4);
    const n = scalar("n", { dtype: "i32" });
    const last = fori(0, n, () => random.uniform(stream.key(), [2]), zeros([2]));
    const model = await compile({ f: fn({ inputs: { n }, outputs: last }) }, { target });
    const expected = await drawCalls(7);
    expect(model.f({ n: 3 }).toArray()).toEqual(expected[2]);
    expect(model.f({ n: 0 }).toArray()).toEqual([0, 0]);
    expect(model.f({ n: 1 }).toArray()).toEqual(expected[3]);
    expect(model.f({ n: 3 }).toArray()).toEqual(expected[6]);
  });

  test("a while loop draws until it stops", async () => {
    const stream = random.randomStream(4);
    const { sum, steps } = whileLoop(
      (state) => state.sum.lt(2.5),
      (state) => ({ sum: state.sum.add(random.uniform(stream.key(), [2]).at(0)), steps: state.steps.add(1) }),
      { sum: constant(0), steps: constant(0, { dtype: "i32" }) },
    );
    const model = await compile({ f: fn({ inputs: {}, outputs: { sum, steps } }) }, { target });
    const drawn = (await drawCalls(40)).map(([first]) => first!);
    for (let call = 0, at = 0; call < 3; call++) {
      let [expected, count] = [0, 0];
      for (; expected < 2.5; count++) expected = Math.fround(expected + drawn[at++]!);
      const result = model.f();
      expect([result.sum.item(), result.steps.item()]).toEqual([expected, count]);
    }
  });

  test("in nested loops each inner step draws anew", async () => {
    const stream = random.randomStream(4);
    const table = map((row) => map(() => random.uniform(stream.key(), [2]), row), zeros([2, 3]));
    const model = await compile({ f: fn({ inputs: {}, outputs: table }) }, { target });
    const expected = await drawCalls(12);
    const inRows = (draws: readonly number[][]): readonly (readonly number[][])[] => [draws.slice(0, 3), draws.slice(3)];
    expect(model.f().toArray()).toEqual(inRows(expected.slice(0, 6)));
    expect(model.f().toArray()).toEqual(inRows(expected.slice(6)));
  });
});

test("Theano's scan returns the stream's update; passed on or not, it is made once", async () => {
  const expected = await drawCalls(4);
  for (const passed of [true, false]) {
    const stream = random.randomStream(4);
    const [draws, updates] = scan({ fn: () => random.uniform(stream.key(), [2]), nSteps: 2, strict: true });
    expect(updates.map(([variable]) => (variable as { readonly name?: string }).name)).toEqual(["random_0"]);
    const given = passed ? { updates: updates as never } : {};
    const model = await compile({ f: fn({ inputs: {}, outputs: draws as Tensor<"f32", [2, 2]>, ...given }) });
    expect([...model.f().toArray(), ...model.f().toArray()]).toEqual(expected);
  }
});

test("a key that is made outside of a loop is one key in it", async () => {
  const key = random.randomStream(4).key();
  const draws = map(() => random.uniform(key, [2]), zeros([3]));
  const f = await compile(fn({ inputs: {}, outputs: draws }));
  const rows = f().toArray().map(String);
  expect(new Set(rows).size).toBe(1);
});

test("without default updates each call draws the same, and each step of it anew", async () => {
  const stream = random.randomStream(4);
  const f = await compile(fn({ inputs: {}, outputs: map(() => random.uniform(stream.key(), [2]), zeros([3])), noDefaultUpdates: true }));
  const expected = await drawCalls(3);
  expect([f().toArray(), f().toArray()]).toEqual([expected, expected]);
});

test("gradients go through loops that draw; with checkpoints and without, they are those of the same noise", async () => {
  const w = input("w", [2], { dtype: "f64" });
  const options = [{}, { checkpoint: 2 }, { checkpoint: "sqrt" }] as const;
  const outputs = Object.fromEntries(options.map((option, i) => {
    const stream = random.randomStream(4, { name: `s${i}` });
    const noise = map(() => random.normal(stream.key(), [2], { dtype: "f64" }), zeros([4]));
    const again = random.randomStream(4, { name: `t${i}` });
    const [last] = scan((h, _x) => [h.mul(w).add(random.normal(again.key(), [2], { dtype: "f64" })).tanh(), null], w, zeros([4]), option);
    const [known] = scan((h, x) => [h.mul(w).add(x).tanh(), null], w, noise);
    return [`g${i}`, grad(last.sum(), w).sub(grad(known.sum(), w)).abs().max()];
  }));
  const f = await compile(fn({ inputs: { w }, outputs }));
  for (const difference of Object.values(f({ w: [0.7, -1.3] }))) expect(difference.item()).toBeLessThan(1e-14);
});

test("a branch may make a key: whether it is taken or not, the stream goes on with each call", async () => {
  const stream = random.randomStream(4);
  const flag = scalar("flag", { dtype: "bool" });
  const drawn = cond(flag, () => random.uniform(stream.key(), [2]), () => zeros([2]));
  const model = await compile({ f: fn({ inputs: { flag }, outputs: drawn }) });
  const expected = await drawCalls(3);
  expect([true, false, true].map((value) => model.f({ flag: value }).toArray())).toEqual([expected[0], [0, 0], expected[2]]);
});

test("a branch in a loop may make a key, too", async () => {
  const stream = random.randomStream(4);
  const flags = input("flags", ["n"], { dtype: "bool" });
  const drawn = map((flag) => cond(flag, () => random.uniform(stream.key(), [2]), () => zeros([2])), flags);
  const model = await compile({ f: fn({ inputs: { flags }, outputs: drawn }) });
  const expected = await drawCalls(3);
  expect(model.f({ flags: [true, false, true] }).toArray()).toEqual([expected[0], [0, 0], expected[2]]);
});

test("a stream's state is a variable: it is read, set, copied and started again", async () => {
  const stream = random.randomStream(4);
  const count = shared("count", 0, { dtype: "i32" });
  const model = await compile({ f: fn({ inputs: {}, outputs: map(() => random.uniform(stream.key(), [2]), zeros([2])), updates: [[count, count.add(1)]] }) });
  const start = model.state["random_0"]!.get();
  const first = model.f().toArray();
  expect(model.state["random_0"]!.get().toArray()).not.toEqual(start.toArray());
  const second = model.f().toArray();
  model.state["random_0"]!.set(start.toArray());
  expect(model.f().toArray()).toEqual(first);
  expect(model.f().toArray()).toEqual(second);
});
