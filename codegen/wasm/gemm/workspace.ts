// How much memory a product needs for its packed panels, as arithmetic that can run on numbers at compile time or be
// emitted as code for sizes known only at run time.

import { type Blocking, THIN_COLUMNS, blockings, thinRows } from "./blocking.ts";
import { type Element, type GemmDtype, elements } from "./element.ts";

/** Arithmetic on non-negative sizes, over numbers or over emitted code. */
export interface SizeAlgebra<T> {
  constant(value: number): T;
  add(a: T, b: T): T;
  mul(a: T, b: T): T;
  /** ceil(a / divisor) */
  ceilDiv(a: T, divisor: number): T;
  min(a: T, b: T): T;
}

/** Panels start at multiples of this many bytes. */
export const PANEL_ALIGNMENT = 64;

/** Bytes of the tile that edge tiles are computed in, at the workspace's start. */
export function spareTileBytes(blocking: Blocking, element: Element): number {
  return Math.ceil((blocking.mr * blocking.nr * element.bytes) / PANEL_ALIGNMENT) * PANEL_ALIGNMENT;
}

/** The bytes of workspace for C[m,n] = A[m,k] B[k,n]: an upper bound, tight but for a few KB. */
export function workspaceSize<T>(dtype: GemmDtype, m: T, n: T, k: T, algebra: SizeAlgebra<T>): T {
  const { constant, add, mul, ceilDiv, min } = algebra;
  const element = elements[dtype];
  const blocking = blockings[dtype];
  const depth = min(k, constant(blocking.kc));
  const rows = mul(ceilDiv(min(m, constant(blocking.mc)), blocking.mr), constant(blocking.mr));
  const columns = mul(ceilDiv(min(n, constant(blocking.nc)), blocking.nr), constant(blocking.nr));
  const packed = mul(add(rows, columns), mul(depth, constant(element.bytes)));
  // Results of the thin path before they are transposed.
  const thin = mul(mul(min(m, constant(THIN_COLUMNS)), min(n, constant(thinRows.columns.ifWide))), constant(element.bytes));
  return add(add(packed, thin), constant(spareTileBytes(blocking, element) + 2 * PANEL_ALIGNMENT));
}

const numbers: SizeAlgebra<number> = {
  constant: (value) => value,
  add: (a, b) => a + b,
  mul: (a, b) => a * b,
  ceilDiv: (a, divisor) => Math.ceil(a / divisor),
  min: Math.min,
};

export function workspaceBytes(dtype: GemmDtype, m: number, n: number, k: number): number {
  return workspaceSize(dtype, m, n, k, numbers);
}
