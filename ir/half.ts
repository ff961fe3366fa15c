// Halves (IEEE 754 binary16) on the host. There an f16 tensor is a Float32Array whose elements are halves: every engine has one, and every half is an f32.

const single = new Float32Array(1);
const singleBits = new Uint32Array(single.buffer);

/** The half nearest to it, ties to even; infinite from 65,520 on. */
export function roundToHalf(value: number): number {
  single[0] = value;
  const exponent = Math.max((singleBits[0]! >>> 23 & 255) - 127, -14);
  // Doubles of this size are as far apart as halves of the value's.
  const large = 1.5 * 2 ** (exponent + 42);
  const rounded = value + large - large;
  return Math.abs(rounded) > 65504 ? rounded * Infinity : rounded === 0 ? value * 0 : rounded;
}

/** The nearest halves as they lie in files and on devices: two bytes each. */
export function packHalves(values: Float32Array): Uint16Array<ArrayBuffer> {
  return Uint16Array.from(values, (value) => {
    single[0] = roundToHalf(value);
    const bits = singleBits[0]!;
    const sign = bits >>> 16 & 0x8000;
    const magnitude = Math.abs(single[0]);
    if (!(magnitude < Infinity)) return sign | (magnitude === Infinity ? 0x7c00 : 0x7e00);
    return sign | (magnitude < 2 ** -14 ? magnitude * 2 ** 24 : (bits >>> 13 & 0x3ffff) - 0x1c000);
  });
}

export function unpackHalves(halves: Uint16Array): Float32Array<ArrayBuffer> {
  return Float32Array.from(halves, (bits) => {
    const [sign, exponent, fraction] = [bits >> 15 === 0 ? 1 : -1, bits >> 10 & 31, bits & 1023];
    if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
    return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
  });
}
