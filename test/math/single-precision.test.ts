// f32 functions of one argument, as emitted, on every 2^12-th float and all edges, against f64.
// `npm run test:exhaustive` takes all of them.

import { describe, expect, it } from "vitest";
import { oracles, promise, ulpError, type UnaryMathOp } from "./oracles.ts";
import { edgePatterns } from "./samples.ts";
import { compileMathToWasm } from "./run-wasm.ts";

const chunk = 2 ** 14;
const step = 2 ** 12;

describe("f32 functions keep their promise on a sample", () => {
  for (const op of Object.keys(oracles) as UnaryMathOp[]) {
    it(op, () => {
      const { x, out, run } = compileMathToWasm(op, "f32", chunk);
      const bits = new Uint32Array(x.buffer, x.byteOffset, chunk);
      const { ulp, absolute } = promise(op);
      const wrong: string[] = [];
      const check = () => {
        run();
        for (let i = 0; i < chunk; i++) {
          const exact = oracles[op](x[i]!);
          if (ulpError(out[i]!, exact) <= ulp || Math.abs(out[i]! - exact) <= absolute) continue;
          if (wrong.length < 5) wrong.push(`${op}(${x[i]}) = ${out[i]}, not ${exact}`);
        }
      };
      for (let start = 0; start < 2 ** 32 / step; start += chunk) {
        // A pseudo-random offset within each step, so that low bits vary.
        for (let i = 0; i < chunk; i++) bits[i] = (start + i) * step + (Math.imul(start + i, 2654435761) >>> 20);
        check();
      }
      const edges = edgePatterns();
      for (let i = 0; i < chunk; i++) bits[i] = edges[i % edges.length]!;
      check();
      expect(wrong).toEqual([]);
    });
  }
});
