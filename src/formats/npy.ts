// NumPy's .npy files, versions 1.0 to 3.0 (numpy.lib.format): one dense array. Row-major is written; column-major is
// read too, and big-endian data. E703 for anything else.

import { allocateTensor, elementCount, type TensorData } from "../../ir/data.ts";
import { userError } from "../../ir/errors.ts";
import { type DType, itemSize } from "../../ir/types.ts";
import { readElements, writeElements } from "./elements.ts";

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

const descriptors: { readonly [D in DType]: string } = {
  f16: "<f2", f32: "<f4", f64: "<f8", i32: "<i4", u32: "<u4", i64: "<i8", i8: "|i1", u8: "|u1", bool: "|b1",
};

function damaged(message: string) {
  return userError("E703", { message: `.npy: ${message}` });
}

/** The array in a .npy file. Complex, string and object arrays are refused. */
export function parseNpy(bytes: Uint8Array): TensorData {
  if (bytes.length < 10 || magic.some((byte, i) => bytes[i] !== byte)) throw damaged("the file does not start as a .npy file does");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = bytes[6]!;
  if (version < 1 || version > 3) throw damaged(`version ${version} is not known`);
  const start = version === 1 ? 10 : 12;
  const length = version === 1 ? view.getUint16(8, true) : bytes.length < 12 ? Infinity : view.getUint32(8, true);
  if (start + length > bytes.length) throw damaged("the header is cut off");
  const header = new TextDecoder(version === 3 ? "utf-8" : "latin1").decode(bytes.subarray(start, start + length));
  const { dtype, bigEndian, columnMajor, shape } = parseHeader(header);
  const elements = new Uint8Array(bytes.subarray(start + length, start + length + sizeOf(dtype, shape, bytes.length - start - length)));
  if (bigEndian) for (let at = 0; at < elements.length; at += itemSize[dtype]) elements.subarray(at, at + itemSize[dtype]).reverse();
  const tensor = readElements(dtype, shape, elements);
  return columnMajor ? toRowMajor(tensor) : tensor;
}

function parseHeader(header: string): { dtype: DType; bigEndian: boolean; columnMajor: boolean; shape: number[] } {
  const descriptor = /'descr'\s*:\s*'([^']*)'/.exec(header)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(header)?.[1];
  const dims = /'shape'\s*:\s*\(([0-9,\sL]*)\)/.exec(header)?.[1];
  if (descriptor === undefined || order === undefined || dims === undefined) throw damaged("the header is not readable");
  const dtype = (Object.keys(descriptors) as DType[]).find((candidate) => descriptors[candidate].slice(1) === descriptor.slice(1));
  if (dtype === undefined || !"<>|=".includes(descriptor[0]!)) throw damaged(`elements of type '${descriptor}' are not supported`);
  const shape = dims.split(",").map((dim) => dim.trim().replace(/L$/, "")).filter((dim) => dim !== "").map(Number);
  return { dtype, bigEndian: descriptor[0] === ">", columnMajor: order === "True", shape };
}

/** In bytes. */
function sizeOf(dtype: DType, shape: readonly number[], available: number): number {
  const needed = elementCount(shape) * itemSize[dtype];
  if (!Number.isSafeInteger(needed) || needed > available) throw damaged(`${needed} bytes of data are announced, ${available} are there`);
  return needed;
}

function toRowMajor(tensor: TensorData): TensorData {
  const { shape, dtype } = tensor;
  const result = allocateTensor(dtype, shape);
  const index = shape.map(() => 0);
  for (let at = 0; at < tensor.data.length; at++) {
    let offset = 0;
    for (let axis = 0; axis < shape.length; axis++) offset = offset * shape[axis]! + index[axis]!;
    result.data[offset] = tensor.data[at]!;
    for (let axis = 0; axis < shape.length && ++index[axis]! === shape[axis]; axis++) index[axis] = 0;
  }
  return result;
}

/** A version 1.0 file, its data aligned to 64 bytes. */
export function formatNpy(tensor: TensorData): Uint8Array {
  const { dtype, shape } = tensor;
  const elements = writeElements(tensor);
  const dims = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '${descriptors[dtype]}', 'fortran_order': False, 'shape': (${dims}), }`;
  const padding = (64 - ((10 + text.length + 1) % 64)) % 64;
  const header = new TextEncoder().encode(`${text}${" ".repeat(padding)}\n`);
  const bytes = new Uint8Array(10 + header.length + elements.length);
  bytes.set([...magic, 1, 0, header.length & 255, header.length >> 8]);
  bytes.set(header, 10);
  bytes.set(elements, 10 + header.length);
  return bytes;
}
