// Opcode tables of the WebAssembly binary format (spec, "Instructions"), keyed by the names of its text format and
// split by the immediates that follow the opcode. Sub-opcodes of the prefixes 0xfc, 0xfd and 0xfe count from zero again.
// Only what some emitter writes: a page loads this table.

/** What is emitted for an instruction: its prefix byte (0 for none) and the opcode after it, as `prefix << 16 | opcode`. */
export type PackedOpcode = number;
/** A memory instruction's opcode and the log2 of its natural alignment. */
export type MemoryOpcode = readonly [opcode: PackedOpcode, alignment: number];

export const MISC_PREFIX = 0xfc;
export const SIMD_PREFIX = 0xfd;
export const ATOMIC_PREFIX = 0xfe;

type Words<S extends string, Seen = never> = S extends `${infer Word} ${infer Rest}` ? Words<Rest, Seen | Word> : Seen | S;
type Names<Type extends string, S extends string> = Type extends "" ? Words<S> & string : `${Type}.${Words<S> & string}`;

/** Instructions of one type whose opcodes follow one another. */
function run<Type extends string, S extends string>(prefix: number, first: number, type: Type, names: S): Record<Names<Type, S>, PackedOpcode> {
  const entries = names.split(" ").map((name, i) => [type === "" ? name : `${type}.${name}`, (prefix << 16) | (first + i)]);
  return Object.fromEntries(entries) as Record<Names<Type, S>, PackedOpcode>;
}

/** No immediates. */
export const plainOpcodes = {
  // One byte.
  ...run(0, 0x00, "", "unreachable"),
  ...run(0, 0x0f, "", "return"),
  ...run(0, 0x1a, "", "drop select"),
  ...run(0, 0x45, "i32", "eqz eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u"),
  ...run(0, 0x50, "i64", "eqz eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u"),
  ...run(0, 0x5b, "f32", "eq ne lt gt le ge"),
  ...run(0, 0x61, "f64", "eq ne lt gt le ge"),
  ...run(0, 0x6a, "i32", "add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u"),
  ...run(0, 0x7c, "i64", "add sub mul div_s div_u rem_s rem_u and or xor shl shr_s shr_u"),
  ...run(0, 0x8b, "f32", "abs neg ceil floor trunc nearest sqrt add sub mul div min max copysign"),
  ...run(0, 0x99, "f64", "abs neg ceil floor trunc nearest sqrt add sub mul div min max copysign"),
  ...run(0, 0xa7, "i32", "wrap_i64"),
  ...run(0, 0xac, "i64", "extend_i32_s extend_i32_u"),
  ...run(0, 0xb2, "f32", "convert_i32_s convert_i32_u convert_i64_s convert_i64_u demote_f64"),
  ...run(0, 0xb7, "f64", "convert_i32_s convert_i32_u convert_i64_s convert_i64_u promote_f32"),
  ...run(0, 0xbc, "i32", "reinterpret_f32"),
  ...run(0, 0xbd, "i64", "reinterpret_f64"),
  ...run(0, 0xbe, "f32", "reinterpret_i32"),
  ...run(0, 0xbf, "f64", "reinterpret_i64"),
  ...run(0, 0xc0, "i32", "extend8_s"),

  // Saturating truncation.
  ...run(MISC_PREFIX, 0, "i32", "trunc_sat_f32_s trunc_sat_f32_u trunc_sat_f64_s trunc_sat_f64_u"),
  ...run(MISC_PREFIX, 4, "i64", "trunc_sat_f32_s trunc_sat_f32_u trunc_sat_f64_s trunc_sat_f64_u"),

  // SIMD.
  ...run(SIMD_PREFIX, 17, "i32x4", "splat"),
  ...run(SIMD_PREFIX, 18, "i64x2", "splat"),
  ...run(SIMD_PREFIX, 19, "f32x4", "splat"),
  ...run(SIMD_PREFIX, 20, "f64x2", "splat"),
  ...run(SIMD_PREFIX, 55, "i32x4", "eq ne lt_s lt_u gt_s gt_u le_s le_u ge_s ge_u"),
  ...run(SIMD_PREFIX, 65, "f32x4", "eq ne lt gt le ge"),
  ...run(SIMD_PREFIX, 71, "f64x2", "eq ne lt gt le ge"),
  ...run(SIMD_PREFIX, 77, "v128", "not and"),
  ...run(SIMD_PREFIX, 80, "v128", "or xor bitselect"),
  ...run(SIMD_PREFIX, 94, "f32x4", "demote_f64x2_zero"),
  ...run(SIMD_PREFIX, 95, "f64x2", "promote_low_f32x4"),
  ...run(SIMD_PREFIX, 103, "f32x4", "ceil floor trunc nearest"),
  ...run(SIMD_PREFIX, 116, "f64x2", "ceil floor"),
  ...run(SIMD_PREFIX, 122, "f64x2", "trunc"),
  ...run(SIMD_PREFIX, 135, "i16x8", "extend_low_i8x16_s"),
  ...run(SIMD_PREFIX, 137, "i16x8", "extend_low_i8x16_u"),
  ...run(SIMD_PREFIX, 148, "f64x2", "nearest"),
  ...run(SIMD_PREFIX, 160, "i32x4", "abs neg"),
  ...run(SIMD_PREFIX, 167, "i32x4", "extend_low_i16x8_s"),
  ...run(SIMD_PREFIX, 169, "i32x4", "extend_low_i16x8_u"),
  ...run(SIMD_PREFIX, 171, "i32x4", "shl shr_s shr_u add"),
  ...run(SIMD_PREFIX, 177, "i32x4", "sub"),
  ...run(SIMD_PREFIX, 181, "i32x4", "mul min_s min_u max_s max_u"),
  ...run(SIMD_PREFIX, 192, "i64x2", "abs neg"),
  ...run(SIMD_PREFIX, 199, "i64x2", "extend_low_i32x4_s extend_high_i32x4_s extend_low_i32x4_u extend_high_i32x4_u shl shr_s shr_u add"),
  ...run(SIMD_PREFIX, 209, "i64x2", "sub"),
  ...run(SIMD_PREFIX, 213, "i64x2", "mul eq ne lt_s gt_s le_s ge_s"),
  ...run(SIMD_PREFIX, 224, "f32x4", "abs neg"),
  ...run(SIMD_PREFIX, 227, "f32x4", "sqrt add sub mul div min max pmin pmax"),
  ...run(SIMD_PREFIX, 236, "f64x2", "abs neg"),
  ...run(SIMD_PREFIX, 239, "f64x2", "sqrt add sub mul div min max pmin pmax"),
  ...run(SIMD_PREFIX, 248, "i32x4", "trunc_sat_f32x4_s trunc_sat_f32x4_u"),
  ...run(SIMD_PREFIX, 250, "f32x4", "convert_i32x4_s convert_i32x4_u"),
  ...run(SIMD_PREFIX, 252, "i32x4", "trunc_sat_f64x2_s_zero trunc_sat_f64x2_u_zero"),
  ...run(SIMD_PREFIX, 254, "f64x2", "convert_low_i32x4_s convert_low_i32x4_u"),

  // Relaxed SIMD: results may differ between machines.
  ...run(SIMD_PREFIX, 261, "f32x4", "relaxed_madd relaxed_nmadd"),
  ...run(SIMD_PREFIX, 263, "f64x2", "relaxed_madd relaxed_nmadd"),
};

