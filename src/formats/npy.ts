// NumPy's .npy files, versions 1.0 to 3.0 (numpy.lib.format): one dense array. Row-major is written; column-major is
// read too, and big-endian data. E703 for anything else.

import { allocateTensor, type TensorData } from "../../ir/data.ts";
import { userError } from "../../ir/errors.ts";
import { type DType, itemSize } from "../../ir/types.ts";

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

const descriptors: { readonly [D in DType]: string } = {
  f32: "<f4", f64: "<f8", i32: "<i4", u32: "<u4", i64: "<i8", i8: "|i1", u8: "|u1", bool: "|b1",
};

function damaged(message: string) {
  return userError("E703", { message: `.npy: ${message}` });
}

/** The array in a .npy file. f16, complex, string and object arrays are refused. */
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
  const tensor = allocateTensorFor(dtype, shape, bytes.length - start - length);
  readElements(tensor, view, start + length, bigEndian);
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

function allocateTensorFor(dtype: DType, shape: readonly number[], available: number): TensorData {
  const count = shape.reduce((product, dim) => product * dim, 1);
  const needed = count * itemSize[dtype];
  if (!Number.isSafeInteger(needed) || needed > available) throw damaged(`${needed} bytes of data are announced, ${available} are there`);
  return allocateTensor(dtype, shape);
}

function readElements({ dtype, data }: TensorData, view: DataView, start: number, bigEndian: boolean): void {
  const size = itemSize[dtype];
  const target = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  target.set(new Uint8Array(view.buffer, view.byteOffset + start, data.byteLength));
  if (bigEndian) for (let at = 0; at < target.length; at += size) target.subarray(at, at + size).reverse();
  if (dtype === "bool") for (let i = 0; i < target.length; i++) target[i] = Number(target[i] !== 0);
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
export function formatNpy({ dtype, shape, data }: TensorData): Uint8Array {
  const dims = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '${descriptors[dtype]}', 'fortran_order': False, 'shape': (${dims}), }`;
  const padding = (64 - ((10 + text.length + 1) % 64)) % 64;
  const header = new TextEncoder().encode(`${text}${" ".repeat(padding)}\n`);
  const bytes = new Uint8Array(10 + header.length + data.byteLength);
  bytes.set([...magic, 1, 0, header.length & 255, header.length >> 8]);
  bytes.set(header, 10);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 10 + header.length);
  return bytes;
}
