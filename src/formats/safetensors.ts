// .safetensors files: a JSON header with each tensor's dtype, shape and byte range, then the bytes, little-endian and
// row-major. E704 for a damaged file or a dtype that Damo does not have.

import { elementCount, type TensorData } from "../../ir/data.ts";
import { userError } from "../../ir/errors.ts";
import { type DType, itemSize } from "../../ir/types.ts";
import { readElements, writeElements } from "./elements.ts";

const names: { readonly [D in DType]: string } = {
  f16: "F16", f32: "F32", f64: "F64", i32: "I32", u32: "U32", i64: "I64", i8: "I8", u8: "U8", bool: "BOOL",
};

/** The format's own limit on the header. */
const headerLimit = 100_000_000;

function damaged(message: string) {
  return userError("E704", { message: `.safetensors: ${message}` });
}

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

function isEntry(value: unknown): value is Entry {
  if (typeof value !== "object" || value === null) return false;
  const { dtype, shape, data_offsets } = value as { [key: string]: unknown };
  const counts = (list: unknown): list is number[] => Array.isArray(list) && list.every((item) => Number.isSafeInteger(item) && item >= 0);
  return typeof dtype === "string" && counts(shape) && counts(data_offsets) && data_offsets.length === 2;
}

/** The tensors by name, copied out of the file. */
export function parseSafetensors(bytes: Uint8Array): Map<string, TensorData> {
  if (bytes.length < 8) throw damaged("the file is cut off");
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  if (length > headerLimit || 8 + length > bytes.length) throw damaged("the header is cut off");
  const header = readHeader(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  const body = bytes.subarray(8 + length);
  const tensors = new Map<string, TensorData>();
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    if (!isEntry(entry)) throw damaged(`the entry of ${name} is not readable`);
    tensors.set(name, readTensor(name, entry, body));
  }
  return tensors;
}

function readHeader(text: string): object {
  try {
    const header: unknown = JSON.parse(text);
    if (typeof header === "object" && header !== null && !Array.isArray(header)) return header;
  } catch (cause) {
    throw userError("E704", { message: ".safetensors: the header is not JSON", cause });
  }
  throw damaged("the header is not a record");
}

function readTensor(name: string, { dtype: written, shape, data_offsets: [from, to] }: Entry, body: Uint8Array): TensorData {
  const dtype = (Object.keys(names) as DType[]).find((candidate) => names[candidate] === written);
  if (dtype === undefined) throw damaged(`${name} has elements of type ${written}, which is not supported`);
  const size = elementCount(shape) * itemSize[dtype];
  if (from + size !== to || to > body.length) throw damaged(`the data of ${name} does not fit its shape [${shape.join(",")}]`);
  return readElements(dtype, shape, body.subarray(from, to));
}

/** A file with the tensors in the order given, each aligned to 8 bytes or more, and texts as its metadata. */
export function formatSafetensors(tensors: ReadonlyMap<string, TensorData>, metadata?: { readonly [key: string]: string }): Uint8Array<ArrayBuffer> {
  let offset = 0;
  // Wider elements first keeps every tensor aligned without gaps, which the format does not allow.
  const ordered = [...tensors].sort(([, a], [, b]) => itemSize[b.dtype] - itemSize[a.dtype]);
  const header: { [name: string]: Entry } = {};
  for (const [name, { dtype, shape }] of ordered) {
    const size = elementCount(shape) * itemSize[dtype];
    header[name] = { dtype: names[dtype], shape, data_offsets: [offset, offset + size] };
    offset += size;
  }
  const json = JSON.stringify(metadata === undefined ? header : { __metadata__: metadata, ...header });
  const text = new TextEncoder().encode(json);
  const padded = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + padded + offset).fill(0x20, 8, 8 + padded);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(padded), true);
  bytes.set(text, 8);
  for (const [name, tensor] of ordered) bytes.set(writeElements(tensor), 8 + padded + header[name]!.data_offsets[0]);
  return bytes;
}
