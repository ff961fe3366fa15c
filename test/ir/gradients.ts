// Gradient expressions for tests: what the language's grad() builds, in terms of the tensor IR.
import { createBuilder } from "../../ir/build.ts";
import type { Node } from "../../ir/node.ts";
import { extractRegion } from "../../ir/region.ts";

/** Cotangents of `wrt`, given those of `results` (ones by default). */
export function reverseGradient(results: readonly Node[], wrt: readonly Node[], cotangents?: readonly Node[]): Node[] {
  const b = createBuilder();
  const { region, captures } = extractRegion(results, wrt);
  const given = cotangents ?? results.map((node) => b.fullLike(node, 1));
  const vjp = b.make("vjp", [...wrt, ...captures, ...given], { region, wrt: wrt.length });
  return wrt.map((_, i) => b.result(vjp, i));
}

/** Tangents of `results`, given those of `wrt`. */
export function forwardGradient(results: readonly Node[], wrt: readonly Node[], tangents: readonly Node[]): Node[] {
  const b = createBuilder();
  const { region, captures } = extractRegion(results, wrt);
  const jvp = b.make("jvp", [...wrt, ...captures, ...tangents], { region, wrt: wrt.length });
  return results.map((_, i) => b.result(jvp, i));
}
