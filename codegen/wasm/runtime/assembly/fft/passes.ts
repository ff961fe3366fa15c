// Passes of the Fourier transform after Stockham, with decimation in frequency: no digits are reversed. After passes whose radices have
// the product s, `from` holds s interleaved sequences of length n / s, and a pass of radix r makes s r of them:
//   to[q + s (r p + k)] = w^(s p k) * sum over j of from[q + s (p + m j)] u^(j k),  m = n / (s r),  u = e^(-2 pi i / r),  w = e^(-2 pi i / n)
// Real and imaginary parts lie in planes, `plane` bytes apart. V is a vector where s is a multiple of its lanes, since q runs along memory.

import { add, lanes, mul, splat, sub } from "./lanes";

/** Stores (re + i im) (cos + i sin). */
// @ts-ignore: decorator
@inline
function storeTurned<T, V>(to: usize, plane: usize, re: V, im: V, cos: V, sin: V): void {
  store<V>(to, sub<T, V>(mul<T, V>(re, cos), mul<T, V>(im, sin)));
  store<V>(to + plane, add<T, V>(mul<T, V>(re, sin), mul<T, V>(im, cos)));
}

// @ts-ignore: decorator
@inline
function storePair<V>(to: usize, plane: usize, re: V, im: V): void {
  store<V>(to, re);
  store<V>(to + plane, im);
}

/** The cosines or the sines of the powers of w. */
// @ts-ignore: decorator
@inline
function cosine<T, V>(roots: usize, power: i32): V {
  return splat<T, V>(load<T>(roots + <usize>power * sizeof<T>()));
}

export function pass2<T, V>(from: usize, to: usize, plane: usize, roots: usize, sines: usize, s: i32, m: i32): void {
  const size = sizeof<T>();
  const half = <usize>s * <usize>m * size;
  for (let p = 0; p < m; p++) {
    const cos = cosine<T, V>(roots, s * p);
    const sin = cosine<T, V>(sines, s * p);
    const end = <usize>s * size;
    for (let q: usize = 0; q < end; q += lanes<T, V>() * size) {
      const a = from + <usize>s * <usize>p * size + q;
      const b = a + half;
      const out = to + <usize>s * <usize>(2 * p) * size + q;
      const ar = load<V>(a), ai = load<V>(a + plane), br = load<V>(b), bi = load<V>(b + plane);
      storePair<V>(out, plane, add<T, V>(ar, br), add<T, V>(ai, bi));
      storeTurned<T, V>(out + end, plane, sub<T, V>(ar, br), sub<T, V>(ai, bi), cos, sin);
    }
  }
}

export function pass3<T, V>(from: usize, to: usize, plane: usize, roots: usize, sines: usize, s: i32, m: i32): void {
  const size = sizeof<T>();
  const third = <usize>s * <usize>m * size;
  const half = splat<T, V>(<T>0.5);
  const sin60 = splat<T, V>(<T>0.86602540378443864676);
  for (let p = 0; p < m; p++) {
    const cos1 = cosine<T, V>(roots, s * p), sin1 = cosine<T, V>(sines, s * p);
    const cos2 = cosine<T, V>(roots, 2 * s * p), sin2 = cosine<T, V>(sines, 2 * s * p);
    const end = <usize>s * size;
    for (let q: usize = 0; q < end; q += lanes<T, V>() * size) {
      const a = from + <usize>s * <usize>p * size + q;
      const b = a + third, c = b + third;
      const out = to + <usize>s * <usize>(3 * p) * size + q;
      const ar = load<V>(a), ai = load<V>(a + plane), br = load<V>(b), bi = load<V>(b + plane), cr = load<V>(c), ci = load<V>(c + plane);
      const sr = add<T, V>(br, cr), si = add<T, V>(bi, ci);
      // What -i sin 60 (b - c) adds to one and takes from the other.
      const dr = mul<T, V>(sub<T, V>(bi, ci), sin60), di = mul<T, V>(sub<T, V>(cr, br), sin60);
      const mr = sub<T, V>(ar, mul<T, V>(sr, half)), mi = sub<T, V>(ai, mul<T, V>(si, half));
      storePair<V>(out, plane, add<T, V>(ar, sr), add<T, V>(ai, si));
      storeTurned<T, V>(out + end, plane, add<T, V>(mr, dr), add<T, V>(mi, di), cos1, sin1);
      storeTurned<T, V>(out + 2 * end, plane, sub<T, V>(mr, dr), sub<T, V>(mi, di), cos2, sin2);
    }
  }
}

