// Teams that lie in a subgroup add up by shuffles, without barriers, and give the bits that they give through workgroup memory.
import { afterAll, describe, expect, test } from "vitest";
import { compile, fn, input, softmax } from "damo";
import { emitKernel } from "../../codegen/wgsl/kernel/emit-kernel.ts";
import type { ShaderSequence } from "../../codegen/wgsl/shader.ts";
import type { TypedArray } from "../../ir/data.ts";
import { KernelBuilder } from "../../ir/kernel/build.ts";
import type { Kernel } from "../../ir/kernel/kernel.ts";
import { countSubgroupNeighbours } from "../../src/runtime/webgpu/subgroups.ts";
import { isMissing, reportMissing, requestTestDevice } from "./adapter.ts";
import { bitsOf } from "./run-kernel.ts";
import { runSequence } from "./run-shader.ts";

const found = await requestTestDevice();
if (isMissing(found)) reportMissing(found, "subgroups are not tried");
const device = isMissing(found) ? undefined : found.device;
const hasSubgroups = device?.features.has("subgroups") === true;
if (device !== undefined && !hasSubgroups) console.log("the adapter has no subgroups: they are not tried");
afterAll(() => device?.destroy());

/** Of each row the sum, the largest element, and whether all are below 9.9e3. */
function rows(): Kernel {
  const b = new KernelBuilder("rows");
  const [x, sums, largest, below] = [b.buffer("f32", "read"), b.buffer("f32", "write"), b.buffer("f32", "write"), b.buffer("bool", "write")];
  const [count, columns] = [b.sizeParameter(), b.sizeParameter()];
  b.loop(count, { order: "parallel" }, (i) => {
    const results = b.loop(columns, { order: "parallel", init: [b.constant(1, "f32"), b.constant(-Infinity, "f32"), b.constant(1, "bool")], combine: ["add", "max", "and"] }, (j, [sum, most, all]) => {
      const element = b.load(x, b.add(b.mul(i, columns), j));
      return [b.add(sum!, element), b.max(most!, element), b.op("and", all!, b.op("lt", element, b.constant(9900, "f32")))];
    });
    [sums, largest, below].forEach((buffer, k) => b.store(buffer, i, results[k]!));
    return [];
  });
  return b.finish();
}

const floats = (count: number): Float32Array => Float32Array.from({ length: count }, (_, i) => Math.sin(i * 12.9898) * 10 ** (i % 5));

/** The buffers after a run, as bits. */
async function resultsOf(sequence: ShaderSequence, count: number, columns: number): Promise<readonly number[][]> {
  const results: TypedArray[] = [new Float32Array(count), new Float32Array(count), new Uint32Array(count)];
  await runSequence({ device: device!, sequence, buffers: [floats(count * columns), ...results], sizes: [count, columns] });
  return results.map(bitsOf);
}

const rowsIn = (subgroup: number, count: number, columns: number): ShaderSequence => emitKernel(rows(), { storageBuffers: 8, sizes: [count, columns], subgroup });

describe.skipIf(!hasSubgroups)("on the adapter", () => {
  test("neighbours in a workgroup are neighbours in a subgroup", async () => {
    expect(await countSubgroupNeighbours(device!)).toBe(device!.adapterInfo.subgroupMinSize);
  });

  test("a device that was not asked for subgroups has none", async () => {
    const other = await requestTestDevice({ requiredFeatures: [] }) as { readonly device: GPUDevice };
    expect(await countSubgroupNeighbours(other.device)).toBe(1);
    other.device.destroy();
  });

  // Members of a team: 2, 4, 8.
  test.each([[10_000, 33], [5_000, 64], [2_048, 100]])("%i rows of %i", async (count, columns) => {
    const { subgroupMinSize = 1 } = device!.adapterInfo;
    const sequence = rowsIn(subgroupMinSize, count, columns);
    expect(sequence.shaders[0]!.code.includes("subgroupShuffle")).toBe(2 ** Math.ceil(Math.log2(2 ** 14 / count)) <= subgroupMinSize);
    expect(await resultsOf(sequence, count, columns)).toEqual(await resultsOf(rowsIn(1, count, columns), count, columns));
  });

  test("a model has the bits that it has on a device without", async () => {
    const x = input("x", [5_000, 64]);
    const f = fn({ inputs: { x }, outputs: { y: softmax(x) } });
    const runs = await Promise.all([["subgroups" as const], []].map(async (requiredFeatures) => {
      const { device: own } = await requestTestDevice({ requiredFeatures }) as { readonly device: GPUDevice };
      const model = await compile(f, { target: "webgpu", device: own });
      const { y } = await model({ x: { data: floats(5_000 * 64), shape: [5_000, 64] } });
      model.dispose();
      own.destroy();
      return bitsOf(y.data);
    }));
    expect(runs[0]).toEqual(runs[1]);
  });
});

/** The shader with its shuffles done through workgroup memory, as a device would do them whose subgroups have so many members. */
function emulated({ shaders: [shader], ...sequence }: ShaderSequence, members: number): ShaderSequence {
  const [floats, words, isAny] = shader!.code.includes("subgroupShuffle(vec4u(") ? ["vec4f", "vec4u", " != vec4u(0u)"] : ["f32", "u32", " != 0u"];
  const lines = shader!.code.split("\n").flatMap((line) => {
    const [, indent, target, shuffled] = /^( *)(let \w+) = subgroupShuffle\((.*);$/.exec(line) ?? [];
    if (indent === undefined) return [line];
    const rest = shuffled!.endsWith(isAny!) ? isAny! : "";
    const [, element, member] = /^(.*), (lane - slot .*)\)$/.exec(shuffled!.slice(0, shuffled!.length - rest.length))!;
    return [`${indent}shuffled[local] = bitcast<${words}>(${element});`, `${indent}workgroupBarrier();`, `${indent}${target} = bitcast<${rest === "" ? floats : words}>(shuffled[local - lane + ${member}])${rest};`, `${indent}workgroupBarrier();`];
  });
  const code = lines.join("\n").replace("enable subgroups;", `var<workgroup> shuffled: array<${words}, 256>;`).replace(/@builtin\(subgroup_invocation_id\) lane: u32, /, "")
    .replace(/(fn main.*\{)/, `$1\n  let lane = local % ${members}u;`);
  return { ...sequence, shaders: [{ ...shader!, code }] };
}

describe.skipIf(device === undefined)("as on larger subgroups", () => {
  // Invocations of a team: 16, 32, 64, and 8, 32, 64 that are four members each; the first few add up what the others have.
  test.each([[32, 1_024, 101], [32, 512, 301], [64, 256, 601], [16, 1_024, 100], [32, 512, 300], [64, 256, 600]])("of %i: %i rows of %i", async (members, count, columns) => {
    const sequence = rowsIn(members, count, columns);
    expect(sequence.shaders[0]!.code).toMatch(/distance\) % \d+u\)/);
    expect(sequence.shaders[0]!.code).not.toContain("Barrier");
    const shuffled = emulated(sequence, members);
    expect(shuffled.shaders[0]!.code).not.toContain("subgroup");
    expect(await resultsOf(shuffled, count, columns)).toEqual(await resultsOf(rowsIn(1, count, columns), count, columns));
  });
});
