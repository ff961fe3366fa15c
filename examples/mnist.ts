// `npm start`: trains a classifier of handwritten digits, writes it as a standalone WebAssembly module with typed bindings
// and a report, and has a fresh process that knows only the module read the test digits. Exits with 1 if that process
// reads them differently, or if the standard settings miss their accuracy.

import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, compile } from "damo";
import { writeBindings } from "damo/bindings";
import { DataError } from "./data-folder.ts";
import type { EpochRecord } from "./mnist/charts.ts";
import { classes, type Digits, type DigitSource, findDigits, pixels } from "./mnist/data.ts";
import { defineClassifier } from "./mnist/model.ts";
import { help, type Options, readOptions, UsageError } from "./mnist/options.ts";
import { grouped, ProgressLine } from "./mnist/progress.ts";
import { type Report, writeReport } from "./mnist/report.ts";
import { accuracyOf, readDigits, trainInSteps } from "./mnist/train.ts";

interface Settings extends Options {
  readonly epochs: number;
}

async function run(given: Options): Promise<boolean> {
  const started = performance.now();
  const line = new ProgressLine(process.stdout);
  const source = findDigits(given.data);
  const options: Settings = { ...given, epochs: given.epochs ?? (source.complete ? 3 : 10) };
  const [digits, test] = [source.read("train"), source.read("test")];
  line.print(`data      ${grouped(digits.count)} digits to train on, ${grouped(test.count)} to test with, from ${source.place}`);
  if (!source.complete) line.print(`          The full MNIST is not in ${options.data}: a smaller set stands in, and the accuracy will be lower.`);

  const defined = performance.now();
  const { train, predict } = defineClassifier({ ...options, steps: options.epochs * Math.ceil(digits.count / options.batch) });
  const model = await compile({ train, predict });
  const compileTime = performance.now() - defined;
  line.print(`model     ${[pixels, options.hidden, options.hidden, classes].join("-")}, compiled in ${compileTime.toFixed(0)} ms`);

  const trained = trainModel(options, digits, line, model.train, () => accuracyOf(readDigits(model.predict, test).labels, test.labels));
  const readings = readDigits(model.predict, test);
  const accuracy = accuracyOf(readings.labels, test.labels);
  line.print(`step      ${trained.stepTime.toFixed(2)} ms for ${options.batch} digits (median of ${grouped(trained.losses.length)} steps), training took ${trained.seconds.toFixed(1)} s`);
  const target = targetOf(options, source);
  const reached = accuracy >= target;
  line.print(`accuracy  ${percent(accuracy)} of the test digits${target > 0 ? `, ${reached ? "at least" : "LESS THAN"} the ${percent(target)} expected` : ""}`);

  const artifact = await build({ predict }, { stateFrom: model });
  mkdirSync(options.out, { recursive: true });
  const files = [{ path: "mnist.wasm", content: artifact.wasm }, ...writeBindings("mnist", artifact.signature).map(({ path, text }) => ({ path, content: text }))];
  for (const { path, content } of files) writeFileSync(join(options.out, path), content);
  line.print(`artifact  ${shown(join(options.out, "mnist.wasm"))}, ${(artifact.wasm.length / 1e6).toFixed(2)} MB; bindings in mnist.js and mnist.d.ts`);

  const again = classifyInFreshProcess(options);
  const differing = again.labels.length === test.count ? again.labels.findIndex((label, i) => label !== readings.labels[i]) : again.labels.length;
  line.print(differing < 0
    ? `process   a fresh one with nothing but the artifact gives the same ${grouped(test.count)} labels, in ${again.seconds.toFixed(1)} s`
    : `process   a fresh one with nothing but the artifact DIFFERS from digit ${differing} on`);

  const report: Report = {
    source: source.place, layers: [pixels, options.hidden, options.hidden, classes], batch: options.batch,
    trainedOn: digits.count, test, readings, accuracy, compileTime, ...trained, artifactBytes: artifact.wasm.length, sameLabels: differing < 0,
  };
  const page = join(options.out, "report.html");
  writeFileSync(page, writeReport(report));
  line.print(`report    ${pathToFileURL(page)}`);
  line.print(`total     ${((performance.now() - started) / 1000).toFixed(1)} s`);
  model.dispose();
  return reached && differing < 0;
}

interface Trained {
  readonly losses: readonly number[];
  readonly epochs: readonly EpochRecord[];
  /** The median step, in milliseconds. */
  readonly stepTime: number;
  readonly seconds: number;
}

function trainModel(options: Settings, digits: Digits, line: ProgressLine, train: Parameters<typeof trainInSteps>[0], measure: () => number): Trained {
  const losses: number[] = [];
  const times: number[] = [];
  const epochs: EpochRecord[] = [];
  let [samples, recent, seconds, resumed] = [0, Number.NaN, 0, performance.now()];
  for (const step of trainInSteps(train, digits, options)) {
    samples += step.samples;
    recent = Number.isNaN(recent) ? step.cost : recent + 0.05 * (step.cost - recent);
    losses.push(step.cost);
    times.push(step.milliseconds);
    const elapsed = seconds + (performance.now() - resumed) / 1000;
    line.update({ epoch: step.epoch, epochs: options.epochs, samples, totalSamples: digits.count * options.epochs, loss: recent, seconds: elapsed });
    if (!step.endsEpoch) continue;
    seconds = elapsed;
    const accuracy = measure();
    epochs.push({ steps: losses.length, accuracy });
    line.print(`epoch ${step.epoch}   loss ${recent.toFixed(4)}, test accuracy ${percent(accuracy)}`);
    resumed = performance.now();
  }
  return { losses, epochs, stepTime: median(times), seconds };
}

/** Reads the test digits where nothing of the model is known. */
function classifyInFreshProcess(options: Options): { readonly labels: Uint8Array; readonly seconds: number } {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const program = fileURLToPath(new URL(`./mnist/classify.${extension}`, import.meta.url));
  const start = performance.now();
  const output = execFileSync(process.execPath, [...process.execArgv, program, join(options.out, "mnist.wasm"), options.data], { encoding: "utf8" });
  return { labels: Uint8Array.from(output.trim(), Number), seconds: (performance.now() - start) / 1000 };
}

/** What the standard settings reach; 0 where others were asked for. */
function targetOf(options: Options, source: DigitSource): number {
  if (!options.standard) return 0;
  return source.complete ? 0.975 : 0.94;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

function shown(path: string): string {
  return relative(process.cwd(), path);
}

try {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) console.log(help);
  else if (!await run(options)) process.exitCode = 1;
} catch (error) {
  if (error instanceof UsageError) console.error(`${error.message}\n\n${help}`);
  else if (error instanceof DataError) console.error(error.message);
  else throw error;
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
