// The MNIST example on WebGPU learns what it learns on the CPU: the same digits in the same order, and the same accuracy. On a device that executes.
import { expect, test } from "vitest";
import { compile } from "damo";
import { findDigits, someDigits } from "../../examples/mnist/data.ts";
import { defineClassifier } from "../../examples/mnist/model.ts";
import { compileForGpu, findAdapter } from "../../examples/mnist/on-gpu.ts";
import { accuracyOf, type Predictor, readDigits, type Trainable, trainInSteps } from "../../examples/mnist/train.ts";
import { findTestAdapter, isMissing, reportMissing } from "./adapter.ts";

const found = await findTestAdapter();
if (isMissing(found)) reportMissing(found, "the MNIST example is not trained");

test.skipIf(isMissing(found))("the classifier is as accurate as on the CPU after the same steps, within 0.3 %", async () => {
  const source = findDigits("/nowhere");
  const [digits, unseen] = [someDigits(source.read("train"), 1600), someDigits(source.read("test"), 1000)];
  const plan = { epochs: 1, batch: 40, seed: 1 };
  const definitions = defineClassifier({ hidden: 32, learningRate: 0.01, steps: 40, seed: 1 });
  const learn = async (train: Trainable, predict: Predictor): Promise<{ readonly costs: number[]; readonly accuracy: number }> => {
    const costs: number[] = [];
    for await (const { cost } of trainInSteps(train, digits, plan)) costs.push(cost);
    return { costs, accuracy: accuracyOf((await readDigits(predict, unseen)).labels, unseen.labels) };
  };
  const [{ model, train, predict }, cpu] = [await compileForGpu(definitions), await compile(definitions)];
  const [ours, theirs] = [await learn(train, predict), await learn(cpu.train, cpu.predict)];
  expect(theirs.accuracy).toBeGreaterThan(0.75);
  expect(Math.abs(ours.accuracy - theirs.accuracy)).toBeLessThanOrEqual(0.003);
  // Before rounding has grown, step by step.
  for (let step = 0; step < 10; step++) expect(ours.costs[step]).toBeCloseTo(theirs.costs[step]!, 3);
  expect((await findAdapter()).name).toBe(model.adapter);
  model.dispose();
  cpu.dispose();
});
