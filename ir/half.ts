// Halves (IEEE 754 binary16) on the host. There an f16 tensor is a Float32Array whose elements are halves: every engine has one, and every half is an f32.

const single = new Float32Array(1);
const singleBits = new Uint32Array(single.buffer);

/** Between the biases of the exponents: the bits of a half, shifted, are those of an f32 that is so many times less. */
const scale = 2 ** 112;

/** The half nearest to it, ties to even; infinite from 65,520 on. */
export function roundToHalf(value: number): number {
  single[0] = value;
  const exponent = Math.max((singleBits[0]! >>> 23 & 255) - 127, -14);
  // Doubles of this size are as far apart as halves of the value's.
  const large = 1.5 * 2 ** (exponent + 42);
  const rounded = value + large - large;
  return Math.abs(rounded) > 65504 ? rounded * Infinity : rounded === 0 ? value * 0 : rounded;
}

/** The nearest halves as they lie in files and on devices: two bytes each. Zeros follow, up to the length. */
export function packHalves(values: Float32Array, length = values.length): Uint16Array<ArrayBuffer> {
  const halves = new Uint16Array(length);
  values.forEach((value, i) => {
    const half = roundToHalf(value);
    single[0] = half / scale;
    const bits = singleBits[0]!;
    halves[i] = bits >>> 16 & 0x8000 | (Math.abs(half) < Infinity ? bits >>> 13 & 0x7fff : half === half ? 0x7c00 : 0x7e00);
  });
  return halves;
}

export function unpackHalves(halves: Uint16Array): Float32Array<ArrayBuffer> {
  return Float32Array.from(halves, (bits) => {
    singleBits[0] = (bits & 0x7fff) << 13;
    const magnitude = single[0]! * scale;
    return (bits >> 15 ? -1 : 1) * (magnitude < 65536 ? magnitude : bits & 1023 ? Number.NaN : Infinity);
  });
}