export function pass4<T, V>(from: usize, to: usize, plane: usize, roots: usize, sines: usize, s: i32, m: i32): void {
  const size = sizeof<T>();
  const quarter = <usize>s * <usize>m * size;
  for (let p = 0; p < m; p++) {
    const cos1 = cosine<T, V>(roots, s * p), sin1 = cosine<T, V>(sines, s * p);
    const cos2 = cosine<T, V>(roots, 2 * s * p), sin2 = cosine<T, V>(sines, 2 * s * p);
    const cos3 = cosine<T, V>(roots, 3 * s * p), sin3 = cosine<T, V>(sines, 3 * s * p);
    const end = <usize>s * size;
    for (let q: usize = 0; q < end; q += lanes<T, V>() * size) {
      const a = from + <usize>s * <usize>p * size + q;
      const b = a + quarter, c = b + quarter, d = c + quarter;
      const out = to + <usize>s * <usize>(4 * p) * size + q;
      const ar = load<V>(a), ai = load<V>(a + plane), cr = load<V>(c), ci = load<V>(c + plane);
      const acr = add<T, V>(ar, cr), aci = add<T, V>(ai, ci), amcr = sub<T, V>(ar, cr), amci = sub<T, V>(ai, ci);
      const br = load<V>(b), bi = load<V>(b + plane), dr = load<V>(d), di = load<V>(d + plane);
      const bdr = add<T, V>(br, dr), bdi = add<T, V>(bi, di), bmdr = sub<T, V>(br, dr), bmdi = sub<T, V>(bi, di);
      storePair<V>(out, plane, add<T, V>(acr, bdr), add<T, V>(aci, bdi));
      storeTurned<T, V>(out + end, plane, add<T, V>(amcr, bmdi), sub<T, V>(amci, bmdr), cos1, sin1);
      storeTurned<T, V>(out + 2 * end, plane, sub<T, V>(acr, bdr), sub<T, V>(aci, bdi), cos2, sin2);
      storeTurned<T, V>(out + 3 * end, plane, sub<T, V>(amcr, bmdi), add<T, V>(amci, bmdr), cos3, sin3);
    }
  }
}

export function pass5<T, V>(from: usize, to: usize, plane: usize, roots: usize, sines: usize, s: i32, m: i32): void {
  const size = sizeof<T>();
  const fifth = <usize>s * <usize>m * size;
  const cos72 = splat<T, V>(<T>0.30901699437494742410), sin72 = splat<T, V>(<T>0.95105651629515357212);
  const cos144 = splat<T, V>(<T>-0.80901699437494742410), sin144 = splat<T, V>(<T>0.58778525229247312917);
  for (let p = 0; p < m; p++) {
    const end = <usize>s * size;
    for (let q: usize = 0; q < end; q += lanes<T, V>() * size) {
      const a = from + <usize>s * <usize>p * size + q;
      const b = a + fifth, c = b + fifth, d = c + fifth, e = d + fifth;
      const out = to + <usize>s * <usize>(5 * p) * size + q;
      const ar = load<V>(a), ai = load<V>(a + plane);
      const br = load<V>(b), bi = load<V>(b + plane), er = load<V>(e), ei = load<V>(e + plane);
      const cr = load<V>(c), ci = load<V>(c + plane), dr = load<V>(d), di = load<V>(d + plane);
      // Sums and differences of the elements that have conjugate factors.
      const ber = add<T, V>(br, er), bei = add<T, V>(bi, ei), cdr = add<T, V>(cr, dr), cdi = add<T, V>(ci, di);
      const bmer = sub<T, V>(br, er), bmei = sub<T, V>(bi, ei), cmdr = sub<T, V>(cr, dr), cmdi = sub<T, V>(ci, di);
      const evenr1 = add<T, V>(ar, add<T, V>(mul<T, V>(ber, cos72), mul<T, V>(cdr, cos144)));
      const eveni1 = add<T, V>(ai, add<T, V>(mul<T, V>(bei, cos72), mul<T, V>(cdi, cos144)));
      const evenr2 = add<T, V>(ar, add<T, V>(mul<T, V>(ber, cos144), mul<T, V>(cdr, cos72)));
      const eveni2 = add<T, V>(ai, add<T, V>(mul<T, V>(bei, cos144), mul<T, V>(cdi, cos72)));
      const oddr1 = add<T, V>(mul<T, V>(bmei, sin72), mul<T, V>(cmdi, sin144));
      const oddi1 = add<T, V>(mul<T, V>(bmer, sin72), mul<T, V>(cmdr, sin144));
      const oddr2 = sub<T, V>(mul<T, V>(bmei, sin144), mul<T, V>(cmdi, sin72));
      const oddi2 = sub<T, V>(mul<T, V>(bmer, sin144), mul<T, V>(cmdr, sin72));
      storePair<V>(out, plane, add<T, V>(ar, add<T, V>(ber, cdr)), add<T, V>(ai, add<T, V>(bei, cdi)));
      storeTurned<T, V>(out + end, plane, add<T, V>(evenr1, oddr1), sub<T, V>(eveni1, oddi1), cosine<T, V>(roots, s * p), cosine<T, V>(sines, s * p));
      storeTurned<T, V>(out + 2 * end, plane, add<T, V>(evenr2, oddr2), sub<T, V>(eveni2, oddi2), cosine<T, V>(roots, 2 * s * p), cosine<T, V>(sines, 2 * s * p));
      storeTurned<T, V>(out + 3 * end, plane, sub<T, V>(evenr2, oddr2), add<T, V>(eveni2, oddi2), cosine<T, V>(roots, 3 * s * p), cosine<T, V>(sines, 3 * s * p));
      storeTurned<T, V>(out + 4 * end, plane, sub<T, V>(evenr1, oddr1), add<T, V>(eveni1, oddi1), cosine<T, V>(roots, 4 * s * p), cosine<T, V>(sines, 4 * s * p));
    }
  }
}