/** Instructions without immediates. */
export type PlainOp = keyof typeof plainOpcodes;

/** One byte, then alignment and offset: [opcode, log2 of the natural alignment]. */
const byteMemoryOpcodes = {
  "i32.load": [0x28, 2], "i64.load": [0x29, 3], "f32.load": [0x2a, 2], "f64.load": [0x2b, 3], "i32.load8_s": [0x2c, 0],
  "i32.load8_u": [0x2d, 0], "i32.store": [0x36, 2], "i64.store": [0x37, 3], "f32.store": [0x38, 2], "f64.store": [0x39, 3],
  "i32.store8": [0x3a, 0],
} as const;

/** Prefix 0xfd, then alignment and offset. */
const simdMemoryOpcodes = {
  "v128.load": [0, 4], "v128.load32_splat": [9, 2], "v128.load64_splat": [10, 3], "v128.store": [11, 4], "v128.load32_zero": [92, 2], "v128.load64_zero": [93, 3],
} as const;

/** Prefix 0xfe, then alignment (which must be the natural one) and offset: what threads meet by. */
const atomicOpcodes = {
  "memory.atomic.notify": [0x00, 2], "memory.atomic.wait32": [0x01, 2],
  "i32.atomic.load": [0x10, 2], "i32.atomic.store": [0x17, 2],
  "i32.atomic.rmw.add": [0x1e, 2], "i32.atomic.rmw.sub": [0x25, 2], "i32.atomic.rmw.cmpxchg": [0x48, 2],
} as const;

/** Prefix 0xfd, then a lane index: [opcode, number of lanes]. */
export const laneOpcodes = {
  "i32x4.extract_lane": [27, 4], "i32x4.replace_lane": [28, 4], "i64x2.extract_lane": [29, 2],
  "i64x2.replace_lane": [30, 2], "f32x4.extract_lane": [31, 4], "f32x4.replace_lane": [32, 4],
  "f64x2.extract_lane": [33, 2], "f64x2.replace_lane": [34, 2],
} as const;

/** Prefix 0xfd, then alignment, offset and a lane index: [opcode, log2 of the natural alignment]. */
export const laneMemoryOpcodes = {
  "v128.load32_lane": [86, 2], "v128.load64_lane": [87, 3], "v128.store8_lane": [88, 0], "v128.store32_lane": [90, 2],
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
