// Opcode tables of the WebAssembly binary format (spec, "Instructions"), keyed by the names of its text format and
// split by the immediates that follow the opcode. Sub-opcodes of the prefixes 0xfc, 0xfd and 0xfe count from zero again.
// Covers the MVP, sign extension, saturating truncation, SIMD, relaxed SIMD and a few atomics.

/** What is emitted for an instruction: its prefix byte (0 for none) and the opcode after it, as `prefix << 16 | opcode`. */
export type PackedOpcode = number;
/** A memory instruction's opcode and the log2 of its natural alignment. */
export type MemoryOpcode = readonly [opcode: PackedOpcode, alignment: number];

export const MISC_PREFIX = 0xfc;
export const SIMD_PREFIX = 0xfd;
export const ATOMIC_PREFIX = 0xfe;

type Words<S extends string, Seen = never> = S extends `${infer Word} ${infer Rest}` ? Words<Rest, Seen | Word> : Seen | S;

/** Instructions whose opcodes follow one another. */
function run<S extends string>(prefix: number, first: number, names: S): Record<Words<S> & string, PackedOpcode> {
  return Object.fromEntries(names.split(" ").map((name, i) => [name, (prefix << 16) | (first + i)])) as Record<Words<S> & string, PackedOpcode>;
}

/** No immediates. */
export const plainOpcodes = {
  // One byte.
  ...run(0, 0x00, "unreachable nop"),
  ...run(0, 0x0f, "return"),
  ...run(0, 0x1a, "drop select"),
  ...run(0, 0x45, "i32.eqz i32.eq i32.ne i32.lt_s i32.lt_u i32.gt_s i32.gt_u i32.le_s i32.le_u i32.ge_s i32.ge_u i64.eqz i64.eq i64.ne i64.lt_s"),
  ...run(0, 0x54, "i64.lt_u i64.gt_s i64.gt_u i64.le_s i64.le_u i64.ge_s i64.ge_u f32.eq f32.ne f32.lt f32.gt f32.le f32.ge f64.eq f64.ne f64.lt"),
  ...run(0, 0x64, "f64.gt f64.le f64.ge i32.clz i32.ctz i32.popcnt i32.add i32.sub i32.mul i32.div_s i32.div_u i32.rem_s i32.rem_u i32.and"),
  ...run(0, 0x72, "i32.or i32.xor i32.shl i32.shr_s i32.shr_u i32.rotl i32.rotr i64.clz i64.ctz i64.popcnt i64.add i64.sub i64.mul i64.div_s"),
  ...run(0, 0x80, "i64.div_u i64.rem_s i64.rem_u i64.and i64.or i64.xor i64.shl i64.shr_s i64.shr_u i64.rotl i64.rotr f32.abs f32.neg f32.ceil"),
  ...run(0, 0x8e, "f32.floor f32.trunc f32.nearest f32.sqrt f32.add f32.sub f32.mul f32.div f32.min f32.max f32.copysign f64.abs f64.neg"),
  ...run(0, 0x9b, "f64.ceil f64.floor f64.trunc f64.nearest f64.sqrt f64.add f64.sub f64.mul f64.div f64.min f64.max f64.copysign i32.wrap_i64"),
  ...run(0, 0xa8, "i32.trunc_f32_s i32.trunc_f32_u i32.trunc_f64_s i32.trunc_f64_u i64.extend_i32_s i64.extend_i32_u i64.trunc_f32_s"),
  ...run(0, 0xaf, "i64.trunc_f32_u i64.trunc_f64_s i64.trunc_f64_u f32.convert_i32_s f32.convert_i32_u f32.convert_i64_s f32.convert_i64_u"),
  ...run(0, 0xb6, "f32.demote_f64 f64.convert_i32_s f64.convert_i32_u f64.convert_i64_s f64.convert_i64_u f64.promote_f32 i32.reinterpret_f32"),
  ...run(0, 0xbd, "i64.reinterpret_f64 f32.reinterpret_i32 f64.reinterpret_i64 i32.extend8_s i32.extend16_s i64.extend8_s i64.extend16_s"),
  ...run(0, 0xc4, "i64.extend32_s"),

  // Saturating truncation.
  ...run(MISC_PREFIX, 0, "i32.trunc_sat_f32_s i32.trunc_sat_f32_u i32.trunc_sat_f64_s i32.trunc_sat_f64_u i64.trunc_sat_f32_s i64.trunc_sat_f32_u"),
  ...run(MISC_PREFIX, 6, "i64.trunc_sat_f64_s i64.trunc_sat_f64_u"),

  // SIMD.
  ...run(SIMD_PREFIX, 14, "i8x16.swizzle i8x16.splat i16x8.splat i32x4.splat i64x2.splat f32x4.splat f64x2.splat"),
  ...run(SIMD_PREFIX, 35, "i8x16.eq i8x16.ne i8x16.lt_s i8x16.lt_u i8x16.gt_s i8x16.gt_u i8x16.le_s i8x16.le_u i8x16.ge_s i8x16.ge_u i16x8.eq i16x8.ne"),
  ...run(SIMD_PREFIX, 47, "i16x8.lt_s i16x8.lt_u i16x8.gt_s i16x8.gt_u i16x8.le_s i16x8.le_u i16x8.ge_s i16x8.ge_u i32x4.eq i32x4.ne i32x4.lt_s"),
  ...run(SIMD_PREFIX, 58, "i32x4.lt_u i32x4.gt_s i32x4.gt_u i32x4.le_s i32x4.le_u i32x4.ge_s i32x4.ge_u f32x4.eq f32x4.ne f32x4.lt f32x4.gt f32x4.le"),
  ...run(SIMD_PREFIX, 70, "f32x4.ge f64x2.eq f64x2.ne f64x2.lt f64x2.gt f64x2.le f64x2.ge v128.not v128.and v128.andnot v128.or v128.xor v128.bitselect"),
  ...run(SIMD_PREFIX, 83, "v128.any_true"),
  ...run(SIMD_PREFIX, 94, "f32x4.demote_f64x2_zero f64x2.promote_low_f32x4 i8x16.abs i8x16.neg i8x16.popcnt i8x16.all_true i8x16.bitmask"),
  ...run(SIMD_PREFIX, 101, "i8x16.narrow_i16x8_s i8x16.narrow_i16x8_u f32x4.ceil f32x4.floor f32x4.trunc f32x4.nearest i8x16.shl i8x16.shr_s i8x16.shr_u"),
  ...run(SIMD_PREFIX, 110, "i8x16.add i8x16.add_sat_s i8x16.add_sat_u i8x16.sub i8x16.sub_sat_s i8x16.sub_sat_u f64x2.ceil f64x2.floor i8x16.min_s"),
  ...run(SIMD_PREFIX, 119, "i8x16.min_u i8x16.max_s i8x16.max_u f64x2.trunc i8x16.avgr_u i16x8.extadd_pairwise_i8x16_s i16x8.extadd_pairwise_i8x16_u"),
  ...run(SIMD_PREFIX, 126, "i32x4.extadd_pairwise_i16x8_s i32x4.extadd_pairwise_i16x8_u i16x8.abs i16x8.neg i16x8.q15mulr_sat_s i16x8.all_true"),
  ...run(SIMD_PREFIX, 132, "i16x8.bitmask i16x8.narrow_i32x4_s i16x8.narrow_i32x4_u i16x8.extend_low_i8x16_s i16x8.extend_high_i8x16_s"),
  ...run(SIMD_PREFIX, 137, "i16x8.extend_low_i8x16_u i16x8.extend_high_i8x16_u i16x8.shl i16x8.shr_s i16x8.shr_u i16x8.add i16x8.add_sat_s"),
  ...run(SIMD_PREFIX, 144, "i16x8.add_sat_u i16x8.sub i16x8.sub_sat_s i16x8.sub_sat_u f64x2.nearest i16x8.mul i16x8.min_s i16x8.min_u i16x8.max_s"),
  ...run(SIMD_PREFIX, 153, "i16x8.max_u"),
  ...run(SIMD_PREFIX, 155, "i16x8.avgr_u i16x8.extmul_low_i8x16_s i16x8.extmul_high_i8x16_s i16x8.extmul_low_i8x16_u i16x8.extmul_high_i8x16_u i32x4.abs"),
  ...run(SIMD_PREFIX, 161, "i32x4.neg"),
  ...run(SIMD_PREFIX, 163, "i32x4.all_true i32x4.bitmask"),
  ...run(SIMD_PREFIX, 167, "i32x4.extend_low_i16x8_s i32x4.extend_high_i16x8_s i32x4.extend_low_i16x8_u i32x4.extend_high_i16x8_u i32x4.shl i32x4.shr_s"),
  ...run(SIMD_PREFIX, 173, "i32x4.shr_u i32x4.add"),
  ...run(SIMD_PREFIX, 177, "i32x4.sub"),
  ...run(SIMD_PREFIX, 181, "i32x4.mul i32x4.min_s i32x4.min_u i32x4.max_s i32x4.max_u i32x4.dot_i16x8_s"),
  ...run(SIMD_PREFIX, 188, "i32x4.extmul_low_i16x8_s i32x4.extmul_high_i16x8_s i32x4.extmul_low_i16x8_u i32x4.extmul_high_i16x8_u i64x2.abs i64x2.neg"),
  ...run(SIMD_PREFIX, 195, "i64x2.all_true i64x2.bitmask"),
  ...run(SIMD_PREFIX, 199, "i64x2.extend_low_i32x4_s i64x2.extend_high_i32x4_s i64x2.extend_low_i32x4_u i64x2.extend_high_i32x4_u i64x2.shl i64x2.shr_s"),
  ...run(SIMD_PREFIX, 205, "i64x2.shr_u i64x2.add"),
  ...run(SIMD_PREFIX, 209, "i64x2.sub"),
  ...run(SIMD_PREFIX, 213, "i64x2.mul i64x2.eq i64x2.ne i64x2.lt_s i64x2.gt_s i64x2.le_s i64x2.ge_s i64x2.extmul_low_i32x4_s i64x2.extmul_high_i32x4_s"),
  ...run(SIMD_PREFIX, 222, "i64x2.extmul_low_i32x4_u i64x2.extmul_high_i32x4_u f32x4.abs f32x4.neg"),
  ...run(SIMD_PREFIX, 227, "f32x4.sqrt f32x4.add f32x4.sub f32x4.mul f32x4.div f32x4.min f32x4.max f32x4.pmin f32x4.pmax f64x2.abs f64x2.neg"),
  ...run(SIMD_PREFIX, 239, "f64x2.sqrt f64x2.add f64x2.sub f64x2.mul f64x2.div f64x2.min f64x2.max f64x2.pmin f64x2.pmax i32x4.trunc_sat_f32x4_s"),
  ...run(SIMD_PREFIX, 249, "i32x4.trunc_sat_f32x4_u f32x4.convert_i32x4_s f32x4.convert_i32x4_u i32x4.trunc_sat_f64x2_s_zero i32x4.trunc_sat_f64x2_u_zero"),
  ...run(SIMD_PREFIX, 254, "f64x2.convert_low_i32x4_s f64x2.convert_low_i32x4_u i8x16.relaxed_swizzle i32x4.relaxed_trunc_f32x4_s"),

  // Relaxed SIMD: results may differ between machines.
  ...run(SIMD_PREFIX, 258, "i32x4.relaxed_trunc_f32x4_u i32x4.relaxed_trunc_f64x2_s_zero i32x4.relaxed_trunc_f64x2_u_zero f32x4.relaxed_madd"),
  ...run(SIMD_PREFIX, 262, "f32x4.relaxed_nmadd f64x2.relaxed_madd f64x2.relaxed_nmadd i8x16.relaxed_laneselect i16x8.relaxed_laneselect"),
  ...run(SIMD_PREFIX, 267, "i32x4.relaxed_laneselect i64x2.relaxed_laneselect f32x4.relaxed_min f32x4.relaxed_max f64x2.relaxed_min f64x2.relaxed_max"),
  ...run(SIMD_PREFIX, 273, "i16x8.relaxed_q15mulr_s i16x8.relaxed_dot_i8x16_i7x16_s i32x4.relaxed_dot_i8x16_i7x16_add_s"),
};

/** Instructions without immediates. */
export type PlainOp = keyof typeof plainOpcodes;

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

export type AtomicOp = keyof typeof atomicOpcodes;
export type StoreOp = Extract<keyof typeof byteMemoryOpcodes | keyof typeof simdMemoryOpcodes, `${string}.store${string}`>;
export type LoadOp = Exclude<keyof typeof byteMemoryOpcodes | keyof typeof simdMemoryOpcodes, StoreOp>;
/** Loads, stores and atomic accesses: an alignment and an offset follow. */
export type MemoryOp = LoadOp | StoreOp | AtomicOp;
/** Lane extraction and replacement: a lane index follows. */
export type LaneOp = keyof typeof laneOpcodes;
/** Loads and stores of one lane: an alignment, an offset and a lane index follow. */
export type LaneMemoryOp = keyof typeof laneMemoryOpcodes;

export const memoryOpcodes: Readonly<Record<MemoryOp, MemoryOpcode>> = {
  ...byteMemoryOpcodes,
  ...prefixedMemory(SIMD_PREFIX, simdMemoryOpcodes),
  ...prefixedMemory(ATOMIC_PREFIX, atomicOpcodes),
};
