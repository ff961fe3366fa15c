// Householder reflections H = I - tau v v^T with v[0] = 1, along contiguous numbers.

import { address, epsilon, get, put, smallest } from "./element";
import { addScaled, divide, dot, norm, scale } from "./vector";

/** Turns x [n] into beta, v[1], v[2], ... with H x = beta e1; gives tau. Zero, so that H = I, if all but x[0] is zero. */
export function reflector<T>(n: i32, x: usize): T {
  if (n <= 1) return 0;
  const first = get<T>(x, 0);
  if (norm<T>(n - 1, address<T>(x, 1)) == 0) return 0;
  const length = norm<T>(n, x);
  const least = smallest<T>() / epsilon<T>();
  if (length < least) {
    // So small that quotients would lose digits.
    const factor: T = <T>1 / least;
    scale<T>(n, factor, x);
    const tau = reflector<T>(n, x);
    put<T>(x, 0, get<T>(x, 0) * least);
    return tau;
  }
  const beta = first > 0 ? -length : length;
  const shifted = first - beta;
  put<T>(x, 0, beta);
  divide<T>(n - 1, shifted, address<T>(x, 1));
  return (beta - first) / beta;
}

/** x = H x, where v[0] = 1 stands in memory. */
export function reflect<T>(n: i32, tau: T, v: usize, x: usize): void {
  if (tau != 0) addScaled<T>(n, -tau * dot<T>(n, v, x), v, x);
}
