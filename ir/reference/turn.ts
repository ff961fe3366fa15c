// Cosines and sines of fractions of a turn. They are computed without the functions of Math, whose last bits differ from engine to engine, and
// are exact where they are 0 or 1.

/** Cosine and sine of 2 pi k / n, each within 2^-52: in the first eighth by their series, elsewhere by symmetry. */
export function turn(k: number, n: number): readonly [cos: number, sin: number] {
  if (8 * k > 4 * n) {
    const [cos, sin] = turn(n - k, n);
    return [cos, 0 - sin];
  }
  if (8 * k > 2 * n) {
    const [cos, sin] = turnWithin(4 * k - n, 4 * n);
    return [0 - sin, cos];
  }
  return turnWithin(4 * k, 4 * n);
}

/** Up to a quarter of a turn. */
function turnWithin(k: number, n: number): readonly [cos: number, sin: number] {
  if (8 * k <= n) return series((2 * Math.PI * k) / n);
  const [cos, sin] = series((2 * Math.PI * (n / 4 - k)) / n);
  return [sin, cos];
}

function series(x: number): readonly [cos: number, sin: number] {
  const square = x * x;
  let [cos, sin] = [0, 0];
  // From the smallest term on; x is at most pi / 4, and x^20 / 20! below 2^-60.
  for (let i = 18; i >= 2; i -= 2) {
    cos = (1 - cos) * (square / (i * (i - 1)));
    sin = (1 - sin) * (square / (i * (i + 1)));
  }
  return [1 - cos, x - x * sin];
}
