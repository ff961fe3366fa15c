// `npm start`: trains a classifier of handwritten digits, writes it as a standalone WebAssembly module (or, for --target webgpu, as a bundle) with typed bindings
// and a report, and has a fresh process that knows only the module read the test digits. Exits with 1 if that process
// reads them differently, or if the standard settings miss their accuracy.

import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, compile, DamoError } from "damo";
import { writeBindings } from "damo/bindings";
import { DataError } from "./data-folder.ts";
import type { EpochRecord } from "./mnist/charts.ts";
import { classes, type Digits, type DigitSource, findDigits, someDigits, pixels } from "./mnist/data.ts";
import { defineClassifier } from "./mnist/model.ts";
import { compileForGpu, findAdapter } from "./mnist/on-gpu.ts";
import { help, type Options, readOptions, UsageError } from "./mnist/options.ts";
import { grouped, ProgressLine } from "./mnist/progress.ts";
import { type Report, writeReport } from "./mnist/report.ts";
import { accuracyOf, readDigits, type Trainable, trainInSteps } from "./mnist/train.ts";

/** So many of the training digits are taken on a software adapter. */
const softwareDigits = 6400;

interface Settings extends Options {
  readonly epochs: number;
  readonly hidden: number;
}

async function run(given: Options): Promise<boolean> {
  const started = performance.now();
  const line = new ProgressLine(process.stdout);
  const source = findDigits(given.data);
  const adapter = given.target === "webgpu" ? await findAdapter() : undefined;
  const isSmall = adapter?.isSoftware === true;
  const options: Settings = { ...given, epochs: given.epochs ?? (isSmall ? 1 : source.complete ? 3 : 10), hidden: given.hidden ?? (isSmall ? 64 : 512), standard: given.standard && !isSmall };
  if (adapter !== undefined) line.print(`adapter   ${adapter.name}${isSmall ? ": made of software, so the run is smaller unless you say how large" : ""}`);
  const [all, test] = [source.read("train"), source.read("test")];
  const digits = isSmall ? someDigits(all, softwareDigits) : all;
  line.print(`data      ${grouped(digits.count)} digits to train on, ${grouped(test.count)} to test with, from ${source.place}`);
  if (!source.complete) line.print(`          The full MNIST is not in ${options.data}: a smaller set stands in, and the accuracy will be lower.`);

  const defined = performance.now();
  const definitions = defineClassifier({ ...options, steps: options.epochs * Math.ceil(digits.count / options.batch) });
  const { model, train, predict } = adapter === undefined ? await compileForHost(definitions) : await compileForGpu(definitions);
  const compileTime = performance.now() - defined;
  line.print(`model     ${[pixels, options.hidden, options.hidden, classes].join("-")}, compiled in ${compileTime.toFixed(0)} ms`);

  const trained = await trainModel(options, digits, line, train, async () => accuracyOf((await readDigits(predict, test)).labels, test.labels));
  const readings = await readDigits(predict, test);
  const accuracy = accuracyOf(readings.labels, test.labels);
  line.print(`step      ${trained.stepTime.toFixed(2)} ms for ${options.batch} digits (median of ${grouped(trained.losses.length)} steps), training took ${trained.seconds.toFixed(1)} s`);
  const target = targetOf(options, source);
  const reached = accuracy >= target;
  line.print(`accuracy  ${percent(accuracy)} of the test digits${target > 0 ? `, ${reached ? "at least" : "LESS THAN"} the ${percent(target)} expected` : ""}`);

  const { file, content, bindings } = await buildPredictor(options, definitions, model);
  mkdirSync(options.out, { recursive: true });
  for (const { path, text } of [{ path: file, text: content }, ...bindings]) writeFileSync(join(options.out, path), text);
  line.print(`artifact  ${shown(join(options.out, file))}, ${(content.length / 1e6).toFixed(2)} MB; bindings in ${bindings.map(({ path }) => path).join(" and ")}`);

  const again = classifyInFreshProcess(options, file);
  const differing = again.labels.length === test.count ? again.labels.findIndex((label, i) => label !== readings.labels[i]) : again.labels.length;
  line.print(differing < 0
    ? `process   a fresh one with nothing but the artifact gives the same ${grouped(test.count)} labels, in ${again.seconds.toFixed(1)} s`
    : `process   a fresh one with nothing but the artifact DIFFERS from digit ${differing} on`);

  const report: Report = {
    source: source.place, layers: [pixels, options.hidden, options.hidden, classes], batch: options.batch,
    trainedOn: digits.count, test, readings, accuracy, compileTime, ...trained, artifact: file, artifactBytes: content.length, sameLabels: differing < 0,
  };
  const page = join(options.out, "report.html");
  writeFileSync(page, writeReport(report));
  line.print(`report    ${pathToFileURL(page)}`);
  line.print(`total     ${((performance.now() - started) / 1000).toFixed(1)} s`);
  model.dispose();
  return reached && differing < 0;
}

