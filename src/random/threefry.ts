// Threefry-2x32 with 20 rounds (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", 2011):
// random bits as a pure function of a key and a counter. Checked against the authors' known answers.

const rotations = [13, 15, 26, 6, 17, 29, 16, 24] as const;
const parity = 0x1bd11bda;

/** Two words of random bits for one counter. */
export function threefry2x32(key: readonly [number, number], counter: readonly [number, number]): [number, number] {
  const keys = [key[0] | 0, key[1] | 0, key[0] ^ key[1] ^ parity] as const;
  let x0 = (counter[0] + keys[0]) | 0;
  let x1 = (counter[1] + keys[1]) | 0;
  for (let round = 0; round < 20; round++) {
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

/** The key of a seed: an integer of up to 53 bits. */
export function keyOfSeed(seed: number): [number, number] {
  return [Math.floor(seed / 2 ** 32) >>> 0, seed >>> 0];
}

/** `count` words: the two halves of counters 0, 1, 2, ... */
export function randomBits(seed: number, count: number): Uint32Array {
  const key = keyOfSeed(seed);
  const words = new Uint32Array(count);
  for (let i = 0; i < count; i += 2) {
    const [a, b] = threefry2x32(key, [0, i >>> 1]);
    words[i] = a;
    if (i + 1 < count) words[i + 1] = b;
  }
  return words;
}

/** Uniform on [0, 1): multiples of 2^-24. */
export function uniformBits(word: number): number {
  return (word >>> 8) * 2 ** -24;
}

/** `count` draws from the standard normal distribution (Box and Muller's transform of pairs of words). */
export function randomNormal(seed: number, count: number): Float64Array {
  const words = randomBits(seed, count + (count & 1));
  const draws = new Float64Array(count);
  for (let i = 0; i < count; i += 2) {
    // 1 - u is in (0, 1], so that the logarithm is finite.
    const radius = Math.sqrt(-2 * Math.log(1 - uniformBits(words[i]!)));
    const angle = 2 * Math.PI * uniformBits(words[i + 1]!);
    draws[i] = radius * Math.cos(angle);
    if (i + 1 < count) draws[i + 1] = radius * Math.sin(angle);
  }
  return draws;
}
