// Documentation and samples of all elementwise operations.

import { arithmeticDocs, arithmeticSamples } from "./arithmetic.samples.ts";
import { exponentialDocs, exponentialSamples } from "./exponential.samples.ts";
import { logicDocs, logicSamples } from "./logic.samples.ts";
import { randomDocs, randomSamples } from "./random.samples.ts";
import type { Sample } from "./sample.ts";
import { specialDocs, specialSamples } from "./special.samples.ts";
import { trigonometricDocs, trigonometricSamples } from "./trigonometric.samples.ts";

/** One sentence per op. */
export const elementwiseDocs: Readonly<Record<string, string>> = {
  ...arithmeticDocs, ...exponentialDocs, ...trigonometricDocs, ...specialDocs, ...logicDocs, ...randomDocs,
};

export const elementwiseSamples: readonly Sample[] = [
  ...arithmeticSamples, ...exponentialSamples, ...trigonometricSamples, ...specialSamples, ...logicSamples, ...randomSamples,
];
