// The type tests, run by the TypeScript compiler: no error where none is expected, the promised text where one is, and a
// bound on how much work a model is for the checker.

import { describe, expect, test } from "vitest";
import { dtypes } from "../../ir/types.ts";
import { accumulatedOf, floatOf, promote } from "../../src/promote.ts";
import { mistakes, program, typeTests } from "./check.ts";

const directive = /^\s*\/\/ @ts-expect-error (.*)$/;

describe("type tests", () => {
  // Without the directives: so what holds in silence and what is reported, and how, are seen in one run.
  test("say what they promise, and nothing else is wrong", { timeout: 120_000 }, () => {
    expect(typeTests().length).toBeGreaterThan(5);
    const promised: { file: string; line: number; text: string }[] = [];
    const bare = program(typeTests(), (source, file) => source!.split("\n").map((line, index) => {
      const text = directive.exec(line)?.[1];
      if (text === undefined) return line;
      promised.push({ file, line: index + 2, text });
      return "//";
    }).join("\n"));
    const found = mistakes(bare);
    expect(promised.length).toBeGreaterThan(60);
    const place = (at: { file: string; line: number }) => `${at.file}:${at.line}`;
    expect(found.map(place)).toEqual(promised.map(place));
    for (const [index, { text, ...at }] of promised.entries()) {
      expect(found[index]!.message, place(at)).toContain(text);
      // A text of ours stands by itself: one line, in which nothing needs to be looked for.
      if (/'"\w+: /.test(text)) expect(found[index]!.message.split("\n"), place(at)).toHaveLength(1);
    }
  });
});

test("dtypes are promoted as they are when the graph is built", { timeout: 120_000 }, () => {
  const rows = dtypes.flatMap((a) => [
    `is<"${floatOf(a)}">()(0 as never as Float<"${a}">);`,
    `is<"${accumulatedOf(a)}">()(0 as never as Accumulated<"${a}">);`,
    ...dtypes.map((b) => `is<"${promote(a, b)}">()(0 as never as Promote<"${a}", "${b}">);`),
  ]);
  const text = [
    `import type { Accumulated, Float, Promote } from "../../src/types/index.ts";`,
    `import { is } from "./assert.ts";`,
    ...rows,
  ].join("\n");
  expect(mistakes(program(["dtypes.ts"], () => text))).toEqual([]);
  const spoilt = text.replace('is<"f64">', 'is<"f32">');
  expect(mistakes(program(["dtypes.ts"], () => spoilt))).toHaveLength(1);
});

/** A classifier of `depth` layers whose widths all differ, trained by Adam. */
function layers(depth: number): string {
  const widths = Array.from({ length: depth + 1 }, (_, i) => 784 - 7 * i);
  const lines = widths.slice(1).flatMap((width, i) => [
    `const w${i} = shared("w${i}", glorotUniform([${widths[i]}, ${width}], { seed: ${i} }));`,
    `const b${i} = shared("b${i}", zeros([${width}]));`,
    `const h${i + 1} = h${i}.dot(w${i}).add(b${i}).relu();`,
  ]);
  const parameters = widths.slice(1).map((_, i) => `w${i}, b${i}`).join(", ");
  return `
    import { adam, compile, fn, glorotUniform, input, shared, softmaxCrossEntropy, zeros } from "damo";
    const h0 = input("x", ["batch", 784]);
    const y = input("y", ["batch"], { dtype: "i32" });
    ${lines.join("\n")}
    const cost = softmaxCrossEntropy(h${depth}, y).mean();
    const model = await compile({ train: fn({ inputs: { x: h0, y }, outputs: { cost }, updates: adam(cost, [${parameters}]) }) });
    export const loss: number = model.train({ x: [new Float32Array(784)], y: [3] }).cost.item();
  `;
}

describe("what the types cost, in instantiations", () => {
  const cost = (of: ReturnType<typeof program>): number => {
    expect(mistakes(of)).toEqual([]);
    return of.getInstantiationCount();
  };

  test.each(["mnist.ts", "../../examples/mnist/model.ts"])("an MNIST classifier, %s: at most 25,000", { timeout: 120_000 }, (name) => {
    expect(cost(program([name]))).toBeLessThanOrEqual(25_000);
  });

  test("30 layers: at most 60,000", { timeout: 120_000 }, () => {
    expect(cost(program(["layers.ts"], () => layers(30)))).toBeLessThanOrEqual(60_000);
  });
});
