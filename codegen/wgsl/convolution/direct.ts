// A convolution whose outputs read few elements each, depthwise ones above all: a thread computes one output, or four neighbouring ones
// where each has a channel of its own. Each is the sequential sum over the window.

import { elementCount } from "../../../ir/data.ts";
import { allSingle, arrayType, declareResult, narrowed, operandBuffers, widened } from "../product/stored.ts";
import { oneWorkgroup, type Shader, withExtensions } from "../shader.ts";
import type { ConvolutionDescription } from "./multiply-patches.ts";
import { declarePixelIndex } from "./patches.ts";

const threads = 64;

export function emitDirectConvolution({ geometry, stored = allSingle }: ConvolutionDescription): Shader {
  const { window, channels, outputs, groups } = geometry;
  const [perGroup, outputsPerGroup] = [channels / groups, outputs / groups];
  const lanes = perGroup === 1 && outputsPerGroup === 1 && channels % 4 === 0 ? 4 : 1;
  const type = lanes === 4 ? "vec4f" : "f32";
  const columns = outputs / lanes;
  const code = withExtensions(`struct Sizes { places: i32 }
@group(0) @binding(0) var<storage, read_write> a: array<${arrayType(stored.a, lanes === 4)}>;
@group(0) @binding(1) var<storage, read_write> b: array<${arrayType(stored.b, lanes === 4)}>;
${declareResult(stored, lanes === 4)}
@group(0) @binding(3) var<uniform> sizes: Sizes;
${declarePixelIndex(geometry)}

@compute @workgroup_size(${threads})
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) count: vec3u) {
  for (var at = i32(id.x); at < sizes.places * ${columns}; at += i32(count.x) * ${threads}) {
    let place = at / ${columns};
    let column = at % ${columns};
    let channel = ${lanes === 4 ? "column * 4" : `column / ${outputsPerGroup} * ${perGroup}`};
    var sum = ${type}();
    for (var tap = 0; tap < ${elementCount(window)}; tap++) {
      let first = pixel_index(place, tap, channel);
      if (first >= 0) {
        for (var i = 0; i < ${perGroup}; i++) { sum = fma(${widened(stored.a, lanes === 4, `a[first / ${lanes} + i]`)}, ${widened(stored.b, lanes === 4, `b[(tap * ${perGroup} + i) * ${columns} + column]`)}, sum); }
      }
    }
    c[at] = ${narrowed(stored.c, lanes === 4, "sum")};
  }
}`);
  return {
    name: "convolution, result, direct", code, buffers: operandBuffers(stored), sizes: 1,
    workgroups: [{ times: columns, words: [0], per: threads }, oneWorkgroup, oneWorkgroup],
  };
}
