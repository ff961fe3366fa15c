// Writes a small ONNX model (a protobuf, field numbers from onnx.proto) without any protobuf library.

interface Node {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly output: string;
}

interface Value {
  readonly name: string;
  readonly shape: readonly number[];
}

export interface OnnxGraph {
  readonly nodes: readonly Node[];
  readonly inputs: readonly Value[];
  readonly constants: readonly (Value & { readonly data: Float32Array })[];
  readonly output: Value;
}

const varint = (value: number): number[] =>
  value < 128 ? [value] : [(value % 128) | 128, ...varint(Math.floor(value / 128))];

const integer = (field: number, value: number): Uint8Array => Uint8Array.from([...varint(field * 8), ...varint(value)]);

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

const float32 = 1;

function valueInfo(field: number, { name, shape }: Value): Uint8Array {
  const dimensions = shape.map((size) => bytes(1, integer(1, size)));
  return bytes(field, bytes(1, name), bytes(2, bytes(1, integer(1, float32), bytes(2, ...dimensions))));
}

export function writeOnnxModel({ nodes, inputs, constants, output }: OnnxGraph): Uint8Array {
  const graph = [
    ...nodes.map((node) => bytes(1, ...node.inputs.map((name) => bytes(1, name)), bytes(2, node.output), bytes(4, node.op))),
    bytes(2, "graph"),
    ...constants.map(({ name, shape, data }) =>
      bytes(
        5,
        ...shape.map((size) => integer(1, size)),
        integer(2, float32),
        bytes(8, name),
        bytes(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
      ),
    ),
    ...inputs.map((value) => valueInfo(11, value)),
    valueInfo(12, output),
  ];
  const irVersion = 8;
  const opset = 17;
  return concat([integer(1, irVersion), bytes(7, ...graph), bytes(8, bytes(1, ""), integer(2, opset))]);
}
