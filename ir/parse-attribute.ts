// Parses what stands in types and attributes: sizes, dtypes, numbers, lists and constants, by the kind that the op's
// schema names. Sizes come back in normal form.

import type { TensorData } from "./data.ts";
import { allocateArray, elementCount } from "./data.ts";
import type { Attribute } from "./node.ts";
import type { AttributeKind } from "./op.ts";
import { normalValue } from "./ops/leaf.ts";
import type { Cursor } from "./parse-cursor.ts";
import type { Dim } from "./size.ts";
import { addDims, floorDivDims, maxDims, minDims, mulDims, namedSize, subDims } from "./size.ts";
import type { DType, TensorType } from "./types.ts";
import { dtypes, isFloat } from "./types.ts";

const sizeFunctions: { readonly [name: string]: (a: Dim, b: Dim) => Dim } = {
  floor_div: floorDivDims, min: minDims, max: maxDims,
};

export function parseDim(cursor: Cursor): Dim {
  let sum = parseProduct(cursor);
  for (;;) {
    if (cursor.skipWord("+")) sum = addDims(sum, parseProduct(cursor));
    else if (cursor.skipWord("-")) sum = subDims(sum, parseProduct(cursor));
    // `a-3` reads as the words `a` and `-3`.
    else if (/^-\d/.test(cursor.peek())) sum = addDims(sum, parseProduct(cursor));
    else return sum;
  }
}

function parseProduct(cursor: Cursor): Dim {
  let product = parseFactor(cursor);
  while (cursor.skipWord("*")) product = mulDims(product, parseFactor(cursor));
  return product;
}

function parseFactor(cursor: Cursor): Dim {
  if (cursor.skipWord("-")) return mulDims(-1, cursor.nested(() => parseFactor(cursor)));
  if (cursor.skipWord("(")) {
    const inner = cursor.nested(() => parseDim(cursor));
    cursor.expect(")");
    return inner;
  }
  if (/^-?\d/.test(cursor.peek())) return cursor.integer();
  const name = cursor.match(/^[A-Za-z_][A-Za-z0-9_]*$/, "a size");
  const combine = sizeFunctions[name];
  if (combine === undefined || cursor.peek() !== "(") return namedSize(name);
  const args = cursor.list("(", ")", () => cursor.nested(() => parseDim(cursor)));
  if (args.length !== 2) throw cursor.fault(`${name} takes two sizes`);
  return combine(args[0]!, args[1]!);
}

export function parseDType(cursor: Cursor): DType {
  if (!(dtypes as readonly string[]).includes(cursor.peek())) throw cursor.unexpected("a dtype");
  return cursor.next() as DType;
}

export function parseType(cursor: Cursor): TensorType {
  return { dtype: parseDType(cursor), shape: cursor.list("[", "]", () => parseDim(cursor)) };
}

function parseNumber(cursor: Cursor, dtype: DType): number | bigint {
  const negative = cursor.skipWord("-");
  if (negative && cursor.peek() !== "inf") throw cursor.unexpected('"inf"');
  if (cursor.skipWord("inf")) return negative ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (cursor.skipWord("nan")) return Number.NaN;
  if (!/^-?\d/.test(cursor.peek())) throw cursor.unexpected("a number");
  const text = cursor.peek();
  if (!isFloat(dtype) && !/^-?\d+$/.test(text)) throw cursor.unexpected("an integer");
  // A value that the dtype does not hold is an error at this place.
  const value = normalValue(dtype === "i64" ? BigInt(text) : Number(text), dtype);
  cursor.next();
  return value;
}

/** `f32[2,2](1,2,3,4)` */
function parseData(cursor: Cursor): TensorData {
  const dtype = parseDType(cursor);
  const shape = cursor.list("[", "]", () => cursor.integer());
  const values = cursor.list("(", ")", () => parseNumber(cursor, dtype));
  if (shape.some((size) => size < 0) || values.length !== elementCount(shape)) {
    throw cursor.fault(`${values.length} values do not fill shape [${shape.join(",")}]`);
  }
  const data = allocateArray(dtype, values.length);
  values.forEach((value, i) => {
    data[i] = value;
  });
  return { dtype, shape, data };
}

/** Any attribute but a region. `dtype` is that of the node's result, in which `number`s are read. */
export function parseAttribute(cursor: Cursor, kind: Exclude<AttributeKind, "region">, dtype: DType): Attribute {
  switch (kind) {
    case "int": return cursor.integer();
    case "ints": return cursor.list("[", "]", () => cursor.integer());
    case "dims": return cursor.list("[", "]", () => parseDim(cursor));
    case "dtype": return parseDType(cursor);
    case "bool": return cursor.match(/^(?:true|false)$/, "true or false") === "true";
    case "number": return parseNumber(cursor, dtype);
    case "string": return parseString(cursor);
    case "data": return parseData(cursor);
    default: return cursor.match(/^[A-Za-z_][A-Za-z0-9_.]*$/, `one of ${kind.join(", ")}`);
  }
}

export function parseString(cursor: Cursor): string {
  const quoted = cursor.peek();
  if (!quoted.startsWith('"') || quoted.length < 2) throw cursor.unexpected("a quoted string");
  try {
    const text = JSON.parse(quoted) as string;
    cursor.next();
    return text;
  } catch {
    throw cursor.fault(`${quoted} is not a string`);
  }
}
