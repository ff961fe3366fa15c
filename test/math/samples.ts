// f32 arguments on which math functions are tried: every exponent, edges, and where functions of two arguments are hard.

import type { BinaryMathOp } from "./oracles.ts";

/** Patterns near which something changes: zero, subnormals, one, powers of two, the largest, infinity, NaN. */
export function edgePatterns(): number[] {
  const patterns: number[] = [];
  for (const around of [0, 0x00800000, 0x33800000, 0x3f000000, 0x3f800000, 0x40000000, 0x42b17218, 0x7f7fffff, 0x7f800000, 0x7fc00000]) {
    for (let offset = -64; offset <= 64; offset++) patterns.push((around + offset) >>> 0, ((around + offset) ^ 0x80000000) >>> 0);
  }
  return patterns;
}

const values = new Float32Array(1);
const bits = new Uint32Array(values.buffer);
const floatOf = (pattern: number): number => {
  bits[0] = pattern;
  return values[0]!;
};

/** `count` floats whose exponents and signs are all there are, with pseudo-random significands; as many of moderate size; the edges. */
export function sampleFloats(count: number): Float32Array {
  const step = 2 ** 32 / count;
  const all = Array.from({ length: count }, (_, i) => floatOf(i * step + (Math.imul(i, 2654435761) >>> 0) % step));
  const moderate = Array.from({ length: count }, (_, i) => ((Math.imul(i, 2654435761) >>> 0) / 2 ** 31 - 1) * 2 ** (i % 8 - 2));
  return Float32Array.from([...all, ...moderate, ...edgePatterns().map(floatOf)]);
}

const edges = [
  0, 1, 0.5, 2, 3, 2 ** -149, 2 ** -127, 2 ** -126, 1e-30, 1e10, 1e30, 3.4028234663852886e38, 2 ** 24 + 2, 2 ** 24 - 1, 1 - 2 ** -24, 1 + 2 ** -23, Infinity,
].flatMap((edge) => [edge, -edge]).concat(Number.NaN);

/** Pairs: a third of random patterns, the rest where results are neither trivial nor out of range; then all pairs of edges. */
export function samplePairs(op: BinaryMathOp, count: number): readonly [Float32Array, Float32Array] {
  let state = 99;
  const word = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0);
  const pattern = (): number => floatOf((word() ^ (word() >>> 16)) >>> 0);
  const between = (low: number, high: number): number => low + (word() / 2 ** 32) * (high - low);
  const pairs = Array.from({ length: count }, (_, i): readonly [number, number] => {
    const [x, y] = [pattern(), pattern()];
    if (i % 3 === 0) return [x, y];
    if (op === "pow") {
      // Exponents for which powers are in range, of bases of any size and of bases near 1.
      const base = i % 3 === 1 ? Math.abs(x) : Math.fround(1 + between(-1, 1) * 2 ** -(i % 20));
      return [base, between(-150, 130) / Math.log2(base)];
    }
    return i % 3 === 1 ? [y * between(-1000, 1000), y] : [(word() % 4000 - 2000) * 0.25, (word() % 80 - 40) * 0.25];
  }).concat(edges.flatMap((x) => edges.map((y): readonly [number, number] => [x, y])));
  return [Float32Array.from(pairs, ([x]) => x), Float32Array.from(pairs, ([, y]) => y)];
}
