// WGSL functions that operations call where an operator or built-in function does not have Damo's meaning. Floats are compared and
// classified by their bits: compilers may take it for granted that nothing is NaN or infinite, and adapters flush subnormals.

interface ShaderFunction {
  readonly text: string;
  readonly calls: readonly FunctionName[];
}

const call = (text: string, ...calls: readonly FunctionName[]): ShaderFunction => ({ text, calls });

export type FunctionName =
  | "is_nan" | "place" | "equal" | "less" | "at_most" | "less_or_zero" | "min_f32" | "max_f32" | "copy_sign" | "rounded" | "square_root"
  | "div_i32" | "div_u32" | "rem_i32" | "rem_u32" | "to_i32" | "to_u32";

const functions: { readonly [N in FunctionName]: ShaderFunction } = {
  is_nan: call("fn is_nan(a: f32) -> bool { return (bitcast<u32>(a) & 0x7fffffffu) > 0x7f800000u; }"),
  // In the order of numbers, -0 where 0 is.
  place: call("fn place(a: f32) -> i32 { let bits = bitcast<u32>(a); return bitcast<i32>(select(bits, 0x80000000u - bits, bits > 0x7fffffffu)); }"),
  equal: call("fn equal(a: f32, b: f32) -> bool { return place(a) == place(b) && !is_nan(a) && !is_nan(b); }", "is_nan", "place"),
  less: call("fn less(a: f32, b: f32) -> bool { return place(a) < place(b) && !is_nan(a) && !is_nan(b); }", "is_nan", "place"),
  at_most: call("fn at_most(a: f32, b: f32) -> bool { return place(a) <= place(b) && !is_nan(a) && !is_nan(b); }", "is_nan", "place"),
  // The same order with -0 before 0.
  less_or_zero: call("fn less_or_zero(a: f32, b: f32) -> bool { let x = bitcast<i32>(a); let y = bitcast<i32>(b); return (x ^ ((x >> 31u) & 0x7fffffff)) < (y ^ ((y >> 31u) & 0x7fffffff)); }"),
  min_f32: call("fn min_f32(a: f32, b: f32) -> f32 { if (is_nan(a)) { return a; } if (is_nan(b)) { return b; } return select(b, a, less_or_zero(a, b)); }", "is_nan", "less_or_zero"),
  max_f32: call("fn max_f32(a: f32, b: f32) -> f32 { if (is_nan(a)) { return a; } if (is_nan(b)) { return b; } return select(a, b, less_or_zero(a, b)); }", "is_nan", "less_or_zero"),
  copy_sign: call("fn copy_sign(a: f32, b: f32) -> f32 { return bitcast<f32>((bitcast<u32>(a) & 0x7fffffffu) | (bitcast<u32>(b) & 0x80000000u)); }"),
  // `whole` is a rounded to an integer in some direction; from 2^23 on, a is one. No direction changes the sign.
  rounded: call("fn rounded(a: f32, whole: f32) -> f32 { if ((bitcast<u32>(a) & 0x7fffffffu) >= 0x4b000000u) { return a; } return copy_sign(whole, a); }", "copy_sign"),
  // Of 0, infinity and NaN the same, of what is negative NaN: adapters may take the root from its reciprocal.
  square_root: call("fn square_root(a: f32) -> f32 { let bits = bitcast<u32>(a); if (bits > 0x80000000u) { return bitcast<f32>(bits | 0x7fc00000u); } if ((bits & 0x7fffffffu) == 0u || bits >= 0x7f800000u) { return a; } return sqrt(a); }"),
  div_i32: call("fn div_i32(a: i32, b: i32) -> i32 { if (b == 0) { return 0; } if (b == -1) { return -a; } return a / b; }"),
  div_u32: call("fn div_u32(a: u32, b: u32) -> u32 { if (b == 0u) { return 0u; } return a / b; }"),
  rem_i32: call("fn rem_i32(a: i32, b: i32) -> i32 { if (b == 0 || b == -1) { return 0; } return a % b; }"),
  rem_u32: call("fn rem_u32(a: u32, b: u32) -> u32 { if (b == 0u) { return 0u; } return a % b; }"),
  // From 2^31 and 2^32 on, saturated; NaN is 0.
  to_i32: call("fn to_i32(a: f32) -> i32 { let bits = bitcast<u32>(a); if (is_nan(a)) { return 0; } if ((bits & 0x7fffffffu) >= 0x4f000000u) { return select(2147483647, i32(-2147483648), bits > 0x7fffffffu); } return i32(a); }", "is_nan"),
  to_u32: call("fn to_u32(a: f32) -> u32 { let bits = bitcast<u32>(a); if (is_nan(a) || bits > 0x7fffffffu) { return 0u; } if (bits >= 0x4f800000u) { return 0xffffffffu; } return u32(a); }", "is_nan"),
};

/** Their definitions, and those of what they call. */
export function defineFunctions(used: ReadonlySet<FunctionName>): string[] {
  const all = new Set<FunctionName>();
  const take = (name: FunctionName): void => {
    if (all.has(name)) return;
    functions[name].calls.forEach(take);
    all.add(name);
  };
  used.forEach(take);
  return [...all].map((name) => functions[name].text);
}
