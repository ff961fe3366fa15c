// Pairs (real, imaginary) from and to planes: n elements each, the second behind the first.

/** The planes of n pairs. */
export function split<T>(pairs: usize, real: usize, imaginary: usize, n: i32): void {
  const size = sizeof<T>();
  const end = <usize>n * size;
  let at: usize = 0;
  for (; at + 16 <= end; at += 16) {
    v128.store(real + at, realParts<T>(pairs + 2 * at));
    v128.store(imaginary + at, imaginaryParts<T>(pairs + 2 * at));
  }
  for (; at < end; at += size) {
    store<T>(real + at, load<T>(pairs + 2 * at));
    store<T>(imaginary + at, load<T>(pairs + 2 * at, sizeof<T>()));
  }
}

/** Of as many pairs as a vector has lanes. */
// @ts-ignore: decorator
@inline
export function realParts<T>(pairs: usize): v128 {
  const a = v128.load(pairs), b = v128.load(pairs, 16);
  return sizeof<T>() == 8 ? v128.shuffle<f64>(a, b, 0, 2) : v128.shuffle<f32>(a, b, 0, 2, 4, 6);
}

// @ts-ignore: decorator
@inline
export function imaginaryParts<T>(pairs: usize): v128 {
  const a = v128.load(pairs), b = v128.load(pairs, 16);
  return sizeof<T>() == 8 ? v128.shuffle<f64>(a, b, 1, 3) : v128.shuffle<f32>(a, b, 1, 3, 5, 7);
}

/** As many pairs as a vector has lanes, of their real and their imaginary parts. */
// @ts-ignore: decorator
@inline
export function storePairs<T>(pairs: usize, re: v128, im: v128): void {
  v128.store(pairs, sizeof<T>() == 8 ? v128.shuffle<f64>(re, im, 0, 2) : v128.shuffle<f32>(re, im, 0, 4, 1, 5));
  v128.store(pairs, sizeof<T>() == 8 ? v128.shuffle<f64>(re, im, 1, 3) : v128.shuffle<f32>(re, im, 2, 6, 3, 7), 16);
}

/** The lanes from the last to the first. */
// @ts-ignore: decorator
@inline
export function reversed<T>(x: v128): v128 {
  return sizeof<T>() == 8 ? v128.shuffle<f64>(x, x, 1, 0) : v128.shuffle<f32>(x, x, 3, 2, 1, 0);
}

/** The pairs of two planes. */
export function interleave<T>(real: usize, imaginary: usize, pairs: usize, n: i32): void {
  const size = sizeof<T>();
  const end = <usize>n * size;
  let at: usize = 0;
  for (; at + 16 <= end; at += 16) {
    storePairs<T>(pairs + 2 * at, v128.load(real + at), v128.load(imaginary + at));
  }
  for (; at < end; at += size) {
    store<T>(pairs + 2 * at, load<T>(real + at));
    store<T>(pairs + 2 * at, load<T>(imaginary + at), sizeof<T>());
  }
}
