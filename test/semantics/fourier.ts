// The section "Fourier transforms".

import { constant } from "damo";
import { rfft } from "damo/fft";
import { expect } from "vitest";
import { createBuilder } from "../../ir/build.ts";
import type { Node } from "../../ir/node.ts";
import "../../ir/routines/fft/index.ts";
import { namedSize } from "../../ir/size.ts";
import { errorOf } from "../error-of.ts";
import { floats, gives, gradient, type Rows } from "./row.ts";

/** The fourth roots of unity, and the quarter of the eighth ones that a line of eight needs: entries 0, 1 (45 degrees), 2. */
const roots4 = { shape: [2, 4], values: [1, 0, -1, 0, 0, -1, 0, 1] };
const lineOf4 = { roots: { shape: [2, 2], values: [1, -1, 0, 0] }, turns: { shape: [2, 2], values: [1, 0, 0, -1] } };
const nan = NaN;

const transform = (length: Parameters<typeof namedSize>[0] | number): Node => {
  const b = createBuilder();
  const n = typeof length === "number" ? length : namedSize(length);
  return b.make("fft", [b.parameter(0, "z", { dtype: "f32", shape: [n, 2] }), b.parameter(1, "roots", { dtype: "f32", shape: [2, n] })], { inverse: false });
};

export const fourier: Rows = {
  "fft, rfft, irfft | a length that is not known when the graph is built, or has other factors than 2, 3 and 5": [
    () => {
      expect(errorOf(() => transform(7)).message).toBe("E205 fft: the length 7 has other factors than 2, 3 and 5");
      expect(errorOf(() => transform("n")).message).toBe("E205 fft: the length n is not known when the graph is built");
      expect(rfft(constant([1, 0, 0, 0, 0, 0, 0])).shape).toEqual([4, 2]);
    },
    gives(floats, "fft", [{ shape: [4, 2], values: [1, 0, 0, 0, 0, 0, 0, 0] }, roots4], [1, 0, 1, 0, 1, 0, 1, 0], { inverse: false }),
  ],
  "irfft | imaginary parts of the first and the last pair": [
    gives(floats, "irfft", [{ shape: [3, 2], values: [1, 9, 2, 3, 1, 9] }, lineOf4.roots, lineOf4.turns], [6, -6, -2, 6]),
    gradient((b, z, roots, turns) => b.make("irfft", [z!, b.make("stop_gradient", [roots!]), b.make("stop_gradient", [turns!])]), [{ shape: [3, 2], values: [1, 9, 2, 3, 1, 9] }, lineOf4.roots, lineOf4.turns],
      [[4, 0, 0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]),
  ],
  "fft, rfft, irfft | an infinity or a NaN in a line": [
    // The other line.
    gives(floats, (b, z, roots) => b.make("slice", [b.make("fft", [z!, roots!], { inverse: true })], { start: [1, 0, 0], limit: [2, 4, 2], step: [1, 1, 1] }),
      [{ shape: [2, 4, 2], values: [nan, 0, Infinity, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0] }, roots4], [1, 0, 0, 1, -1, 0, 0, -1]),
  ],
};
