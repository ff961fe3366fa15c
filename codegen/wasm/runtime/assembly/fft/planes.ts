// Pairs (real, imaginary) from and to planes: n elements each, the second behind the first.

/** The planes of n pairs. */
export function split<T>(pairs: usize, real: usize, imaginary: usize, n: i32): void {
  const size = sizeof<T>();
  const end = <usize>n * size;
  let at: usize = 0;
  for (; at + 16 <= end; at += 16) {
    const a = v128.load(pairs + 2 * at), b = v128.load(pairs + 2 * at, 16);
    v128.store(real + at, sizeof<T>() == 8 ? v128.shuffle<f64>(a, b, 0, 2) : v128.shuffle<f32>(a, b, 0, 2, 4, 6));
    v128.store(imaginary + at, sizeof<T>() == 8 ? v128.shuffle<f64>(a, b, 1, 3) : v128.shuffle<f32>(a, b, 1, 3, 5, 7));
  }
  for (; at < end; at += size) {
    store<T>(real + at, load<T>(pairs + 2 * at));
    store<T>(imaginary + at, load<T>(pairs + 2 * at, sizeof<T>()));
  }
}

/** The pairs of two planes. */
export function interleave<T>(real: usize, imaginary: usize, pairs: usize, n: i32): void {
  const size = sizeof<T>();
  const end = <usize>n * size;
  let at: usize = 0;
  for (; at + 16 <= end; at += 16) {
    const a = v128.load(real + at), b = v128.load(imaginary + at);
    v128.store(pairs + 2 * at, sizeof<T>() == 8 ? v128.shuffle<f64>(a, b, 0, 2) : v128.shuffle<f32>(a, b, 0, 4, 1, 5));
    v128.store(pairs + 2 * at, sizeof<T>() == 8 ? v128.shuffle<f64>(a, b, 1, 3) : v128.shuffle<f32>(a, b, 2, 6, 3, 7), 16);
  }
  for (; at < end; at += size) {
    store<T>(pairs + 2 * at, load<T>(real + at));
    store<T>(pairs + 2 * at, load<T>(imaginary + at), sizeof<T>());
  }
}
