// The page about a machine that dreams of digits.

import { lineChart } from "../line-chart.ts";
import { pixels, side } from "../mnist/data.ts";
import { inkPicture } from "../mnist/png.ts";
import { grouped } from "../mnist/progress.ts";
import { writePage } from "../page.ts";
import type { Learnt, Training } from "./learn.ts";

const filtersShown = { rows: 10, columns: 16 };

/** `place`: where the digits come from. */
export function writeReport({ likelihoods, seconds, filters, pictures }: Learnt, { hidden, gibbsSteps, digits, dream }: Training, place: string): string {
  const picture = (bytes: Uint8Array, columns: number, alt: string): string => {
    const width = columns * (side + 1);
    return `<div class="wide"><img class="sheet" src="${inkPicture(tile(bytes, columns), width)}" width="${2 * width}" alt="${alt}"></div>`;
  };
  const chosen = filters.subarray(0, Math.min(hidden, filtersShown.rows * filtersShown.columns) * pixels);
  return writePage({
    title: "Damo dreams of digits", heading: "A machine that dreams of digits", style: ".sheet { max-width: 100%; height: auto; image-rendering: pixelated; }\n",
    tiles: [["Pseudo-likelihood", likelihoods.at(-1)!.toFixed(1), "nats"], ["Hidden units", String(hidden), ""], ["Epochs", String(likelihoods.length), ""], ["Training", seconds.toFixed(0), "s"]],
    lead: `A restricted Boltzmann machine learnt ${grouped(digits)} digits by persistent contrastive divergence, ${gibbsSteps} steps of Gibbs sampling between updates.
    An epoch is one call into one WebAssembly module, which draws its random numbers itself.`,
    sections: [
      {
        heading: "Pseudo-likelihood", text: "Of a pixel, given all others, times the number of pixels: the mean over each epoch.",
        body: `<div class="wide">${lineChart([{ name: "", points: likelihoods.map((value, i): [number, number] => [i + 1, value]) }], "epoch", "nats")}</div>`,
      },
      {
        heading: "Dreams", text: `Each column is a chain that began with a test digit; from row to row it took ${grouped(dream.steps)} steps. Shown is how likely each pixel is to have ink.`,
        body: picture(pictures, dream.chains, "Pictures that the machine drew"),
      },
      {
        heading: "Filters", text: "The weights of the first hidden units, each scaled to its own range.",
        body: picture(stretch(chosen), filtersShown.columns, "Weights of hidden units"),
      },
    ],
    footer: `Digits from ${place}.`,
  });
}

/** Pictures of 28 x 28 pixels side by side, so many in a row, with a line of paper between. */
function tile(bytes: Uint8Array, columns: number): Uint8Array {
  const count = bytes.length / pixels;
  const width = columns * (side + 1);
  const sheet = new Uint8Array(Math.ceil(count / columns) * (side + 1) * width);
  for (let i = 0; i < count; i++) {
    const corner = Math.floor(i / columns) * (side + 1) * width + (i % columns) * (side + 1);
    for (let row = 0; row < side; row++) sheet.set(bytes.subarray(i * pixels + row * side, i * pixels + (row + 1) * side), corner + row * width);
  }
  return sheet;
}

/** Each filter from its least weight (0) to its greatest (255). */
function stretch(filters: Float32Array): Uint8Array {
  const bytes = new Uint8Array(filters.length);
  for (let from = 0; from < filters.length; from += pixels) {
    const own = filters.subarray(from, from + pixels);
    const [low, high] = [Math.min(...own), Math.max(...own)];
    own.forEach((weight, i) => (bytes[from + i] = Math.round(255 * (weight - low) / (high - low || 1))));
  }
  return bytes;
}
