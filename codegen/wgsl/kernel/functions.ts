// WGSL functions that operations call where an operator or built-in function does not have Damo's meaning. Floats are compared and
// classified by their bits: compilers may take it for granted that nothing is NaN or infinite, and adapters flush subnormals. Types are written
// F, U, I and B (lanes.ts).

import { type Lanes, ofLanes } from "./lanes.ts";

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
  is_nan: call("fn is_nan(a: F) -> B { return (bitcast<U>(a) & U{0x7fffffffu}) > U{0x7f800000u}; }"),
  either_nan: call("fn either_nan(a: F, b: F) -> B { return max(bitcast<U>(a) & U{0x7fffffffu}, bitcast<U>(b) & U{0x7fffffffu}) > U{0x7f800000u}; }"),
  // In the order of numbers, -0 where 0 is.
  place: call("fn place(a: F) -> I { let bits = bitcast<U>(a); return bitcast<I>(select(bits, U{0x80000000u} - bits, bits > U{0x7fffffffu})); }"),
  equal: call("fn equal(a: F, b: F) -> B { return (place(a) == place(b)) & !either_nan(a, b); }", "either_nan", "place"),
  less: call("fn less(a: F, b: F) -> B { return (place(a) < place(b)) & !either_nan(a, b); }", "either_nan", "place"),
  at_most: call("fn at_most(a: F, b: F) -> B { return (place(a) <= place(b)) & !either_nan(a, b); }", "either_nan", "place"),
  // The same order with -0 before 0.
  less_or_zero: call("fn less_or_zero(a: F, b: F) -> B { let x = bitcast<I>(a); let y = bitcast<I>(b); return (x ^ ((x >> U{31u}) & I{0x7fffffff})) < (y ^ ((y >> U{31u}) & I{0x7fffffff})); }"),
  min_f32: call("fn min_f32(a: F, b: F) -> F { return select(b, a, (less_or_zero(a, b) & !is_nan(b)) | is_nan(a)); }", "is_nan", "less_or_zero"),
  max_f32: call("fn max_f32(a: F, b: F) -> F { return select(b, a, (less_or_zero(b, a) & !is_nan(b)) | is_nan(a)); }", "is_nan", "less_or_zero"),
  copy_sign: call("fn copy_sign(a: F, b: F) -> F { return bitcast<F>((bitcast<U>(a) & U{0x7fffffffu}) | (bitcast<U>(b) & U{0x80000000u})); }"),
  // `whole` is a rounded to an integer in some direction; from 2^23 on, a is one. No direction changes the sign.
  rounded: call("fn rounded(a: F, whole: F) -> F { return select(copy_sign(whole, a), a, (bitcast<U>(a) & U{0x7fffffffu}) >= U{0x4b000000u}); }", "copy_sign"),
  // Of 0, infinity and NaN the same, of what is negative NaN: adapters may take the root from its reciprocal.
  square_root: call("fn square_root(a: F) -> F { let bits = bitcast<U>(a); let edge = select(bits, bits | U{0x7fc00000u}, bits > U{0x80000000u}); return select(sqrt(a), bitcast<F>(edge), (bits == U{0u}) | (bits >= U{0x7f800000u})); }"),
  div_i32: call("fn div_i32(a: I, b: I) -> I { let quotient = a / select(b, I{1}, (b == I{0}) | (b == I{-1})); return select(select(quotient, -a, b == I{-1}), I{0}, b == I{0}); }"),
  div_u32: call("fn div_u32(a: U, b: U) -> U { return select(a / max(b, U{1u}), U{0u}, b == U{0u}); }"),
  rem_i32: call("fn rem_i32(a: I, b: I) -> I { return a % select(b, I{1}, (b == I{0}) | (b == I{-1})); }"),
  rem_u32: call("fn rem_u32(a: U, b: U) -> U { return a % max(b, U{1u}); }"),
  // From 2^31 and 2^32 on, saturated; NaN is 0.
  to_i32: call("fn to_i32(a: F) -> I { let bits = bitcast<U>(a); let extreme = select(select(I{2147483647}, I{i32(-2147483648)}, bits > U{0x7fffffffu}), I{0}, is_nan(a)); return select(I(a), extreme, (bits & U{0x7fffffffu}) >= U{0x4f000000u}); }", "is_nan"),
  to_u32: call("fn to_u32(a: F) -> U { let bits = bitcast<U>(a); let extreme = select(U{0xffffffffu}, U{0u}, is_nan(a) | (bits > U{0x7fffffffu})); return select(U(a), extreme, bits >= U{0x4f800000u}); }", "is_nan"),
};

/** Of each number of lanes the functions that are called. */
export type UsedFunctions = Readonly<Record<Lanes, ReadonlySet<FunctionName>>>;

/** What a function is called for so many lanes. */
export function nameOf(name: FunctionName, lanes: Lanes): string {
  return lanes === 1 ? name : `${name}_x4`;
}

const names = new RegExp(`\\b(${Object.keys(functions).join("|")})(?=\\()`, "g");

/** Their definitions, and those of what they call. */
export function defineFunctions(used: UsedFunctions): string[] {
  return ([1, 4] as const).flatMap((lanes) => {
    const all = new Set<FunctionName>();
    const take = (name: FunctionName): void => {
      if (all.has(name)) return;
      functions[name].calls.forEach(take);
      all.add(name);
    };
    used[lanes].forEach(take);
    return [...all].map((name) => ofLanes(functions[name].text.replaceAll(names, (called) => nameOf(called as FunctionName, lanes)), lanes));
  });
}
