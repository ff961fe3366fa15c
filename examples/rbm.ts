// A restricted Boltzmann machine learns handwritten digits and dreams of them: `rbm.ts [EPOCHS]`, 15 unless said otherwise. Writes
// out/rbm.html, with what it dreams and the weights of its hidden units.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { projectFolder } from "./data-folder.ts";
import { findDigits } from "./mnist/data.ts";
import { learnDigits, type Training } from "./rbm/learn.ts";
import { writeReport } from "./rbm/report.ts";

/** Those of Theano's tutorial, whose pseudo-likelihood is -90.3 in the first epoch and -62.8 in the fifteenth. */
export const training: Training = {
  hidden: 500, batch: 20, gibbsSteps: 15, learningRate: 0.1, seed: 1, epochs: 15, digits: 50_000, dream: { chains: 16, pictures: 8, steps: 1000 },
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const source = findDigits();
  const [train, test] = [source.read("train"), source.read("test")];
  const chosen = { ...training, epochs: Number(process.argv[2] ?? training.epochs), digits: Math.min(training.digits, train.count) };
  console.log(`${chosen.digits} digits from ${source.place}`);
  const learnt = await learnDigits(train, test, chosen, (epoch, likelihood, seconds) =>
    console.log(`epoch ${epoch}: pseudo-likelihood ${likelihood.toFixed(2)}, ${seconds.toFixed(1)} s`));
  const out = join(projectFolder(), "out");
  mkdirSync(out, { recursive: true });
  const page = join(out, "rbm.html");
  writeFileSync(page, writeReport(learnt, chosen, source.place));
  console.log(pathToFileURL(page).href);
}
