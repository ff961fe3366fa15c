// Rounding as IEEE 754 means it, where JavaScript has no function for it.

/** To the nearest integer, ties to even; the sign of zero is kept. */
export function roundHalfEven(x: number): number {
  if (!(Math.abs(x) < 2 ** 52)) return x;
  const floor = Math.floor(x);
  const rest = x - floor;
  const up = rest > 0.5 || (rest === 0.5 && floor % 2 !== 0);
  const rounded = up ? floor + 1 : floor;
  return rounded === 0 && (x < 0 || Object.is(x, -0)) ? -0 : rounded;
}

/** The f32 nearest to an integer, rounded once (through f64 it would be rounded twice). */
export function bigintToF32(value: bigint): number {
  const magnitude = value < 0n ? -value : value;
  const excess = BigInt(Math.max(0, magnitude.toString(2).length - 53));
  // Round to odd at 53 bits: the lost bits leave a trace, so the second rounding is right.
  const lost = magnitude & ((1n << excess) - 1n);
  const kept = ((magnitude >> excess) | (lost === 0n ? 0n : 1n)) << excess;
  return Math.fround(Number(value < 0n ? -kept : kept));
}
