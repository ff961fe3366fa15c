// The ground that the tests of this folder stand on: a device executes a shader, and the validator finds what is wrong with one.
import { describe, expect, test } from "vitest";
import { oneWorkgroup, type Shader } from "../../codegen/wgsl/shader.ts";
import { isMissing, reportMissing, requestTestDevice } from "./adapter.ts";
import { runShader } from "./run-shader.ts";
import { findShaderFaults, findValidatingDevice } from "./validate-shader.ts";

const shader = (body: string, uniform = true): Shader => ({
  name: "triple",
  code: `struct Sizes { count: i32 }
@group(0) @binding(0) var<storage, read_write> x: array<f32>;
${uniform ? "@group(0) @binding(1) var<uniform> sizes: Sizes;" : ""}
@compute @workgroup_size(4) fn main(@builtin(global_invocation_id) id: vec3u) {
  let i = i32(id.x);
  ${body}
}`,
  buffers: [{ dtype: "f32", access: "readwrite" }],
  sizes: uniform ? 1 : 0,
  workgroups: [{ times: 1, words: [0], per: 4 }, oneWorkgroup, oneWorkgroup],
});
const triple = shader("if (i < sizes.count) { x[i] = x[i] * 3.0; }");

const device = await requestTestDevice();
if (isMissing(device)) reportMissing(device, "shaders are not executed");

describe.skipIf(isMissing(device))("a device", () => {
  const run = (of: Shader, data: Float32Array): Promise<void> =>
    runShader({ device: (device as { device: GPUDevice }).device, shader: of, buffers: [data], sizes: [data.length] });

  test("runs a shader over as many elements as its sizes say", async () => {
    const data = Float32Array.from({ length: 11 }, (_, i) => i);
    await run(triple, data);
    expect([...data]).toEqual([0, 3, 6, 9, 12, 15, 18, 21, 24, 27, 30]);
  });

  test("notices a write to what is only read", async () => {
    const liar: Shader = { ...triple, buffers: [{ dtype: "f32", access: "read" }] };
    await expect(run(liar, Float32Array.of(1, 2))).rejects.toThrow("which it says it only reads");
  });

  test("notices a write behind the data", async () => {
    await expect(run(shader("x[i] = 7.0;"), Float32Array.of(1, 2, 3, 4, 5))).rejects.toThrow("writes past buffer 0");
  });
});

const validating = await findValidatingDevice();
if (isMissing(validating)) reportMissing(validating, "shaders are not validated");

describe.skipIf(isMissing(validating))("the validator", () => {
  const faultsOf = (of: Shader): Promise<string[]> => findShaderFaults(validating as GPUDevice, of);

  test("has nothing to say about a good shader", async () => {
    expect(await faultsOf(triple)).toEqual([]);
  });

  test("quotes the line with a mistake", async () => {
    const [fault] = await faultsOf(shader("x[i] = 1u;"));
    expect(fault).toMatch(/^triple: error in line 6: .*u32.*\n {4}x\[i\] = 1u;$/s);
  });

  test("finds a binding that the interface does not name", async () => {
    expect(await faultsOf({ ...triple, sizes: 0 })).toEqual([expect.stringContaining("binding")]);
  });
});
