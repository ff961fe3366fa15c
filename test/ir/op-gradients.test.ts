// One loop over the samples of all ops holds their gradient entries. A new op is tested here by its samples alone.
import { describe, expect, test } from "vitest";
import { createBuilder } from "../../ir/build.ts";
import { allocateTensor } from "../../ir/data.ts";
import type { Graph } from "../../ir/node.ts";
import { opOf, opTable } from "../../ir/table.ts";
import { allSamples, gradientFault, subjectOf } from "./gradient-check.ts";
import { reverseGradient } from "./gradients.ts";
import { evaluateNumerically } from "./numeric-derivatives.ts";

const subjects = allSamples.flatMap((sample) => {
  const subject = subjectOf(sample);
  return subject === undefined ? [] : [{ op: sample.op, title: `${sample.op}: ${sample.name}`, subject, gradient: opOf(sample.op).gradient }];
});

describe("gradients of samples", () => {
  test.each(subjects.map((entry) => [entry.title, entry.subject] as const))("%s", (_, subject) => {
    expect(gradientFault(subject)).toBeUndefined();
  });

  test("exist for every op with a derivative", () => {
    // Loops and branches have no samples: test/loops holds them. A derivative that is attached need not be that of the value.
    const without = new Set(["zero", "none", "refused", "region"]);
    const differentiable = [...opTable.values()].filter(({ name, gradient }) => !without.has(gradient.kind) && name !== "attach_derivative");
    const covered = new Set(subjects.map(({ op }) => op));
    expect(differentiable.map(({ name }) => name).filter((name) => !covered.has(name))).toEqual([]);
  });
});

describe("locally constant ops", () => {
  const constant = subjects.filter(({ op, gradient }) => gradient.kind === "zero" && op !== "stop_gradient");
  test.each(constant.map((entry) => [entry.title, entry.subject] as const))("%s", (_, { parameters, values, inputs, wrt }) => {
    const b = createBuilder();
    const graph: Graph = { name: "f", parameters, results: reverseGradient(values, wrt, values.map((value) => b.fullLike(value, 1))) };
    const zeros = wrt.map((node) => allocateTensor("f64", node.type.shape as number[]));
    expect(evaluateNumerically(graph, inputs)).toEqual(zeros);
  });
});
