// Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", 2011):
// random bits as a pure function of a key and a counter.

/** Rotations of the rounds, eight at a time, and the word that completes the key. */
export const rotations = [13, 15, 26, 6, 17, 29, 16, 24] as const;
export const keyParity = 0x1bd11bda;
export const rounds = 20;

/** Two words of random bits for one counter. */
export function threefry2x32(key0: number, key1: number, counter0: number, counter1: number): [number, number] {
  const keys = [key0 | 0, key1 | 0, key0 ^ key1 ^ keyParity] as const;
  let x0 = (counter0 + keys[0]) | 0;
  let x1 = (counter1 + keys[1]) | 0;
  for (let round = 0; round < rounds; round++) {
    const rotation = rotations[round % 8]!;
    x0 = (x0 + x1) | 0;
    x1 = ((x1 << rotation) | (x1 >>> (32 - rotation))) ^ x0;
    if (round % 4 === 3) {
      const step = (round + 1) / 4;
      x0 = (x0 + keys[step % 3]!) | 0;
      x1 = (x1 + keys[(step + 1) % 3]! + step) | 0;
    }
  }
  return [x0 >>> 0, x1 >>> 0];
}
