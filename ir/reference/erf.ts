// The error function, its complement and inverse in f64, by series and continued fraction: slow and simple.

const twoOverRootPi = 2 / Math.sqrt(Math.PI);

/** exp(-x^2), with the square's rounding error made good. */
function gauss(x: number): number {
  const big = 134217729 * x; // 2^27 + 1: splits x into halves whose products are exact
  const high = big - (big - x);
  const low = x - high;
  const square = x * x;
  const error = high * high - square + 2 * high * low + low * low;
  return Math.exp(-square) * (1 - error);
}

/** DLMF 7.6.2: all terms have one sign. */
export function erf(x: number): number {
  const size = Math.abs(x);
  if (!(size < 1)) return Number.isNaN(x) ? x : Math.sign(x) * (1 - erfc(size));
  let series = 1;
  for (let n = 30; n > 0; n--) series = 1 + ((2 * x * x) / (2 * n + 1)) * series;
  return twoOverRootPi * (x * (size < 1e-4 ? 1 - (x * x) / 3 : gauss(x) * series));
}

/** DLMF 7.9.1, from the far end; near 0 the complement of the series. */
export function erfc(x: number): number {
  if (!(x >= 0.5)) return 1 - erf(x);
  if (x > 27.3) return 0;
  let rest = x;
  for (let n = Math.ceil(30 + 250 / (x * x)); n > 0; n--) rest = x + n / 2 / rest;
  return gauss(x) / Math.sqrt(Math.PI) / rest;
}

/** Halley's iteration from an approximation by elementary functions; on the complement where 1 - |y| is small. */
export function erfinv(y: number): number {
  const size = Math.abs(y);
  if (!(size < 1)) return size === 1 ? y * Infinity : Number.NaN;
  if (size < 1e-8) return y / twoOverRootPi;
  const logarithm = Math.log1p(-y * y);
  const half = 2 / (Math.PI * 0.147) + logarithm / 2;
  let x = Math.sqrt(Math.sqrt(half * half - logarithm / 0.147) - half);
  for (let i = 0; i < 4; i++) {
    const residual = size < 0.5 ? erf(x) - size : 1 - size - erfc(x);
    const step = residual / (twoOverRootPi * gauss(x));
    x -= step / (1 + x * step);
  }
  return Math.sign(y) * x;
}
