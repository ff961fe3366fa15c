// f64 arithmetic for results that are rounded to f32 at the end: short polynomials, no pairs, and no care for
// subnormals, which f32 has none of once it is f64.

import { reduceNormal } from "./logarithm.ts";
import type { Num } from "./number.ts";

const magic = 6755399441055744;
/** (e^r - 1 - r) / r^2 for |r| <= ln(2)/2, to 2^-37 */
const expTail = [
  0.4999999999971642, 0.16666666759884557, 0.04166666697089132, 0.00833328717403481, 0.001388880642116185,
  0.00019906227310090548, 2.4883966940725082e-05,
];
/** (2 atanh(s) - 2 s) / s^3 in s^2, to 2^-44 */
const atanhTail = [0.6666666667589185, 0.39999995587162146, 0.285721131953842, 0.2217600603030323, 0.19586968965621146];

/** 2^x for |x| <= 1000 */
export function exp2Wide(x: Num): Num {
  const shifted = x.add(magic);
  const r = x.sub(shifted.sub(magic)).mul(Math.LN2);
  return withPower(r, shifted);
}

/** e^x for |x| <= 700 */
export function expWide(x: Num): Num {
  const shifted = x.mul(Math.LOG2E).add(magic);
  return withPower(x.sub(shifted.sub(magic).mul(Math.LN2)), shifted);
}

/** e^r 2^n */
function withPower(r: Num, shifted: Num): Num {
  const power = shifted.bits("i64").shl(52).add(0x3ff0000000000000n).bits("f64");
  return power.add(power.mul(r.add(r.mul(r).mul(r.polynomial(expTail)))));
}

/** log(1 + f) with 1 + f in [sqrt(1/2), sqrt(2)] */
function logNear(f: Num): Num {
  const s = f.div(f.add(2));
  const square = s.mul(s);
  return s.mul(square.mul(square.polynomial(atanhTail)).add(2));
}

/** log(x) for a positive normal x */
export function logWide(x: Num): Num {
  const { f, n } = reduceNormal(x);
  return n.mul(Math.LN2).add(logNear(f));
}

/** log2(x) for a positive normal x */
export function log2Wide(x: Num): Num {
  const { f, n } = reduceNormal(x);
  return logNear(f).mul(Math.LOG2E).add(n);
}
