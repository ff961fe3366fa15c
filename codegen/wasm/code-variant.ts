// What a module's code may rely on beyond WebAssembly 2.0, and whether it may trade bits for speed.

export interface CodeVariant {
  /** Fused multiply-add of relaxed SIMD, where it is faster: the last bits depend on the machine. */
  readonly relaxed: boolean;
  /** The engine joins pairs of 128-bit operations into 256-bit ones: tiles are twice as wide. The bits stay the same. */
  readonly wide: boolean;
}

/** What runs everywhere, with the same bits. */
export const strict: CodeVariant = { relaxed: false, wide: false };
