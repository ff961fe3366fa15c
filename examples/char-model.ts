// Two recurrent nets learn to write: an Elman net and an LSTM read Moby-Dick character by character and are asked how many bits
// each character of its last pages costs them. Writes out/char-model.html, with the way there and what the nets write themselves.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { learnToWrite, type Learnt, type Training } from "./char-model/learn.ts";
import { writeReport } from "./char-model/report.ts";
import { decode, readBook } from "./char-model/text.ts";
import { projectFolder } from "./data-folder.ts";

export const trainings: readonly Training[] = [
  { cell: "elman", hidden: 256, steps: 32, streams: 16, learningRate: 2e-3, epochs: 4 },
  { cell: "lstm", hidden: 128, steps: 32, streams: 16, learningRate: 0.01, epochs: 4 },
];

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const book = readBook();
  console.log(`${book.codes.length} characters, ${book.alphabet.length} different ones`);
  const nets: Learnt[] = [];
  for (const training of trainings) {
    console.log(`${training.cell} of ${training.hidden} units`);
    const net = await learnToWrite(book, training, ({ epoch, learnt, held, seconds }) =>
      console.log(`epoch ${epoch}: ${learnt.at(-1)!.toFixed(3)} bits per character at its end, ${held.toFixed(3)} of the text held back, ${seconds.toFixed(1)} s`));
    console.log(`it writes:${net.sample}\n`);
    nets.push(net);
  }
  const out = join(projectFolder(), "out");
  mkdirSync(out, { recursive: true });
  const page = join(out, "char-model.html");
  const gzip = 8 * gzipSync(decode(book.alphabet, book.codes), { level: 9 }).length / book.codes.length;
  writeFileSync(page, writeReport(nets, book.codes.length, gzip));
  console.log(pathToFileURL(page).href);
}
