// Matrix products as a share of what the machine can do: `node --import ./.ci/ts.mjs bench/gemm.ts [words]`, on any Node.
// Each product is timed between two runs of the register-only loop of machine.ts; the median of the ratios counts. Both
// operands are packed anew in every call. GEMV is also given as a share of the bandwidth of reading.
import { parseArgs } from "node:util";
import { compile, type CompileOptions, DamoError, fn, input } from "damo";
import { uniform } from "./models/parameter.ts";
import { loadMachine, type Machine, processorTime } from "./machine.ts";

type Layout = "A B" | "A' B" | "A B'";
type DType = "f32" | "f64";

interface Product {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly layout: Layout;
  readonly dtype: DType;
  /** The share of the 128-bit peak that is asked for, in percent. */
  readonly asked: number;
}

interface Variant {
  readonly name: string;
  readonly options: CompileOptions;
  readonly products: readonly Product[];
}

const square = (size: number, asked: number, dtype: DType = "f32"): Product => ({ m: size, k: size, n: size, layout: "A B", dtype, asked });
const large = (asked: number): Product[] => [256, 512, 1024, 2048].map((size) => square(size, asked));
const ofTraining: readonly Product[] = ([
  [64, 64, 64], [32, 784, 512], [128, 784, 512], [512, 512, 512],
] as const).flatMap(([m, k, n]) => (["A B", "A' B", "A B'"] as const).map((layout): Product => ({ m, k, n, layout, dtype: "f32", asked: 75 })));
const vectors: readonly Product[] = (["A B", "A B'"] as const).map((layout) => ({ m: 1, k: 1024, n: 1024, layout, dtype: "f32", asked: 0 }));

// Wide variants come last: their flag of the engine holds for everything that is compiled after it.
const variants: readonly Variant[] = [
  { name: "strict", options: {}, products: [...large(85), ...ofTraining, ...vectors, square(512, 80, "f64")] },
  { name: "relaxed", options: { relaxed: true }, products: [...large(93), square(512, 80, "f64")] },
  { name: "wide", options: { engine: { wide: true } }, products: [...large(150), ...ofTraining, square(512, 0, "f64")] },
  { name: "wide relaxed", options: { relaxed: true, engine: { wide: true } }, products: [...large(150), square(512, 0, "f64")] },
];

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

function time(run: () => void, count: number): number {
  const start = processorTime();
  for (let i = 0; i < count; i++) run();
  return (processorTime() - start) / count;
}

async function prepare({ m, k, n, layout, dtype }: Product, options: CompileOptions): Promise<() => void> {
  const a = input("a", layout === "A' B" ? [k, m] : [m, k], { dtype });
  const b = input("b", layout === "A B'" ? [n, k] : [k, n], { dtype });
  const product = (layout === "A' B" ? a.transpose() : a).dot(layout === "A B'" ? b.transpose() : b);
  const compiled = await compile(fn({ inputs: { a, b }, outputs: { c: product } }), options);
  const bound = compiled.bindBuffers({});
  bound.inputs.a.set(uniform(m * k, 1, 1));
  bound.inputs.b.set(uniform(k * n, 1, 2));
  return () => bound.run();
}

async function measure(machine: Machine, product: Product, { options }: Variant): Promise<string> {
  const { m, k, n, layout, dtype, asked } = product;
  const run = await prepare(product, options);
  const flops = 2 * m * k * n;
  // Long enough for the engine's best code, then samples of at least a millisecond.
  time(run, Math.max(5, Math.min(3000, Math.round(3e8 / flops))));
  const count = Math.max(1, Math.round(5e7 / flops));
  const rates: number[] = [];
  const shares: number[] = [];
  const ofReading: number[] = [];
  for (let round = 0; round < (flops > 1e9 ? 9 : 25); round++) {
    const before = time(machine.peak[dtype], 1);
    const reading = m === 1 ? time(machine.read, 4) : 0;
    const taken = time(run, count);
    const after = time(machine.peak[dtype], 1);
    const rate = flops / taken / 1e6;
    rates.push(rate);
    shares.push(rate / (machine.flops[dtype] / ((before + after) / 2) / 1e6));
    ofReading.push(((4 * k * n) / taken) / (machine.bytes / reading));
  }
  const share = 100 * median(shares);
  const verdict = asked === 0 ? "" : share >= asked ? `  asked ${asked} %` : `  BELOW the ${asked} % asked`;
  const bandwidth = m === 1 ? `  ${(100 * median(ofReading)).toFixed(0)} % of reading` : "";
  const name = `${m}x${k}x${n} ${layout} ${dtype}`;
  return `  ${name.padEnd(26)} ${median(rates).toFixed(1).padStart(6)} GF/s ${share.toFixed(0).padStart(4)} %${verdict}${bandwidth}`;
}

const { positionals: words } = parseArgs({ allowPositionals: true });
const machine = await loadMachine();
for (const dtype of ["f32", "f64"] as const) time(machine.peak[dtype], 50);
time(machine.read, 100);
const peakOf = (dtype: DType): string => (machine.flops[dtype] / median(Array.from({ length: 25 }, () => time(machine.peak[dtype], 1))) / 1e6).toFixed(1);
console.log(`Node ${process.versions.node}, 128-bit peak with mul and add: f32 ${peakOf("f32")} GF/s, f64 ${peakOf("f64")} GF/s`);
const wideHere = Number.parseInt(process.versions.node, 10) >= 24 && process.arch === "x64";
for (const variant of variants) {
  if (variant.options.engine?.wide === true && !wideHere) {
    console.log(`${variant.name}: not available here`);
    continue;
  }
  console.log(variant.name);
  try {
    for (const product of variant.products) {
      const name = `${variant.name} ${product.m}x${product.k}x${product.n} ${product.layout} ${product.dtype}`;
      if (words.length === 0 || words.some((word) => name.includes(word))) console.log(await measure(machine, product, variant));
    }
  } catch (error) {
    if (!(error instanceof DamoError)) throw error;
    console.log(`  ${error.message}`);
  }
}
