// Reference arithmetic where JavaScript's operators differ from the meaning fixed in docs/semantics.md (NumPy's).

/** The remainder with the divisor's sign, as Python's %. Its zero has the divisor's sign. */
export function remainder(x: number, y: number): number {
  const truncated = x % y;
  if (truncated === 0) return y < 0 || Object.is(y, -0) ? -0 : 0;
  return truncated < 0 !== y < 0 ? truncated + y : truncated;
}

/** floor(x / y), consistent with `remainder`; `round` rounds to the dtype after each operation. */
export function floorDivide(x: number, y: number, round: (value: number) => number): number {
  const plain = round(x / y);
  if (y === 0) return plain;
  const truncated = x % y;
  const near = round(round(x - truncated) / y);
  const quotient = truncated !== 0 && truncated < 0 !== y < 0 ? round(near - 1) : near;
  if (quotient === 0) return plain < 0 || Object.is(plain, -0) ? -0 : 0;
  const floor = Math.floor(quotient);
  return round(quotient - floor) > 0.5 ? round(floor + 1) : floor;
}

export function remainderInts(x: bigint, y: bigint): bigint {
  if (y === 0n) return 0n;
  const truncated = x % y;
  return truncated !== 0n && truncated < 0n !== y < 0n ? truncated + y : truncated;
}

export function floorDivideInts(x: bigint, y: bigint): bigint {
  return y === 0n ? 0n : (x - remainderInts(x, y)) / y;
}

/** x^y of C99: 1^y and x^0 are 1 also for NaN, (-1)^±inf is 1. */
export function power(x: number, y: number): number {
  return x === 1 || (x === -1 && Math.abs(y) === Infinity) ? 1 : x ** y;
}

/** Modulo 2^64; a negative exponent gives the truncated reciprocal, and 0 for 0. */
export function powInts(x: bigint, y: bigint): bigint {
  if (y < 0n) return x === 1n ? 1n : x === -1n ? (y % 2n === 0n ? 1n : -1n) : 0n;
  let result = 1n;
  let square = x;
  for (let rest = y; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = BigInt.asUintN(64, result * square);
    square = BigInt.asUintN(64, square * square);
  }
  return result;
}

/** NaN if either is NaN; -0 < +0. */
export const maximum = (x: number, y: number): number => Math.max(x, y);
export const minimum = (x: number, y: number): number => Math.min(x, y);
