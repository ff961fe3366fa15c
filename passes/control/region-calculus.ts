// What the gradients of loops and branches need of the differentiate pass: derivatives of a region, built where `b` builds.

import type { LocatedBuilder } from "../../ir/build.ts";
import type { Graph, Node } from "../../ir/node.ts";
import type { Differential } from "../../ir/op.ts";

export interface RegionCalculus {
  /** Which results a change of the chosen parameters could reach. */
  reaches(region: Graph, parameters: readonly boolean[]): readonly boolean[];
  /** The region on `operands`, and the cotangent of each chosen parameter. */
  pullBack(b: LocatedBuilder, region: Graph, operands: readonly Node[], wrt: readonly boolean[], cotangents: readonly Differential[]):
    { readonly results: readonly Node[]; readonly derivatives: readonly Differential[] };
  /** The region on `operands`, and the tangent of each result. */
  pushForward(b: LocatedBuilder, region: Graph, operands: readonly Node[], tangents: readonly Differential[]):
    { readonly results: readonly Node[]; readonly derivatives: readonly Differential[] };
}

/** A parameter of each type; names are given when the region is made. */
export function freshParameters(b: LocatedBuilder, like: readonly Node[]): Node[] {
  return like.map(({ type }, i) => b.parameter(i, `p${i}`, type));
}
