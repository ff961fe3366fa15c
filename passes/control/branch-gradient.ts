// Gradients of branches: the derivative of a branch is a branch of derivatives. Each side computes again what it needs of its own
// values.

import type { LocatedBuilder } from "../../ir/build.ts";
import { mapNodes } from "../../ir/graph.ts";
import type { Graph, Node } from "../../ir/node.ts";
import type { Differential } from "../../ir/op.ts";
import { freshParameters, type RegionCalculus } from "./region-calculus.ts";
import { unprinted } from "./unprinted.ts";

const sides = ["then", "otherwise"] as const;

function makeBranch(b: LocatedBuilder, operands: readonly Node[], regions: readonly (readonly [parameters: readonly Node[], results: readonly Node[]])[]): Node {
  const [then, otherwise] = regions.map(([own, results], side): Graph => {
    const parameters = own.map(({ type }, i) => b.parameter(i, `p${i}`, type));
    return { name: sides[side]!, parameters, results: mapNodes(results, unprinted, own.map((parameter, i) => [parameter, parameters[i]!])) };
  });
  return b.make("cond", operands, { then: then!, otherwise: otherwise! });
}

/** Derivatives of both regions by `derive`, as the results of one branch; where neither has one there is none. */
function branchOf(
  b: LocatedBuilder, node: Node, extra: readonly Node[], like: readonly Node[],
  derive: (region: Graph, parameters: readonly Node[], extra: readonly Node[]) => readonly Differential[],
): readonly Differential[] {
  const regions = sides.map((side) => {
    const region = node.attributes[side] as Graph;
    const [parameters, more] = [freshParameters(b, region.parameters), freshParameters(b, extra)];
    return { parameters: [...parameters, ...more], derivatives: derive(region, parameters, more) };
  });
  const live = like.map((_, i) => regions.some(({ derivatives }) => derivatives[i] !== undefined));
  if (!live.includes(true)) return like.map(() => undefined);
  const derivative = makeBranch(b, [...node.inputs, ...extra], regions.map(({ parameters, derivatives }) =>
    [parameters, like.flatMap((value, i) => (live[i] ? [derivatives[i] ?? b.fullLike(value, 0)] : []))]));
  let at = 0;
  return live.map((isLive) => (isLive ? b.result(derivative, at++) : undefined));
}

/** Cotangents of the node's inputs from those of its results. */
export function transposeBranch(
  b: LocatedBuilder, node: Node, cotangents: readonly Differential[], isActive: (input: number) => boolean, calculus: RegionCalculus,
): readonly Differential[] {
  const operands = node.inputs.slice(1);
  const wrt = operands.map((_, i) => isActive(i + 1));
  const given = cotangents.filter((cotangent) => cotangent !== undefined);
  return [undefined, ...branchOf(b, node, given, operands, (region, parameters, seeds) => {
    let at = 0;
    return calculus.pullBack(b, region, parameters, wrt, cotangents.map((cotangent) => cotangent && seeds[at++]!)).derivatives;
  })];
}

/** Tangents of the node's results from those of its inputs. */
export function linearizeBranch(b: LocatedBuilder, node: Node, tangents: readonly Differential[], calculus: RegionCalculus): readonly Differential[] {
  const given = tangents.filter((tangent) => tangent !== undefined);
  const like = (node.attributes["then"] as Graph).results;
  return branchOf(b, node, given, like, (region, parameters, seeds) => {
    let at = 0;
    return calculus.pushForward(b, region, parameters, tangents.slice(1).map((tangent) => tangent && seeds[at++]!)).derivatives;
  });
}
