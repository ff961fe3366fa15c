// Operations on all 65,536 halves, and the SHA-256 of what NumPy makes of them (all_halves.py).

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { input, type Tensor } from "damo";
import type { TensorData } from "../../ir/data.ts";
import { packHalves, unpackHalves } from "../../ir/half.ts";

export const hashes = JSON.parse(readFileSync(new URL("all_halves.json", import.meta.url), "utf8")) as { readonly [name: string]: string };

const every = <T>(make: (i: number) => T): T[] => Array.from({ length: 65536 }, (_, i) => make(i));
const halves = (bits: (i: number) => number): Float32Array => unpackHalves(Uint16Array.from(every((i) => bits(i) & 0xffff)));

const x = halves((i) => i);
const y = halves((i) => i * 40503 + 12345);
const following = halves((i) => i + 1);
const between = Float64Array.from(x, (value, i) => (value + following[i]!) / 2 * (1 + [0, 2 ** -20, -(2 ** -20)][i % 3]!));

/** What calls are given. */
export const feeds = {
  x, y, finite: x.map((value) => (Number.isFinite(value) ? value : 0)), f32: Float32Array.from(between), f64: between, i32: Int32Array.from(every((i) => i * 7 - 200000)),
};

const [a, b] = [input("x", [65536], { dtype: "f16" }), input("y", [65536], { dtype: "f16" })];
const given = { finite: input("finite", [65536], { dtype: "f16" }), f32: input("f32", [65536]), f64: input("f64", [65536], { dtype: "f64" }), i32: input("i32", [65536], { dtype: "i32" }) };

type Case = readonly [inputs: { readonly [name: string]: Tensor }, output: Tensor];

const unary = (make: (x: Tensor<"f16">) => Tensor): Case => [{ x: a }, make(a)];
const binary = (make: (x: Tensor<"f16">, y: Tensor<"f16">) => Tensor): Case => [{ x: a, y: b }, make(a, b)];

export const cases: { readonly [name: string]: Case } = {
  add: binary((p, q) => p.add(q)), sub: binary((p, q) => p.sub(q)), mul: binary((p, q) => p.mul(q)), div: binary((p, q) => p.div(q)),
  sqrt: unary((p) => p.sqrt()), neg: unary((p) => p.neg()), abs: unary((p) => p.abs()), maximum: binary((p, q) => p.maximum(q)), minimum: binary((p, q) => p.minimum(q)),
  floor: unary((p) => p.floor()), ceil: unary((p) => p.ceil()), trunc: unary((p) => p.trunc()), round: unary((p) => p.round()),
  equal: binary((p, q) => p.eq(q)), less: binary((p, q) => p.lt(q)), "at most": binary((p, q) => p.le(q)),
  "to f32": unary((p) => p.convert("f32")), "to f64": unary((p) => p.convert("f64")), "to bool": unary((p) => p.convert("bool")),
  "to i32": [{ finite: given.finite }, given.finite.convert("i32")],
  "from f32": [{ f32: given.f32 }, given.f32.convert("f16")], "from f64": [{ f64: given.f64 }, given.f64.convert("f16")], "from i32": [{ i32: given.i32 }, given.i32.convert("f16")],
};

/** Of the elements as NumPy has them in memory. */
export function digest({ dtype, data }: TensorData): string {
  const numbers = dtype === "f32" || dtype === "f64" ? (data as Float64Array).map((value) => (Number.isNaN(value) ? Number.NaN : value)) : data;
  const stored = dtype === "f16" ? packHalves(data as Float32Array).map((bits) => ((bits & 0x7fff) > 0x7c00 ? 0x7e00 : bits)) : numbers;
  return createHash("sha256").update(new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength)).digest("hex");
}
