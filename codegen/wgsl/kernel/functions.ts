// WGSL functions that operations call where an operator or built-in function does not have Damo's meaning. Floats are compared and
// classified by their bits: compilers may take it for granted that nothing is NaN or infinite, and adapters flush subnormals.

interface ShaderFunction {
  readonly text: string;
  readonly calls: readonly FunctionName[];
}

const call = (text: string, ...calls: readonly FunctionName[]): ShaderFunction => ({ text, calls });

export type FunctionName =
  | "is_nan" | "either_nan" | "place" | "equal" | "less" | "at_most" | "less_or_zero" | "min_f32" | "max_f32" | "copy_sign" | "rounded" | "square_root"
  | "div_i32" | "div_u32" | "rem_i32" | "rem_u32" | "to_i32" | "to_u32";

// Without branches, `&&` and `||` included: a driver may take minutes over a shader of a hundred small ones.
const functions: { readonly [N in FunctionName]: ShaderFunction } = {
  is_nan: call("fn is_nan(a: f32) -> bool { return (bitcast<u32>(a) & 0x7fffffffu) > 0x7f800000u; }"),
  either_nan: call("fn either_nan(a: f32, b: f32) -> bool { return max(bitcast<u32>(a) & 0x7fffffffu, bitcast<u32>(b) & 0x7fffffffu) > 0x7f800000u; }"),
  // In the order of numbers, -0 where 0 is.
  place: call("fn place(a: f32) -> i32 { let bits = bitcast<u32>(a); return bitcast<i32>(select(bits, 0x80000000u - bits, bits > 0x7fffffffu)); }"),
  equal: call("fn equal(a: f32, b: f32) -> bool { return (place(a) == place(b)) & !either_nan(a, b); }", "either_nan", "place"),
  less: call("fn less(a: f32, b: f32) -> bool { return (place(a) < place(b)) & !either_nan(a, b); }", "either_nan", "place"),
  at_most: call("fn at_most(a: f32, b: f32) -> bool { return (place(a) <= place(b)) & !either_nan(a, b); }", "either_nan", "place"),
  // The same order with -0 before 0.
  less_or_zero: call("fn less_or_zero(a: f32, b: f32) -> bool { let x = bitcast<i32>(a); let y = bitcast<i32>(b); return (x ^ ((x >> 31u) & 0x7fffffff)) < (y ^ ((y >> 31u) & 0x7fffffff)); }"),
  min_f32: call("fn min_f32(a: f32, b: f32) -> f32 { return select(b, a, (less_or_zero(a, b) & !is_nan(b)) | is_nan(a)); }", "is_nan", "less_or_zero"),
  max_f32: call("fn max_f32(a: f32, b: f32) -> f32 { return select(b, a, (less_or_zero(b, a) & !is_nan(b)) | is_nan(a)); }", "is_nan", "less_or_zero"),
  copy_sign: call("fn copy_sign(a: f32, b: f32) -> f32 { return bitcast<f32>((bitcast<u32>(a) & 0x7fffffffu) | (bitcast<u32>(b) & 0x80000000u)); }"),
  // `whole` is a rounded to an integer in some direction; from 2^23 on, a is one. No direction changes the sign.
  rounded: call("fn rounded(a: f32, whole: f32) -> f32 { return select(copy_sign(whole, a), a, (bitcast<u32>(a) & 0x7fffffffu) >= 0x4b000000u); }", "copy_sign"),
  // Of 0, infinity and NaN the same, of what is negative NaN: adapters may take the root from its reciprocal.
  square_root: call("fn square_root(a: f32) -> f32 { let bits = bitcast<u32>(a); let edge = select(bits, bits | 0x7fc00000u, bits > 0x80000000u); return select(sqrt(a), bitcast<f32>(edge), (bits == 0u) | (bits >= 0x7f800000u)); }"),
  div_i32: call("fn div_i32(a: i32, b: i32) -> i32 { let quotient = a / select(b, 1, (b == 0) | (b == -1)); return select(select(quotient, -a, b == -1), 0, b == 0); }"),
  div_u32: call("fn div_u32(a: u32, b: u32) -> u32 { return select(a / max(b, 1u), 0u, b == 0u); }"),
  rem_i32: call("fn rem_i32(a: i32, b: i32) -> i32 { return a % select(b, 1, (b == 0) | (b == -1)); }"),
  rem_u32: call("fn rem_u32(a: u32, b: u32) -> u32 { return a % max(b, 1u); }"),
  // From 2^31 and 2^32 on, saturated; NaN is 0.
  to_i32: call("fn to_i32(a: f32) -> i32 { let bits = bitcast<u32>(a); let extreme = select(select(2147483647, i32(-2147483648), bits > 0x7fffffffu), 0, is_nan(a)); return select(i32(a), extreme, (bits & 0x7fffffffu) >= 0x4f000000u); }", "is_nan"),
  to_u32: call("fn to_u32(a: f32) -> u32 { let bits = bitcast<u32>(a); let extreme = select(0xffffffffu, 0u, is_nan(a) | (bits > 0x7fffffffu)); return select(u32(a), extreme, bits >= 0x4f800000u); }", "is_nan"),
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
