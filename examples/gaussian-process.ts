// Gaussian process regression: the hyper-parameters are learnt by gradient descent on the likelihood, in a standalone module
// that then gives the posterior. Writes out/gaussian-process.wasm and out/gaussian-process.html, with its picture.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Artifact, build } from "damo";
import { load, type LoadedModel } from "damo/load";
import { projectFolder } from "./data-folder.ts";
import { defineProcess, type Hyperparameters } from "./gaussian-process/model.ts";
import { writeReport } from "./gaussian-process/report.ts";
import { seededRandom } from "./random.ts";

export const start: Hyperparameters = { length: 1, scale: 1, noise: 0.5 };
export const truth = (x: number): number => Math.sin(3 * x) + 0.5 * x;
const deviation = 0.2;

export interface Points {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

/** On [-2, 2] with a gap, so that there is something not to know. */
export function drawPoints(count: number, random = seededRandom(3)): Points {
  const x = Float64Array.from({ length: count }, () => 4 * random() - 2).map((value) => (value > 0.4 && value < 1.2 ? value - 1.6 : value));
  // The sum of twelve uniform numbers is nearly normal.
  const noise = (): number => Array.from({ length: 12 }, random).reduce((sum, value) => sum + value, -6);
  return { x, y: x.map((value) => truth(value) + deviation * noise()) };
}

export const buildProcess = (): Promise<Artifact> => build(defineProcess(start, 0.05));

/** The cost of each step, and what was found. */
export function learn(model: LoadedModel, points: Points, steps: number): { readonly costs: readonly number[]; readonly found: Hyperparameters } {
  const costs = Array.from({ length: steps }, () => model.functions["learn"]!({ ...points })["cost"]!.item() as number);
  const valueOf = (name: string): number => Math.exp(model.state[`log_${name}`]!.get().item() as number);
  return { costs, found: { length: valueOf("length"), scale: valueOf("scale"), noise: valueOf("noise") } };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { wasm } = await buildProcess();
  const model = await load(wasm);
  const points = drawPoints(60);
  const { costs, found } = learn(model, points, 300);
  console.log(`length ${found.length.toFixed(3)}, scale ${found.scale.toFixed(3)}, noise ${found.noise.toFixed(3)} (drawn with ${deviation}); cost ${costs[0]!.toFixed(2)} -> ${costs.at(-1)!.toFixed(2)}`);
  const at = Float64Array.from({ length: 200 }, (_, i) => -2.4 + 4.8 * i / 199);
  const posterior = model.functions["predict"]!({ ...points, at });
  const out = join(projectFolder(), "out");
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, "gaussian-process.wasm"), wasm);
  const page = join(out, "gaussian-process.html");
  writeFileSync(page, writeReport({
    ...points, at, mean: posterior["mean"]!.data as Float64Array, deviation: posterior["deviation"]!.data as Float64Array, found, costs, truth, bytes: wasm.length,
  }));
  console.log(pathToFileURL(page).href);
}
