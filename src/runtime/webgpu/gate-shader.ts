// The executor's own shader: makes indirect arguments of a condition, so that what it rules is carried out or left out without the host.

import { oneWorkgroup, type Shader } from "../../../codegen/wgsl/shader.ts";

/** Elements that a workgroup takes. */
const groupSize = 64;

/** Words: the control word, the first of the arguments, and how many. Bindings: control, the counts if they are carried out, the arguments. */
export const gateShader: Shader = {
  name: "gate",
  code: `struct Words { word: i32, first: i32, count: i32 }
@group(0) @binding(0) var<storage, read_write> control: array<i32>;
@group(0) @binding(1) var<storage, read_write> counts: array<u32>;
@group(0) @binding(2) var<storage, read_write> indirect: array<u32>;
@group(0) @binding(3) var<uniform> words: Words;
@compute @workgroup_size(${groupSize}) fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let open = control[words.word] != 0;
  for (var i = i32(id.x); i < words.count; i += i32(groups.x) * ${groupSize}) {
    let at = words.first + i;
    indirect[at] = select(0u, counts[at], open);
  }
}`,
  buffers: [{ dtype: "i32", access: "read" }, { dtype: "u32", access: "read" }, { dtype: "u32", access: "write" }],
  sizes: 3,
  workgroups: [{ times: 1, words: [2], per: groupSize }, oneWorkgroup, oneWorkgroup],
};
