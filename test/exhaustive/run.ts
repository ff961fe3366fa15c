// All 2^32 arguments of the f32 functions of one argument, as emitted, against f64. Resumable: what is done is kept
// under out/exhaustive, and a function that is through is not run again unless its expansion has changed.
//
//   npm run test:exhaustive [-- exp tanh ...]
//   npm run test:exhaustive -- --single [exp tanh ...]   the forms for targets without f64

import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { kernelKey } from "../../ir/kernel/kernel.ts";
import { singleMath } from "../../ir/kernel/math/single-table.ts";
import { mathTable } from "../../ir/kernel/math/table.ts";
import { oracles, promise, promiseOfSingle, ulpError, type UnaryMathOp } from "../math/oracles.ts";
import { mathKernel } from "../math/run-expansion.ts";
import { compileMathToWasm } from "../math/run-wasm.ts";

const chunk = 2 ** 16;
const total = 2 ** 32;
const isSingle = process.argv.includes("--single");
const folder = fileURLToPath(new URL(isSingle ? "../../out/exhaustive/single/" : "../../out/exhaustive/", import.meta.url));
const math = isSingle ? singleMath : mathTable;
const promised = isSingle ? promiseOfSingle : promise;

/** f(-x) = -f(x) or f(x): for negative arguments it is enough that the results say so to the bit. */
const symmetry: { readonly [K in UnaryMathOp]?: "odd" | "even" } = {
  sin: "odd", cos: "even", tan: "odd", asin: "odd", atan: "odd", sinh: "odd", cosh: "even", tanh: "odd", asinh: "odd",
  atanh: "odd", erf: "odd", erfinv: "odd", cbrt: "odd",
};

interface Progress {
  /** Of the expansion. */
  readonly key: string;
  /** Patterns below this one are done. */
  next: number;
  /** Largest error in units in the last place, and its argument's pattern. */
  worst: number;
  worstAt: number;
  /** Results beyond the promise. */
  broken: number;
  firstBroken: number[];
}

function hash(text: string): string {
  let value = 0xcbf29ce484222325n;
  for (let i = 0; i < text.length; i++) value = ((value ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n) & 0xffffffffffffffffn;
  return value.toString(16);
}

function resume(op: UnaryMathOp): Progress {
  const key = hash(kernelKey(mathKernel(op, "f32", 1, math)));
  const fresh: Progress = { key, next: 0, worst: 0, worstAt: 0, broken: 0, firstBroken: [] };
  try {
    const stored = JSON.parse(readFileSync(`${folder}${op}.json`, "utf8")) as Progress;
    if (stored.key === key) return stored;
    rmSync(`${folder}${op}.json`);
  } catch {
    // Nothing stored yet, or not readable: from the start.
  }
  return fresh;
}

function save(op: UnaryMathOp, progress: Progress): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${folder}${op}.json`, JSON.stringify(progress));
}

const word = new Uint32Array(1);
const float = new Float32Array(word.buffer);
function floatOf(pattern: number): number {
  word[0] = pattern;
  return float[0]!;
}

function runChunk(op: UnaryMathOp, runner: ReturnType<typeof compileMathToWasm>, progress: Progress): void {
  const { x, out, run } = runner;
  const bits = new Uint32Array(x.buffer, x.byteOffset, chunk);
  for (let i = 0; i < chunk; i++) bits[i] = progress.next + i;
  run();
  const oracle = oracles[op];
  const { ulp, absolute } = promised(op);
  const known = progress.next >= 2 ** 31 ? mirrored(op, runner) : undefined;
  for (let i = 0; i < chunk; i++) {
    const got = out[i]!;
    if (known !== undefined && Object.is(got, known[i])) continue;
    const exact = oracle(x[i]!);
    // Right to the last bit, NaN included: no more than half a unit.
    if (Object.is(got, Math.fround(exact))) continue;
    if (Math.abs(got - exact) <= absolute) continue;
    const error = Math.min(ulpError(got, exact), Number.MAX_VALUE); // JSON has no Infinity
    if (error > progress.worst) {
      progress.worst = error;
      progress.worstAt = progress.next + i;
    }
    if (error > ulp && progress.broken++ < 10) progress.firstBroken.push(progress.next + i);
  }
  progress.next += chunk;
}

/** What symmetry demands of the results for the chunk's negative arguments; undefined for functions without one. */
function mirrored(op: UnaryMathOp, { x, out, run }: ReturnType<typeof compileMathToWasm>): Float32Array | undefined {
  const kind = symmetry[op];
  if (kind === undefined) return undefined;
  const results = Float32Array.from(out);
  for (let i = 0; i < chunk; i++) x[i] = -x[i]!;
  run();
  const demanded = Float32Array.from(out, (value) => (kind === "odd" ? -value : value));
  for (let i = 0; i < chunk; i++) x[i] = -x[i]!;
  out.set(results);
  return demanded;
}

function show(op: UnaryMathOp, progress: Progress, seconds: number, from: number): void {
  const done = progress.next / total;
  const left = progress.next > from ? (seconds * (total - progress.next)) / (progress.next - from) : 0;
  const bar = "#".repeat(Math.round(done * 30)).padEnd(30, ".");
  const line = `${op.padEnd(9)} [${bar}] ${(100 * done).toFixed(1)} %  max ${progress.worst.toFixed(3)} ULP  ${left.toFixed(0)} s left `;
  if (process.stdout.isTTY) process.stdout.write(`\r${line}`);
}

function runFunction(op: UnaryMathOp): Progress {
  const progress = resume(op);
  const runner = compileMathToWasm(op, "f32", chunk, math);
  const start = performance.now();
  const from = progress.next;
  while (progress.next < total) {
    runChunk(op, runner, progress);
    if (progress.next % 2 ** 24 === 0) {
      save(op, progress);
      show(op, progress, (performance.now() - start) / 1000, from);
    }
  }
  return progress;
}

const names = Object.keys(oracles) as UnaryMathOp[];
const asked = process.argv.slice(2).filter((argument) => argument !== "--single");
const unknown = asked.filter((name) => !(names as readonly string[]).includes(name));
if (unknown.length > 0) {
  console.error(`not functions of one argument: ${unknown.join(", ")}; there are ${names.join(", ")}`);
  process.exit(2);
}
let failed = false;
for (const op of asked.length > 0 ? (asked as UnaryMathOp[]) : names) {
  const progress = runFunction(op);
  const clear = process.stdout.isTTY ? "\r" + " ".repeat(100) + "\r" : "";
  console.log(`${clear}${op.padEnd(9)} all 2^32: max ${progress.worst.toFixed(3)} ULP at ${floatOf(progress.worstAt)}, beyond the promise: ${progress.broken}`);
  for (const pattern of progress.firstBroken) console.log(`  ${op}(${floatOf(pattern)}), exactly ${oracles[op](floatOf(pattern))}`);
  failed ||= progress.broken > 0;
}
process.exit(failed ? 1 : 0);
