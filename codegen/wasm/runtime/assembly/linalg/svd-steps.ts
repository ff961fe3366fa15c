// QR steps on an upper bidiagonal matrix, with the rotations applied to rows of singular vectors.

import { address, epsilon, get, put } from "./element";
import { hypotenuse, largest, rotate } from "./vector";

/** Steps for each singular value; two are usual. */
const STEPS = 60;

/** Diagonalises; `left` has k rows of length m, `right` of length k. False where it does not converge. */
export function iterate<T>(m: i32, k: i32, d: usize, off: usize, left: usize, right: usize): bool {
  const negligible = epsilon<T>() * max<T>(largest<T>(k, d), largest<T>(k, off));
  let budget = STEPS * k;
  let high = k - 1;
  while (high > 0) {
    let low = high;
    while (low > 0 && abs<T>(get<T>(off, low - 1)) > negligible) low--;
    if (low > 0) put<T>(off, low - 1, 0);
    if (low == high) {
      high--;
      continue;
    }
    if (budget-- == 0) return false;
    const shift = shiftOf<T>(low, high, d, off);
    if (shift == 0) unshifted<T>(low, high, m, k, d, off, left, right);
    else shifted<T>(low, high, shift, m, k, d, off, left, right);
  }
  return true;
}

/** The smaller singular value of the last 2 x 2 block; 0 where it is negligible beside the first element, or the block is singular. */
function shiftOf<T>(low: i32, high: i32, d: usize, off: usize): T {
  let least = abs<T>(get<T>(d, low));
  let most: T = 0;
  for (let i = low; i <= high; i++) {
    const size = abs<T>(get<T>(d, i));
    least = min<T>(least, size);
    most = max<T>(most, size);
    if (i < high) most = max<T>(most, abs<T>(get<T>(off, i)));
  }
  if (least <= epsilon<T>() * most) return 0;
  const f = abs<T>(get<T>(d, high - 1));
  const g = abs<T>(get<T>(off, high - 1));
  const h = abs<T>(get<T>(d, high));
  const larger = largerSingularValue<T>(f, g, h);
  const shift = f * (h / larger);
  const ratio = shift / get<T>(d, low);
  return ratio * ratio < epsilon<T>() ? <T>0 : shift;
}

/** Of [[f, g], [0, h]], all positive. */
function largerSingularValue<T>(f: T, g: T, h: T): T {
  return (hypotenuse<T>(f + h, g) + hypotenuse<T>(f - h, g)) / 2;
}

function shifted<T>(low: i32, high: i32, shift: T, m: i32, k: i32, d: usize, off: usize, left: usize, right: usize): void {
  const first = get<T>(d, low);
  let f = (abs<T>(first) - shift) * (copysign<T>(1, first) + shift / first);
  let g = get<T>(off, low);
  for (let i = low; i < high; i++) {
    let r = hypotenuse<T>(f, g);
    let c: T = r == 0 ? 1 : f / r;
    let s: T = r == 0 ? 0 : g / r;
    if (i > low) put<T>(off, i - 1, r);
    const own = get<T>(d, i);
    const beside = get<T>(off, i);
    const next = get<T>(d, i + 1);
    f = c * own + s * beside;
    const rest = c * beside - s * own;
    g = s * next;
    const below = c * next;
    rotate<T>(k, address<T>(right, i * k), address<T>(right, (i + 1) * k), c, s);
    r = hypotenuse<T>(f, g);
    c = r == 0 ? 1 : f / r;
    s = r == 0 ? 0 : g / r;
    put<T>(d, i, r);
    f = c * rest + s * below;
    put<T>(d, i + 1, c * below - s * rest);
    if (i < high - 1) {
      const far = get<T>(off, i + 1);
      g = s * far;
      put<T>(off, i + 1, c * far);
    }
    rotate<T>(m, address<T>(left, i * m), address<T>(left, (i + 1) * m), c, s);
  }
  put<T>(off, high - 1, f);
}

function unshifted<T>(low: i32, high: i32, m: i32, k: i32, d: usize, off: usize, left: usize, right: usize): void {
  let c: T = 1;
  let before: T = 1;
  let sine: T = 0;
  for (let i = low; i < high; i++) {
    const f = get<T>(d, i) * c;
    const g = get<T>(off, i);
    const r = hypotenuse<T>(f, g);
    c = r == 0 ? 1 : f / r;
    const s: T = r == 0 ? 0 : g / r;
    if (i > low) put<T>(off, i - 1, sine * r);
    rotate<T>(k, address<T>(right, i * k), address<T>(right, (i + 1) * k), c, s);
    const along = before * r;
    const across = get<T>(d, i + 1) * s;
    const length = hypotenuse<T>(along, across);
    before = length == 0 ? 1 : along / length;
    sine = length == 0 ? 0 : across / length;
    put<T>(d, i, length);
    rotate<T>(m, address<T>(left, i * m), address<T>(left, (i + 1) * m), before, sine);
  }
  const last = get<T>(d, high) * c;
  put<T>(off, high - 1, last * sine);
  put<T>(d, high, last * before);
}
