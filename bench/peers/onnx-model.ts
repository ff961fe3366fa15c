// Writes a small ONNX model (a protobuf, field numbers from onnx.proto) without any protobuf library.

export type AttributeValue = number | string | readonly number[] | { readonly float: number };

export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
}

/** Of halves the bits. */
export type OnnxData = Float32Array | Float64Array | BigInt64Array | Uint16Array;
export type OnnxType = "float16" | "float32" | "float64" | "int64";

interface Value {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: OnnxType;
}

export interface OnnxTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: OnnxData;
}

export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  /** Values that a run may replace: nothing is computed from them beforehand, and a run need not give them. */
  readonly variables: readonly OnnxTensor[];
  readonly constants: readonly OnnxTensor[];
  readonly output: Value;
}

/** onnx.TensorProto.DataType */
const dataTypes: { readonly [type in OnnxType]: number } = { float32: 1, int64: 7, float16: 10, float64: 11 };
/** onnx.AttributeProto.AttributeType */
const attributeTypes = { float: 1, int: 2, string: 3, ints: 7 };

export function typeOfData(data: OnnxData): OnnxType {
  return data instanceof Float32Array ? "float32" : data instanceof Uint16Array ? "float16" : data instanceof Float64Array ? "float64" : "int64";
}

const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];

/** Negative integers are 64 bits wide. */
const signedVarint = (value: number): number[] => {
  if (value >= 0) return varint(value);
  const bytes: number[] = [];
  for (let rest = BigInt.asUintN(64, BigInt(value)); ; rest >>= 7n) {
    if (rest < 128n) return [...bytes, Number(rest)];
    bytes.push(Number(rest & 127n) | 128);
  }
};

const integer = (field: number, value: number): Uint8Array => Uint8Array.from([...varint(field * 8), ...signedVarint(value)]);

function float(field: number, value: number): Uint8Array {
  const chunk = new Uint8Array(5);
  chunk[0] = field * 8 + 5;
  new DataView(chunk.buffer).setFloat32(1, value, true);
  return chunk;
}

function bytes(field: number, ...parts: readonly (Uint8Array | string)[]): Uint8Array {
  const chunks = parts.map((part) => (typeof part === "string" ? new TextEncoder().encode(part) : part));
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  return concat([Uint8Array.from([...varint(field * 8 + 2), ...varint(length)]), ...chunks]);
}

function concat(chunks: readonly Uint8Array[]): Uint8Array {
  const result = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    result.set(chunk, offset);
    offset += chunk.length;
  }
  return result;
}

function attribute(name: string, value: AttributeValue): Uint8Array {
  if (typeof value === "number") return bytes(5, bytes(1, name), integer(3, value), integer(20, attributeTypes.int));
  if (typeof value === "string") return bytes(5, bytes(1, name), bytes(4, value), integer(20, attributeTypes.string));
  if ("float" in value) return bytes(5, bytes(1, name), float(2, value.float), integer(20, attributeTypes.float));
  return bytes(5, bytes(1, name), ...value.map((item) => integer(8, item)), integer(20, attributeTypes.ints));
}

function nodeMessage({ op, inputs, output, attributes = {} }: OnnxNode): Uint8Array {
  return bytes(1, ...inputs.map((name) => bytes(1, name)), bytes(2, output), bytes(4, op), ...Object.entries(attributes).map(([name, value]) => attribute(name, value)));
}

function valueInfo(field: number, { name, shape, type }: Value): Uint8Array {
  const dimensions = shape.map((size) => bytes(1, integer(1, size)));
  return bytes(field, bytes(1, name), bytes(2, bytes(1, integer(1, dataTypes[type]), bytes(2, ...dimensions))));
}

function initializer({ name, shape, data }: OnnxTensor): Uint8Array {
  return bytes(5, ...shape.map((size) => integer(1, size)), integer(2, dataTypes[typeOfData(data)]), bytes(8, name),
    bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)));
}

export function writeOnnxModel({ nodes, variables, constants, output }: OnnxGraph): Uint8Array {
  const graph = [
    ...nodes.map(nodeMessage),
    bytes(2, "graph"),
    ...[...constants, ...variables].map(initializer),
    ...variables.map(({ name, shape, data }) => valueInfo(11, { name, shape, type: typeOfData(data) })),
    valueInfo(12, output),
  ];
  const irVersion = 8;
  const opset = 17;
  return concat([integer(1, irVersion), bytes(7, ...graph), bytes(8, bytes(1, ""), integer(2, opset))]);
}
