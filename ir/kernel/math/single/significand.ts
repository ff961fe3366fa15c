// f32 numbers taken apart and put together by their bits, without f64 and without arithmetic on subnormals, which a GPU may take for 0.

import type { Num } from "../number.ts";

/** x = m 2^n with 1 <= m < 2 and n an i32, for a positive finite x, subnormals included. */
export function takeApart(x: Num): { readonly m: Num; readonly n: Num } {
  const subnormal = x.lt(2 ** -126);
  const bits = subnormal.choose(x.bits("i32").convert("f32"), x).bits("i32");
  const n = bits.shr(23);
  return { m: bits.and(0x7fffff).or(0x3f800000).bits("f32"), n: subnormal.choose(n.sub(127 + 149), n.sub(127)) };
}

/** 2^n for an i32 from -126 to 127. */
export function powerOfTwo(n: Num): Num {
  return n.add(127).shl(23).bits("f32");
}
