// A multiplication with few rows or few columns: the other operand is read once, in place. Threads share out k in slices; what each has summed up is
// added pairwise, upper half onto lower, in workgroup memory. That order depends on the known sizes and layout alone: on a processor, where threads
// are lanes of vectors and a barrier is dear, a thread has all slices of its outputs, one after another.

import { oneWorkgroup, type Shader, withExtensions } from "../shader.ts";
import { beginMain, countOverBatch, loopOverBatch, type Multiplication, type ProductSizes } from "./multiplication.ts";
import type { Operand } from "./operand.ts";
import { declareInterface, interfaceBuffers, interfaceWords } from "./shader-interface.ts";
import type { Workgroups } from "./split.ts";
import type { DeviceKind } from "./tiles.ts";
import { narrowed } from "./stored.ts";

/** Up to so many rows or columns are few. */
export const fewest = 4;

const threads = 256;

/** The side that has few of them, if one has: their number is then known. */
export function thinSide({ m, n }: ProductSizes): "rows" | "columns" | undefined {
  const isFew = (count: number | undefined): boolean => count !== undefined && count > 0 && count <= fewest;
  return isFew(m) ? "rows" : isFew(n) ? "columns" : undefined;
}

const isDeep = ({ unit, vector }: Operand): boolean => unit === "depth" && vector !== undefined;

/** Threads that share out k, so many elements at a time, for each of the outputs of a workgroup, of which each thread has some. */
interface ThinShape {
  /** Threads side by side read neighbours: 128 bytes along the matrix, or 32 and more along k. */
  readonly along: boolean;
  readonly perThread: 1 | 4;
  readonly step: 1 | 4;
  readonly outputs: number;
  readonly slices: number;
}

function shapeOf({ a, b }: Multiplication, side: "rows" | "columns"): ThinShape {
  const [wide, few] = side === "rows" ? [b, a] : [a, b];
  const along = wide.unit === "outer";
  const perThread = along && wide.vector !== undefined ? 4 : 1;
  const outputs = along && perThread === 1 ? 32 : 8;
  return { along, perThread, step: isDeep(wide) || isDeep(few) ? 4 : 1, outputs, slices: threads / outputs };
}

/** Workgroups for so many columns, or rows, of one of the batch. */
export function thinWorkgroups(multiplication: Multiplication, side: "rows" | "columns", many: number): Workgroups {
  const { perThread, step, outputs, slices } = shapeOf(multiplication, side);
  return { count: Math.ceil(many / (outputs * perThread)), threads, step: slices * step };
}

