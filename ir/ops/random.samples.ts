// Documentation and samples of the random ops. Threefry's words are the known answers of its authors (Random123); the
// permutations were worked out by an implementation of the paper's rounds in integers of any size.

import { type Sample, tensor } from "./sample.ts";

export const randomDocs: Readonly<Record<string, string>> = {
  threefry: "One of the two words of Threefry-2x32 with 20 rounds, of a key and a counter of two words each.",
  permute: "permute(x, n, key0, key1): where a random permutation of 0 ... n - 1 takes x < n.",
};

const u32 = (values: readonly number[]) => tensor("u32", [values.length], values);
const ones = 0xffffffff;
const known = [
  [0, ones, 0x13198a2e], [0, ones, 0x03707344], [0, ones, 0x243f6a88], [0, ones, 0x85a308d3],
].map(u32);

const ten = Array.from({ length: 10 }, (_, i) => i);
const most = 2 ** 32 - 5;

export const randomSamples: readonly Sample[] = [
  { op: "threefry", name: "first words", inputs: known, attributes: { word: 0 }, expected: [0x6b200159, 0x1cb996fc, 0xc4923a9c] },
  { op: "threefry", name: "second words", inputs: known, attributes: { word: 1 }, expected: [0x99ba4efe, 0xbb002be7, 0x483df7a0] },
  {
    op: "permute", name: "ten", inputs: [ten, ten.map(() => 10), ten.map(() => 0x12345678), ten.map(() => 0x9abcdef0)].map(u32),
    expected: [2, 4, 9, 1, 5, 6, 0, 3, 8, 7],
  },
  {
    op: "permute", name: "nearly 2^32", inputs: [[0, 1, 2 ** 31, most - 1], [most, most, most, most], [7, 7, 7, 7], [3e9, 3e9, 3e9, 3e9]].map(u32),
    expected: [4276795267, 3000037424, 2927605384, 349306892],
  },
  { op: "permute", name: "one", inputs: [[0], [1], [1], [2]].map(u32), expected: [0] },
];
