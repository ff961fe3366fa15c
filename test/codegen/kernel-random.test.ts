// Random kernels give the same bits emitted and interpreted (NaN payloads aside), and write nothing else.

import { describe, expect, it } from "vitest";
import { printKernel } from "../../ir/kernel/print.ts";
import { type Choose, randomKernel } from "./random-kernel.ts";
import { canonicalBytes, runEmitted, runInterpreted } from "./run-kernel.ts";

/** A small generator of its own (mulberry32), so that a seed names a case. */
function choices(seed: number): Choose {
  let state = seed * 0x9e3779b9;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const first = Number(process.env["DAMO_SEED"] ?? 1);
const count = Number(process.env["DAMO_CASES"] ?? 600);

describe("random kernels", () => {
  it(`agree with the interpreter, seeds ${first} to ${first + count - 1}`, () => {
    for (let seed = first; seed < first + count; seed++) {
      const { kernel, buffers, sizes } = randomKernel(choices(seed));
      const expected = runInterpreted(kernel, buffers, sizes);
      let actual: typeof expected;
      try {
        actual = runEmitted(kernel, buffers, sizes);
      } catch (error) {
        throw new Error(`seed ${seed}: ${String(error)}\n${printKernel(kernel)}`);
      }
      expected.forEach((array, i) => {
        const [a, b] = [canonicalBytes(actual[i]!), canonicalBytes(array)];
        const at = a.findIndex((byte, j) => byte !== b[j]);
        if (at < 0) return;
        const element = Math.floor(at / array.BYTES_PER_ELEMENT);
        expect.fail(`seed ${seed}, sizes ${sizes.join()}: b${i}[${element}] is ${String(actual[i]![element])}, not ${String(array[element])}\n${printKernel(kernel)}`);
      });
    }
  });
});
