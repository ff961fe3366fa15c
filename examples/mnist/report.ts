// The report on a trained classifier.

import { escapeText, type Tile, writePage } from "../page.ts";
import { confusionChart, type EpochRecord, lossChart } from "./charts.ts";
import { classes, type Digits, pixels, side } from "./data.ts";
import { inkPicture } from "./png.ts";
import { grouped } from "./progress.ts";
import type { Readings } from "./train.ts";

export interface Report {
  /** Where the digits came from. */
  readonly source: string;
  readonly layers: readonly number[];
  readonly batch: number;
  readonly trainedOn: number;
  readonly test: Digits;
  readonly readings: Readings;
  /** On the test digits, 0 to 1. */
  readonly accuracy: number;
  /** In milliseconds, as the step's. */
  readonly compileTime: number;
  readonly stepTime: number;
  /** Of training alone. */
  readonly seconds: number;
  /** Of each step. */
  readonly losses: readonly number[];
  readonly epochs: readonly EpochRecord[];
  /** The name of the file that a fresh process was given. */
  readonly artifact: string;
  readonly artifactBytes: number;
  /** Whether a fresh process read the test digits equally. */
  readonly sameLabels: boolean;
}

const shownMistakes = 30;

export function writeReport(report: Report): string {
  const { test, readings, layers, epochs } = report;
  const mistakes = mistakesOf(test, readings);
  return writePage({
    title: "Damo reads digits", heading: "Reading handwritten digits", tiles: tilesOf(report), style,
    lead: `A network of ${layers.slice(1, -1).join(" and ")} hidden units, trained with Adam on ${grouped(report.trainedOn)} digits for ${counted(epochs.length, "epoch")}
  and tested on ${grouped(test.count)} others. Forward pass, gradients and weight updates are one call${report.artifact.endsWith(".wasm") ? " into one WebAssembly module" : ", a command buffer of WebGPU"}.`,
    sections: [
      {
        heading: "Loss", body: `<div class="wide">${lossChart(report.losses, epochs)}</div>`,
        text: `Cross-entropy of each batch of ${report.batch} digits, on a logarithmic scale: the range of neighbouring steps, and their running mean.
  Above each epoch's end: accuracy on the test digits.`,
      },
      {
        heading: "What was taken for what", body: `<div class="wide">${confusionChart(confusionOf(test, readings))}</div>`,
        text: "Each row is one digit, each column what it was read as. The diagonal holds the right answers; the stronger the colour of another cell, the more frequent that mistake.",
      },
      {
        heading: "Misread digits", text: mistakesText(mistakes.length, test.count),
        body: `<div class="digits">${mistakes.slice(0, shownMistakes).map((mistake) => figure(mistake, test)).join("")}</div>`,
      },
    ],
    footer: `Digits from ${escapeText(report.source)}. ${report.sameLabels
      ? `A second process that had only <code>${escapeText(report.artifact)}</code> read all ${grouped(test.count)} test digits the same way.`
      : "A second process that had only <code>${escapeText(report.artifact)}</code> read some test digits differently."}`,
  });
}

function tilesOf({ accuracy, stepTime, batch, seconds, epochs, trainedOn, compileTime, artifact, artifactBytes }: Report): readonly Tile[] {
  const speed = trainedOn * epochs.length / seconds;
  return [
    ["Test accuracy", (100 * accuracy).toFixed(2), "%"],
    ["Training", seconds.toFixed(1), "s"],
    [`Step of ${batch} digits`, stepTime.toFixed(1), "ms"],
    ["Digits per second", grouped(speed), ""],
    ["Compiled in", compileTime.toFixed(0), "ms"],
    [artifact, (artifactBytes / 1e6).toFixed(2), "MB"],
  ];
}

interface Mistake {
  readonly digit: number;
  readonly label: number;
  readonly truth: number;
  /** The probability of the wrong label, 0 to 1. */
  readonly confidence: number;
}

/** The surest mistakes first. */
function mistakesOf({ labels: truths }: Digits, { labels, probabilities }: Readings): readonly Mistake[] {
  const wrong: Mistake[] = [];
  truths.forEach((truth, digit) => {
    const label = labels[digit]!;
    if (label !== truth) wrong.push({ digit, label, truth, confidence: probabilities[digit * classes + label]! });
  });
  return wrong.sort((a, b) => b.confidence - a.confidence);
}

function mistakesText(count: number, all: number): string {
  if (count === 0) return `None of ${grouped(all)}.`;
  const which = count > shownMistakes ? `The ${shownMistakes} of which the network was surest, out of ${grouped(count)} in ${grouped(all)}` : `All ${count} in ${grouped(all)}`;
  return `${which}: what each is, what it was read as, and how sure the network was.`;
}

function figure({ digit, label, truth, confidence }: Mistake, { images }: Digits): string {
  const picture = inkPicture(images.subarray(digit * pixels, (digit + 1) * pixels), side);
  return `<figure><img src="${picture}" width="72" height="72" alt="A handwritten ${truth}">
    <figcaption><b>${truth}</b> read as <b class="bad">${label}</b><br><span>${Math.floor(100 * confidence)} % sure</span></figcaption></figure>`;
}

function confusionOf({ labels: truths }: Digits, { labels }: Readings): number[][] {
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  truths.forEach((truth, digit) => counts[truth]![labels[digit]!]!++);
  return counts;
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

const style = `
.matrix { min-width: 460px; max-width: 620px; margin: 0 auto; font-size: 13px; }
.head { fill: var(--text); font-weight: 600; font-size: 14px; }
.right rect { fill: var(--right); }
.right text { fill: var(--accent); font-weight: 600; }
.none rect { fill: var(--none); }
.wrong rect { fill: var(--bad); }
.wrong text { fill: var(--text); }
.deep text { fill: var(--on-bad); font-weight: 600; }
.cell:hover rect { stroke: var(--text); stroke-width: 1.5; }
.digits { display: grid; grid-template-columns: repeat(auto-fill, minmax(104px, 1fr)); gap: 14px 10px; margin-top: 20px; }
figcaption span { color: var(--quiet); font-size: 12px; }
.bad { color: var(--bad); }
@media (max-width: 560px) { .digits { grid-template-columns: repeat(auto-fill, minmax(90px, 1fr)); } }
`;
