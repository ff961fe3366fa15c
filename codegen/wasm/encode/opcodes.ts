// Opcode tables of the WebAssembly binary format (spec, "Instructions"), keyed by the names of its text format and
// split by the immediates that follow the opcode. Covers the MVP, sign extension, saturating truncation, SIMD, relaxed SIMD and a few
// atomics.

/** What is emitted for an instruction: its prefix byte (0 for none) and the opcode after it, as `prefix << 16 | opcode`. */
export type PackedOpcode = number;
/** A memory instruction's opcode and the log2 of its natural alignment. */
export type MemoryOpcode = readonly [opcode: PackedOpcode, alignment: number];

export const MISC_PREFIX = 0xfc;
export const SIMD_PREFIX = 0xfd;
export const ATOMIC_PREFIX = 0xfe;

const compareIntegers = "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u";
const compareFloats = "eq ne lt gt le ge";
const integers = "clz ctz popcnt add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u rotl rotr";
const floats = "abs neg ceil floor trunc nearest sqrt add sub mul div min max copysign";
const truncateFloats = "trunc_f32_s trunc_f32_u trunc_f64_s trunc_f64_u";
const convertIntegers = "convert_i32_s convert_i32_u convert_i64_s convert_i64_u";
const saturateFloats = "trunc_sat_f32_s trunc_sat_f32_u trunc_sat_f64_s trunc_sat_f64_u";
const floatLanes = "abs neg . sqrt add sub mul div min max pmin pmax";

