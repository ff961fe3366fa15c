// What differs between f32 and f64 in a matrix product: lane counts and instruction names.

import type { FunctionBuilder, LoadOp, Local, PlainOp, StoreOp, ValueType } from "../encode/index.ts";

export type GemmDtype = "f32" | "f64";

export interface Element {
  readonly bytes: 4 | 8;
  /** log2 of `bytes`. */
  readonly shift: 2 | 3;
  readonly lanes: 4 | 2;
  readonly type: ValueType;
  readonly load: LoadOp;
  readonly store: StoreOp;
  readonly loadSplat: LoadOp;
  readonly add: PlainOp;
  readonly mul: PlainOp;
  readonly vectorAdd: PlainOp;
  readonly vectorMul: PlainOp;
  readonly vectorFma: PlainOp;
}

export const elements: Readonly<Record<GemmDtype, Element>> = {
  f32: {
    bytes: 4, shift: 2, lanes: 4, type: "f32", load: "f32.load", store: "f32.store", loadSplat: "v128.load32_splat",
    add: "f32.add", mul: "f32.mul", vectorAdd: "f32x4.add", vectorMul: "f32x4.mul", vectorFma: "f32x4.relaxed_madd",
  },
  f64: {
    bytes: 8, shift: 3, lanes: 2, type: "f64", load: "f64.load", store: "f64.store", loadSplat: "v128.load64_splat",
    add: "f64.add", mul: "f64.mul", vectorAdd: "f64x2.add", vectorMul: "f64x2.mul", vectorFma: "f64x2.relaxed_madd",
  },
};

/** Emits `sum = sum + a * b` on vectors, where `fused` with one rounding if the machine can. */
export function emitMultiplyAdd(f: FunctionBuilder, element: Element, fused: boolean, sum: Local, a: Local, b: () => void): void {
  if (fused) {
    f.get(a);
    b();
    f.get(sum).op(element.vectorFma).set(sum);
  } else {
    f.get(sum).get(a);
    b();
    f.op(element.vectorMul).op(element.vectorAdd).set(sum);
  }
}
