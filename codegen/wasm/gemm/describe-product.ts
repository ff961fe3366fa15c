// A program's matrix product as the variant of the function that computes it, and in words for `damo explain`.

import { InternalError } from "../../../ir/errors.ts";
import type { Contract, MatrixOperand } from "../../../ir/program/program.ts";
import { type Dim, dimEquals } from "../../../ir/size.ts";
import type { CodeVariant } from "../code-variant.ts";
import { type ThinLayout, thinRows, tileKernel } from "./kernels.ts";
import { type Path, possiblePaths, wideLayout } from "./paths.ts";
import type { GemmVariant } from "./variant.ts";

/** The axis with stride 1. */
export function unitStride({ rowStride, columnStride }: MatrixOperand): "row" | "column" {
  if (dimEquals(columnStride, 1)) return "column";
  if (dimEquals(rowStride, 1)) return "row";
  throw new InternalError("a matrix operand has no stride of 1");
}

export function describeProduct({ dtype, a, b, m, n, k }: Contract, code: CodeVariant): GemmVariant {
  const known = (dim: Dim): number | undefined => (typeof dim === "number" ? dim : undefined);
  return {
    dtype, code, m: known(m), n: known(n), k: known(k),
    aLayout: unitStride(a) === "column" ? "k" : "m", bLayout: unitStride(b) === "column" ? "n" : "k",
  };
}

/** Which kernels multiply, and why: one sentence, with the conditions on sizes that are known only at run time. */
export function explainProduct(contract: Contract, code: CodeVariant): string {
  const variant = describeProduct(contract, code);
  const paths = possiblePaths(variant);
  const { heights: [mr], widths: [nr], kc, mc } = tileKernel(variant.dtype, code);
  const registers = `${2 * mr} sums, 2 vectors of B, an element of A${code.relaxed ? "" : " and a product"} in 15 registers`;
  const texts: { readonly [P in Path]: string } = {
    "few rows": `${condition(paths, wideLayout.b(variant), "m", "n", variant.n)}B read in place, few rows of sums in the cache`,
    "few columns": `${condition(paths, wideLayout.a(variant), "n", "m", variant.m)}A read in place, the transposed product for few columns`,
    packed: `${paths.length > 1 ? "else " : ""}packed panels, tiles of ${mr}x${nr} with ${code.relaxed ? "fused multiply-add" : "mul and add"}` +
      `${code.wide ? " joined to 256 bits" : ""} (${registers}), blocks of k <= ${kc}, m <= ${mc}`,
  };
  return paths.map((path) => texts[path]).join("; ");
}

function condition(paths: readonly Path[], layout: ThinLayout, few: string, many: string, known: number | undefined): string {
  if (paths.length === 1) return "";
  const { always, ifWide, wide } = thinRows[layout];
  if (known !== undefined || ifWide === always) return `${few} <= ${(known ?? 0) >= wide ? ifWide : always}: `;
  return `${few} <= ${always} or ${few} <= ${ifWide} with ${many} >= ${wide}: `;
}
