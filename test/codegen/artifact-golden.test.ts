// An artifact kept from the first version of the ABI, called as docs/abi.md says and by nothing else: what was once
// written must go on running. All values are multiples of 1/8 and small, so f32 is exact.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const bytes = readFileSync(new URL("../fixtures/artifact-1.wasm", import.meta.url));

function instantiate() {
  const exports = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as unknown as { [name: string]: (...args: number[]) => number };
  const memory = exports["memory"] as unknown as WebAssembly.Memory;
  const floats = (address: number, length: number): Float32Array => new Float32Array(memory.buffer, address >>> 0, length);
  return { exports, floats };
}

const [w, b] = [[1, 2, -1], 0.5];
const x = [[1, 0, 2], [-1, 1, 0], [3, -2, 1], [0, 1, 1]];
const y = [1, 0, -2, 2];
const predictions = x.map((row) => row.reduce((sum, value, j) => sum + value * w[j]!, b));
const errors = predictions.map((value, i) => value - y[i]!);

describe("an artifact of ABI version 1", () => {
  it("has the signature that it was built with", () => {
    const section = WebAssembly.Module.customSections(new WebAssembly.Module(bytes), "damo")[0]!;
    expect(JSON.parse(new TextDecoder().decode(section))).toMatchObject({
      format: 1, abi: 1, weights: "embedded",
      functions: [{ name: "train", sizes: ["batch"] }, { name: "predict", sizes: ["batch"], outputs: [{ name: "prediction", dtype: "f32", shape: ["batch"] }] }],
      state: [{ name: "w", dtype: "f32", shape: [3] }, { name: "b", dtype: "f32", shape: [] }],
    });
  });

  it("predicts and trains", () => {
    const { exports, floats } = instantiate();
    expect(exports["damo_abi"]!()).toBe(1);
    expect([...floats(exports["state"]!(0), 3)]).toEqual(w);
    expect(exports["predict_run"]!()).toBe(1);

    expect(exports["predict_prepare"]!(4)).toBe(0);
    floats(exports["predict_input"]!(0), 12).set(x.flat());
    expect(exports["predict_run"]!()).toBe(0);
    expect(exports["predict_output_dim"]!(0, 0)).toBe(4);
    expect([...floats(exports["predict_output"]!(0), 4)]).toEqual(predictions);

    expect(exports["train_prepare"]!(4)).toBe(0);
    floats(exports["train_input"]!(0), 12).set(x.flat());
    floats(exports["train_input"]!(1), 4).set(y);
    expect(exports["train_run"]!()).toBe(0);
    expect(floats(exports["train_output"]!(0), 1)[0]).toBe(errors.reduce((sum, error) => sum + error ** 2, 0) / 4);
    // d cost / d w = 2/4 sum e x, and the learning rate is 1/4.
    expect([...floats(exports["state"]!(0), 3)]).toEqual(w.map((value, j) => value - errors.reduce((sum, error, i) => sum + error * x[i]![j]!, 0) / 8));
    expect(floats(exports["state"]!(1), 1)[0]).toBe(b - errors.reduce((sum, error) => sum + error, 0) / 8);
  });
});
