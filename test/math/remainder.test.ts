// fmod is exact: the same bits as the host's, over random patterns, near multiples, and all pairs of edges.

import { describe, expect, it } from "vitest";
import { compileMathToWasm } from "./run-wasm.ts";

const count = 2 ** 15;
const edges = [0, -0, 1, -1, 0.5, 3, 7.5, -2, 2 ** -149, 2 ** -126, 1e30, -1e-30, 3.4e38, Infinity, -Infinity, Number.NaN];
const edges64 = [5e-324, 2 ** -1022, -1.7e308, 1e-300, 1e300];

describe("fmod", () => {
  for (const dtype of ["f32", "f64"] as const) {
    it(`${dtype} has the host's bits`, () => {
      const { x, y, out, run } = compileMathToWasm("fmod", dtype, count);
      let state = 99;
      const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0);
      for (const view of [x, y]) {
        const words = new Uint32Array(view.buffer, view.byteOffset, view.byteLength / 4);
        for (let i = 0; i < words.length; i++) words[i] = random() ^ (random() >>> 16);
      }
      const special = dtype === "f32" ? edges : [...edges, ...edges64];
      const pairs = special.flatMap((a) => special.map((b) => [a, b] as const));
      pairs.forEach(([a, b], i) => { x[i] = a; y[i] = b; });
      for (let i = pairs.length; i < 4000; i++) { x[i] = (random() % 400) * 0.25; y[i] = ((random() % 80) - 40) * 0.25; }
      for (let i = 4000; i < 8000; i++) x[i] = y[i]! * (random() % 1000000);
      run();
      const wrong = [...out.keys()].filter((i) => !Object.is(out[i], x[i]! % y[i]!));
      expect(wrong.slice(0, 5).map((i) => `fmod(${x[i]}, ${y[i]}) = ${out[i]}, not ${x[i]! % y[i]!}`)).toEqual([]);
    });
  }
});
