// The page about the learnt filter.

import { type Curve, lineChart } from "../line-chart.ts";
import { writePage } from "../page.ts";
import { bestGainAt, deviation, length } from "./model.ts";

export interface Report {
  readonly gain: ArrayLike<number>;
  readonly costs: readonly number[];
  /** One line of each. */
  readonly signal: ArrayLike<number>;
  readonly heard: ArrayLike<number>;
  readonly cleaned: ArrayLike<number>;
  readonly bytes: number;
}

const points = (values: ArrayLike<number>, x: (i: number) => number): Curve["points"] => Array.from(values, (value, i) => [x(i), value] as const);

export function writeReport({ gain, costs, signal, heard, cleaned, bytes }: Report): string {
  const frequency = (i: number): number => i / length;
  const best = Float64Array.from({ length: gain.length }, (_, i) => bestGainAt(frequency(i)));
  const time = (i: number): number => i;
  return writePage({
    title: "Damo learns a filter", heading: "A filter learnt from noise",
    lead: "Waves under white noise: gains of frequencies are learnt by the gradient of the error through two Fourier transforms, and come to those of Wiener's filter, which none can beat.",
    tiles: [["Error at first", costs[0]!.toFixed(3), ""], ["Error at last", costs.at(-1)!.toFixed(3), ""], ["Noise", (deviation ** 2).toFixed(3), ""], ["Module", (bytes / 1024).toFixed(1), "KB"]],
    sections: [
      { heading: "Gains", text: "Learnt, and those of Wiener's filter.", body: chart([{ name: "best", points: points(best, frequency) }, { name: "learnt", points: points(gain, frequency) }], "cycles per place", "gain") },
      { heading: "What is heard", text: "A signal under noise.", body: chart([{ name: "heard", points: points(heard, time) }], "place", "") },
      { heading: "What the filter makes of it", text: "Cleaned by the module alone, in WebAssembly's own interface, and the signal as it was.", body: chart([{ name: "signal", points: points(signal, time) }, { name: "cleaned", points: points(cleaned, time) }], "place", "") },
      { heading: "Learning", text: "The mean squared error of a batch.", body: chart([{ name: "error", points: points(costs, time) }], "step", "error") },
    ],
    footer: "Transforms are functions inside the module: nothing stands beside it.",
  });
}

function chart(curves: readonly Curve[], xName: string, yName: string): string {
  return `<div class="wide">${lineChart(curves, xName, yName)}</div>`;
}