export function emitThin(multiplication: Multiplication, side: "rows" | "columns", kind: DeviceKind): Shader {
  const { name, sizes, result, a, b, epilogue, rowStride, batchStride, extents } = multiplication;
  const { begin, part, start, end } = loopOverBatch(multiplication, "y");
  const [wide, few, extent] = side === "rows" ? ([b, a, "n"] as const) : ([a, b, "m"] as const);
  const rows = Array.from({ length: (side === "rows" ? sizes.m : sizes.n)! }, (_, r) => r);
  const { along, perThread, outputs: sharing, slices, step } = shapeOf(multiplication, side);
  const alone = kind === "software";
  const outputs = alone ? 64 : sharing;
  const steps = Array.from({ length: step }, (_, i) => `d + ${i}`);
  /** Four neighbours along k. */
  const deepVector = (operand: Operand, outer: string): string =>
    isDeep(operand) ? operand.vector!(outer, "d") : `vec4f(${steps.map((d) => operand.element(outer, d)).join(", ")})`;
  // What a thread sums up: four outputs, four shares of one output, or one.
  const value = perThread === 4 || (!along && step === 4) ? "vec4f" : "f32";
  const lanes = ["x", "y", "z", "w"];
  const add = step === 1
    ? [`let w = ${(along ? wide.vector ?? wide.element : wide.element)("inside", "d")};`, ...rows.map((r) => `s${r} = fma(${value}(${few.element(String(r), "d")}), w, s${r});`)]
    : along
      ? [
          ...rows.map((r) => `let f${r} = ${deepVector(few, String(r))};`),
          ...steps.map((d, i) => `let w${i} = ${(wide.vector ?? wide.element)("inside", d)};`),
          ...rows.flatMap((r) => steps.map((_, i) => `s${r} = fma(${value}(f${r}.${lanes[i]}), w${i}, s${r});`)),
        ]
      : [`let w = ${deepVector(wide, "inside")};`, ...rows.map((r) => `s${r} = fma(${deepVector(few, String(r))}, w, s${r});`)];
  const resultAt = (row: string, column: string): string => `${part} * (${batchStride}) + ${row} * ${rowStride} + ${column}`;
  const at = (r: number, lane: number): string => (side === "rows" ? resultAt(String(r), `p + ${lane}`) : resultAt(`(p + ${lane})`, String(r)));
  const placeOf = (r: number, lane: number): string => (side === "rows" ? `${r}, p + ${lane}` : `p + ${lane}, ${r}`);
  const finish = (r: number, lane: number, sum: string): string => [
    ...(epilogue?.storesProduct === false ? [] : [`c[${at(r, lane)}] = ${narrowed(result, false, sum)};`]),
    ...(epilogue === undefined ? [] : [`finish(u32(${at(r, lane)}), ${placeOf(r, lane)}, ${sum});`]),
  ].join(" ");
  const results = perThread === 4 ? lanes.map((lane) => `.${lane}`) : [""];
  const isShared = perThread === 1 && value === "vec4f";

  const partials = `partial: array<array<${isShared ? "f32" : value}, ${alone ? slices : threads}>, ${rows.length}>;`;
  const sums = `${rows.map((r) => `var s${r} = ${value}();`).join(" ")}
    for (var d = ${start === "0" ? "" : `${start} + `}slice * ${step}; d < ${end}; d += ${slices * step}) {
      ${add.join("\n      ")}
    }
    ${rows.map((r) => `partial[${r}][${alone ? "slice" : "thread"}] = ${isShared ? `(s${r}.x + s${r}.z) + (s${r}.y + s${r}.w)` : `s${r}`};`).join(" ")}`;
  const store = results.map((lane, i) => `if (p + ${i} < ${extent}) { ${rows.map((r) => finish(r, i, `partial[${r}][${alone ? "0" : "thread"}]${lane}`)).join(" ")} }`).join("\n      ");
  const own = `var ${partials}
    for (var slice = 0; slice < ${slices}; slice++) {
    ${sums}
    }
    for (var half = ${slices / 2}; half > 0; half /= 2) {
      for (var i = 0; i < half; i++) { ${rows.map((r) => `partial[${r}][i] += partial[${r}][i + half];`).join(" ")} }
    }
    ${store}`;
  const shared = `${sums}
    for (var half = ${slices / 2}; half > 0; half /= 2) {
      workgroupBarrier();
      if (slice < half) {
        let other = thread + half * ${along ? outputs : 1};
        ${rows.map((r) => `partial[${r}][thread] += partial[${r}][other];`).join(" ")}
      }
    }
    if (slice == 0) {
      ${store}
    }
    workgroupBarrier();`;

  const place = alone ? ["let output = thread;"] : along
    ? [`let output = thread % ${outputs};`, `let slice = thread / ${outputs};`]
    : [`let output = thread / ${slices};`, `let slice = thread % ${slices};`];

  const code = withExtensions(`${declareInterface(multiplication, false)}
${alone ? "" : `var<workgroup> ${partials}\n`}
@compute @workgroup_size(${alone ? outputs : threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) count: vec3u, @builtin(local_invocation_index) index: u32) {
  ${beginMain(multiplication)}
  let thread = i32(index);
  ${[...place, begin].join("\n  ")}
  ${`${a.base} ${b.base}`.trim()}
  for (var first = i32(group.x) * ${outputs * perThread}; first < ${extent}; first += i32(count.x) * ${outputs * perThread}) {
    let p = first + output * ${perThread};
    let inside = min(p, ${extent} - ${perThread});
    ${alone ? own : shared}
  }
  }
}`);
  return {
    name: `${name} with ${rows.length} ${side}`, code, buffers: interfaceBuffers(multiplication), sizes: interfaceWords(multiplication).length,
    workgroups: [{ ...extents[extent], per: outputs * perThread }, countOverBatch(multiplication), oneWorkgroup],
  };
}
