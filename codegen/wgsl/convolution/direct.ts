// A convolution whose outputs read few elements each, depthwise ones above all: a thread computes one output, or four neighbouring ones
// where each has a channel of its own. Each is the sequential sum over the window.

import { elementCount } from "../../../ir/data.ts";
import { emitEpilogue } from "../product/epilogue.ts";
import { declareInterface, interfaceBuffers, interfaceWords, type ShaderInterface } from "../product/shader-interface.ts";
import { allSingle, narrowed, widened } from "../product/stored.ts";
import { oneWorkgroup, type Shader, withExtensions } from "../shader.ts";
import type { ConvolutionDescription } from "./multiply-patches.ts";
import { declarePixelIndex } from "./patches.ts";

const threads = 64;

export function emitDirectConvolution({ geometry, epilogue: described, stored = allSingle }: ConvolutionDescription): Shader {
  const { window, channels, outputs, groups } = geometry;
  const [perGroup, outputsPerGroup] = [channels / groups, outputs / groups];
  const lanes = perGroup === 1 && outputsPerGroup === 1 && channels % 4 === 0 ? 4 : 1;
  const type = lanes === 4 ? "vec4f" : "f32";
  const columns = outputs / lanes;
  const parts: ShaderInterface = {
    result: stored.c, words: ["places"], functions: declarePixelIndex(geometry), epilogue: described && emitEpilogue(described),
    operands: (["a", "b"] as const).map((name) => ({ name, dtype: stored[name], vectors: lanes === 4 })),
  };
  const { epilogue } = parts;
  const finish = lanes === 4 ? `for (var i = 0u; i < 4u; i++) { finish(u32(at) * 4u + i, place, column * 4 + i32(i), sum[i]); }` : "finish(u32(at), place, column, sum);";
  const code = withExtensions(`${declareInterface(parts, lanes === 4)}

@compute @workgroup_size(${threads})
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) count: vec3u) {
  ${[...(epilogue === undefined || epilogue.begin === "" ? [] : [epilogue.begin]), "for (var at"].join("\n  ")} = i32(id.x); at < sizes.places * ${columns}; at += i32(count.x) * ${threads}) {
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
    ${[...(epilogue?.storesProduct === false ? [] : [`c[at] = ${narrowed(stored.c, lanes === 4, "sum")};`]), ...(epilogue === undefined ? [] : [finish])].join(" ")}
  }
}`);
  return {
    name: "convolution, result, direct", code, buffers: interfaceBuffers(parts), sizes: interfaceWords(parts).length,
    workgroups: [{ times: columns, words: [0], per: threads }, oneWorkgroup, oneWorkgroup],
  };
}
