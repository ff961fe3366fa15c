// What adds up the slices of a multiplication that is shared out along k: of each element in order, and where there are many slices, in shares.

import { oneWorkgroup, type Shader, withExtensions } from "../shader.ts";
import { beginMain, type Multiplication, type ProductSizes } from "./multiplication.ts";
import { declareInterface, interfaceBuffers, interfaceWords, type ShaderInterface } from "./shader-interface.ts";
import type { Split } from "./split.ts";
import { narrowed } from "./stored.ts";

const threads = 256;

/** Bindings: the workspace, c if it is stored, those of the epilogue; words: those of the multiplication, and of the epilogue. */
export function addSlices(multiplication: Multiplication, split: Split): Shader {
  const { name, sizes, rowStride, batchStride, result, epilogue } = multiplication;
  const { m, n } = sizes as { readonly [S in keyof ProductSizes]: number };
  const { elements } = split;
  const parts: ShaderInterface = { ...multiplication, operands: [{ name: "partial", dtype: "f32", vectors: false }], functions: "" };
  // Threads side by side have neighbouring elements. Where there are many slices, some share an element: what they have summed up is added pairwise, upper half onto lower.
  const sharing = split.most >= 32 ? 8 : 1;
  const across = threads / sharing;
  const finish = [
    ...(epilogue?.storesProduct === false ? [] : [`c[to] = ${narrowed(result, false, "sum")};`]),
    ...(epilogue === undefined ? [] : ["finish(u32(to), row, column, sum);"]),
  ].join(" ");
  const code = withExtensions(`${declareInterface(parts, false)}
${sharing === 1 ? "" : `var<workgroup> shares: array<f32, ${threads}>;\n`}
@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) count: vec3u, @builtin(local_invocation_index) index: u32) {
  ${beginMain({ ...multiplication, split })}
  let share = i32(index) / ${across};
  for (var first = i32(group.x) * ${across}; first < ${elements}; first += i32(count.x) * ${across}) {
    let at = first + i32(index) % ${across};
    let g = at / ${m * n}; let row = at % ${m * n} / ${n}; let column = at % ${n};
    var sum = 0.0;
    if (at < ${elements}) {
      for (var slice = share; slice < slices; slice += ${sharing}) { sum += partial[(g * slices + slice) * ${m * n} + at % ${m * n}]; }
    }
    ${sharing === 1 ? "" : `shares[index] = sum;
    for (var half = ${sharing / 2}; half > 0; half /= 2) {
      workgroupBarrier();
      if (share < half) { shares[index] += shares[i32(index) + half * ${across}]; }
    }
    sum = shares[index];
    `}if (share == 0 && at < ${elements}) {
      let to = g * (${batchStride}) + row * ${rowStride} + column;
      ${finish}
    }${sharing === 1 ? "" : "\n    workgroupBarrier();"}
  }
}`);
  return {
    name: `${name}, sum of slices`, code, buffers: interfaceBuffers(parts), sizes: interfaceWords(parts).length,
    workgroups: [{ times: elements, words: [], per: across }, oneWorkgroup, oneWorkgroup],
  };
}
