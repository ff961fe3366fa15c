// Transforms between a real line of even length n and half its spectrum, pairs 0 ... n / 2, by one transform of length m = n / 2 of
// z[j] = x[2 j] + i x[2 j + 1]. Its spectrum Z holds those of the even and the odd elements:
//   E[k] = (Z[k] + conj Z[m - k]) / 2,  O[k] = (Z[k] - conj Z[m - k]) / 2 i,  X[k] = E[k] + w^k O[k],  X[m - k] = conj(E[k] - w^k O[k])

import { lanes } from "./lanes";
import { imaginaryParts, interleave, realParts, reversed, storePairs } from "./planes";
import { planeBytes, transform, transformPairs } from "./transform";

/** `roots` are those of m, `turns` the cosines, then the sines, of -2 pi k / n for k = 0 ... floor(m / 2). */
function rfft<T>(line: usize, roots: usize, turns: usize, result: usize, n: i32, workspace: usize): i32 {
  const m = n >> 1;
  const size = sizeof<T>();
  const plane = planeBytes<T>(m);
  const real = transformPairs<T>(line, workspace, workspace + 2 * plane, roots, m);
  const imaginary = real + plane;
  const sines = turns + <usize>((m >> 1) + 1) * size;
  const count = lanes<T, v128>();
  const half = v128.splat<T>(<T>0.5);
  const zero = load<T>(real) + load<T>(imaginary), last = load<T>(real) - load<T>(imaginary);
  let k = 1;
  // Vectors from both ends, until they meet.
  for (; 2 * (k + count) - 1 <= m; k += count) {
    const a = <usize>k * size, b = <usize>(m - k - count + 1) * size;
    const ar = v128.load(real + a), ai = v128.load(imaginary + a), br = reversed<T>(v128.load(real + b)), bi = reversed<T>(v128.load(imaginary + b));
    const er = v128.mul<T>(half, v128.add<T>(ar, br)), ei = v128.mul<T>(half, v128.sub<T>(ai, bi));
    const or = v128.mul<T>(half, v128.add<T>(ai, bi)), oi = v128.mul<T>(half, v128.sub<T>(br, ar));
    const cos = v128.load(turns + a), sin = v128.load(sines + a);
    const tr = v128.sub<T>(v128.mul<T>(or, cos), v128.mul<T>(oi, sin)), ti = v128.add<T>(v128.mul<T>(or, sin), v128.mul<T>(oi, cos));
    storePairs<T>(result + 2 * a, v128.add<T>(er, tr), v128.add<T>(ei, ti));
    storePairs<T>(result + 2 * b, reversed<T>(v128.sub<T>(er, tr)), reversed<T>(v128.sub<T>(ti, ei)));
  }
  for (; k <= m >> 1; k++) {
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
  store<T>(result + 2 * <usize>m * size, last);
  store<T>(result + 2 * <usize>m * size, 0, sizeof<T>());
  return 0;
}

/** The other way, without a factor: the imaginary parts of the first and the last pair take no part. */
function irfft<T>(half: usize, roots: usize, turns: usize, result: usize, n: i32, workspace: usize): i32 {
  const m = n >> 1;
  const size = sizeof<T>();
  const plane = planeBytes<T>(m);
  // Backward: real and imaginary parts are exchanged.
  const imaginary = workspace, real = workspace + plane;
  const sines = turns + <usize>((m >> 1) + 1) * size;
  store<T>(real, load<T>(half) + load<T>(half + 2 * <usize>m * size));
  store<T>(imaginary, load<T>(half) - load<T>(half + 2 * <usize>m * size));
  const count = lanes<T, v128>();
  let k = 1;
  for (; 2 * (k + count) - 1 <= m; k += count) {
    const a = <usize>k * size, b = <usize>(m - k - count + 1) * size;
    const ar = realParts<T>(half + 2 * a), ai = imaginaryParts<T>(half + 2 * a);
    const br = reversed<T>(realParts<T>(half + 2 * b)), bi = reversed<T>(imaginaryParts<T>(half + 2 * b));
    const er = v128.add<T>(ar, br), ei = v128.sub<T>(ai, bi), dr = v128.sub<T>(ar, br), di = v128.add<T>(ai, bi);
    const cos = v128.load(turns + a), sin = v128.load(sines + a);
    const or = v128.add<T>(v128.mul<T>(dr, cos), v128.mul<T>(di, sin)), oi = v128.sub<T>(v128.mul<T>(di, cos), v128.mul<T>(dr, sin));
    v128.store(real + b, reversed<T>(v128.add<T>(er, oi)));
    v128.store(imaginary + b, reversed<T>(v128.sub<T>(or, ei)));
    v128.store(real + a, v128.sub<T>(er, oi));
    v128.store(imaginary + a, v128.add<T>(ei, or));
  }
  for (; k <= m >> 1; k++) {
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
