// The Fourier transform of two planes, for lengths 2^a 3^b 5^c.

import { firstPass4 } from "./first-pass";
import { lanes } from "./lanes";
import { pass2, pass3, pass4, pass5 } from "./passes";

/** Transforms n values at `planes`, with room for as many at `other`; gives where the result lies: there, or at `other`. */
export function transform<T>(planes: usize, other: usize, roots: usize, n: i32): usize {
  const plane = <usize>n * sizeof<T>();
  let from = planes;
  let to = other;
  let s = 1;
  while (s < n) {
    const rest = n / s;
    const radix = radixOf(rest);
    pass<T>(radix, from, to, plane, roots, s, rest / radix);
    const swap = from;
    from = to;
    to = swap;
    s *= radix;
  }
  return from;
}

/** Fours come first: behind one of them, q runs over whole vectors. */
function radixOf(rest: i32): i32 {
  return rest % 4 == 0 ? 4 : rest % 2 == 0 ? 2 : rest % 3 == 0 ? 3 : 5;
}

function pass<T>(radix: i32, from: usize, to: usize, plane: usize, roots: usize, s: i32, m: i32): void {
  if (radix == 4) {
    if (s % lanes<T, v128>() == 0) pass4<T, v128>(from, to, plane, roots, s, m);
    else if (s == 1 && m % lanes<T, v128>() == 0) firstPass4<T>(from, to, plane, roots, m);
    else pass4<T, T>(from, to, plane, roots, s, m);
  } else if (radix == 2) {
    if (s % lanes<T, v128>() == 0) pass2<T, v128>(from, to, plane, roots, s, m);
    else pass2<T, T>(from, to, plane, roots, s, m);
  } else if (radix == 3) {
    if (s % lanes<T, v128>() == 0) pass3<T, v128>(from, to, plane, roots, s, m);
    else pass3<T, T>(from, to, plane, roots, s, m);
  } else if (s % lanes<T, v128>() == 0) pass5<T, v128>(from, to, plane, roots, s, m);
  else pass5<T, T>(from, to, plane, roots, s, m);
}