/** Instructions without immediates, as runs: prefix, first opcode, type, and the names from there on; a dot is an opcode that is none. */
const runs = [
  [0, 0x45, "i32", `eqz ${compareIntegers}`], [0, 0x50, "i64", `eqz ${compareIntegers}`],
  [0, 0x5b, "f32", compareFloats], [0, 0x61, "f64", compareFloats],
  [0, 0x67, "i32", integers], [0, 0x79, "i64", integers],
  [0, 0x8b, "f32", floats], [0, 0x99, "f64", floats],
  [0, 0xa7, "i32", `wrap_i64 ${truncateFloats}`], [0, 0xac, "i64", `extend_i32_s extend_i32_u ${truncateFloats}`],
  [0, 0xb2, "f32", `${convertIntegers} demote_f64`], [0, 0xb7, "f64", `${convertIntegers} promote_f32`],
  [0, 0xbc, "i32", "reinterpret_f32"], [0, 0xbd, "i64", "reinterpret_f64"],
  [0, 0xbe, "f32", "reinterpret_i32"], [0, 0xbf, "f64", "reinterpret_i64"],
  [0, 0xc0, "i32", "extend8_s extend16_s"], [0, 0xc2, "i64", "extend8_s extend16_s extend32_s"],
  [MISC_PREFIX, 0, "i32", saturateFloats], [MISC_PREFIX, 4, "i64", saturateFloats],

  [SIMD_PREFIX, 14, "i8x16", "swizzle splat"], [SIMD_PREFIX, 16, "i16x8", "splat"], [SIMD_PREFIX, 17, "i32x4", "splat"],
  [SIMD_PREFIX, 18, "i64x2", "splat"], [SIMD_PREFIX, 19, "f32x4", "splat"], [SIMD_PREFIX, 20, "f64x2", "splat"],
  [SIMD_PREFIX, 35, "i8x16", compareIntegers], [SIMD_PREFIX, 45, "i16x8", compareIntegers], [SIMD_PREFIX, 55, "i32x4", compareIntegers],
  [SIMD_PREFIX, 65, "f32x4", compareFloats], [SIMD_PREFIX, 71, "f64x2", compareFloats],
  [SIMD_PREFIX, 77, "v128", "not and andnot or xor bitselect any_true"],
  [SIMD_PREFIX, 94, "f32x4", "demote_f64x2_zero"], [SIMD_PREFIX, 95, "f64x2", "promote_low_f32x4"],
  [SIMD_PREFIX, 96, "i8x16", "abs neg popcnt all_true bitmask narrow_i16x8_s narrow_i16x8_u"],
  [SIMD_PREFIX, 103, "f32x4", "ceil floor trunc nearest"],
  [SIMD_PREFIX, 107, "i8x16", "shl shr_s shr_u add add_sat_s add_sat_u sub sub_sat_s sub_sat_u"],
  [SIMD_PREFIX, 116, "f64x2", "ceil floor"], [SIMD_PREFIX, 118, "i8x16", "min_s min_u max_s max_u"],
  [SIMD_PREFIX, 122, "f64x2", "trunc"], [SIMD_PREFIX, 123, "i8x16", "avgr_u"],
  [SIMD_PREFIX, 124, "i16x8", "extadd_pairwise_i8x16_s extadd_pairwise_i8x16_u"],
  [SIMD_PREFIX, 126, "i32x4", "extadd_pairwise_i16x8_s extadd_pairwise_i16x8_u"],
  [SIMD_PREFIX, 128, "i16x8", "abs neg q15mulr_sat_s all_true bitmask narrow_i32x4_s narrow_i32x4_u"],
  [SIMD_PREFIX, 135, "i16x8", "extend_low_i8x16_s extend_high_i8x16_s extend_low_i8x16_u extend_high_i8x16_u"],
  [SIMD_PREFIX, 139, "i16x8", "shl shr_s shr_u add add_sat_s add_sat_u sub sub_sat_s sub_sat_u"],
  [SIMD_PREFIX, 148, "f64x2", "nearest"],
  [SIMD_PREFIX, 149, "i16x8", "mul min_s min_u max_s max_u . avgr_u"],
  [SIMD_PREFIX, 156, "i16x8", "extmul_low_i8x16_s extmul_high_i8x16_s extmul_low_i8x16_u extmul_high_i8x16_u"],
  [SIMD_PREFIX, 160, "i32x4", "abs neg . all_true bitmask"],
  [SIMD_PREFIX, 167, "i32x4", "extend_low_i16x8_s extend_high_i16x8_s extend_low_i16x8_u extend_high_i16x8_u"],
  [SIMD_PREFIX, 171, "i32x4", "shl shr_s shr_u add . . sub"],
  [SIMD_PREFIX, 181, "i32x4", "mul min_s min_u max_s max_u dot_i16x8_s"],
  [SIMD_PREFIX, 188, "i32x4", "extmul_low_i16x8_s extmul_high_i16x8_s extmul_low_i16x8_u extmul_high_i16x8_u"],
  [SIMD_PREFIX, 192, "i64x2", "abs neg . all_true bitmask"],
  [SIMD_PREFIX, 199, "i64x2", "extend_low_i32x4_s extend_high_i32x4_s extend_low_i32x4_u extend_high_i32x4_u"],
  [SIMD_PREFIX, 203, "i64x2", "shl shr_s shr_u add . . sub"],
  [SIMD_PREFIX, 213, "i64x2", "mul eq ne lt_s gt_s le_s ge_s"],
  [SIMD_PREFIX, 220, "i64x2", "extmul_low_i32x4_s extmul_high_i32x4_s extmul_low_i32x4_u extmul_high_i32x4_u"],
  [SIMD_PREFIX, 224, "f32x4", floatLanes], [SIMD_PREFIX, 236, "f64x2", floatLanes],
  [SIMD_PREFIX, 248, "i32x4", "trunc_sat_f32x4_s trunc_sat_f32x4_u"], [SIMD_PREFIX, 250, "f32x4", "convert_i32x4_s convert_i32x4_u"],
  [SIMD_PREFIX, 252, "i32x4", "trunc_sat_f64x2_s_zero trunc_sat_f64x2_u_zero"], [SIMD_PREFIX, 254, "f64x2", "convert_low_i32x4_s convert_low_i32x4_u"],

  // Relaxed: results may differ between machines.
  [SIMD_PREFIX, 256, "i8x16", "relaxed_swizzle"],
  [SIMD_PREFIX, 257, "i32x4", "relaxed_trunc_f32x4_s relaxed_trunc_f32x4_u relaxed_trunc_f64x2_s_zero relaxed_trunc_f64x2_u_zero"],
  [SIMD_PREFIX, 261, "f32x4", "relaxed_madd relaxed_nmadd"], [SIMD_PREFIX, 263, "f64x2", "relaxed_madd relaxed_nmadd"],
  [SIMD_PREFIX, 265, "i8x16", "relaxed_laneselect"], [SIMD_PREFIX, 266, "i16x8", "relaxed_laneselect"],
  [SIMD_PREFIX, 267, "i32x4", "relaxed_laneselect"], [SIMD_PREFIX, 268, "i64x2", "relaxed_laneselect"],
  [SIMD_PREFIX, 269, "f32x4", "relaxed_min relaxed_max"], [SIMD_PREFIX, 271, "f64x2", "relaxed_min relaxed_max"],
  [SIMD_PREFIX, 273, "i16x8", "relaxed_q15mulr_s relaxed_dot_i8x16_i7x16_s"], [SIMD_PREFIX, 275, "i32x4", "relaxed_dot_i8x16_i7x16_add_s"],
] as const;

type Words<Text extends string, Found = never> = Text extends `${infer Word} ${infer Rest}` ? Words<Rest, Found | Word> : Found | Text;
type NameIn<Run> = Run extends readonly [number, number, infer Type extends string, infer Names extends string] ? `${Type}.${Exclude<Words<Names>, ".">}` : never;

/** Instructions without immediates that name no type. */
const untyped = { "unreachable": 0x00, "nop": 0x01, "return": 0x0f, "drop": 0x1a, "select": 0x1b } as const;