async function compileForHost(definitions: ReturnType<typeof defineClassifier>) {
  const model = await compile(definitions);
  return { model, train: model.train, predict: model.predict };
}

/** The file that holds what was learnt, and its typed bindings. */
async function buildPredictor({ target }: Options, { predict }: ReturnType<typeof defineClassifier>, stateFrom: NonNullable<Parameters<typeof build>[1]>["stateFrom"] & object) {
  if (target === "webgpu") {
    const { bundle, signature } = await build({ predict }, { target: "wgsl", stateFrom });
    return { file: "mnist.webgpu.safetensors", content: bundle, bindings: writeBindings("mnist", signature, "wgsl") };
  }
  const { wasm, signature } = await build({ predict }, { stateFrom });
  return { file: "mnist.wasm", content: wasm, bindings: writeBindings("mnist", signature) };
}

interface Trained {
  readonly losses: readonly number[];
  readonly epochs: readonly EpochRecord[];
  /** The median step, in milliseconds. */
  readonly stepTime: number;
  readonly seconds: number;
}

async function trainModel(options: Settings, digits: Digits, line: ProgressLine, train: Trainable, measure: () => Promise<number>): Promise<Trained> {
  const losses: number[] = [];
  const times: number[] = [];
  const epochs: EpochRecord[] = [];
  let [samples, recent, seconds, resumed] = [0, Number.NaN, 0, performance.now()];
  for await (const step of trainInSteps(train, digits, options)) {
    samples += step.samples;
    recent = Number.isNaN(recent) ? step.cost : recent + 0.05 * (step.cost - recent);
    losses.push(step.cost);
    times.push(step.milliseconds);
    const elapsed = seconds + (performance.now() - resumed) / 1000;
    line.update({ epoch: step.epoch, epochs: options.epochs, samples, totalSamples: digits.count * options.epochs, loss: recent, seconds: elapsed });
    if (!step.endsEpoch) continue;
    seconds = elapsed;
    const accuracy = await measure();
    epochs.push({ steps: losses.length, accuracy });
    line.print(`epoch ${step.epoch}   loss ${recent.toFixed(4)}, test accuracy ${percent(accuracy)}`);
    resumed = performance.now();
  }
  return { losses, epochs, stepTime: median(times), seconds };
}

/** Reads the test digits where nothing of the model is known. */
function classifyInFreshProcess(options: Options, file: string): { readonly labels: Uint8Array; readonly seconds: number } {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const program = fileURLToPath(new URL(`./mnist/classify.${extension}`, import.meta.url));
  const start = performance.now();
  const output = execFileSync(process.execPath, [...process.execArgv, program, join(options.out, file), options.data], { encoding: "utf8" });
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
  else if (error instanceof DataError || (error instanceof DamoError && error.code === "E411")) console.error(error.message);
  else throw error;
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
