// log|gamma|, its derivative digamma in f64: series near 1 and 2, Stirling's far out, recurrence and reflection between.

/** Bernoulli numbers B2, B4, ... */
const bernoulli = [1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798];
const euler = 0.5772156649015329;

/** zeta(k) - 1 for k = 2, 3, ...: the sum to 100 and Euler-Maclaurin's tail. */
const zetaMinusOne: readonly number[] = Array.from({ length: 34 }, (_, i) => {
  const k = i + 2;
  const end = 100;
  let sum = end ** (1 - k) / (k - 1) + end ** -k / 2 + (k * end ** (-k - 1)) / 12
    - (k * (k + 1) * (k + 2) * end ** (-k - 3)) / 720;
  for (let n = end - 1; n >= 2; n--) sum += n ** -k;
  return sum;
});

/** lgamma(2 + z) for |z| <= 1/2 (DLMF 5.7.3). */
function lgammaNearTwo(z: number): number {
  let sum = 0;
  for (let i = zetaMinusOne.length - 1; i >= 0; i--) sum = (zetaMinusOne[i]! / (i + 2)) * (i % 2 === 0 ? 1 : -1) + z * sum;
  return z * (1 - euler + z * sum);
}

/** sin(pi x), by exact reduction. */
function sinPi(x: number): number {
  const nearest = Math.round(x);
  return Math.sin(Math.PI * (x - nearest)) * (nearest % 2 === 0 ? 1 : -1);
}

/** log|gamma(x)|; +inf at 0, -1, -2, ... and at both infinities. */
export function lgamma(x: number): number {
  if (Number.isNaN(x)) return x;
  if (!Number.isFinite(x) || (x <= 0 && Number.isInteger(x))) return Infinity;
  if (x < -0.5) return Math.log(Math.PI / Math.abs(x * sinPi(x))) - lgamma(-x);
  if (x < 0.5) return lgammaNearTwo(x) - Math.log1p(x) - Math.log(Math.abs(x));
  if (x < 1.5) return lgammaNearTwo(x - 1) - Math.log1p(x - 1);
  if (x <= 2.5) return lgammaNearTwo(x - 2);
  if (x < 10) {
    let product = 1;
    let argument = x;
    while (argument > 2.5) product *= --argument;
    return Math.log(product) + lgammaNearTwo(argument - 2);
  }
  const inverse = 1 / (x * x);
  let tail = 0;
  for (let i = bernoulli.length - 1; i >= 0; i--) tail = bernoulli[i]! / ((2 * i + 1) * (2 * i + 2)) + inverse * tail;
  return (x - 0.5) * (Math.log(x) - 1) + (0.5 * Math.log(2 * Math.PI) - 0.5) + tail / x;
}

/** psi(x) = gamma'(x) / gamma(x); -inf at 0, +inf at -0, NaN at -1, -2, ... and -inf. */
export function digamma(x: number): number {
  if (x === 0) return -1 / x;
  if (x === Infinity) return x;
  if (x < 0) {
    if (!Number.isFinite(x) || Number.isInteger(x)) return Number.NaN;
    const rest = x - Math.round(x);
    return digamma(1 - x) - Math.PI / Math.tan(Math.PI * rest);
  }
  if (x >= 1 && x <= 2) return digammaNearRoot(x);
  let shift = 0;
  let argument = x;
  for (; argument < 12; argument++) shift -= 1 / argument;
  return Math.log(argument) - 0.5 / argument - digammaTail(argument) + shift;
}

/** log(x) - 1 / (2x) - digamma(x) for x >= 12 */
function digammaTail(x: number): number {
  const inverse = 1 / (x * x);
  let tail = 0;
  for (let i = bernoulli.length - 1; i >= 0; i--) tail = bernoulli[i]! / (2 * i + 2) + inverse * tail;
  return inverse * tail;
}

/** The zero of digamma, in two parts. */
const root = [1.4616321449683622, 9.549995429965697e-17] as const;

/** digamma(x) - digamma(root): every term has the factor x - root, or is small. */
function digammaNearRoot(x: number): number {
  const distance = x - root[0] - root[1];
  let sum = 0;
  for (let k = 11; k >= 0; k--) sum += 1 / ((x + k) * (root[0] + k));
  const [a, b] = [x + 12, root[0] + 12];
  return distance * (sum + 0.5 / (a * b)) + Math.log1p(distance / b) - (digammaTail(a) - digammaTail(b));
}
