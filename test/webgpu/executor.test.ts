// The executor by itself, on plans that are written by hand: what a step's commands mean, whatever emits them.
import { describe, expect, test, vi } from "vitest";
import { controlWords, type Command, type GpuFunction, type GpuPlan, type PlanBuffer, type PlanCarried } from "../../codegen/wgsl/module/plan.ts";
import { oneWorkgroup, type Shader } from "../../codegen/wgsl/shader.ts";
import { errorNumbers, type TensorSignature } from "../../ir/program/signature.ts";
import { Executor } from "../../src/runtime/webgpu/executor.ts";
import { isMissing, reportMissing, requestTestDevice } from "./adapter.ts";

/** An element each of the first buffer. */
function shaderOf(name: string, buffers: readonly "i32"[], words: readonly string[], body: string): Shader {
  const code = [
    `struct Words { ${["count", ...words].map((word) => `${word}: i32`).join(", ")} }`,
    ...buffers.map((dtype, i) => `@group(0) @binding(${i}) var<storage, read_write> ${"abcd"[i]}: array<${dtype}>;`),
    `@group(0) @binding(${buffers.length}) var<uniform> w: Words;`,
    `@compute @workgroup_size(4) fn main(@builtin(global_invocation_id) id: vec3u) { let i = i32(id.x); if (i < w.count) { ${body} } }`,
  ].join("\n");
  return {
    name, code, buffers: buffers.map((dtype) => ({ dtype, access: "readwrite" })), sizes: words.length + 1, workgroups: [{ times: 1, words: [0], per: 4 }, oneWorkgroup, oneWorkgroup],
  };
}

const shaders = [
  shaderOf("copy", ["i32", "i32"], [], "a[i] = b[i];"),
  shaderOf("add", ["i32", "i32", "i32"], [], "a[i] = b[i] + c[i];"),
  shaderOf("add-part", ["i32", "i32", "i32"], ["base"], "a[i] = b[i] * 10 + c[w.base + i];"),
  shaderOf("fail-above", ["i32", "i32"], ["bound"], "if (a[0] != 0 && b[0] > w.bound) { a[1] = 16; a[2] = b[0]; a[3] = w.bound; a[0] = 0; }"),
  shaderOf("is-below", ["i32", "i32"], ["word", "bound"], "a[w.word] = select(0, 1, b[0] < w.bound);"),
  shaderOf("not", ["i32"], ["source", "place"], "a[w.place] = 1 - a[w.source];"),
  shaderOf("twice", ["i32", "i32"], [], "a[i] = b[i] * 2;"),
  shaderOf("is-less", ["i32", "i32", "i32"], ["word"], "a[w.word] = select(0, 1, b[0] < c[0]);"),
];
const [copy, add, addPart, failAbove, isBelow, not, twice, isLess] = [0, 1, 2, 3, 4, 5, 6, 7] as const;

const tensor = (name: string, ...shape: (number | string)[]): TensorSignature => ({ name, dtype: "i32", shape });
const bytesOf = (elements: number | string): number | string => (typeof elements === "number" ? 4 * elements : `4*${elements}`);
const at = (kind: "input" | "output" | "state" | "constant" | "slot", index: number, elements: number | string): PlanBuffer => ({ place: { kind, index }, bytes: bytesOf(elements) });
const control: PlanBuffer = { place: { kind: "control" }, bytes: 32 };
const carried = (elements: number | string): PlanBuffer => ({ place: { kind: "carried" }, bytes: bytesOf(elements) });
const dispatch = (shader: number, buffers: readonly number[], words: Extract<Command, { kind: "dispatch" }>["words"], gate?: number): Command =>
  ({ kind: "dispatch", shader, buffers, words, ...(gate === undefined ? {} : { gate }) });
const slot = (bytes: number | string) => ({ bytes, first: 0, last: 0 });

type Parts = Pick<GpuFunction, "inputs" | "outputs" | "buffers" | "commands"> & Partial<GpuFunction>;

function planOf(f: Parts, state: readonly TensorSignature[] = []): GpuPlan {
  const whole: GpuFunction = { name: "f", sizes: [], slots: [], placement: undefined, sizeChecks: [], counts: [], canFail: false, ...f };
  return {
    shaders, constants: [], state, functions: [whole], controlWords: 8,
    messages: { [errorNumbers.badSize]: "E605 a size is negative or too large", 16: "E601 take: {0} is above {1}, model.ts:3", 17: "E604 add: {0} and {1}" },
  };
}

const found = await requestTestDevice();
if (isMissing(found)) reportMissing(found, "plans are not executed");

