// f32 functions of one argument, as emitted, on every 2^12-th float and all edges, against f64.
// `npm run test:exhaustive` takes all of them.

import { describe, expect, it } from "vitest";
import { mathTable } from "../../ir/kernel/math/table.ts";
import { singleMath } from "../../ir/kernel/math/single-table.ts";
import { oracles, pairOracles, promise, promiseOfSingle, ulpError, type UnaryMathOp } from "./oracles.ts";
import { edgePatterns, samplePairs } from "./samples.ts";
import { compileMathToWasm } from "./run-wasm.ts";

const chunk = 2 ** 14;
const step = 2 ** 12;

describe.each([["", mathTable, promise], [" without f64", singleMath, promiseOfSingle]] as const)("f32 functions%s keep their promise on a sample", (_, math, promised) => {
  for (const op of Object.keys(oracles) as UnaryMathOp[]) {
    it(op, () => {
      const { x, out, run } = compileMathToWasm(op, "f32", chunk, math);
      const bits = new Uint32Array(x.buffer, x.byteOffset, chunk);
      const { ulp, absolute } = promised(op);
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

describe("f32 functions of two arguments without f64 keep their promise on a sample", () => {
  it.each(["pow", "atan2", "fmod"] as const)("%s", (op) => {
    const [xs, ys] = samplePairs(op, 2 ** 18);
    const { x, y, out, run } = compileMathToWasm(op, "f32", Math.ceil(xs.length / 8) * 8, singleMath);
    x.set(xs);
    y.set(ys);
    run();
    const wrong = [...xs.keys()].filter((i) => ulpError(out[i]!, pairOracles[op](xs[i]!, ys[i]!)) > (op === "fmod" ? 0 : promiseOfSingle(op).ulp));
    expect(wrong.slice(0, 5).map((i) => `${op}(${xs[i]}, ${ys[i]}) = ${out[i]}, not ${pairOracles[op](xs[i]!, ys[i]!)}`)).toEqual([]);
  });
});
