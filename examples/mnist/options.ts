// The command line of the MNIST example.

import { parseArgs } from "node:util";
import { join, resolve } from "node:path";
import { dataFolder, projectFolder } from "../data-folder.ts";

export interface Options {
  /** Left to the data unless given. */
  readonly epochs: number | undefined;
  readonly batch: number;
  /** Left to the target unless given. */
  readonly hidden: number | undefined;
  readonly learningRate: number;
  readonly seed: number;
  readonly target: "wasm" | "webgpu";
  readonly data: string;
  readonly out: string;
  /** Nothing that bears on the accuracy was changed. */
  readonly standard: boolean;
}

export class UsageError extends Error {
  override readonly name = "UsageError";
}

export const help = `Trains a digit classifier on MNIST and writes it as a standalone WebAssembly module, or as a bundle for WebGPU.

  npm start -- [options]

  --epochs N          passes over the training digits         (3; 10 over a smaller set; 1 on a software adapter)
  --batch N           digits in a step                        (128)
  --hidden N          units in each of the two hidden layers  (512; 64 on a software adapter)
  --learning-rate X   of Adam at the start; falls to 0        (0.001)
  --seed N            of the weights and the order            (1)
  --target T          wasm, or webgpu: on a GPU               (wasm)
  --data DIR          the four MNIST files                    ($DAMO_DATA/mnist, else ../shared/data/mnist)
  --out DIR           where the results go                    (out)
  --help              this text`;

/** The options, or undefined where help is asked for. UsageError for what cannot be meant. */
export function readOptions(args: readonly string[]): Options | undefined {
  const values = parse(args);
  if (values.help === true) return undefined;
  const accuracyMatters = [values.epochs, values.batch, values.hidden, values["learning-rate"], values.seed];
  return {
    epochs: values.epochs === undefined ? undefined : positive("epochs", values.epochs),
    batch: positive("batch", values.batch ?? "128"),
    hidden: values.hidden === undefined ? undefined : positive("hidden", values.hidden),
    learningRate: number("learning-rate", values["learning-rate"] ?? "0.001", (rate) => rate > 0, "a number above 0"),
    seed: number("seed", values.seed ?? "1", (seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 31, "an integer from 0 on"),
    target: targetOf(values.target ?? "wasm"),
    data: resolve(values.data ?? join(dataFolder(), "mnist")),
    out: resolve(values.out ?? join(projectFolder(), "out")),
    standard: accuracyMatters.every((value) => value === undefined),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        epochs: { type: "string" }, batch: { type: "string" }, hidden: { type: "string" }, "learning-rate": { type: "string" },
        seed: { type: "string" }, target: { type: "string" }, data: { type: "string" }, out: { type: "string" }, help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function targetOf(text: string): Options["target"] {
  if (text === "wasm" || text === "webgpu") return text;
  throw new UsageError(`--target is ${text}, it must be wasm or webgpu`);
}

function number(name: string, text: string, fits: (value: number) => boolean, wanted: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (fits(value)) return value;
  throw new UsageError(`--${name} is ${text}, it must be ${wanted}`);
}

function positive(name: string, text: string): number {
  return number(name, text, (value) => Number.isInteger(value) && value > 0, "an integer above 0");
}
