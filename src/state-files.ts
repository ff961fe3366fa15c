// The state of a model as a file, and back.

import type { TensorData } from "../ir/data.ts";
import { userError } from "../ir/errors.ts";
import type { NamedType } from "../ir/program/program.ts";
import { showType } from "../ir/types.ts";
import { formatSafetensors, parseSafetensors } from "./formats/safetensors.ts";
import { readBytes, replaceFile } from "./node-files.ts";

/** What is saved: a compiled model's variables. */
interface StateHolder {
  readonly traced: { readonly state: readonly NamedType[] };
  getState(index: number): TensorData | Promise<TensorData>;
  setState(index: number, value: TensorData): void;
}

export type StateFormat = "safetensors" | "npz";

/** The format that a file's name ends with. E410 for another. */
function formatOfPath(op: string, path: string): StateFormat {
  const format = (["safetensors", "npz"] as const).find((ending) => String(path).endsWith(`.${ending}`));
  if (format !== undefined) return format;
  throw userError("E410", { op, message: `the format of ${path} is not known`, hint: "let the name end in .safetensors or .npz" });
}

async function formatState(tensors: ReadonlyMap<string, TensorData>, format: StateFormat): Promise<Uint8Array<ArrayBuffer>> {
  if (format === "safetensors") return formatSafetensors(tensors);
  if (format === "npz") return (await import("./formats/npz.ts")).formatNpz(tensors);
  throw userError("E410", { op: "saveBytes", message: `the format ${String(format)} is not known`, hint: 'use "safetensors" or "npz"' });
}

/** The variables' values, in their order; what else the file holds is left alone. E703, E704 or E706 for a damaged file,
 *  E705 where a variable is missing or of another type. */
async function parseState(bytes: Uint8Array, variables: readonly NamedType[]): Promise<readonly TensorData[]> {
  const isArchive = bytes[0] === 0x50 && bytes[1] === 0x4b;
  const tensors = isArchive ? await (await import("./formats/npz.ts")).parseNpz(bytes) : parseSafetensors(bytes);
  return variables.map(({ name, type }) => {
    const value = tensors.get(name);
    if (value === undefined) throw userError("E705", { op: "load", message: `the file has no ${name}`, hint: `it has ${[...tensors.keys()].join(", ")}` });
    const fits = value.dtype === type.dtype && value.shape.length === type.shape.length && type.shape.every((dim, axis) => dim === value.shape[axis]);
    if (!fits) throw userError("E705", { op: "load", message: `${name} is ${showType(value)} in the file, ${showType(type)} in the model` });
    return value;
  });
}

/** All variables, as a file. */
export async function saveBytes(model: StateHolder, format: StateFormat = "safetensors"): Promise<Uint8Array<ArrayBuffer>> {
  // All are asked for at once: no call comes between two variables.
  const values = await Promise.all(model.traced.state.map((_, index) => model.getState(index)));
  return formatState(new Map(model.traced.state.map(({ name }, index) => [name, values[index]!])), format);
}

/** Everything is checked before the first variable changes. */
export async function loadBytes(model: StateHolder, bytes: Uint8Array): Promise<void> {
  (await parseState(bytes, model.traced.state)).forEach((value, index) => model.setState(index, value));
}

export async function save(model: StateHolder, path: string): Promise<void> {
  const bytes = await saveBytes(model, formatOfPath("save", path));
  await replaceFile("save", path, bytes);
}

export async function load(model: StateHolder, path: string): Promise<void> {
  formatOfPath("load", path);
  await loadBytes(model, await readBytes("load", path));
}
