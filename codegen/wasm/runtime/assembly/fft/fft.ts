// The Fourier transform of a line of pairs, forward or backward, without a factor.

import { interleave, split } from "./planes";
import { planeBytes, transform, transformPairs } from "./transform";

/** Backward is forward with real and imaginary parts exchanged before and after. `roots` are the n cosines, then the n sines, of -2 pi k / n. */
function fft<T>(line: usize, roots: usize, result: usize, n: i32, inverse: i32, workspace: usize): i32 {
  const plane = planeBytes<T>(n);
  if (inverse) {
    split<T>(line, workspace + plane, workspace, n);
    const planes = transform<T>(workspace, workspace + 2 * plane, roots, n);
    interleave<T>(planes + plane, planes, result, n);
  } else {
    const planes = transformPairs<T>(line, workspace, workspace + 2 * plane, roots, n);
    interleave<T>(planes, planes + plane, result, n);
  }
  return 0;
}

export function fft_f32(line: usize, roots: usize, result: usize, n: i32, inverse: i32, workspace: usize): i32 {
  return fft<f32>(line, roots, result, n, inverse, workspace);
}

export function fft_f64(line: usize, roots: usize, result: usize, n: i32, inverse: i32, workspace: usize): i32 {
  return fft<f64>(line, roots, result, n, inverse, workspace);
}
