// Jacobi's rotations, from both sides on a symmetric matrix, or from one side on the columns of any (Hestenes 1958). They are slow
// and accurate: what the routines for eigenvalues and singular values are held to.

const SWEEPS = 60;

/** The power of two at or below the largest magnitude; 1 for zeros and for what is not finite. Squares of x[i] / unit neither overflow nor vanish. */
export function unitOf(x: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < x.length; i++) most = Math.max(most, Math.abs(x[i]!));
  return most > 0 && most < Infinity ? 2 ** Math.min(1023, Math.floor(Math.log2(most))) : 1;
}

/** `matrix` [n,n] is symmetric and overwritten; values ascend, vectors are columns. */
export function eigenByJacobi(matrix: Float64Array, values: Float64Array, vectors: Float64Array, n: number): void {
  const basis = identity(n);
  const unit = unitOf(matrix);
  matrix.forEach((value, i) => { matrix[i] = value / unit; });
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let moved = false;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const [a, d, off] = [matrix[p * (n + 1)]!, matrix[q * (n + 1)]!, matrix[p * n + q]!];
        if (Math.abs(off) <= 2 ** -60 * Math.hypot(a, d) || off === 0) continue;
        moved = true;
        const [c, s] = rotationFor((d - a) / (2 * off));
        for (let k = 0; k < n; k++) turn(matrix, k * n + p, k * n + q, c, s);
        for (let k = 0; k < n; k++) turn(matrix, p * n + k, q * n + k, c, s);
        for (let k = 0; k < n; k++) turn(basis, k * n + p, k * n + q, c, s);
      }
    }
    if (!moved) break;
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => matrix[i * (n + 1)]! - matrix[j * (n + 1)]!);
  order.forEach((from, to) => {
    values[to] = matrix[from * (n + 1)]! * unit;
    const sign = signOf(Array.from({ length: n }, (_, i) => basis[i * n + from]!));
    for (let i = 0; i < n; i++) vectors[i * n + to] = sign * basis[i * n + from]!;
  });
}

/** u [m,k], s [k] descending, v [k,n]: the transposed right vectors; k = min(m,n). */
export function singularByJacobi(given: Float64Array, u: Float64Array, s: Float64Array, v: Float64Array, m: number, n: number): void {
  const unit = unitOf(given);
  const a = Float64Array.from(given, (value) => value / unit);
  const [long, k] = [Math.max(m, n), Math.min(m, n)];
  const columns = Array.from({ length: k }, (_, j) => Float64Array.from({ length: long }, (_, i) => (m >= n ? a[i * n + j]! : a[j * n + i]!)));
  const right = Array.from({ length: k }, (_, j) => Float64Array.from({ length: k }, (_, i) => Number(i === j)));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let moved = false;
    for (let p = 0; p < k; p++) {
      for (let q = p + 1; q < k; q++) {
        const [x, y] = [columns[p]!, columns[q]!];
        const [a2, b2, off] = [product(x, x), product(y, y), product(x, y)];
        if (Math.abs(off) <= 2 ** -52 * Math.sqrt(a2 * b2) || off === 0) continue;
        moved = true;
        const [c, sine] = rotationFor((b2 - a2) / (2 * off));
        turnBoth(x, y, c, sine);
        turnBoth(right[p]!, right[q]!, c, sine);
      }
    }
    if (!moved) break;
  }
  const lengths = columns.map((column) => Math.sqrt(product(column, column)));
  const most = Math.max(0, ...lengths);
  const order = lengths.map((_, i) => i).sort((i, j) => lengths[j]! - lengths[i]!);
  const left: Float64Array[] = [];
  for (const from of order) {
    const length = lengths[from]!;
    left.push(length > 2 ** -50 * most ? columns[from]!.map((value) => value / length) : orthogonalTo(left, long));
  }
  order.forEach((from, to) => {
    s[to] = lengths[from]! * unit;
    const [own, other] = m >= n ? [left[to]!, right[from]!] : [right[from]!, left[to]!];
    const sign = signOf([...own]);
    own.forEach((value, i) => { u[i * k + to] = sign * value; });
    other.forEach((value, j) => { v[to * n + j] = sign * value; });
  });
}

/** The sign of the first element that has at least half the largest magnitude. */
export function signOf(vector: readonly number[]): number {
  const most = Math.max(0, ...vector.map(Math.abs));
  return (vector.find((value) => Math.abs(value) >= most / 2) ?? 1) < 0 ? -1 : 1;
}

const identity = (n: number): Float64Array => Float64Array.from({ length: n * n }, (_, at) => Number(at % (n + 1) === 0));
const product = (x: Float64Array, y: Float64Array): number => x.reduce((sum, value, i) => sum + value * y[i]!, 0);

/** The smaller angle, with tan 2t = 1 / ratio. */
function rotationFor(ratio: number): readonly [c: number, s: number] {
  const t = (ratio < 0 ? -1 : 1) / (Math.abs(ratio) + Math.hypot(ratio, 1));
  const c = 1 / Math.hypot(t, 1);
  return [c, t * c];
}

function turn(x: Float64Array, p: number, q: number, c: number, s: number): void {
  [x[p], x[q]] = [c * x[p]! - s * x[q]!, s * x[p]! + c * x[q]!];
}

function turnBoth(x: Float64Array, y: Float64Array, c: number, s: number): void {
  for (let i = 0; i < x.length; i++) [x[i], y[i]] = [c * x[i]! - s * y[i]!, s * x[i]! + c * y[i]!];
}

/** A unit vector orthogonal to those given, which are orthonormal and fewer than `length`. */
function orthogonalTo(others: readonly Float64Array[], length: number): Float64Array {
  let best = new Float64Array(length);
  for (let axis = 0; axis < length; axis++) {
    const candidate = new Float64Array(length);
    candidate[axis] = 1;
    for (let twice = 0; twice < 2; twice++) {
      for (const other of others) {
        const along = product(candidate, other);
        for (let i = 0; i < length; i++) candidate[i]! -= along * other[i]!;
      }
    }
    if (product(candidate, candidate) > product(best, best)) best = candidate;
  }
  const norm = Math.sqrt(product(best, best));
  return best.map((value) => value / norm);
}
