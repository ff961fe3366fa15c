// A multiplication in tiles: a workgroup goes through k in panels that lie in its memory as vectors of four rows of a, and
// of four columns of b; a thread keeps a square of sums in registers. Each element is the sequential sum over k.

import { type Shader, withExtensions } from "../shader.ts";
import { beginMain, countOverBatch, defineSizes, loopOverBatch, type Multiplication } from "./multiplication.ts";
import type { Operand } from "./operand.ts";
import { declareInterface, interfaceBuffers, interfaceWords } from "./shader-interface.ts";
import { narrowed } from "./stored.ts";
import { chooseDepth, type Tile, threadsOf } from "./tiles.ts";

const quad = ["x", "y", "z", "w"] as const;

export function emitTiled(multiplication: Multiplication, tile: Tile): Shader {
  const { name, sizes, a, b, extents } = multiplication;
  const { begin, part, start, end } = loopOverBatch(multiplication, "z");
  const depth = chooseDepth(sizes);
  const masked = sizes.k === undefined || sizes.k % depth !== 0;
  const threads = threadsOf(tile);
  const groups = Array.from({ length: tile.perThread / 4 }, (_, i) => i);
  const across = tile.columns / tile.perThread;
  const down = tile.rows / tile.perThread;
  const sum = (g: number, row: number, h: number): string => `s${g * 4 + row}_${h}`;
  const eachSum = (indent: number, text: (g: number, row: number, h: number) => string): string =>
    groups.flatMap((g) => quad.flatMap((_, row) => groups.map((h) => text(g, row, h)))).join(`\n${" ".repeat(indent)}`);

  const code = withExtensions(`${declareInterface(multiplication, multiplication.storesVectors)}
var<workgroup> a_panel: array<vec4f, ${(depth * tile.rows) / 4}>;
var<workgroup> b_panel: array<vec4f, ${(depth * tile.columns) / 4}>;

${storeFour(multiplication)}

@compute @workgroup_size(${threads})
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) count: vec3u, @builtin(local_invocation_index) index: u32) {
  ${beginMain(multiplication)}
  let thread = i32(index);
  let x = thread % ${across};
  let y = thread / ${across};
  ${begin}
  ${`${a.base} ${b.base}`.trim()}
  for (var row = i32(group.y) * ${tile.rows}; row < m; row += i32(count.y) * ${tile.rows}) {
  for (var column = i32(group.x) * ${tile.columns}; column < n; column += i32(count.x) * ${tile.columns}) {
    ${eachSum(4, (g, row, h) => `var ${sum(g, row, h)} = vec4f();`)}
    for (var panel = ${start}; panel < ${end}; panel += ${depth}) {
      ${loadPanel(a, tile.rows, depth, threads, "row", masked)}
      ${loadPanel(b, tile.columns, depth, threads, "column", masked)}
      workgroupBarrier();
      for (var d = 0; d < ${depth}; d++) {
        ${groups.map((g) => `let a${g} = a_panel[d * ${tile.rows / 4} + ${g * down} + y];`).join(" ")}
        ${groups.map((h) => `let b${h} = b_panel[d * ${tile.columns / 4} + ${h * across} + x];`).join(" ")}
        ${eachSum(8, (g, row, h) => `${sum(g, row, h)} = fma(vec4f(a${g}.${quad[row]}), b${h}, ${sum(g, row, h)});`)}
      }
      workgroupBarrier();
    }
    ${eachSum(4, (g, row, h) => `store(${part}, row + (${g * down} + y) * 4 + ${row}, column + (${h * across} + x) * 4, ${sum(g, row, h)});`)}
  }
  }
  }
}`);
  return {
    name: `${name} ${tile.rows}x${tile.columns}`, code, buffers: interfaceBuffers(multiplication), sizes: interfaceWords(multiplication).length,
    workgroups: [{ ...extents.n, per: tile.columns }, { ...extents.m, per: tile.rows }, countOverBatch(multiplication)],
  };
}

/** The function that stores four neighbours of a row of c, or hands them to the epilogue. */
function storeFour(multiplication: Multiplication): string {
  const { result, epilogue, rowStride, batchStride, storesVectors } = multiplication;
  const store = storesVectors
    ? [`if (column < n) { c[at / 4] = ${narrowed(result, true, "sum")}; }`]
    : quad.map((lane, i) => `if (column + ${i} < n) { c[at + ${i}] = ${narrowed(result, false, `sum.${lane}`)}; }`);
  return `fn store(g: i32, row: i32, column: i32, sum: vec4f) {
  ${defineSizes(multiplication)}
  if (row >= m) { return; }
  let at = g * (${batchStride}) + row * ${rowStride} + column;
  ${[
    ...(epilogue?.storesProduct === false ? [] : store),
    ...(epilogue === undefined ? [] : [`${storesVectors ? "if (column >= n) { return; }\n  for (var i = 0; i < 4; i++)" : "for (var i = 0; i < min(4, n - column); i++)"} { finish(u32(at + i), row, column + i, sum[i]); }`]),
  ].join("\n  ")}
}`;
}

/**
 * Blocks of 4x4 elements, each by one thread; neighbouring threads read what is side by side in memory. Places outside are moved inside, so that
 * nothing is read that is not there: what comes of it belongs to no element of the result, or is masked.
 */
function loadPanel({ name, unit, vector, element }: Operand, extent: number, depth: number, threads: number, origin: string, masked: boolean): string {
  const [wide, deep] = [extent / 4, depth / 4];
  const mask = (value: string, d: string): string => (masked ? `select(vec4f(), ${value}, ${d} < k)` : value);
  const store = (d: string, value: string): string => `${name}_panel[(j * 4 + ${d}) * ${wide} + i] = ${value};`;
  const inside = (p: string, step: number): string => `min(${p}, ${name === "a" ? "m" : "n"} - ${step})`;
  const within = (d: string, step: number): string => (masked ? `min(${d}, k - ${step})` : d);
  // Loops where there need be no straight code: drivers unroll them, and software adapters compile them sooner.
  const oneByOne = (value: string): string => `for (var d = 0; d < 4; d++) { ${store("d", mask(value, "q + d"))} }`;
  const block = vector === undefined
    ? oneByOne(`vec4f(${quad.map((_, p) => element(inside(`p + ${p}`, 1), within("q + d", 1))).join(", ")})`)
    : unit === "outer"
      ? oneByOne(vector(inside("p", 4), within("q + d", 1)))
      : [
          ...quad.map((lane, p) => `let ${lane} = ${mask(vector(inside(`p + ${p}`, 1), within("q", 4)), "q")};`),
          ...quad.map((lane, d) => store(String(d), `vec4f(${quad.map((row) => `${row}.${lane}`).join(", ")})`)),
        ].join("\n        ");
  return `for (var block = thread; block < ${wide * deep}; block += ${threads}) {
        ${unit === "outer" ? `let i = block % ${wide}; let j = block / ${wide};` : `let j = block % ${deep}; let i = block / ${deep};`}
        let p = ${origin} + i * 4;
        let q = panel + j * 4;
        ${block}
      }`;
}
