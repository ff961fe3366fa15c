// Misuse throws one DamoError that names the operation, the tensors with their shapes, and the user's line.
import {
  compile, concat, constant, conv2d, einsum, fn, glorotUniform, grad, input, mse, scalar, setSubtensor, shared, softmaxCrossEntropy, stack, type Tensor,
} from "damo";
import { describe, expect, test } from "vitest";
import { errorOf } from "../error-of.ts";
import { findUserLine } from "../../src/location.ts";

// What tsc would refuse is given as the loosest type.
const loose = (tensor: unknown): Tensor<"f32"> => tensor as Tensor<"f32">;

const x = input("x", [2, 3]);
const n = loose(input("n", ["batch", 3]));
const labels = input("labels", ["batch"], { dtype: "i32" });
const w = shared("w", glorotUniform([4, 5]));
const t = loose(x.add(1));
const k = scalar("k");

const mistakes: readonly (readonly [expected: string, run: () => unknown])[] = [
  ["E203 add: shapes x [2,3] and [4] do not broadcast (axis 1: 3 and 4)", () => loose(x).add(loose(constant([1, 2, 3, 4])))],
  ["E203 mul: shapes x [2,3] and w [4,5] do not broadcast (axis 0: 2 and 4)", () => loose(x).mul(loose(w))],
  ["E207 dot: inner sizes of x [2,3] and w [4,5] differ: 3 and 4", () => loose(x).dot(loose(w))],
  ["E203 dot: x [2,3] and k []: an operand is a scalar; use mul", () => loose(x).dot(loose(k))],
  ["E204 sum: axis 2 is out of range for rank 2", () => t.sum(2)],
  ["E204 mean: axis 1 is named twice", () => t.mean([1, -1])],
  ["E204 softmax: axis 3 is out of range for rank 2", () => t.softmax(3)],
  ["E203 mse: shapes x [2,3] and w [4,5] do not broadcast", () => mse(loose(x), loose(w))],
  ["E207 conv2d: channels differ", () => conv2d(loose(input("im", [1, 4, 4, 3])), loose(input("k", [2, 2, 4, 5])))],
  ["E204 squeeze: axis 0 of x [2,3] has size 2, not 1", () => loose(x).squeeze(0)],
  ["E204 transpose: [0,0] does not name each axis of x [2,3] once", () => loose(x).transpose([0, 0])],
  ["E206 reshape: x [2,3] has 6 elements, [4] has 4", () => loose(x).reshape([4])],
  ["E206 reshape: x [2,3] has 6 elements, [4,1] has 4", () => loose(x).reshape([4, -1])],
  ["E203 broadcastTo: x [2,3] does not stretch to [2,4]", () => loose(x).broadcastTo([2, 4])],
  ["E210 assume: x [2,3] cannot have shape [3,3]", () => loose(x).assume([3, 3])],
  ["E203 concat: ranks differ: x [2,3] and k []", () => concat([loose(x), loose(k)])],
  ["E203 stack: x [2,3] and [3,2] differ", () => stack([loose(x), t.transpose()])],
  ["E208 at: index 2 is out of range for axis 0 of x [2,3]", () => loose(x).at(2)],
  ["E208 at: 3 indices for x [2,3]", () => loose(x).at(0, 0, 0)],
  ["E208 slice: step is 0", () => loose(x).slice(0, 0, 2, 0)],
  ["E208 split: axis 1 of x [2,3] does not split into 2 equal parts", () => loose(x).split(2, 1)],
  ["E202 at: the index bool[2,3] must be integers; a read by a mask", () => loose(x).at(0 as never, x.gt(0) as never)],
  ["E203 setSubtensor: row [2] does not stretch to [3]", () => setSubtensor(loose(x), [0], loose(input("row", [2])))],
  ["E202 and: takes integers or bool, not f32", () => t.and(t as never)],
  ["E209 add: 0.5 is not a value of i32; convert the tensor", () => labels.add(0.5)],
  ["E209 add: an array is not a tensor; use constant() for arrays", () => t.add([1, 2] as never)],
  ["E101 convert: \"f8\" is not a dtype", () => t.convert("f8" as never)],
  ["E102 -1 is not a size", () => input("y", [-1])],
  ["E102 0.5 is not a size", () => input("y", [0.5])],
  ["E102 \"a b\" is not a size", () => input("y", ["a b"])],
  ["E401 input: \"a b\" is not a name", () => input("a b", [1])],
  ["E103 constant: the value is ragged", () => constant([[1, 2], [3]] as never)],
  ["E103 constant: the value has 3 elements, which do not fill shape [2,2]", () => constant({ data: Float32Array.of(1, 2, 3), shape: [2, 2] })],
  ["E101 constant: the value must be u8, 300 is not", () => constant([300], { dtype: "u8" })],
  ["E209 shared: the value depends on x", () => shared("v", x)],
  ["E205 einsum: \"ij,jk->iz\": z is in no operand", () => einsum("ij,jk->iz" as never, loose(x), t.transpose())],
  ["E203 softmaxCrossEntropy: labels labels [batch] for logits [batch,3,1]", () => softmaxCrossEntropy(loose(n.expandDims(-1)), labels as never)],
  ["E301 grad: the cost is f32[2], it must be a floating-point scalar; use mean() or sum()", () => grad(loose(x).sum(1) as never, x)],
  ["E301 grad: the cost is i32[]", () => grad(labels.sum() as never, x)],
  ["E302 grad: labels i32[batch] is not of a float dtype", () => grad(t.sum() as Tensor<"f32", []>, labels as never)],
  ["E401 fn: input a is f32[2,3], not made by input()", () => fn({ inputs: { a: t } as never, outputs: t })],
  ["E401 fn: takes a record; write fn({ inputs, outputs })", () => fn(null as never)],
  ["E402 fn: x f32[2,3] is read but is not among the inputs; add it to inputs", () => fn({ inputs: {}, outputs: t })],
  ["E403 fn: input k is not read", () => fn({ inputs: { x, k }, outputs: t })],
  ["E404 fn: inputs a and b are the same", () => fn({ inputs: { a: x, b: x }, outputs: t })],
  ["E405 fn: w is updated twice", () => fn({ inputs: {}, outputs: {}, updates: [[w, w], [w, w.add(1)]] })],
  ["E405 fn: the update of w is f32[5,4], w f32[4,5] is needed", () => fn({ inputs: {}, outputs: {}, updates: [[w, loose(w).transpose()]] as never })],
  ["E407 fn: the replacement of x f32[2,3] is f32[3,2]", () => fn({ inputs: { x }, outputs: t, givens: [[x, loose(x).transpose()]] as never })],
  ["E406 fn: the size \"m\" of m f32[2*m] stands bare in no input", () => {
    const m = input("m", ["2*m"]);
    return fn({ inputs: { m }, outputs: m });
  }],
];

