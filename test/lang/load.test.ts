// damo/load runs what build() wrote: the same results as the compiled model, checked inputs, state, bound buffers.
import { build, compile, fn, grad, input, shared, softmaxCrossEntropy, zeros } from "damo";
import { load } from "damo/load";
import { describe, expect, test } from "vitest";

const x = input("x", ["n", 3]);
const y = input("y", ["n"], { dtype: "i32" });
const w = shared("w", zeros([3, 2]));
const logits = x.dot(w);
const cost = softmaxCrossEntropy(logits, y).mean();
const train = fn({ inputs: { x, y }, outputs: { cost }, updates: [[w, w.sub(grad(cost, w).mul(0.5))]] });
const predict = fn({ inputs: { x }, outputs: { p: logits.softmax(), label: logits.argmax(-1) } });
const batch = { x: [[1, 2, 3], [-4, 5, 6]], y: [0, 1] };

describe("an artifact", () => {
  test("gives the bits of the compiled model", async () => {
    const model = await compile({ train, predict });
    const { functions, state } = await load((await build({ train, predict })).wasm);
    for (let i = 0; i < 3; i++) expect(functions["train"]!(batch)["cost"]!.item()).toBe(model.train(batch).cost.item());
    expect(state["w"]!.get().data).toEqual(model.state["w"]!.get().data);
    const [loaded, compiled] = [functions["predict"]!({ x: batch.x }), model.predict({ x: batch.x })];
    expect(loaded["p"]!.toArray()).toEqual(compiled.p.toArray());
    expect(loaded["label"]!.toArray()).toEqual(compiled.label.toArray());
  });

  test("carries a trained state, or takes it from beside it", async () => {
    const model = await compile({ train, predict });
    model.train(batch);
    const trained = await load((await build({ predict }, { stateFrom: model })).wasm);
    expect(trained.state["w"]!.get().data).toEqual(model.state["w"]!.get().data);
    const { wasm, weights } = await build({ predict }, { stateFrom: model, weights: "external" });
    const bare = await load(await WebAssembly.compile(wasm));
    expect(() => bare.functions["predict"]!({ x: batch.x })).toThrow(/^E603/);
    const whole = await load(wasm, { weights: weights! });
    expect(whole.functions["predict"]!({ x: batch.x })["p"]!.toArray()).toEqual(model.predict({ x: batch.x }).p.toArray());
  });

  test("refuses weights that are damaged or of other shapes", async () => {
    const { wasm, weights } = await build({ predict }, { weights: "external" });
    const refused = (bytes: Uint8Array) => expect(load(wasm, { weights: bytes }), String(bytes)).rejects.toThrow(/^E705 weights do not fit (w|it)$/);
    for (let length = 0; length < weights!.length; length++) await refused(weights!.subarray(0, length));
    const v = shared("w", zeros([2, 3]));
    await refused((await build({ f: fn({ inputs: {}, outputs: { v } }) }, { weights: "external" })).weights!);
    const u = shared("u", zeros([3, 2]));
    await refused((await build({ f: fn({ inputs: {}, outputs: { u } }) }, { weights: "external" })).weights!);
    expect((await load(wasm, { weights: weights! })).state["w"]!.get().shape).toEqual([3, 2]);
  });

  test("has states that can be set", async () => {
    const { functions, state } = await load((await build({ predict })).wasm);
    state["w"]!.set([[1, 0], [0, 0], [0, 0]]);
    expect(functions["predict"]!({ x: [[2, 0, 0], [-2, 0, 0]] })["label"]!.toArray()).toEqual([0, 1]);
    expect(() => state["w"]!.set([[1]])).toThrow(/^E503 w has 1 elements, not 6/);
  });

  test("stores only what a dtype holds", async () => {
    const bits = input("bits", [2], { dtype: "bool" });
    const wide = input("wide", [2], { dtype: "i64" });
    const small = input("small", [2], { dtype: "u8" });
    const { functions } = await load((await build({ f: fn({ inputs: { bits, wide, small }, outputs: { bits, wide, small } }) })).wasm);
    const good = { bits: [true, 0], wide: [-3, 2n ** 62n], small: Uint8Array.of(1, 255) };
    const out = functions["f"]!(good);
    expect([out["bits"]!.toArray(), out["wide"]!.toArray(), out["small"]!.toArray()]).toEqual([[true, false], [-3n, 2n ** 62n], [1, 255]]);
    for (const bad of [[0, 2], Uint8Array.of(0, 7), [Number.NaN, 0]]) expect(() => functions["f"]!({ ...good, bits: bad })).toThrow(/^E502 bits must be bool/);
    for (const bad of [[0, 0.5], [2n ** 63n, 0n], ["x", 1]]) expect(() => functions["f"]!({ ...good, wide: bad as never })).toThrow(/^E502 wide must be i64/);
    for (const bad of [[0, 256], [-1, 0], Int8Array.of(1, 2)]) expect(() => functions["f"]!({ ...good, small: bad })).toThrow(/^E502 small must be u8/);
  });

  test("has buffers that can be bound", async () => {
    const { functions } = await load((await build({ predict })).wasm);
    const bound = functions["predict"]!.bindBuffers({ n: 1 });
    (bound.inputs["x"] as Float32Array).set([1, 2, 3]);
    bound.run();
    expect([...(bound.outputs["p"] as Float32Array)]).toEqual([0.5, 0.5]);
    expect(() => functions["predict"]!.bindBuffers()).toThrow(/^E501 bad size n: undefined/);
    expect(() => functions["predict"]!.bindBuffers({ n: 2 ** 32 })).toThrow(/^E501 bad size n/);
    expect(() => functions["predict"]!.bindBuffers({ n: -1 })).toThrow(/^E605/);
  });

  test("evaluates sizes that are expressions", async () => {
    const a = input("a", ["n"]);
    const b = input("b", ["2*n+1"]);
    const { functions } = await load((await build({ f: fn({ inputs: { a, b }, outputs: { s: b.sum().add(a.sum()) } }) })).wasm);
    expect(functions["f"]!({ a: [1, 2], b: [1, 1, 1, 1, 1] })["s"]!.item()).toBe(8);
    const c = input("c", ["max(n,2)*n-min(n,3)+floor_div(n-7,2)+4"]);
    const { functions: { g } } = await load((await build({ g: fn({ inputs: { a, c }, outputs: { s: a.sum().add(c.sum()) } }) })).wasm);
    // 4*4 - 3 + floor(-3 / 2) + 4 = 15.
    expect(g!({ a: new Float32Array(4), c: new Float32Array(15).fill(1) })["s"]!.item()).toBe(15);
    expect(() => functions["f"]!({ a: [1, 2], b: [1, 1] })).toThrow(/^E503 b has shape \[2\] for \[2\*n\+1\]/);
  });

  test.each([
    ["E501 y is missing", { x: batch.x }],
    ["E501 no input z", { ...batch, z: 1 }],
    ["E502 y must be i32", { ...batch, y: Float32Array.of(1, 2) }],
    ["E503 ragged x", { ...batch, x: [[1, 2, 3], [1]] }],
    ["E503 x has shape [1,2] for [n,3]", { x: [[1, 2]], y: [1] }],
    ["E503 y has shape [1] for [n]", { ...batch, y: [1] }],
    ["E503 x has 2 elements, not 6", { ...batch, x: { data: new Float32Array(2), shape: [2, 3] } }],
    ["E502 y must be i32", { ...batch, y: [0, 0.5] }],
    ["E502 y must be i32", { ...batch, y: [0, 2 ** 31] }],
    ["E502 x must be f32", { ...batch, x: [[1, 2, 3], [1, 2, true]] }],
    ["E502 x must be f32", { ...batch, x: [[1, 2, 3], [1, 2, null]] }],
    ["E502 x must be f32", { ...batch, x: [[1, 2, 3], [1, 2, [3]]] }],
    ["E503 ragged x", { ...batch, x: [[1, 2, 3], null] }],
    ["E503 x has shape [] for [n,3]", { ...batch, x: "abc" }],
    ["E601 ", { ...batch, y: [0, 2] }],
  ])("refuses: %s", async (expected, feeds) => {
    const { functions, state } = await load((await build({ train })).wasm);
    let message = "";
    try {
      functions["train"]!(feeds as never);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message.slice(0, expected.length)).toBe(expected);
    expect(state["w"]!.get().toArray()).toEqual([[0, 0], [0, 0], [0, 0]]);
  });

  test.each([
    ["an empty file", () => new Uint8Array(0)],
    ["a truncated module", async () => (await build({ predict })).wasm.subarray(0, 100)],
    ["a module of someone else", () => Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)],
  ])("%s is refused with E701", async (_what, bytesOf) => {
    await expect(load(await bytesOf())).rejects.toThrow(/^E701/);
  });
});
