// Seeded random numbers and orders: the same seed gives the same ones everywhere.

/** Numbers in [0, 1) from a 32-bit xorshift (Marsaglia, 2003). */
export function seededRandom(seed: number): () => number {
  // Zero would stay zero.
  let state = Math.imul(seed + 1, 0x9e3779b1) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Fisher and Yates, in place. */
export function shuffle(order: Uint32Array, random: () => number): void {
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
}
