// The factor of L L^T + sign x x^T from L, by one rotation, or hyperbolic rotation, for each column (Golub and Van Loan, Matrix
// Computations, 6.5.4).

import { address, get, put } from "./element";
import { fill, hypotenuse } from "./vector";

const NOT_POSITIVE_DEFINITE = 1;

/** `downdate`: subtracts x x^T. Workspace: n. */
function choleskyUpdate<T>(l: usize, x: usize, result: usize, n: i32, downdate: i32, workspace: usize): i32 {
  for (let i = 0; i < n; i++) {
    const row = address<T>(result, i * n);
    memory.copy(row, address<T>(l, i * n), (<usize>(i + 1)) << alignof<T>());
    fill<T>(n - i - 1, address<T>(row, i + 1), 0);
  }
  memory.copy(workspace, x, (<usize>n) << alignof<T>());
  for (let j = 0; j < n; j++) {
    const pivot = get<T>(result, j * (n + 1));
    const part = get<T>(workspace, j);
    const length = downdate ? sqrt<T>(abs<T>(pivot) - abs<T>(part)) * sqrt<T>(abs<T>(pivot) + abs<T>(part)) : hypotenuse<T>(pivot, part);
    if (!(length > 0)) return NOT_POSITIVE_DEFINITE;
    put<T>(result, j * (n + 1), length);
    if (downdate) {
      const c = length / pivot;
      const s = part / pivot;
      for (let i = j + 1; i < n; i++) {
        const value = (get<T>(result, i * n + j) - s * get<T>(workspace, i)) / c;
        put<T>(result, i * n + j, value);
        put<T>(workspace, i, c * get<T>(workspace, i) - s * value);
      }
    } else {
      // The pivot may be zero.
      const c = pivot / length;
      const s = part / length;
      for (let i = j + 1; i < n; i++) {
        const below = get<T>(result, i * n + j);
        put<T>(result, i * n + j, c * below + s * get<T>(workspace, i));
        put<T>(workspace, i, c * get<T>(workspace, i) - s * below);
      }
    }
  }
  return 0;
}

export function cholesky_update_f32(l: usize, x: usize, result: usize, n: i32, downdate: i32, workspace: usize): i32 {
  return choleskyUpdate<f32>(l, x, result, n, downdate, workspace);
}

export function cholesky_update_f64(l: usize, x: usize, result: usize, n: i32, downdate: i32, workspace: usize): i32 {
  return choleskyUpdate<f64>(l, x, result, n, downdate, workspace);
}
