// damo run: a function of an artifact on .npy files. Knows the artifact only through the loader that users have.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TensorData } from "../../ir/data.ts";
import { userError } from "../../ir/errors.ts";
import { printLog } from "../debug/read-log.ts";
import { formatNpy, parseNpy } from "../formats/npy.ts";
import { load, type Value } from "../load.ts";
import { readArtifact } from "./inspect.ts";

export interface RunFlags {
  readonly fn: string;
  readonly in: readonly string[];
  readonly size: readonly string[];
  readonly weights?: string;
  readonly out?: string;
  readonly json?: boolean;
}

export async function runCommand(file: string, flags: RunFlags): Promise<void> {
  // Standard output is for results.
  const log = printLog((line) => console.error(line));
  const model = await load(readArtifact(file), { log, ...(flags.weights === undefined ? {} : { weights: readFileSync(flags.weights) }) });
  const run = model.functions[flags.fn];
  if (run === undefined) {
    throw userError("E901", { message: `${file} has no function ${flags.fn}`, hint: `it has ${Object.keys(model.functions).join(", ")}` });
  }
  const outputs = run(Object.fromEntries([...flags.in.map(readInput), ...flags.size.map(readSize)]));
  if (flags.out !== undefined) mkdirSync(flags.out, { recursive: true });
  for (const [name, value] of Object.entries(outputs)) {
    if (flags.out !== undefined) writeFileSync(join(flags.out, `${name}.npy`), formatNpy(value as TensorData));
    else if (!flags.json) console.log(`${name}: ${value.dtype}[${value.shape.join(",")}] ${JSON.stringify(toJson(value))}`);
  }
  if (flags.json) console.log(JSON.stringify(Object.fromEntries(Object.entries(outputs).map(([name, value]) => [name, toJson(value)]))));
}

/** i64 elements as strings: JSON's numbers are not wide enough. */
function toJson(value: Value): unknown {
  return JSON.parse(JSON.stringify(value.toArray(), (_, item: unknown) => (typeof item === "bigint" ? String(item) : item)));
}

/** The two sides of `name=value`. E901 for anything else. */
function splitPair(pair: string, form: string): readonly [name: string, value: string] {
  const at = pair.indexOf("=");
  if (at < 1) throw userError("E901", { message: `${pair} is not of the form ${form}` });
  return [pair.slice(0, at), pair.slice(at + 1)];
}

function readSize(pair: string): readonly [string, number] {
  const [name, value] = splitPair(pair, "--size name=integer");
  if (!/^\d+$/.test(value)) throw userError("E901", { message: `--size ${pair}: ${value} is not a size`, hint: "a size is a non-negative integer" });
  return [name, Number(value)];
}

function readInput(pair: string): readonly [string, TensorData] {
  const [name, file] = splitPair(pair, "--in name=file.npy");
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw userError("E703", { message: `${file} could not be read`, cause });
  }
  return [name, parseNpy(bytes)];
}
