// The report: one HTML file that opens from disk, with its pictures and styles inside and nothing fetched.

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
  readonly artifactBytes: number;
  /** Whether a fresh process read the test digits equally. */
  readonly sameLabels: boolean;
}

const shownMistakes = 30;

export function writeReport(report: Report): string {
  const { test, readings, layers, epochs } = report;
  const mistakes = mistakesOf(test, readings);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Damo reads digits</title>
<style>${style}</style>
</head>
<body>
<main>
<header>
  <p class="eyebrow">Damo</p>
  <h1>Reading handwritten digits</h1>
  <p class="lead">A network of ${layers.slice(1, -1).join(" and ")} hidden units, trained with Adam on ${grouped(report.trainedOn)} digits for ${counted(epochs.length, "epoch")}
  and tested on ${grouped(test.count)} others. Forward pass, gradients and weight updates are one call into one WebAssembly module.</p>
</header>
<dl class="tiles">${tiles(report)}</dl>
<section>
  <h2>Loss</h2>
  <p>Cross-entropy of each batch of ${report.batch} digits, on a logarithmic scale: the range of neighbouring steps, and their running mean.
  Above each epoch's end: accuracy on the test digits.</p>
  <div class="wide">${lossChart(report.losses, epochs)}</div>
</section>
<section>
  <h2>What was taken for what</h2>
  <p>Each row is one digit, each column what it was read as. The diagonal holds the right answers; the stronger the colour of another cell, the more frequent that mistake.</p>
  <div class="wide">${confusionChart(confusionOf(test, readings))}</div>
</section>
<section>
  <h2>Misread digits</h2>
  <p>${mistakesText(mistakes.length, test.count)}</p>
  <div class="digits">${mistakes.slice(0, shownMistakes).map((mistake) => figure(mistake, test)).join("")}</div>
</section>
<footer>
  <p>Digits from ${escape(report.source)}. ${report.sameLabels
    ? `A second process that had only <code>mnist.wasm</code> read all ${grouped(test.count)} test digits the same way.`
    : "A second process that had only <code>mnist.wasm</code> read some test digits differently."}</p>
</footer>
</main>
</body>
</html>
`;
}

function tiles({ accuracy, stepTime, batch, seconds, epochs, trainedOn, compileTime, artifactBytes }: Report): string {
  const speed = trainedOn * epochs.length / seconds;
  const list: readonly (readonly [name: string, value: string, unit: string])[] = [
    ["Test accuracy", (100 * accuracy).toFixed(2), "%"],
    ["Training", seconds.toFixed(1), "s"],
    [`Step of ${batch} digits`, stepTime.toFixed(1), "ms"],
    ["Digits per second", grouped(speed), ""],
    ["Compiled in", compileTime.toFixed(0), "ms"],
    ["mnist.wasm", (artifactBytes / 1e6).toFixed(2), "MB"],
  ];
  return list.map(([name, value, unit]) => `<div><dt>${name}</dt><dd>${value}${unit === "" ? "" : `<small> ${unit}</small>`}</dd></div>`).join("");
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

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`);
}

const style = `
:root {
  --paper: #fbfaf8; --card: #ffffff; --text: #1b1b1f; --quiet: #63625d; --hair: #e6e4de;
  --accent: #2563c9; --band: #2563c929; --right: #2563c914; --bad: #c2410c; --on-bad: #ffffff; --none: #f4f2ee;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #141416; --card: #1c1c1f; --text: #ededea; --quiet: #a09f99; --hair: #2f2f34;
    --accent: #82b1ff; --band: #82b1ff38; --right: #82b1ff1f; --bad: #ff8f5e; --on-bad: #1d0f08; --none: #232327;
  }
  .digits img { filter: invert(1); }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--text); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
main { max-width: 860px; margin: 0 auto; padding: 56px 24px 40px; }
.eyebrow { margin: 0 0 6px; color: var(--accent); font-weight: 600; letter-spacing: .04em; }
h1 { margin: 0; font-size: clamp(28px, 5vw, 40px); line-height: 1.15; letter-spacing: -.02em; text-wrap: balance; }
h2 { margin: 0 0 4px; font-size: 20px; letter-spacing: -.01em; }
p { margin: 0; color: var(--quiet); text-wrap: pretty; }
.lead { margin-top: 14px; max-width: 64ch; font-size: 17px; }
section { margin-top: 28px; padding: 24px; background: var(--card); border: 1px solid var(--hair); border-radius: 14px; }
section > p { max-width: 70ch; font-size: 14.5px; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(118px, 1fr)); gap: 1px; margin: 32px 0 0; overflow: hidden; background: var(--hair); border: 1px solid var(--hair); border-radius: 14px; }
.tiles div { padding: 14px 16px 12px; background: var(--card); }
dt { color: var(--quiet); font-size: 12.5px; white-space: nowrap; }
dd { margin: 2px 0 0; font-size: 23px; font-weight: 600; letter-spacing: -.02em; white-space: nowrap; }
dd small { color: var(--quiet); font-size: 13px; font-weight: 400; letter-spacing: 0; }
.wide { margin-top: 18px; overflow-x: auto; }
svg { display: block; width: 100%; height: auto; font-size: 12px; font-variant-numeric: tabular-nums; }
.chart { min-width: 560px; }
.matrix { min-width: 460px; max-width: 620px; margin: 0 auto; font-size: 13px; }
.grid { stroke: var(--hair); }
.border { stroke: var(--quiet); stroke-dasharray: 2 3; opacity: .7; }
.tick, .note { fill: var(--quiet); }
.strong { fill: var(--text); font-weight: 600; }
.band { fill: var(--band); stroke: var(--band); stroke-width: .75; }
.line { fill: none; stroke: var(--accent); stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
.head { fill: var(--text); font-weight: 600; font-size: 14px; }
.right rect { fill: var(--right); }
.right text { fill: var(--accent); font-weight: 600; }
.none rect { fill: var(--none); }
.wrong rect { fill: var(--bad); }
.wrong text { fill: var(--text); }
.deep text { fill: var(--on-bad); font-weight: 600; }
.cell:hover rect { stroke: var(--text); stroke-width: 1.5; }
.digits { display: grid; grid-template-columns: repeat(auto-fill, minmax(104px, 1fr)); gap: 14px 10px; margin-top: 20px; }
figure { margin: 0; text-align: center; font-size: 13px; line-height: 1.35; }
figure img { padding: 4px; border-radius: 8px; }
figcaption span { color: var(--quiet); font-size: 12px; }
.bad { color: var(--bad); }
footer { margin-top: 28px; font-size: 13.5px; }
code { font-size: .95em; }
@media (max-width: 560px) {
  main { padding: 32px 14px; }
  section { padding: 18px 16px; }
  .digits { grid-template-columns: repeat(auto-fill, minmax(90px, 1fr)); }
}
@media print { section { break-inside: avoid; } }
`;