describe.skipIf(isMissing(found))("the executor", () => {
  const { device } = found as { device: GPUDevice };
  const open = (plan: GpuPlan, ...state: number[][]): Promise<Executor> =>
    Executor.open(device, plan, state.map((values) => ({ dtype: "i32", shape: [values.length], data: Int32Array.from(values) })));
  const run = async (executor: Executor, inputs: readonly number[][], sizes: { readonly [name: string]: number } = {}): Promise<number[][]> => {
    const outputs = await executor.call(await executor.prepare(0, sizes), inputs.map((values) => Int32Array.from(values)));
    return outputs.map((data) => [...data as Int32Array]);
  };
  const stateOf = async (executor: Executor): Promise<number[]> => [...await executor.getState(0) as Int32Array];

  test("runs a step over named sizes, state and slots, without new pipelines for other sizes", async () => {
    const plan = planOf({
      sizes: ["n"], inputs: [tensor("x", "n")], outputs: [tensor("y", "n")], slots: [slot("256*floor_div(4*n+255,256)")],
      buffers: [at("input", 0, "n"), at("slot", 0, "n"), at("output", 0, "n"), at("state", 0, 1)],
      commands: [dispatch(twice, [1, 0], ["n"]), dispatch(add, [2, 1, 0], ["n"]), dispatch(copy, [3, 2], [1])],
    }, [tensor("s", 1)]);
    const executor = await open(plan, [7]);
    expect(await run(executor, [[1, 2, 3]], { n: 3 })).toEqual([[3, 6, 9]]);
    expect(await run(executor, [Array.from({ length: 100 }, (_, i) => i)], { n: 100 })).toEqual([Array.from({ length: 100 }, (_, i) => 3 * i)]);
    expect(await stateOf(executor)).toEqual([0]);
    expect(await run(executor, [[5, 2, 3]], { n: 3 })).toEqual([[15, 6, 9]]);
    expect(await stateOf(executor)).toEqual([15]);
    expect(await run(executor, [[]], { n: 0 })).toEqual([[]]);
    executor.dispose();
    expect(executor.buffers.count).toBe(0);
  });

  test("runs a loop over slices with two rooms, forwards and backwards", async () => {
    const loop = (reverse: boolean): GpuPlan => planOf({
      sizes: ["n"], inputs: [tensor("x", "n", 2)], outputs: [tensor("y", 2)], slots: [slot(256), slot(256)],
      buffers: [at("input", 0, "2*n"), at("output", 0, 2), at("slot", 0, 2), at("slot", 1, 2), carried(2), carried(2), at("state", 0, 2)],
      commands: [{
        kind: "loop", count: "n", until: undefined, reverse, carried: [{ current: 4, init: 6, next: 5, rooms: [2, 3] }],
        body: [dispatch(addPart, [5, 4, 0], [2, { step: 0, times: 2 }])],
      }, dispatch(copy, [1, 4], [2])],
    }, [tensor("s", 2)]);
    const [forwards, backwards] = [await open(loop(false), [9, 8]), await open(loop(true), [9, 8])];
    const x = [[1, 2, 3, 4, 5, 6]];
    expect(await run(forwards, x, { n: 3 })).toEqual([[9135, 8246]]);
    expect(await run(backwards, x, { n: 3 })).toEqual([[9531, 8642]]);
    expect(await run(forwards, [[]], { n: 0 })).toEqual([[9, 8]]);
    expect(await run(forwards, [[1, 2]], { n: 1 })).toEqual([[91, 82]]);
  });

  test("refuses sizes that disagree, are negative, or are too large for the device", async () => {
    const executor = await open(planOf({
      sizes: ["n", "m"], inputs: [tensor("x", "n")], outputs: [tensor("y", "n")], sizeChecks: [{ left: "n", right: "2*m", error: 17 }], counts: ["n-4"],
      buffers: [at("input", 0, "n"), at("output", 0, "n")], commands: [dispatch(copy, [1, 0], ["n"])],
    }));
    const before = executor.buffers.count;
    await expect(executor.prepare(0, { n: 5, m: 2 })).rejects.toThrow("E604 add: 5 and 4");
    await expect(executor.prepare(0, { n: 2, m: 1 })).rejects.toThrow("E605");
    await expect(executor.prepare(0, { n: 2 ** 30, m: 2 ** 29 })).rejects.toThrow("E602");
    expect(executor.buffers.count).toBe(before);
  });

  /** Fails where x is above 3; else adds x to the state and gives it. */
  const checked = planOf({
    inputs: [tensor("x", 1)], outputs: [tensor("y", 1)], canFail: true, slots: [slot(256)],
    buffers: [at("input", 0, 1), at("output", 0, 1), control, at("state", 0, 1), at("slot", 0, 1)],
    commands: [
      { kind: "gate", words: [controlWords.running] },
      dispatch(failAbove, [2, 0], [1, 3], controlWords.running), { kind: "gate", words: [controlWords.running] },
      dispatch(add, [4, 3, 0], [1], controlWords.running), dispatch(copy, [3, 4], [1], controlWords.running), dispatch(copy, [1, 3], [1], controlWords.running),
    ],
  }, [tensor("s", 1)]);

  test("reports a check that fails, and leaves the state as it is", async () => {
    const executor = await open(checked, [10]);
    expect(await run(executor, [[2]])).toEqual([[12]]);
    await expect(run(executor, [[4]])).rejects.toThrow("E601 take: 4 is above 3, model.ts:3");
    expect(await stateOf(executor)).toEqual([12]);
    expect(await run(executor, [[3]])).toEqual([[15]]);
  });

  test("a failure in a queued call leaves out what is queued behind it, until it is reported", async () => {
    const executor = await open(checked, [10]);
    const f = await executor.prepare(0, {});
    const queue = (x: number) => executor.queue(f, [Int32Array.of(x)]);
    const [first, , third] = [await queue(1), await queue(4), await queue(2)];
    const numberOf = executor.queued;
    await expect(executor.getState(0)).rejects.toThrow("E601");
    expect(await stateOf(executor)).toEqual([11]);
    const verdict = async ([result]: readonly GPUBuffer[]): Promise<ArrayBuffer> => (await executor.read([{ buffer: result!, bytes: 32 }]))[0]!;
    executor.report((await verdict(first!)).slice(16), numberOf);
    const failed = (await verdict(third!)).slice(16);
    expect(() => executor.report(failed, numberOf)).toThrow("E601");
    expect(await run(executor, [[2]])).toEqual([[13]]);
  });

  describe("tensors that stay on the device", () => {
    const many = 5001;
    const sum = (n: number | "n"): GpuPlan => planOf({
      sizes: n === "n" ? ["n"] : [], inputs: [tensor("x", n), tensor("y", n)], outputs: [tensor("z", n)],
      buffers: [at("input", 0, n), at("input", 1, n), at("output", 0, n)], commands: [dispatch(add, [2, 0, 1], [n])],
    });
    const numbers = (length: number, times: number): Int32Array => Int32Array.from({ length }, (_, i) => times * i + 1);
    const bufferOf = (data: Int32Array, usage: number, padding = 16): GPUBuffer => {
      const buffer = device.createBuffer({ size: data.byteLength + padding, usage: usage | GPUBufferUsage.COPY_DST | GPUBufferUsage.COPY_SRC });
      device.queue.writeBuffer(buffer, 0, data.buffer as ArrayBuffer);
      return buffer;
    };
    /** What the calls of `body` copy, of inputs and results. */
    const copiesOf = async (body: () => Promise<unknown>): Promise<number> => {
      const copying = vi.spyOn(GPUCommandEncoder.prototype, "copyBufferToBuffer");
      await body();
      const { length } = copying.mock.calls;
      copying.mockRestore();
      return length;
    };
    const readZ = async (executor: Executor, buffer: GPUBuffer, n: number): Promise<Int32Array> => await executor.readResult(buffer, "i32", n, executor.queued) as Int32Array;
    const sumOf = (n: number, times: number): Int32Array => Int32Array.from({ length: n }, (_, i) => times * i + 2);

    test("are bound where they are, for one call and another, and copied where they are small", async () => {
      const executor = await open(sum("n"));
      for (const [n, copies] of [[many, 0], [3, 3]] as const) {
        const f = await executor.prepare(0, { n });
        const [x, y, other] = [2, 3, 5].map((times) => bufferOf(numbers(n, times), GPUBufferUsage.STORAGE)) as [GPUBuffer, GPUBuffer, GPUBuffer];
        const results: GPUBuffer[] = [];
        expect(await copiesOf(async () => results.push(...await executor.queue(f, [x, y])))).toBe(copies);
        results.push(...await executor.queue(f, [x, other]), ...await executor.queue(f, [results[0]!, numbers(n, 0)]), ...await executor.queue(f, [x, y]));
        for (const [i, times] of [5, 7].entries()) expect(await readZ(executor, results[i]!, n)).toEqual(sumOf(n, times));
        expect(await readZ(executor, results[2]!, n)).toEqual(sumOf(n, 5).map((value) => value + 1));
        expect(await readZ(executor, results[3]!, n)).toEqual(sumOf(n, 5));
        // What is read back has the function's own output again.
        const [z] = await executor.call(f, [x, other]);
        expect(z).toEqual(sumOf(n, 7));
        for (const buffer of [x, y, other]) buffer.destroy();
      }
      executor.dispose();
      expect(executor.buffers.count).toBe(0);
    });

    test("are copied where one is fed twice, is too short for whole vectors, or cannot be bound", async () => {
      const executor = await open(sum(many));
      const f = await executor.prepare(0, {});
      const x = bufferOf(numbers(many, 2), GPUBufferUsage.STORAGE);
      const [short, unbound] = [bufferOf(numbers(many, 3), GPUBufferUsage.STORAGE, 0), bufferOf(numbers(many, 3), 0)];
      for (const [y, times] of [[x, 4], [short, 5], [unbound, 5]] as const) {
        let result: GPUBuffer | undefined;
        expect(await copiesOf(async () => { [result] = await executor.queue(f, [x, y]); })).toBe(1);
        expect(await readZ(executor, result!, many)).toEqual(sumOf(many, times));
      }
      executor.dispose();
      for (const buffer of [x, short, unbound]) buffer.destroy();
    });

    test("are bound beside the arena, which another call may have made larger", async () => {
      const executor = await open(planOf({
        sizes: ["n"], inputs: [tensor("x", "n")], outputs: [tensor("z", "n")], slots: [slot("256*floor_div(4*n+255,256)")],
        buffers: [at("input", 0, "n"), at("slot", 0, "n"), at("output", 0, "n")], commands: [dispatch(twice, [1, 0], ["n"]), dispatch(add, [2, 1, 0], ["n"])],
      }));
      const [x, larger] = [bufferOf(numbers(many, 1), GPUBufferUsage.STORAGE), bufferOf(numbers(2 * many, 1), GPUBufferUsage.STORAGE)];
      for (const [n, buffer] of [[many, x], [2 * many, larger], [many, x]] as const) {
        const [result] = await executor.queue(await executor.prepare(0, { n }), [buffer]);
        expect(await readZ(executor, result!, n)).toEqual(Int32Array.from({ length: n }, (_, i) => 3 * i + 3));
      }
      executor.dispose();
      for (const buffer of [x, larger]) buffer.destroy();
    });

    test("may be destroyed once the call is queued", async () => {
      const executor = await open(sum(many));
      const f = await executor.prepare(0, {});
      const [x, y] = [2, 3].map((times) => bufferOf(numbers(many, times), GPUBufferUsage.STORAGE)) as [GPUBuffer, GPUBuffer];
      const [first] = await executor.queue(f, [x, y]);
      x.destroy();
      const [second] = await executor.queue(f, [first!, y]);
      executor.buffers.destroy(first!);
      expect(await readZ(executor, second!, many)).toEqual(Int32Array.from({ length: many }, (_, i) => 8 * i + 3));
      executor.dispose();
    });
  });

  test("carries out one of two bodies by a condition on the device", async () => {
    const executor = await open(planOf({
      inputs: [tensor("x", 1)], outputs: [tensor("y", 1)], buffers: [at("input", 0, 1), at("output", 0, 1), control, at("state", 0, 1)],
      commands: [
        dispatch(isBelow, [2, 0], [1, 4, 10]), dispatch(not, [2], [1, 4, 5]), { kind: "gate", words: [4, 5] },
        dispatch(copy, [1, 0], [1], 4), dispatch(copy, [1, 3], [1], 5),
      ],
    }, [tensor("s", 1)]), [77]);
    expect(await run(executor, [[9]])).toEqual([[9]]);
    expect(await run(executor, [[10]])).toEqual([[77]]);
  });

  /** While y < x: y += s; from y = s. */
  const loopWhile = (count: number | undefined, rooms: readonly number[]): GpuPlan => {
    const carry: PlanCarried = { current: 4, init: rooms.at(-1)!, next: 5, rooms };
    return planOf({
      inputs: [tensor("x", 1)], outputs: [tensor("y", 1)], slots: [slot(256), slot(256)],
      buffers: [at("input", 0, 1), at("output", 0, 1), control, at("state", 0, 1), carried(1), carried(1), at("slot", 0, 1), at("slot", 1, 1)],
      commands: [
        ...rooms.map((room) => dispatch(copy, [room, 3], [1])), dispatch(copy, [1, 3], [1]),
        dispatch(isLess, [2, 3, 0], [1, 4]),
        {
          kind: "loop", count, until: 4, reverse: false, carried: [carry],
          body: [{ kind: "gate", words: [4] }, dispatch(add, [5, 4, 3], [1], 4), dispatch(copy, [1, 5], [1], 4), dispatch(isLess, [2, 5, 0], [1, 4], 4)],
        },
      ],
    }, [tensor("s", 1)]);
  };
  test.each([["without a bound", undefined, 20_000], ["of at most 20", 20, 42], ["of at most 300, in pieces", 300, 602]])("ends a loop %s by its condition", async (_, count, most) => {
    const executor = await open(loopWhile(count, [6, 7]), [2]);
    for (const x of [0, 2, 3, 4, 31, 900]) expect(await run(executor, [[x]]), `up to ${x}`).toEqual([[Math.min(most, Math.max(2, x + (x % 2)))]]);
  });
});
