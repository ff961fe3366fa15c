// Halves on the host: rounding and bytes against the definition of binary16, worked out in integers.

import fc from "fast-check";
import { expect, test } from "vitest";
import { packHalves, roundToHalf, unpackHalves } from "../../ir/half.ts";

const bits = Uint16Array.from({ length: 65536 }, (_, i) => i);

/** (-1)^s 2^(e - 25) (1024 + f), and f 2^-24 where e is 0. */
function valueOf(half: number): number {
  const [sign, exponent, fraction] = [half >> 15, half >> 10 & 31, half & 1023];
  const magnitude = exponent === 31 ? (fraction === 0 ? Infinity : Number.NaN) : exponent === 0 ? fraction / 2 ** 24 : (1024 + fraction) * 2 ** exponent / 2 ** 25;
  return sign === 1 ? -magnitude : magnitude;
}

test("every half is unpacked, packed again and its own nearest", () => {
  const values = unpackHalves(bits);
  bits.forEach((half, i) => expect(values[i]).toBe(valueOf(half)));
  const isNumber = (half: number): boolean => (half & 0x7fff) <= 0x7c00;
  expect(packHalves(values).filter((_, i) => isNumber(i))).toEqual(bits.filter(isNumber));
  expect([...packHalves(values).filter((_, i) => !isNumber(i))].every((half) => !isNumber(half))).toBe(true);
  values.forEach((value) => expect(roundToHalf(value)).toBe(value));
});

test("between two halves the nearer one, in the middle the even one", () => {
  for (let half = 0; half < 0x7c00; half++) {
    // The middle before infinity is where the next half would be.
    const [below, above] = [valueOf(half), half === 0x7bff ? 65536 : valueOf(half + 1)];
    const middle = (below + above) / 2;
    const next = half === 0x7bff ? Infinity : above;
    for (const sign of [1, -1]) {
      expect(roundToHalf(sign * middle)).toBe(sign * (half % 2 === 0 ? below : next));
      expect(roundToHalf(sign * (middle - middle * 2 ** -40))).toBe(sign * below);
      expect(roundToHalf(sign * (middle + middle * 2 ** -40))).toBe(sign * next);
    }
  }
});

test("nothing lies nearer to a number than the half it is rounded to", () => {
  fc.assert(fc.property(fc.double({ min: -65519, max: 65519, noNaN: true }), (value) => {
    const rounded = roundToHalf(value);
    const [half] = packHalves(Float32Array.of(rounded));
    for (const neighbour of [half! - 1, half! + 1].map((other) => valueOf(other & 0xffff)).filter(Number.isFinite)) {
      expect(Math.abs(rounded - value)).toBeLessThanOrEqual(Math.abs(neighbour - value));
    }
  }));
});

test("what is no half keeps its kind", () => {
  expect([65520, -65520, 1e300, Infinity, -Infinity].map(roundToHalf)).toEqual([Infinity, -Infinity, Infinity, Infinity, -Infinity]);
  expect(roundToHalf(Number.NaN)).toBeNaN();
  expect([0, -0, 2 ** -25, -(2 ** -25), 2 ** -25 * 1.001].map(roundToHalf)).toEqual([0, -0, 0, -0, 2 ** -24]);
});
