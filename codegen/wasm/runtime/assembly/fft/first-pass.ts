// The first pass of radix 4 (s = 1, see `passes`), where neighbours in memory are neighbours in p: vectors run along p, and what
// they make of four places is transposed.

import { imaginaryParts, realParts } from "./planes";

/** Elements at `at`, `at + step` and so on. */
// @ts-ignore: decorator
@inline
function loadStrided<T>(at: usize, step: usize): v128 {
  let result = v128.splat<T>(load<T>(at));
  if (sizeof<T>() == 8) return v128.load_lane<T>(at + step, result, 1);
  result = v128.load_lane<T>(at + step, result, 1);
  result = v128.load_lane<T>(at + 2 * step, result, 2);
  return v128.load_lane<T>(at + 3 * step, result, 3);
}

/** Stores a[0] b[0] c[0] d[0] a[1] b[1] c[1] d[1] and so on. */
// @ts-ignore: decorator
@inline
function storeTransposed<T>(to: usize, a: v128, b: v128, c: v128, d: v128): void {
  if (sizeof<T>() == 8) {
    v128.store(to, v128.shuffle<T>(a, b, 0, 2));
    v128.store(to, v128.shuffle<T>(c, d, 0, 2), 16);
    v128.store(to, v128.shuffle<T>(a, b, 1, 3), 32);
    v128.store(to, v128.shuffle<T>(c, d, 1, 3), 48);
  } else {
    const ab0 = v128.shuffle<T>(a, b, 0, 4, 1, 5), ab2 = v128.shuffle<T>(a, b, 2, 6, 3, 7);
    const cd0 = v128.shuffle<T>(c, d, 0, 4, 1, 5), cd2 = v128.shuffle<T>(c, d, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<u64>(ab0, cd0, 0, 2));
    v128.store(to, v128.shuffle<u64>(ab0, cd0, 1, 3), 16);
    v128.store(to, v128.shuffle<u64>(ab2, cd2, 0, 2), 32);
    v128.store(to, v128.shuffle<u64>(ab2, cd2, 1, 3), 48);
  }
}

// @ts-ignore: decorator
@inline
function turnedReal<T>(re: v128, im: v128, cos: v128, sin: v128): v128 {
  return v128.sub<T>(v128.mul<T>(re, cos), v128.mul<T>(im, sin));
}

// @ts-ignore: decorator
@inline
function turnedImaginary<T>(re: v128, im: v128, cos: v128, sin: v128): v128 {
  return v128.add<T>(v128.mul<T>(re, sin), v128.mul<T>(im, cos));
}

// @ts-ignore: decorator
@inline
function realOf<T>(paired: bool, at: usize): v128 {
  return paired ? realParts<T>(at) : v128.load(at);
}

// @ts-ignore: decorator
@inline
function imaginaryOf<T>(paired: bool, at: usize, plane: usize): v128 {
  return paired ? imaginaryParts<T>(at) : v128.load(at + plane);
}

/** From planes. m, a quarter of the length, is a multiple of the lanes. */
export function firstPass4<T>(from: usize, to: usize, plane: usize, roots: usize, sines: usize, m: i32): void {
  run<T>(false, from, to, plane, roots, sines, m);
}

/** From pairs. */
export function firstPass4OfPairs<T>(pairs: usize, to: usize, plane: usize, roots: usize, sines: usize, m: i32): void {
  run<T>(true, pairs, to, plane, roots, sines, m);
}

// @ts-ignore: decorator
@inline
function run<T>(paired: bool, from: usize, to: usize, plane: usize, roots: usize, sines: usize, m: i32): void {
  const size = sizeof<T>();
  const quarter = <usize>m * size;
  const step = paired ? 2 * quarter : quarter;
  for (let p: usize = 0; p < quarter; p += 16) {
    const a = from + (paired ? 2 * p : p), b = a + step, c = b + step, d = c + step;
    const ar = realOf<T>(paired, a), ai = imaginaryOf<T>(paired, a, plane), cr = realOf<T>(paired, c), ci = imaginaryOf<T>(paired, c, plane);
    const acr = v128.add<T>(ar, cr), aci = v128.add<T>(ai, ci), amcr = v128.sub<T>(ar, cr), amci = v128.sub<T>(ai, ci);
    const br = realOf<T>(paired, b), bi = imaginaryOf<T>(paired, b, plane), dr = realOf<T>(paired, d), di = imaginaryOf<T>(paired, d, plane);
    const bdr = v128.add<T>(br, dr), bdi = v128.add<T>(bi, di), bmdr = v128.sub<T>(br, dr), bmdi = v128.sub<T>(bi, di);
    const re1 = v128.add<T>(amcr, bmdi), im1 = v128.sub<T>(amci, bmdr);
    const re2 = v128.sub<T>(acr, bdr), im2 = v128.sub<T>(aci, bdi);
    const re3 = v128.sub<T>(amcr, bmdi), im3 = v128.add<T>(amci, bmdr);
    const cos1 = v128.load(roots + p), sin1 = v128.load(sines + p);
    const cos2 = loadStrided<T>(roots + 2 * p, 2 * size), sin2 = loadStrided<T>(sines + 2 * p, 2 * size);
    const cos3 = loadStrided<T>(roots + 3 * p, 3 * size), sin3 = loadStrided<T>(sines + 3 * p, 3 * size);
    storeTransposed<T>(to + 4 * p, v128.add<T>(acr, bdr), turnedReal<T>(re1, im1, cos1, sin1), turnedReal<T>(re2, im2, cos2, sin2), turnedReal<T>(re3, im3, cos3, sin3));
    storeTransposed<T>(to + 4 * p + plane, v128.add<T>(aci, bdi), turnedImaginary<T>(re1, im1, cos1, sin1), turnedImaginary<T>(re2, im2, cos2, sin2), turnedImaginary<T>(re3, im3, cos3, sin3));
  }
}
