// The filter comes to Wiener's, and the module alone gives what the model gives.
import { expect, test } from "vitest";
import { learnFilter, runFilter } from "../../examples/spectral-filter.ts";
import { bestGainAt, deviation, length, strengthAt } from "../../examples/spectral-filter/model.ts";
import { writeReport } from "../../examples/spectral-filter/report.ts";

test("gains come to those of Wiener's filter, the error to the least that there is", async () => {
  const learnt = await learnFilter(600);
  const gains = Array.from(learnt.gain);
  const worst = gains.reduce((most, gain, i) => Math.max(most, Math.abs(gain - bestGainAt(i / length))), 0);
  // Batches are finite: gains wander by a few hundredths.
  expect(worst).toBeLessThan(0.1);
  // Of each frequency remains S N / (S + N), over all places of the whole spectrum.
  const least = Array.from({ length }, (_, i) => Math.min(i, length - i) / length).reduce((sum, f) => sum + (strengthAt(f) ** 2 * deviation ** 2) / (strengthAt(f) ** 2 + deviation ** 2), 0) / length;
  const last = learnt.costs.slice(-50).reduce((sum, cost) => sum + cost, 0) / 50;
  expect(last / least).toBeGreaterThan(0.9);
  expect(last / least).toBeLessThan(1.15);
  expect(WebAssembly.Module.imports(await WebAssembly.compile(learnt.artifact.wasm))).toEqual([]);
  // A cosine at a frequency without signal nearly vanishes, one at a peak stays.
  const wave = (k: number) => Float32Array.from({ length }, (_, i) => Math.cos((2 * Math.PI * k * i) / length));
  const swing = async (k: number): Promise<number> => (await runFilter(learnt.artifact.wasm, wave(k))).reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  expect(await swing(10)).toBeCloseTo(gains[10]!, 4);
  expect(await swing(100)).toBeCloseTo(Math.abs(gains[100]!), 4);
  expect(writeReport({ ...learnt, bytes: learnt.artifact.wasm.length })).not.toMatch(/NaN|undefined|(src|href)="(?!data:)/);
});