/** One byte, then alignment and offset: [opcode, log2 of the natural alignment]. */
const byteMemoryOpcodes = {
  "i32.load": [0x28, 2], "i64.load": [0x29, 3], "f32.load": [0x2a, 2], "f64.load": [0x2b, 3], "i32.load8_s": [0x2c, 0],
  "i32.load8_u": [0x2d, 0], "i32.load16_s": [0x2e, 1], "i32.load16_u": [0x2f, 1], "i64.load8_s": [0x30, 0],
  "i64.load8_u": [0x31, 0], "i64.load16_s": [0x32, 1], "i64.load16_u": [0x33, 1], "i64.load32_s": [0x34, 2],
  "i64.load32_u": [0x35, 2], "i32.store": [0x36, 2], "i64.store": [0x37, 3], "f32.store": [0x38, 2],
  "f64.store": [0x39, 3], "i32.store8": [0x3a, 0], "i32.store16": [0x3b, 1], "i64.store8": [0x3c, 0],
  "i64.store16": [0x3d, 1], "i64.store32": [0x3e, 2],
} as const;

/** Prefix 0xfd, then alignment and offset. */
const simdMemoryOpcodes = {
  "v128.load": [0, 4], "v128.load8x8_s": [1, 3], "v128.load8x8_u": [2, 3], "v128.load16x4_s": [3, 3],
  "v128.load16x4_u": [4, 3], "v128.load32x2_s": [5, 3], "v128.load32x2_u": [6, 3], "v128.load8_splat": [7, 0],
  "v128.load16_splat": [8, 1], "v128.load32_splat": [9, 2], "v128.load64_splat": [10, 3], "v128.store": [11, 4],
  "v128.load32_zero": [92, 2], "v128.load64_zero": [93, 3],
} as const;

/** Prefix 0xfe, then alignment (which must be the natural one) and offset: what threads meet by. */
const atomicOpcodes = {
  "memory.atomic.notify": [0x00, 2], "memory.atomic.wait32": [0x01, 2],
  "i32.atomic.load": [0x10, 2], "i32.atomic.store": [0x17, 2],
  "i32.atomic.rmw.add": [0x1e, 2], "i32.atomic.rmw.sub": [0x25, 2], "i32.atomic.rmw.cmpxchg": [0x48, 2],
} as const;

/** Prefix 0xfd, then a lane index: [opcode, number of lanes]. */
export const laneOpcodes = {
  "i8x16.extract_lane_s": [21, 16], "i8x16.extract_lane_u": [22, 16], "i8x16.replace_lane": [23, 16],
  "i16x8.extract_lane_s": [24, 8], "i16x8.extract_lane_u": [25, 8], "i16x8.replace_lane": [26, 8],
  "i32x4.extract_lane": [27, 4], "i32x4.replace_lane": [28, 4], "i64x2.extract_lane": [29, 2],
  "i64x2.replace_lane": [30, 2], "f32x4.extract_lane": [31, 4], "f32x4.replace_lane": [32, 4],
  "f64x2.extract_lane": [33, 2], "f64x2.replace_lane": [34, 2],
} as const;

/** Prefix 0xfd, then alignment, offset and a lane index: [opcode, log2 of the natural alignment]. */
export const laneMemoryOpcodes = {
  "v128.load8_lane": [84, 0], "v128.load16_lane": [85, 1], "v128.load32_lane": [86, 2], "v128.load64_lane": [87, 3],
  "v128.store8_lane": [88, 0], "v128.store16_lane": [89, 1], "v128.store32_lane": [90, 2],
  "v128.store64_lane": [91, 3],
} as const;

function prefixedMemory<K extends string>(prefix: number, table: Readonly<Record<K, MemoryOpcode>>): Record<K, MemoryOpcode> {
  const packed = {} as Record<K, MemoryOpcode>;
  for (const name in table) packed[name] = [(prefix << 16) | table[name][0], table[name][1]];
  return packed;
}

/** Instructions without immediates. */
export type PlainOp = keyof typeof untyped | NameIn<(typeof runs)[number]>;
export type AtomicOp = keyof typeof atomicOpcodes;
export type StoreOp = Extract<keyof typeof byteMemoryOpcodes | keyof typeof simdMemoryOpcodes, `${string}.store${string}`>;
export type LoadOp = Exclude<keyof typeof byteMemoryOpcodes | keyof typeof simdMemoryOpcodes, StoreOp>;
/** Loads, stores and atomic accesses: an alignment and an offset follow. */
export type MemoryOp = LoadOp | StoreOp | AtomicOp;
/** Lane extraction and replacement: a lane index follows. */
export type LaneOp = keyof typeof laneOpcodes;
/** Loads and stores of one lane: an alignment, an offset and a lane index follow. */
export type LaneMemoryOp = keyof typeof laneMemoryOpcodes;

export const plainOpcodes = Object.fromEntries([
  ...Object.entries(untyped),
  ...runs.flatMap(([prefix, first, type, names]) => names.split(" ").flatMap((name, i) => (name === "." ? [] : [[`${type}.${name}`, (prefix << 16) | (first + i)] as const]))),
]) as Readonly<Record<PlainOp, PackedOpcode>>;

export const memoryOpcodes: Readonly<Record<MemoryOp, MemoryOpcode>> = {
  ...byteMemoryOpcodes,
  ...prefixedMemory(SIMD_PREFIX, simdMemoryOpcodes),
  ...prefixedMemory(ATOMIC_PREFIX, atomicOpcodes),
};
