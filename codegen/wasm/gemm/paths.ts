// Which paths a product may take, decided by the sizes that are known when it is emitted.

import { type ThinLayout, thinRows } from "./kernels.ts";
import type { GemmVariant } from "./variant.ts";

/** Few rows times a wide B, or few columns and a tall A, read the larger operand in place; everything else is packed. */
export type Path = "few rows" | "few columns" | "packed";

/** The layout of the wide operand when the thin one is A, or B. */
export const wideLayout = {
  b: ({ bLayout }: GemmVariant): ThinLayout => (bLayout === "n" ? "columns" : "k"),
  a: ({ aLayout }: GemmVariant): ThinLayout => (aLayout === "m" ? "columns" : "k"),
};

/** The paths in the order in which their conditions are tried at run time; the last one needs none. */
export function possiblePaths(variant: GemmVariant): readonly [Path, ...Path[]] {
  const { m, n } = variant;
  const fewRows = isThin(wideLayout.b(variant), m, n);
  if (fewRows === true) return ["few rows"];
  const fewColumns = isThin(wideLayout.a(variant), n, m);
  const rest: readonly [Path, ...Path[]] =
    fewColumns === true ? ["few columns"] : fewColumns === false ? ["packed"] : ["few columns", "packed"];
  return fewRows === false ? rest : ["few rows", ...rest];
}

/** Whether `few` rows times `many` columns are thin; undefined where that depends on what is not known. */
function isThin(layout: ThinLayout, few: number | undefined, many: number | undefined): boolean | undefined {
  const { always, ifWide, wide } = thinRows[layout];
  if (few === undefined) return undefined;
  if (few <= always) return true;
  if (few > ifWide) return false;
  return many === undefined ? undefined : many >= wide;
}
