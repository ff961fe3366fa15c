// The Fourier transform of two planes, or of pairs, for lengths 2^a 3^b 5^c.

import { firstPass4, firstPass4OfPairs } from "./first-pass";
import { lanes } from "./lanes";
import { split } from "./planes";
import { pass2, pass3, pass4, pass5 } from "./passes";

/** Bytes from one plane of n elements to the next: half a page and a line more than it takes, so that places which a pass reads together do not
 *  share their sets of a cache (docs/adr/0032). */
// @ts-ignore: decorator
@inline
export function planeBytes<T>(n: i32): usize {
  return <usize>n * sizeof<T>() + (n >= 1024 ? 2112 : 0);
}

/** Transforms n values at `planes`, with room for as many at `other`; gives where the result lies: there, or at `other`. */
export function transform<T>(planes: usize, other: usize, roots: usize, n: i32): usize {
  return passesFrom<T>(1, planes, other, roots, n);
}

/** The same of n pairs, with room for two planes at `planes` and at `other`. */
export function transformPairs<T>(pairs: usize, planes: usize, other: usize, roots: usize, n: i32): usize {
  const plane = planeBytes<T>(n);
  if (n % (4 * lanes<T, v128>()) == 0) {
    firstPass4OfPairs<T>(pairs, planes, plane, roots, roots + <usize>n * sizeof<T>(), n / 4);
    return passesFrom<T>(4, planes, other, roots, n);
  }
  split<T>(pairs, planes, planes + plane, n);
  return passesFrom<T>(1, planes, other, roots, n);
}

/** The passes that are left when radices have the product s. */
function passesFrom<T>(s: i32, from: usize, to: usize, roots: usize, n: i32): usize {
  const plane = planeBytes<T>(n);
  const sines = roots + <usize>n * sizeof<T>();
  while (s < n) {
    const rest = n / s;
    const radix = radixOf(rest);
    pass<T>(radix, from, to, plane, roots, sines, s, rest / radix);
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

function pass<T>(radix: i32, from: usize, to: usize, plane: usize, roots: usize, sines: usize, s: i32, m: i32): void {
  if (radix == 4) {
    if (s % lanes<T, v128>() == 0) pass4<T, v128>(from, to, plane, roots, sines, s, m);
    else if (s == 1 && m % lanes<T, v128>() == 0) firstPass4<T>(from, to, plane, roots, sines, m);
    else pass4<T, T>(from, to, plane, roots, sines, s, m);
  } else if (radix == 2) {
    if (s % lanes<T, v128>() == 0) pass2<T, v128>(from, to, plane, roots, sines, s, m);
    else pass2<T, T>(from, to, plane, roots, sines, s, m);
  } else if (radix == 3) {
    if (s % lanes<T, v128>() == 0) pass3<T, v128>(from, to, plane, roots, sines, s, m);
    else pass3<T, T>(from, to, plane, roots, sines, s, m);
  } else if (s % lanes<T, v128>() == 0) pass5<T, v128>(from, to, plane, roots, sines, s, m);
  else pass5<T, T>(from, to, plane, roots, sines, s, m);
}
