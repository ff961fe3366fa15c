// Copies of elements from buffer to buffer, each from where its base word says. Bits, whatever they stand for.

import { oneWorkgroup, type Shader, withExtensions } from "../shader.ts";

const threads = 64;

/** Bindings: from, to; words: elements, and those that add up to where each begins. Halves are copied one by one, all others as u32. */
export function emitCopy(dtype: "u32" | "f16", fromBases: number, toBases: number): Shader {
  const words = (name: string, count: number): string[] => Array.from({ length: count }, (_, i) => `${name}_${i}`);
  const [from, to] = [words("from", fromBases), words("to", toBases)];
  const at = (base: readonly string[]): string => [...base.map((word) => `sizes.${word}`), "at"].join(" + ");
  const all = ["elements", ...from, ...to];
  return {
    name: "copy",
    code: withExtensions(`struct Sizes { ${all.map((word) => `${word}: i32`).join(", ")} }
@group(0) @binding(0) var<storage, read_write> source: array<${dtype}>;
@group(0) @binding(1) var<storage, read_write> copy: array<${dtype}>;
@group(0) @binding(2) var<uniform> sizes: Sizes;

@compute @workgroup_size(${threads})
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) count: vec3u) {
  for (var at = i32(id.x); at < sizes.elements; at += i32(count.x) * ${threads}) { copy[${at(to)}] = source[${at(from)}]; }
}`),
    buffers: [{ dtype, access: "read" }, { dtype, access: "write" }],
    sizes: all.length,
    workgroups: [{ times: 1, words: [0], per: threads }, oneWorkgroup, oneWorkgroup],
  };
}
