// Reads the test digits with a standalone artifact or a bundle. It knows the file and its loader, nothing of the model or the compiler.
// Prints one line: a label for each digit.
//   node classify.js ARTIFACT [FOLDER]

import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { load } from "damo/load";
import { load as loadBundle } from "damo/load-webgpu";
import { findDigits, pixels, writeImage } from "./data.ts";

const [artifact = "out/mnist.wasm", folder] = process.argv.slice(2);
const url = pathToFileURL(resolve(artifact));
const { functions } = artifact.endsWith(".wasm") ? await load(url) : await loadBundle(url);
const predict = functions["predict"];
if (predict === undefined) throw new Error(`${artifact} has no function predict`);

const digits = findDigits(folder).read("test");
let labels = "";
for (let from = 0; from < digits.count; from += 1000) {
  const batch = Math.min(1000, digits.count - from);
  const data = new Float32Array(batch * pixels);
  for (let i = 0; i < batch; i++) writeImage(data, i, digits, from + i);
  labels += (await predict({ x: { data, shape: [batch, pixels] } }))["label"]!.data.join("");
}
console.log(labels);
