// A multiplication with few rows or few columns: the other operand is read once, in place. Threads share out k; what each has summed up is
// added pairwise, upper half onto lower, in workgroup memory. That order depends on the known sizes and layout alone.

import { oneWorkgroup, type Shader } from "../shader.ts";
import { declareResult, defineSizes, type Multiplication, operandBuffers, type ProductSizes } from "./multiplication.ts";

/** Up to so many rows or columns are few. */
export const fewest = 4;

const threads = 256;

/** The side that has few of them, if one has: their number is then known. */
export function thinSide({ m, n }: ProductSizes): "rows" | "columns" | undefined {
  const isFew = (count: number | undefined): boolean => count !== undefined && count > 0 && count <= fewest;
  return isFew(m) ? "rows" : isFew(n) ? "columns" : undefined;
}

export function emitThin(multiplication: Multiplication, side: "rows" | "columns"): Shader {
  const { name, sizes, a, b, declarations, rowStride, batchStride, words, extents } = multiplication;
  const [wide, few, extent] = side === "rows" ? ([b, a, "n"] as const) : ([a, b, "m"] as const);
  const rows = Array.from({ length: (side === "rows" ? sizes.m : sizes.n)! }, (_, r) => r);
  // Threads side by side read neighbours: 128 bytes along the matrix, or 32 and more along k.
  const along = wide.unit === "outer";
  const vectors = wide.vector !== undefined;
  const [wideElement, fewElement] = [wide.vector ?? wide.element, few.element];
  const outputs = along ? (vectors ? 8 : 32) : 8;
  const slices = threads / outputs;
  const perThread = along && vectors ? 4 : 1;
  const value = along && vectors ? "vec4f" : "f32";
  const step = !along && vectors ? 4 : 1;
  const factor = (r: number): string =>
    step === 4
      ? `vec4f(${[0, 1, 2, 3].map((i) => fewElement(String(r), `d + ${i}`)).join(", ")})`
      : `${value}(${fewElement(String(r), "d")})`;
  const resultAt = (row: string, column: string): string => `g * (${batchStride}) + ${row} * ${rowStride} + ${column}`;
  const at = (r: number, lane: number): string => (side === "rows" ? resultAt(String(r), `p + ${lane}`) : resultAt(`(p + ${lane})`, String(r)));
  const lanes = perThread === 4 ? [".x", ".y", ".z", ".w"] : [""];

  const code = `${declarations}
${declareResult(false)}
var<workgroup> partial: array<array<${value}, ${threads}>, ${rows.length}>;

@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) count: vec3u, @builtin(local_invocation_index) index: u32) {
  ${defineSizes(multiplication)}
  let thread = i32(index);
  let output = ${along ? `thread % ${outputs}` : `thread / ${slices}`};
  let slice = ${along ? `thread / ${outputs}` : `thread % ${slices}`};
  for (var g = i32(group.y); g < batch; g += i32(count.y)) {
  ${`${a.base} ${b.base}`.trim()}
  for (var first = i32(group.x) * ${outputs * perThread}; first < ${extent}; first += i32(count.x) * ${outputs * perThread}) {
    let p = first + output * ${perThread};
    ${rows.map((r) => `var s${r} = ${step === 4 ? "vec4f" : value}();`).join(" ")}
    for (var d = slice * ${step}; d < k; d += ${slices * step}) {
      let w = ${wideElement("p", "d")};
      ${rows.map((r) => `s${r} = fma(${factor(r)}, w, s${r});`).join("\n      ")}
    }
    ${rows.map((r) => `partial[${r}][thread] = ${step === 4 ? `(s${r}.x + s${r}.z) + (s${r}.y + s${r}.w)` : `s${r}`};`).join(" ")}
    for (var half = ${slices / 2}; half > 0; half /= 2) {
      workgroupBarrier();
      if (slice < half) {
        let other = thread + half * ${along ? outputs : 1};
        ${rows.map((r) => `partial[${r}][thread] += partial[${r}][other];`).join(" ")}
      }
    }
    if (slice == 0) {
      ${lanes.map((lane, i) => `if (p + ${i} < ${extent}) { ${rows.map((r) => `c[${at(r, i)}] = partial[${r}][thread]${lane};`).join(" ")} }`).join("\n      ")}
    }
    workgroupBarrier();
  }
  }
}`;
  return {
    name: `${name} with ${rows.length} ${side}`, code, buffers: operandBuffers, sizes: words,
    workgroups: [{ ...extents[extent], per: outputs * perThread }, { ...extents.batch, per: 1 }, oneWorkgroup],
  };
}
