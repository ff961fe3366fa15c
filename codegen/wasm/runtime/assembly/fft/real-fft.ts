// Transforms between a real line of even length n and half its spectrum, pairs 0 ... n / 2, by one transform of length m = n / 2 of
// z[j] = x[2 j] + i x[2 j + 1]. Its spectrum Z holds those of the even and the odd elements:
//   E[k] = (Z[k] + conj Z[m - k]) / 2,  O[k] = (Z[k] - conj Z[m - k]) / 2 i,  X[k] = E[k] + w^k O[k],  X[m - k] = conj(E[k] - w^k O[k])

import { interleave, split } from "./planes";
import { transform } from "./transform";

/** `roots` are those of m, `turns` the cosines, then the sines, of -2 pi k / n for k = 0 ... floor(m / 2). */
function rfft<T>(line: usize, roots: usize, turns: usize, result: usize, n: i32, workspace: usize): i32 {
  const m = n >> 1;
  const size = sizeof<T>();
  const plane = <usize>m * size;
  split<T>(line, workspace, workspace + plane, m);
  const real = transform<T>(workspace, workspace + 2 * plane, roots, m);
  const imaginary = real + plane;
  const sines = turns + <usize>((m >> 1) + 1) * size;
  const zero = load<T>(real) + load<T>(imaginary), last = load<T>(real) - load<T>(imaginary);
  for (let k = 1; k <= m >> 1; k++) {
    const a = <usize>k * size, b = <usize>(m - k) * size;
    const ar = load<T>(real + a), ai = load<T>(imaginary + a), br = load<T>(real + b), bi = load<T>(imaginary + b);
    const er = <T>0.5 * (ar + br), ei = <T>0.5 * (ai - bi), or = <T>0.5 * (ai + bi), oi = <T>0.5 * (br - ar);
    const cos = load<T>(turns + a), sin = load<T>(sines + a);
    const tr = or * cos - oi * sin, ti = or * sin + oi * cos;
    store<T>(result + 2 * b, er - tr);
    store<T>(result + 2 * b, ti - ei, sizeof<T>());
    store<T>(result + 2 * a, er + tr);
    store<T>(result + 2 * a, ei + ti, sizeof<T>());
  }
  store<T>(result, zero);
  store<T>(result, 0, sizeof<T>());
  store<T>(result + 2 * plane, last);
  store<T>(result + 2 * plane, 0, sizeof<T>());
  return 0;
}

/** The other way, without a factor: the imaginary parts of the first and the last pair take no part. */
function irfft<T>(half: usize, roots: usize, turns: usize, result: usize, n: i32, workspace: usize): i32 {
  const m = n >> 1;
  const size = sizeof<T>();
  const plane = <usize>m * size;
  // Backward: real and imaginary parts are exchanged.
  const imaginary = workspace, real = workspace + plane;
  const sines = turns + <usize>((m >> 1) + 1) * size;
  store<T>(real, load<T>(half) + load<T>(half + 2 * plane));
  store<T>(imaginary, load<T>(half) - load<T>(half + 2 * plane));
  for (let k = 1; k <= m >> 1; k++) {
    const a = <usize>k * size, b = <usize>(m - k) * size;
    const ar = load<T>(half + 2 * a), ai = load<T>(half + 2 * a, sizeof<T>()), br = load<T>(half + 2 * b), bi = load<T>(half + 2 * b, sizeof<T>());
    const er = ar + br, ei = ai - bi, dr = ar - br, di = ai + bi;
    const cos = load<T>(turns + a), sin = load<T>(sines + a);
    const or = dr * cos + di * sin, oi = di * cos - dr * sin;
    store<T>(real + b, er + oi);
    store<T>(imaginary + b, or - ei);
    store<T>(real + a, er - oi);
    store<T>(imaginary + a, ei + or);
  }
  const planes = transform<T>(workspace, workspace + 2 * plane, roots, m);
  interleave<T>(planes + plane, planes, result, m);
  return 0;
}

export function rfft_f32(line: usize, roots: usize, turns: usize, result: usize, n: i32, workspace: usize): i32 {
  return rfft<f32>(line, roots, turns, result, n, workspace);
}

export function rfft_f64(line: usize, roots: usize, turns: usize, result: usize, n: i32, workspace: usize): i32 {
  return rfft<f64>(line, roots, turns, result, n, workspace);
}

export function irfft_f32(half: usize, roots: usize, turns: usize, result: usize, n: i32, workspace: usize): i32 {
  return irfft<f32>(half, roots, turns, result, n, workspace);
}

export function irfft_f64(half: usize, roots: usize, turns: usize, result: usize, n: i32, workspace: usize): i32 {
  return irfft<f64>(half, roots, turns, result, n, workspace);
}
