// .npy and .safetensors: files of other writers are read, ours are read by others, and damaged ones are refused by name.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { TensorData } from "../../ir/data.ts";
import { formatNpy, parseNpy } from "../../src/formats/npy.ts";
import { formatSafetensors, parseSafetensors } from "../../src/formats/safetensors.ts";

const text = (value: string) => new TextEncoder().encode(value);

/** A version 1.0 file as the specification describes it, written by hand. */
function npyFile(descriptor: string, order: string, shape: string, data: Uint8Array): Uint8Array {
  const header = `{'descr': '${descriptor}', 'fortran_order': ${order}, 'shape': ${shape}, }\n`;
  return new Uint8Array([0x93, ...text("NUMPY"), 1, 0, header.length & 255, header.length >> 8, ...text(header), ...data]);
}

describe(".npy", () => {
  it("reads little- and big-endian, row- and column-major", () => {
    const little = npyFile("<f4", "False", "(2, 2)", new Uint8Array(new Float32Array([1, 2, 3, 4]).buffer));
    expect(parseNpy(little)).toEqual({ dtype: "f32", shape: [2, 2], data: new Float32Array([1, 2, 3, 4]) });
    const big = npyFile(">i4", "False", "(2,)", new Uint8Array([0, 0, 0, 1, 255, 255, 255, 254]));
    expect(parseNpy(big)).toEqual({ dtype: "i32", shape: [2], data: new Int32Array([1, -2]) });
    const columns = npyFile("|u1", "True", "(2, 3)", new Uint8Array([1, 4, 2, 5, 3, 6]));
    expect(parseNpy(columns)).toEqual({ dtype: "u8", shape: [2, 3], data: new Uint8Array([1, 2, 3, 4, 5, 6]) });
    expect(parseNpy(npyFile("<i8", "False", "()", new Uint8Array(new BigInt64Array([-7n]).buffer))).data[0]).toBe(-7n);
  });

  it("writes what it reads, with aligned data", () => {
    const tensor: TensorData = { dtype: "f64", shape: [3, 0, 2], data: new Float64Array(0) };
    expect(parseNpy(formatNpy(tensor))).toEqual(tensor);
    const file = formatNpy({ dtype: "f32", shape: [5], data: new Float32Array(5) });
    expect((file.length - 20) % 64).toBe(0);
  });

  it("refuses damaged and foreign files", () => {
    const good = npyFile("<f4", "False", "(2, 2)", new Uint8Array(16));
    expect(() => parseNpy(good.subarray(0, good.length - 1))).toThrow(/E703 .*16 bytes of data are announced, 15 are there/);
    expect(() => parseNpy(good.subarray(0, 20))).toThrow(/E703 .*header is cut off/);
    expect(() => parseNpy(text("PK not an array"))).toThrow(/E703/);
    expect(() => parseNpy(npyFile("<c8", "False", "(1,)", new Uint8Array(8)))).toThrow(/E703 .*<c8/);
    expect(() => parseNpy(npyFile("<f4", "False", "(99999999999, 99999999999)", new Uint8Array(8)))).toThrow(/E703/);
  });
});

describe(".safetensors", () => {
  it("reads a file written by hand", () => {
    const header = text('{"__metadata__":{"by":"hand"},"b":{"dtype":"I32","shape":[2],"data_offsets":[0,8]}}');
    const file = new Uint8Array(8 + header.length + 8);
    new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
    file.set(header, 8);
    file.set([5, 0, 0, 0, 255, 255, 255, 255], 8 + header.length);
    expect(parseSafetensors(file)).toEqual(new Map([["b", { dtype: "i32", shape: [2], data: new Int32Array([5, -1]) }]]));
  });

  it("writes what it reads", () => {
    const tensors = new Map<string, TensorData>([
      ["flag", { dtype: "bool", shape: [3], data: new Uint8Array([1, 0, 1]) }],
      ["w", { dtype: "f64", shape: [1, 2], data: new Float64Array([0.5, -0]) }],
    ]);
    expect(new Map([...parseSafetensors(formatSafetensors(tensors))].sort())).toEqual(tensors);
  });

  it("refuses damaged files", () => {
    const file = formatSafetensors(new Map([["w", { dtype: "f32", shape: [4], data: new Float32Array(4) }]]));
    expect(() => parseSafetensors(file.subarray(0, file.length - 1))).toThrow(/E704 .*data of w/);
    expect(() => parseSafetensors(file.subarray(0, 12))).toThrow(/E704/);
    expect(() => parseSafetensors(new Uint8Array(3))).toThrow(/E704/);
    expect(() => parseSafetensors(new Uint8Array(64).fill(255))).toThrow(/E704/);
  });
});

describe("with NumPy", () => {
  const python = (() => {
    try {
      execFileSync("python3", ["-c", "import numpy"], { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  })();

  it.runIf(python)("exchanges files", () => {
    const folder = mkdtempSync(join(tmpdir(), "damo-npy-"));
    writeFileSync(join(folder, "a.npy"), formatNpy({ dtype: "f32", shape: [2, 3], data: new Float32Array([1, 2, 3, 4, 5, 6]) }));
    execFileSync("python3", ["-c", "import numpy as np; a = np.load('a.npy'); np.save('b.npy', np.asfortranarray(a.astype('>f8') * 2))"], { cwd: folder });
    expect(parseNpy(readFileSync(join(folder, "b.npy")))).toEqual({ dtype: "f64", shape: [2, 3], data: new Float64Array([2, 4, 6, 8, 10, 12]) });
  });
});