describe("mistakes while building", () => {
  test.each(mistakes)("%s", (expected, run) => {
    const error = errorOf(run);
    expect(error.message.startsWith(expected), `${error.message}\n${expected}`).toBe(true);
    expect(error.code).toBe(expected.slice(0, 4));
    expect(error.where).toMatch(/^errors\.test\.ts:\d+$/);
  });

  test("the line is that of the call", () => {
    const error = errorOf(() => t.sum(7));
    const here = findUserLine(new Error().stack!)!;
    expect(Number(error.where!.split(":")[1])).toBe(Number(here.split(":")[1]) - 1);
  });
});

describe("mistakes while compiling", () => {
  const code = async (given: unknown, options: unknown = {}): Promise<string> => {
    try {
      await compile(given as never, options as never);
    } catch (error) {
      return (error as Error).message;
    }
    return "nothing";
  };
  const f = fn({ inputs: { x }, outputs: t });

  test.each([
    ["E401 compile: there is no function to compile", {}, {}],
    ["E401 compile: f is not made by fn()", { f: 1 }, {}],
    ["E404 compile: the name state belongs to the model itself", { state: f }, {}],
    ["E404 compile: the name then belongs to the model itself", Object.fromEntries([["then", f]]), {}],
    ["E404 compile: the name f_run ends like an export of the module", { f_run: f }, {}],
    ["E410 compile: the target gpu is not known", f, { target: "gpu" }],
    ["E410 compile: the option fast is not known", f, { fast: true }],
    ["E410 compile: the options are null", f, null],
    ["E605 broadcast: f32[1048576,1048576] has 1099511627776 elements", fn({ inputs: { k }, outputs: loose(k).broadcastTo([2 ** 20, 2 ** 20]).sum() }), {}],
    ["E410 compile: relaxed is yes", f, { relaxed: "yes" }],
    ["E410 compile: relaxed, engine.wide and threads are options of the target wasm", f, { target: "reference", relaxed: true }],
    ["E410 compile: engine is wide", f, { engine: "wide" }],
    ["E410 compile: engine.wide is 1", f, { engine: { wide: 1 } }],
    ["E410 compile: the option engine.threads is not known", f, { engine: { threads: 2 } }],
    ["E410 compile: stateFrom is not a compiled model", f, { stateFrom: {} }],
    ["E404 compile: two shared variables are called w", { f: fn({ inputs: {}, outputs: { a: w, b: shared("w", 1) } }) }, {}],
  ])("%s", async (expected, given, options) => {
    expect(await code(given, options)).toMatch(new RegExp(`^${expected.replace(/[()[\]]/g, "\\$&")}.*errors\\.test\\.ts:\\d+$`));
  });
});

