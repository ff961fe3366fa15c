// Reads the test digits with a standalone artifact. It knows the file and `damo/load`, nothing of the model or the compiler.
// Prints one line: a label for each digit.
//   node classify.js ARTIFACT [FOLDER]

import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { load } from "damo/load";
import { findDigits, pixels } from "./data.ts";

const [artifact = "out/mnist.wasm", folder] = process.argv.slice(2);
const { functions } = await load(pathToFileURL(resolve(artifact)));
const predict = functions["predict"];
if (predict === undefined) throw new Error(`${artifact} has no function predict`);

const { count, images } = findDigits(folder).read("test");
const ink = Float32Array.from(images, (byte) => byte / 255);
const batch = 1000;
let labels = "";
for (let from = 0; from < count; from += batch) {
  const to = Math.min(count, from + batch);
  const { label } = predict({ x: { data: ink.subarray(from * pixels, to * pixels), shape: [to - from, pixels] } });
  labels += label!.data.join("");
}
console.log(labels);