describe.each(["reference", "wasm"] as const)("mistakes in a call on %s", (target) => {
  const y = input("y", ["batch"], { dtype: "i32" });
  const model = compile({ f: fn({ inputs: { n: n as never, y }, outputs: { s: loose(n).sum(1).add(y) } }) }, { target }) as unknown as Promise<{ f(values: unknown): unknown }>;
  const good = { n: [[1, 2, 3]], y: [1] };

  test.each([
    ["E501 f: input y (i32[batch]) is missing", { n: good.n }],
    ["E501 f: there is no input z; the inputs are n, y", { ...good, z: 1 }],
    ["E501 f: takes a record of inputs", [1]],
    ["E502 f: input y must be i32, it is f32; pass a Int32Array", { ...good, y: Float32Array.of(1) }],
    ["E502 f: input y must be i32, 0.5 is not", { ...good, y: [0.5] }],
    ["E502 f: input n must be f32, true is not", { ...good, n: [[true, 2, 3]] }],
    ["E503 f: input n has shape [3], its type is f32[batch,3]", { ...good, n: [1, 2, 3] }],
    ["E503 f: input n has shape [1,2], its type is f32[batch,3]", { ...good, n: [[1, 2]] }],
    ["E503 f: input n is ragged", { ...good, n: [[1, 2, 3], [1]] }],
    ["E503 f: input n has 2 elements, which do not fill shape [1,3]", { ...good, n: { data: new Float32Array(2), shape: [1, 3] } }],
    ["E503 f: input n has the shape [1,null]", { ...good, n: { data: new Float32Array(2), shape: [1, Number.NaN] } }],
    ["E504 f: the size \"batch\" is 1 in input n and 2 in input y", { ...good, y: [1, 2] }],
  ])("%s", async (expected, values) => {
    const { f } = await model;
    const error = errorOf(() => f(values));
    expect(error.message.startsWith(expected), `${error.message}\n${expected}`).toBe(true);
    expect(error.where).toMatch(/^errors\.test\.ts:\d+$/);
  });

  test("a bool is 0 or 1, also in a typed array", async () => {
    const b = input("b", [2], { dtype: "bool" });
    const f = await compile(fn({ inputs: { b }, outputs: b }), { target });
    expect(errorOf(() => f({ b: Uint8Array.of(1, 2) as never })).message).toMatch(/^E502 f: input b must be bool, 2 is not/);
    expect(f({ b: Uint8Array.of(1, 0) as never }).toArray()).toEqual([true, false]);
  });

  test("a size past 2^31 - 1 is refused, with no elements, too", async () => {
    const e = input("e", ["m", 0]);
    const f = await compile(fn({ inputs: { e }, outputs: e.sum() }), { target });
    for (const m of [2 ** 31, 2 ** 32, 2 ** 40]) {
      expect(errorOf(() => f({ e: { data: new Float32Array(0), shape: [m, 0] } })).message).toMatch(/^E605 f: the size "m" of input e is \d+.*errors\.test\.ts:\d+$/);
    }
    expect(f({ e: { data: new Float32Array(0), shape: [3, 0] } }).item()).toBe(0);
  });

  test("a state value must fit", async () => {
    const m = await compile({ f: fn({ inputs: {}, outputs: w }) }, { target });
    expect(errorOf(() => m.state["w"]!.set([[1]])).message).toMatch(/^E506 state\.w: shape \[1,1\] is given for f32\[4,5\]/);
    expect(errorOf(() => m.state["w"]!.set({ data: new Float64Array(20), shape: [4, 5] })).code).toBe("E506");
    expect(errorOf(() => (m.f() as never as { item(): unknown }).item()).message).toMatch(/^E507 item: a value of shape \[4,5\] has 20 elements/);
  });
});
